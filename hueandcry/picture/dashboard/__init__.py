"""The page of the picture: figures, charts, filters, downloads, how each was made."""

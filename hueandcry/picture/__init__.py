"""The picture: level and nature of cybercrime. First part: what the alliance reports, in cells that protect."""

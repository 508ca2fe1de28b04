"""Template tags of the members desk."""

"""E-mail as a way in."""

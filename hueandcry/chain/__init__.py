"""Typed links between things of any desk, so that each can be walked to both ways."""

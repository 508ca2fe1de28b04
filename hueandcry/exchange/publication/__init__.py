"""What can be followed: collections, their entries, and the numbered record of changes."""

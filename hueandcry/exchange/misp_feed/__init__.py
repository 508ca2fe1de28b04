"""A MISP feed out of what a token may read, and reports written as MISP events."""

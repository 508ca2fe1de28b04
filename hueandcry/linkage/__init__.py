"""Linkage: which reports tell of the same crime. First part: what a report shares with others, found by query."""

"""Threads within a circle, tied to a thing or to none."""

"""Saved searches that tell."""

"""Releases: numbered sets of figures, made from a freeze, published, corrected, reproduced."""

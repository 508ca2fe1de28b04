"""Audit: the append-only, hash-chained record of who read and wrote what. Imports no other desk."""

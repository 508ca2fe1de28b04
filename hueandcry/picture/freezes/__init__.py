"""Freezes: what counts at one moment, kept as Parquet; taken, read, pruned."""

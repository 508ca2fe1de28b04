"""Programmes: money from who gives it to what it moved. So far without tables: what is funded, and IATI."""

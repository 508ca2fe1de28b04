"""Observables: each value in one canonical form, with one type."""

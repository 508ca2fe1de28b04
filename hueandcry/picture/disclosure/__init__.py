"""Disclosure control: what may be shown of a table, and attacks that try to undo it."""

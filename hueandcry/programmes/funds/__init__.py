"""Funds: restrictions, where their money stands, statements."""

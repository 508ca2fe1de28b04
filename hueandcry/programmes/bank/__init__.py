"""Statements of the bank, read and matched with the ledger."""

"""Membership fees: invoices and reminders."""

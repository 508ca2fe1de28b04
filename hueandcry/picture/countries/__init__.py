"""A country's page, and its briefing as PDF."""

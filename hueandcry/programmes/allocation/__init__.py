"""Which programmes and components are funded out of which funds. Pure: no table, no page."""

"""Programmes as files of the International Aid Transparency Initiative (IATI 2.03). Pure: no table, no page."""

"""Crimes: what is compared, matched as it comes and at night, judged, merged, split and undone."""

"""Publication: what happened to reports is numbered, and what was stored enters the collections people follow."""

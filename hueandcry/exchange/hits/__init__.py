"""Hit or no hit, and asking for what was hit."""

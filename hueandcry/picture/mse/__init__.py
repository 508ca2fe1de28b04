"""Multiple-systems estimation: how many there are, from lists that overlap. Pure; any table."""

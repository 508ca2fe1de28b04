"""What of a role a person or a unit holds, which courses close the rest, which courses stand for each other."""

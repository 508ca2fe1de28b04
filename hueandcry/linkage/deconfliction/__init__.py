"""Two agencies at the same thing learn of each other, and nobody else does."""

"""What may leave, who got what, and news that follows it."""

"""Capacity: the world's resources and expertise, what each country needs, where the gaps are, what comes first."""

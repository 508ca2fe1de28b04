"""Case rooms: people of several organisations around one operation."""

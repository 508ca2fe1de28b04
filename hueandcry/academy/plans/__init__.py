"""Plans of courses: what somebody lacks for a role, which courses close it, which stand for each other. Pure."""

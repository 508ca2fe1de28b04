"""Members: organisations, people, circles, roles, sign-in, tokens, and the viewer on whose behalf everything is read."""

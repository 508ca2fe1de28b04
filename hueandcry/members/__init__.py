"""Members: organisations, people, circles, roles, sign-in, tokens, and the viewer on whose behalf all is read."""

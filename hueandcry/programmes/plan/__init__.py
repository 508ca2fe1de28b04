"""A programme from a gap to its evaluation: the plan, who appraises and agrees, what is done, what came of it."""

"""What analysts add to an operation: hypotheses, notes, tasks, and exports of it."""

"""The board: seats, ballots, votes."""

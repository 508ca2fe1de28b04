"""Change over time: late reports, joiners and leavers, seasons, shifts of level, the months to come; and signals."""

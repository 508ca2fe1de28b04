"""Raising money: calls, bids, interests of donors, money that could be redirected."""

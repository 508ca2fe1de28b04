"""Ibis expressions over a freeze: every figure of the picture is one of them."""

"""What may be set in finding operations. Each is a judgement about evidence, none was taken from any data. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """How sure one has to be, and how much is looked at."""

    sure: float = 0.98  # probability that a value is one group's from which on it alone ties groups of any size
    single: float = 0.8  # from which on it ties a single crime, where an error costs little
    weak: float = 0.5  # from which on it counts at all, together with others
    together: float = 0.98  # joint probability, of all values that two groups share, from which on they are one
    joined: float = 4.0  # nats from which on two pieces that share values are one (odds of fifty to one)
    neighbours: int = 4  # crimes next in time that each crime is compared with, for each value
    telling: int = 8  # agreements of one value counted at most: they are not independent of each other
    fence: float = 3.0  # interquartile ranges above the upper quarter of its type's degrees: too many (Tukey 1977)
    least_cap: int = 20  # crimes below which no type is capped
    own: float = 0.01  # share of values that are their reporter's own: in letterheads, signatures, senders
    large: int = 20  # crimes of a group from which on it is taken apart
    resolution: float = 1e-2  # ties per pair of crimes below which Leiden's algorithm parts it
    manner_least: int = 3  # crimes of a group from which on its manner is compared
    manner_most: int = 2_500  # groups compared by manner, the largest first
    manner_margin: float = 3.0  # how much likelier than not, in nats, after as many candidates as there are
    manner_false: float = 0.45  # share of the pairs so alike that may be so by chance; more, and none is joined
    manner_rest: int = 120  # days between two groups that may be one that came back


OPTIONS = Options()

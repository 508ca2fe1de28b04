"""The weights of a rank stand in the statement that ranks and in the words that explain it: they are the same."""

from __future__ import annotations

import re

from hueandcry.linkage.operations.queries import SQL
from hueandcry.linkage.operations.ranking import WEIGHTS


def test_the_weights_of_both_are_the_same() -> None:
    scored = SQL["ranked"].partition("scored AS (")[2].partition("FROM parts")[0]
    names = {"crimes_share": "crimes", "loss_place": "loss", "countries": "countries", "recent_share": "recent"}
    names |= {"infrastructure": "infrastructure", "accounts": "accounts", "contacts": "contacts", "police": "police"}
    found = {}
    for weight, rest in re.findall(r"(\.\d) \* (.*?)(?= \+ \.\d|\s+\+ \.\d| AS )", scored):
        found[next(n for word, n in names.items() if word in rest)] = float(weight)
    assert found == WEIGHTS
    assert sum(v for n, v in WEIGHTS.items() if n in ("crimes", "loss", "countries", "recent")) == 1

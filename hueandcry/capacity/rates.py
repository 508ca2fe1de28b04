"""How much cybercrime the picture shows of each country, as the parts of this desk take it."""

from __future__ import annotations

from hueandcry.members.viewer import Viewer

Rate = tuple[float, float, float]


def picture_rates(viewer: Viewer) -> tuple[dict[str, Rate], str]:
    """By country, highest first, reported crimes for 100,000 inhabitants with bounds, where there is a rate; and the
    freeze that they come from ("" where nothing is frozen). Inside a viewer."""
    # engines are loaded by who asks, not with the addresses (tests/project/test_what_pages_load.py)
    from hueandcry.picture.dashboard.answers import answer
    from hueandcry.picture.dashboard.rates import rates
    from hueandcry.picture.question import Question

    found = answer(viewer, Question(), deep=False)
    if found is None:
        return {}, ""
    rows = rates(found.frozen, found.table("country")).rows
    return {row.country: row.inhabitants for row in rows if row.inhabitants is not None}, str(found.frozen.number)

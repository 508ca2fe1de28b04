"""Which pages of linkage ``bench.pages`` asks for: of the largest that its users see, every part."""

from __future__ import annotations

from typing import Any

PARTS = ("graph", "crimes", "time", "map", "values", "holders", "harm", "hypotheses", "notes", "tasks", "history")


def pages(people: dict[str, Any]) -> list[tuple[str, str]]:
    """Who asks for what."""
    police = "police-analyst" if "police-analyst" in people else "analyst"
    found = _largest(people[police])
    pages = [
        ("analyst", "/crimes/"), ("analyst", "/crimes/?sort=-reports"), ("analyst", "/crimes/?class=fraud&country=DE"),
        ("analyst", "/crimes/?least=2"), (police, "/crimes/crimes.csv"),
        ("analyst", "/operations/"), (police, "/operations/"), (police, "/operations/?class=fraud&country=DE"),
        (police, "/operations/operations.csv"), (police, "/operations/tasks/"),
    ]  # fmt: skip
    if found["crime"]:
        pages.append((police, f"/crimes/{found['crime']}/"))
    if found["pair"]:
        pages += [(police, f"/crimes/pair/{'/'.join(found['pair'])}/"), (police, f"/reports/{found['pair'][0]}/")]
    if found["operation"]:
        address = f"/operations/{found['operation']}/"
        pages += [(police, f"{address}?part={part}") for part in PARTS]
        pages += [(police, f"{address}grouping.json"), (police, f"{address}dossier.pdf")]
    if found["why"]:
        pages.append((police, f"/operations/{found['operation']}/?part=crimes&crime={found['why']}"))
    pages += [
        (police, "/review/"), (police, "/review/model/"), (police, "/review/disputes/"), (police, "/deconfliction/"),
        (police, "/rooms/"), (police, "/forum/"), (police, "/forum/?q=payments"),
    ]  # fmt: skip
    pages += [(police, f"/review/{one}/") for one in found["rounds"]]
    pages += [(police, f"/review/{one}/1/") for one in found["rounds"]]
    pages += [(police, f"/deconfliction/interests/{one}/") for one in found["interests"]]
    pages += [(police, f"/deconfliction/overlaps/{one}/") for one in found["overlaps"]]
    pages += [
        (police, f"/rooms/{one}/{part}") for one in found["rooms"] for part in ("", "?part=people", "?part=files")
    ]
    pages += [(police, f"/forum/{one}/") for one in found["threads"]]
    return pages


def _largest(person: Any) -> dict[str, Any]:
    """References of the largest crime and operation that this person sees, of two of its reports, and of one each of
    what people made."""
    from hueandcry.linkage.crimes import queries as crimes
    from hueandcry.linkage.crimes.shown import Wanted as WantedCrimes
    from hueandcry.linkage.deconfliction import queries as deconfliction
    from hueandcry.linkage.models import OverlapSide, ReviewRound, Room, Thread
    from hueandcry.linkage.operations import queries as operations
    from hueandcry.members.viewer import identify, viewer

    by = identify(person.pk)
    with viewer(by):
        crime = next(iter(crimes.crimes(by, WantedCrimes(order="-reports"), most=1).crimes), None)
        lines = operations.operations(by, most=5_000).lines
        largest = max(lines, key=lambda line: line.crimes, default=None)
        why = operations.crimes(by, largest.id, most=1) if largest else []
        interests = deconfliction.interests(by).values_list("reference", flat=True)[:1]
        found = {
            "crime": crime and crime.reference,
            "pair": [str(one.reference) for one in crime.reports[:2]] if crime and crime.size > 1 else [],
            "operation": largest and largest.reference,
            "why": why[0].reference if why else None,
            "interests": list(interests),
        }
        mine = {"organisation": by.organisation or 0}
        for name, rows in (
            ("rounds", ReviewRound.objects.filter(**mine)), ("overlaps", OverlapSide.objects.filter(**mine)),
            ("rooms", Room.objects.all()), ("threads", Thread.objects.order_by("-posts")),
        ):  # fmt: skip
            found[name] = list(rows.values_list("reference", flat=True)[:1])
    if largest:
        size = f"{largest.crimes} crimes, {largest.reports} reports, {largest.organisations} organisations; {len(lines)} seen"
        print(f"largest operation that {person.email} sees: {size}")
    return found

"""A programme of an IATI file as a draft of a resource. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from hueandcry.capacity.register import iati
from hueandcry.capacity.register.drafts import Draft, ResourceDraft, Unfit, address, fit
from hueandcry.capacity.register.drafts import language as known_language
from hueandcry.exchange.drafts import Loss, Refusal

GLOBAL = frozenset({"998"})  # Region code list: "Bilateral, unspecified" (developing countries)
MOST_SUMS = 200


def read(raw: bytes, *, day: date) -> Iterator[Draft]:
    """The programmes of an IATI file as drafts. Raises Unreadable."""
    for each in iati.read(raw, day=day):
        if not isinstance(each, iati.Programme):
            yield each
            continue
        try:
            yield fit(draft(each))
        except Unfit as error:
            yield Refusal(each.place, f"{error.part}: {error.reason}")
        if not each.countries and not each.regions:
            yield Loss(each.place, "it names no country or region that it serves")


def draft(programme: iati.Programme) -> ResourceDraft:
    """One programme as a draft: in English where it has an English title, else in the first language it has."""
    language = next((key for key in programme.titles if key.startswith("en")), next(iter(programme.titles), ""))
    days = programme.dates
    return ResourceDraft(
        kind="programme",
        place=programme.place,
        title=programme.titles.get(language, ""),
        about=programme.descriptions.get(language) or next(iter(programme.descriptions.values()), ""),
        language=_known_language(language),
        provider=_provider(programme),
        url=_address(programme),
        identifier=programme.identifier,
        countries=tuple(share.code for share in programme.countries),
        everywhere=any(share.code in GLOBAL for share in programme.regions),
        starts=days.get("actual start") or days.get("planned start"),
        ends=days.get("actual end") or days.get("planned end"),
        evidence=programme.documents[0][1] if programme.documents else "",
        details=_details(programme),
    )


def _known_language(code: str) -> str:
    try:
        return known_language(code) if code else ""
    except Unfit:
        return ""


def _provider(programme: iati.Programme) -> str:
    for role in ("reporting", "implementing", "funding"):
        for body in programme.bodies:
            if body.role == role and body.name:
                return body.name
    return next((body.reference for body in programme.bodies if body.reference), "")


def _address(programme: iati.Programme) -> str:
    try:
        return address(programme.website)
    except Unfit:
        return ""


def _details(programme: iati.Programme) -> dict[str, Any]:
    """What only a programme has, fit for JSON; sums are strings, so that no cent is lost."""
    totals: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for each in programme.sums:
        totals[each.kind, each.currency] += each.amount
    return {
        "status": programme.status,
        "titles": programme.titles,
        "dates": {kind: on.isoformat() for kind, on in programme.dates.items()},
        "bodies": [[each.role, each.reference, each.name] for each in programme.bodies],
        "shares": {each.code: str(each.percentage) for each in programme.countries if each.percentage is not None},
        "regions": [[each.vocabulary, each.code, each.name] for each in programme.regions],
        "sectors": [[e.vocabulary, e.code, e.name, str(e.percentage or "")] for e in programme.sectors][:50],
        "totals": [[kind, str(amount), currency] for (kind, currency), amount in sorted(totals.items())],
        "sums": [
            [each.kind, str(each.amount), each.currency, each.on.isoformat() if each.on else ""]
            for each in programme.sums[:MOST_SUMS]
        ],
        "related": [list(each) for each in programme.related][:50],
        "documents": [list(each) for each in programme.documents][:50],
    }

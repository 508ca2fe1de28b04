"""Handling: how a report may be treated, and who that lets see it. Pure; the truth table in docs/handling.md is this.

TLP 2.0 (FIRST, 2022) limits onward sharing. It is neither access control nor a lawful basis; here it sets a *ceiling*
on the recipients that an originator chooses, and the audience is derived from both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

from hueandcry.exchange.drafts import Marking

TLP_ORDER = ("CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED")  # widest first
PAP_ORDER = ("", "CLEAR", "GREEN", "AMBER", "RED")
CODES = {
    "H0": "for the purpose of preventing and combating crime only",
    "H1": "not to be used as evidence in court without the provider's permission",
    "H2": "not to be passed on without the provider's permission",
    "H3": "other restrictions; read the text with it",
}
SOURCE_GRADES = {
    "A": "no doubt about authenticity, trustworthiness and competence",
    "B": "mostly reliable",
    "C": "mostly unreliable",
    "X": "cannot be assessed",
}
INFORMATION_GRADES = {
    "1": "accuracy not in doubt",
    "2": "known personally to the source, not to the reporting officer",
    "3": "not known personally to the source, corroborated",
    "4": "not known personally to the source, not corroborated",
}
DISCOVERABILITY = ("hidden", "anonymous", "named")
PURPOSES = ("prevention", "investigation", "statistics", "research")
LONGEST_RESTRICTION = 5_000  # characters; who has to read it before the content shall be able to
LEGAL_BASES = ("", "consent", "contract", "legal obligation", "vital interests", "public task", "legitimate interests")

# The widest kind of principal that each TLP label lets a recipient be. FIRST: CLEAR no limit; GREEN the community;
# AMBER the recipients' organisations and their clients on a need-to-know basis, so never a whole alliance at once;
# AMBER+STRICT the recipients' organisations only, so named organisations; RED the individual recipients only.
CEILING: dict[str, frozenset[str]] = {
    "CLEAR": frozenset({"everyone", "alliance", "circle", "organisation", "person"}),
    "GREEN": frozenset({"alliance", "circle", "organisation", "person"}),
    "AMBER": frozenset({"circle", "organisation", "person"}),
    "AMBER+STRICT": frozenset({"organisation", "person"}),
    "RED": frozenset({"person"}),
}


class BadHandling(ValueError):
    """Handling that cannot be taken; ``field`` names the part, the message says why in plain words."""

    def __init__(self, part: str, reason: str) -> None:
        super().__init__(reason)
        self.part = part
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Handling:
    """How one report may be treated. ``recipients`` are ids of principals as its owner chose them."""

    tlp: str = "AMBER"
    recipients: tuple[int, ...] = ()
    pap: str = ""
    codes: tuple[str, ...] = ()
    source_grade: str = ""
    information_grade: str = ""
    discoverability: str = ""  # "" is decided by TLP: hidden for RED, anonymous for the others
    purpose: tuple[str, ...] = field(default=("prevention", "investigation", "statistics"))
    legal_basis: str = ""
    review_on: date | None = None
    restriction: str = ""  # the text that H3 stands for; read and acknowledged before the content shows

    @property
    def discoverable(self) -> str:
        """The discoverability in force."""
        return self.discoverability or ("hidden" if self.tlp == "RED" else "anonymous")

    def as_json(self) -> dict[str, Any]:
        """A form that a JSON column holds and ``from_json`` reads again."""
        return asdict(self) | {"review_on": self.review_on.isoformat() if self.review_on else None}


def from_json(content: Mapping[str, Any], *, fallback: Handling | None = None) -> Handling:
    """Handling out of a stored or posted mapping; absent parts come from ``fallback``.

    Raises BadHandling naming the part that is wrong.
    """
    start = fallback or Handling()
    known = {f: content[f] for f in start.__dataclass_fields__ if f in content and content[f] is not None}
    for name in ("recipients", "codes", "purpose"):
        if name in known:
            if not isinstance(known[name], list | tuple):
                raise BadHandling(name, f"{name} is a list")
            known[name] = tuple(known[name])
    if "review_on" in known:
        known["review_on"] = _as_date(known["review_on"])
    return checked(replace(start, **known))


def _as_date(text: object) -> date | None:
    if isinstance(text, date):
        return text
    try:
        return date.fromisoformat(str(text)) if text else None
    except ValueError:
        raise BadHandling("review_on", f"{text!r} is not a date like 2027-01-31") from None


def checked(handling: Handling) -> Handling:
    """The same handling, or BadHandling naming the part that is not one of the words allowed."""
    _one_of("tlp", handling.tlp, TLP_ORDER)
    _one_of("pap", handling.pap, PAP_ORDER)
    _one_of("discoverability", handling.discoverability, ("", *DISCOVERABILITY))
    _one_of("source_grade", handling.source_grade, ("", *SOURCE_GRADES))
    _one_of("information_grade", handling.information_grade, ("", *INFORMATION_GRADES))
    _one_of("legal_basis", handling.legal_basis, LEGAL_BASES)
    for code in handling.codes:
        _one_of("codes", code, CODES)
    for purpose in handling.purpose:
        _one_of("purpose", purpose, PURPOSES)
    if not isinstance(handling.restriction, str) or len(handling.restriction) > LONGEST_RESTRICTION:
        raise BadHandling("restriction", f"the text of a restriction has at most {LONGEST_RESTRICTION:,} characters")
    if not all(isinstance(r, int) and not isinstance(r, bool) for r in handling.recipients):
        raise BadHandling("recipients", "recipients are ids of principals")
    return handling


def _one_of(part: str, word: object, allowed: Iterable[str]) -> None:
    words = list(allowed)
    if word not in words:
        shown = ", ".join(w or "(none)" for w in words)
        raise BadHandling(part, f"{word!r} is not one of: {shown}")


def marked(handling: Handling, marking: Marking) -> Handling:
    """The handling with what the sender wrote into the file itself; the stricter of the two always wins.

    A file's marking can narrow what its submitter chose and never widen it; a code or grade is added, not replaced.
    """
    tlp = _stricter(TLP_ORDER, handling.tlp, marking.tlp)
    return replace(
        handling,
        tlp=tlp,
        pap=_stricter(PAP_ORDER, handling.pap, marking.pap),
        codes=tuple(sorted({*handling.codes, *marking.codes})),
        source_grade=marking.source_grade or handling.source_grade,
        information_grade=marking.information_grade or handling.information_grade,
    )


def _stricter(order: tuple[str, ...], chosen: str, found: str | None) -> str:
    return chosen if found is None else max(chosen, found, key=order.index)


def audience(
    handling: Handling,
    *,
    kinds: Mapping[int, str],
    owner_organisation: int,
    owner_person: int,
    grants: Iterable[int] = (),
) -> frozenset[int]:
    """The principals a copy may be seen by: (recipients within TLP's ceiling) plus grants, and its owner.

    ``kinds`` gives the kind of each recipient; one it does not know gets nothing. The owner is the organisation that
    reported, but for RED, which is for individuals: there it is the person who submitted it. H2 ("not to be passed on
    without the provider's permission") adds nobody: recipients are the provider's own choice, made here.
    """
    allowed = CEILING[handling.tlp]
    own = owner_person if handling.tlp == "RED" else owner_organisation
    return frozenset({own, *(r for r in handling.recipients if kinds.get(r, "") in allowed), *grants})


def cut(handling: Handling, kinds: Mapping[int, str]) -> tuple[int, ...]:
    """The recipients that TLP's ceiling keeps out, so that a page can say so before anything is sent."""
    return tuple(r for r in handling.recipients if kinds.get(r, "") not in CEILING[handling.tlp])

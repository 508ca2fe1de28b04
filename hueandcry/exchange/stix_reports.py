"""Reports out of a STIX file: incidents, reports and groupings each make one, and all loose objects together one more.

A domain report says little by itself: its techniques, countries, sectors and times are told by the objects it holds.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final, Literal, cast

from hueandcry.exchange import observables, stix_handling, stix_shapes, victims
from hueandcry.exchange.drafts import MAX_OBSERVATIONS, Marking, Observation, Options, ReportDraft, Role
from hueandcry.exchange.stix_handling import EXTENSION
from hueandcry.exchange.stix_split import Parts
from hueandcry.exchange.stix_survey import MAX_LABELS, TITLES, Known, Survey, labels_of, techniques_of, texts
from hueandcry.exchange.text import MAX_TITLE, clean, title_of

_TECHNIQUE: Final = re.compile(r"T[01][0-9]{3}(?:\.[0-9]{3})?")
_CODE: Final = re.compile(r"[A-Za-z0-9_-]{0,60}")
# Names of sources whose numbers stand in others' files too: payments and cases of the police
_SHARED: Final = re.compile(
    "(?:[a-z0-9]+[ -]){0,3}(?:crime|police|payment|end-to-end|transaction)[ -](?:reference|number|id)(?:[ -]number)?"
)
_ROLES: Final = ("attacker", "victim", "mule", "unknown")
_SIZES: Final = ("person", "micro", "small", "medium", "large")
# The core incident extension's own times (OASIS incident core extension, "incident_types", "events")
_TIMES: Final = (("first_seen", "last_seen"), ("occurred_from", "occurred_to"))


def of_object(found: Survey, key: str) -> ReportDraft:
    """Give the report that an incident, report or grouping of the file makes."""
    content = found.reports[key]
    known = [found.known[ref] for ref in found.held.get(key, ()) if ref in found.known]
    draft = ReportDraft(
        key=key,
        title=title_of(_text(content, "name"), otherwise=f"{content['type']} without a name"),
        account=clean(_text(content, "description")),
        language=_language(content),
        kind="incident" if content["type"] == "incident" else "intelligence",
        version=stix_shapes.date(content.get("modified")),
        techniques=_joined([techniques_of(content), *(one.techniques for one in known)]),
        labels=_joined([labels_of(content), *(one.labels for one in known)]),
        reported_at=stix_shapes.date(content.get("published")) or stix_shapes.date(content.get("created")),
        marking=_marking(found, key, content),
        withdrawn=content.get("revoked") is True,
    )
    draft.occurred_from, draft.occurred_to = _times(found, key, content, known)
    places = _places(found, {key, *found.held.get(key, ())})
    draft.victim_countries = _countries(found, places)
    areas = {found.known[place].area for place in places if place in found.known} - {""}
    draft.victim_area = areas.pop() if len(areas) == 1 else ""  # of several victims, no one's area
    draft.victim_sector = next((one.sector for one in known if one.sector), "")
    draft.victim_reference = _reference(content)
    extension = own(content)
    if extension is not None:
        _extend(draft, extension)
    return draft


def of_loose(found: Survey, parts: Parts, raw: bytes, options: Options) -> ReportDraft:
    """Give the report that all objects make which no report of the file holds."""
    loose = {key: one for key, one in found.known.items() if key not in found.holders}
    title = next((found.titles[kind] for kind in TITLES if kind in found.titles), "")
    return ReportDraft(
        key=loose_key(parts, raw),
        title=title_of(title) or clean(options.filename, MAX_TITLE) or "STIX objects",
        kind="intelligence",
        techniques=_joined(one.techniques for one in loose.values()),
        labels=_joined(one.labels for one in found.alike.values())
        if not found.reports
        else _joined(one.labels for one in loose.values()),
        victim_countries=_countries(found, _places(found, loose.keys() - found.holders.keys())),
        marking=_marking(found, "", {}),
    )


def loose_key(parts: Parts, raw: bytes) -> str:
    """Give the key of the loose objects' report: the bundle's id, or one made of the file's own bytes."""
    if stix_shapes.is_id(parts.bundle):
        return parts.bundle
    digest = bytearray(hashlib.sha256(raw).digest()[:16])
    return f"bundle--{uuid.UUID(bytes=bytes(digest), version=5)}"


def own(content: Mapping[str, Any]) -> dict[str, Any] | None:
    """Give what our own writer said in its extension of an object; None where there is none."""
    extensions = content.get("extensions")
    found = extensions.get(EXTENSION) if isinstance(extensions, dict) else None
    return found if isinstance(found, dict) else None


def _text(content: Mapping[str, Any], name: str) -> str:
    value = content.get(name)
    return value if isinstance(value, str) else ""


def _language(content: Mapping[str, Any]) -> str:
    code = _text(content, "lang").partition("-")[0].lower()
    return code if len(code) == 2 and code.isascii() and code.isalpha() else ""


def _joined(lists: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    words: dict[str, None] = {}
    for one in lists:
        if len(words) < MAX_LABELS:
            words.update(dict.fromkeys(clean(word, MAX_TITLE) for word in one))
    return tuple(words)[:MAX_LABELS]


def _times(
    found: Survey, key: str, content: Mapping[str, Any], known: list[Known]
) -> tuple[datetime | None, datetime | None]:
    """Give when it happened: as the report says itself, else as the things it holds were seen."""
    for first, last in _TIMES:
        begin, end = stix_shapes.date(content.get(first)), stix_shapes.date(content.get(last))
        if begin or end:
            return begin, end
    firsts = [one.first for one in known if one.first]
    lasts = [one.last for one in known if one.last]
    if content["type"] == "incident":
        seen = [found.times[ref] for ref in found.held.get(key, ()) if ref in found.times]
        firsts += [one for one, _ in seen]
        lasts += [one for _, one in seen]
    return min(firsts, default=None), max(lasts, default=None)


def _places(found: Survey, held: set[str]) -> set[str]:
    """Give where the victims are: places that a held object targets, directly or through a targeted identity."""
    victims = {target for source, kind, target in found.links if source in held and kind in ("targets", "impacts")}
    places = set(victims)
    places |= {target for source, kind, target in found.links if source in victims and kind == "located-at"}
    places |= {target for source, kind, target in found.links if source in held and source in found.reports}
    return places


def _countries(found: Survey, places: set[str]) -> tuple[str, ...]:
    codes = {found.known[place].country for place in places if place in found.known}
    return tuple(sorted(codes - {""}))


def _marking(found: Survey, key: str, content: Mapping[str, Any]) -> Marking:
    """Give the strictest of all markings on a report and on what it holds, granular ones included."""
    refs = found.marked.get(key, set())
    markings = (found.markings.get(ref) or stix_handling.fixed(ref) for ref in sorted(refs))
    return stix_handling.strictest([one for one in markings if one] + [stix_handling.of_extension(own(content) or {})])


def _extend(draft: ReportDraft, told: Mapping[str, Any]) -> None:
    """Take what our own writer said exactly, as far as it has the form that our writer gives it."""
    if told.get("kind") in ("incident", "intelligence"):
        draft.kind = cast(Literal["incident", "intelligence"], told["kind"])
    draft.language = _language({"lang": told.get("language")}) or draft.language
    draft.classes = tuple(
        (one[0], one[1]) for one in _lists(told.get("classes")) if len(one) == 2 and all(map(_CODE.fullmatch, one))
    )
    if "techniques" in told:
        draft.techniques = tuple(one for one in texts(told["techniques"]) if _TECHNIQUE.fullmatch(one))[:MAX_LABELS]
    if "labels" in told:
        draft.labels = _joined([texts(told["labels"])])
    draft.occurred_from = stix_shapes.date(told.get("occurred_from"))
    draft.occurred_to = stix_shapes.date(told.get("occurred_to"))
    draft.reported_at = stix_shapes.date(told.get("reported_at")) or draft.reported_at
    draft.victim_countries = tuple(one for one in texts(told.get("victim_countries")) if re.fullmatch("[A-Z]{2}", one))
    draft.victim_sector = _text(told, "victim_sector") if re.fullmatch("[A-V]", _text(told, "victim_sector")) else ""
    draft.victim_size = _text(told, "victim_size") if told.get("victim_size") in _SIZES else ""
    draft.victim_area = victims.area(_text(told, "victim_area"), next(iter(draft.victim_countries), ""))
    draft.loss_amount, draft.loss_currency = _loss(told)
    draft.observations = _observations(told)


def _reference(content: Mapping[str, Any]) -> str:
    """Give the reference that others hold too: an external reference (section 2.5) whose source says it is one."""
    listed = content.get("external_references")
    for one in listed[:MAX_LABELS] if isinstance(listed, list) else ():
        if isinstance(one, dict) and _SHARED.fullmatch(_text(one, "source_name")[:100].replace("_", "-").lower()):
            found = victims.reference(_text(one, "external_id"))
            if found:
                return found
    return ""


def _lists(value: object) -> list[tuple[str, ...]]:
    return [texts(one) for one in value if isinstance(one, list)] if isinstance(value, list) else []


def _loss(told: Mapping[str, Any]) -> tuple[Decimal | None, str]:
    currency = _text(told, "loss_currency")
    try:
        amount = Decimal(_text(told, "loss_amount")[:40])
    except InvalidOperation:
        return None, ""
    if not amount.is_finite() or not re.fullmatch("[A-Z]{3}|", currency):
        return None, ""
    return amount, currency


def _observations(told: Mapping[str, Any]) -> tuple[Observation, ...]:
    """Read the extension's observations; each value is made canonical again, since anyone can write an extension."""
    rows = told.get("observations")
    made = (_observation(row) for row in (rows[:MAX_OBSERVATIONS] if isinstance(rows, list) else ()))
    return tuple(dict.fromkeys(one for one in made if one is not None))


def _observation(row: object) -> Observation | None:
    if not isinstance(row, dict) or not isinstance(row.get("value"), str) or not isinstance(row.get("type"), str):
        return None
    claimed = _text(row, "claimed")
    value = observables.canonical(claimed or row["type"], row["value"])
    if not value.value:
        return None
    role = cast(Role, row["role"]) if row.get("role") in _ROLES else "unknown"
    first, last = stix_shapes.date(row.get("first_seen")), stix_shapes.date(row.get("last_seen"))
    return Observation(value.type, value.value, role, first, last, value.valid, value.claimed)

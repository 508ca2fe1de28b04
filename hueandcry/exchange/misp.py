"""MISP events: one event, a list of them, or what the REST interface answers (MISP core format, Internet-Draft
draft-dulaunoy-misp-core-format).

Elements are the event and each of its attributes, those inside its objects included. An attribute's text is its very
characters. An event's text is the event without its attributes: every other member verbatim, and in ``Object`` each
object without its ``Attribute``; so event and attributes together hold every character of meaning once.

One walk through one file, event before attributes; what tags, types, victims and sightings mean stands in misp_*.py.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from hueandcry.exchange import json_text, misp_losses, misp_sightings, misp_tags, misp_victims, observation
from hueandcry.exchange.classification import classify
from hueandcry.exchange.drafts import (
    MAX_ELEMENTS,
    MAX_TEXT,
    Draft,
    Loss,
    ObjectDraft,
    Observation,
    Options,
    Refusal,
    ReportDraft,
    Role,
    Unreadable,
)
from hueandcry.exchange.json_text import Refused
from hueandcry.exchange.media import is_picture, where_to_report
from hueandcry.exchange.misp_roles import Surroundings, role_of, surroundings
from hueandcry.exchange.misp_sightings import moment
from hueandcry.exchange.misp_types import parts_of
from hueandcry.exchange.text import MAX_TITLE, clean

Raw = msgspec.Raw
Members = dict[str, Raw]

ACCOUNT = "Account"  # the name of the event report that misp_feed writes a report's account as


@dataclass(slots=True)
class _Source:
    """One attribute as it stands in the file, not yet read."""

    place: str
    raw: bytes
    around: Surroundings
    number: int = -1  # of the object around it


@dataclass(slots=True)
class _Seen:
    """Keys met in this file, each with its place; and what the attributes of one event could not carry."""

    keys: dict[str, tuple[str, int]] = field(default_factory=dict)
    elements: int = 0
    without: dict[str, int] = field(default_factory=dict)

    def take(self, key: str, place: str, text: str) -> None:
        """Note a key; raises ``Refused`` where the file has it with other content already."""
        first, content = self.keys.setdefault(key, (place, hash(text)))
        if content != hash(text):
            raise Refused(f"the uuid {key} stands at {first} already, with other content")


def read(raw: bytes, options: Options) -> Iterator[Draft]:
    """Read MISP JSON. Raises ``Unreadable`` where it is not JSON, or not MISP."""
    raw = json_text.utf8(raw)
    seen = _Seen()
    for place, event in _events(raw):
        if isinstance(event, Refusal):
            yield event
        else:
            yield from _read_event(place, event, seen)


def _events(raw: bytes) -> Iterator[tuple[str, Raw | Refusal]]:
    """Find the events in each shape that MISP, its feeds and PyMISP write."""
    first = raw.lstrip()[:1]
    if first == b"[":
        yield from _listed(json_text.split(raw, list[Raw]), "")
        return
    if first != b"{":
        raise Unreadable("byte 0", "not a MISP file: neither an object nor a list of events")
    top = json_text.split(raw, Members)
    if "response" in top:
        yield from _answered(top["response"])
    elif "Event" in top:
        yield "Event", top["Event"]
    elif "info" in top or "Attribute" in top or "Object" in top:
        yield "Event", Raw(raw)  # PyMISP's to_dict leaves the outer "Event" off
    else:
        raise Unreadable("byte 0", "not a MISP file: it holds neither an Event nor a response")


def _answered(response: Raw) -> Iterator[tuple[str, Raw | Refusal]]:
    """Find the events in what the REST interface answers: a list, or an object around one event."""
    if _opens(response) == b"[":
        yield from _listed(json_text.split(bytes(response), list[Raw]), "response")
        return
    inner = json_text.split(bytes(response), Members)
    if "Event" in inner and _opens(inner["Event"]) == b"[":
        yield from _listed(json_text.split(bytes(inner["Event"]), list[Raw]), "response.Event")
    elif "Event" in inner:
        yield "response.Event", inner["Event"]
    elif "Attribute" in inner:
        raise Unreadable("response", "a list of attributes without their events; export the events instead")
    else:
        raise Unreadable("response", "holds no Event")


def _listed(items: list[Raw], where: str) -> Iterator[tuple[str, Raw | Refusal]]:
    """Give each event of a list, whether or not it is wrapped in ``{"Event": ...}``."""
    if len(items) > MAX_ELEMENTS:
        raise Unreadable(where or "the list", f"more than {MAX_ELEMENTS:,} events in one file")
    for number, item in enumerate(items):
        place = f"{where}[{number}]"
        try:
            found = _members(item)
        except Refused as refused:
            yield place, Refusal(place, f"{refused}, where an event was expected")
            continue
        yield (f"{place}.Event", found["Event"]) if "Event" in found else (place, item)


def _read_event(place: str, raw: Raw, seen: _Seen) -> Iterator[Draft]:
    """Read one event: its report first, then its own element, then each attribute."""
    try:
        found = _members(raw)
        header = _header(found)
        event = json_text.members(header.encode())
    except Refused as refused:
        yield from _refuse_whole(place, raw, str(refused))
        return
    drafts: list[Draft] = []
    sources = list(_attributes(place, found, drafts))
    seen.elements += 1 + len(sources)
    if seen.elements > MAX_ELEMENTS:
        raise Unreadable(place, f"more than {MAX_ELEMENTS:,} elements in one file")
    key = _key(event, header, "misp-event")
    seen.without = {}
    if key not in seen.keys:
        report, losses = _report(place, key, event, sources)
        yield report
        yield from losses
    yield _event_element(place, key, header, event, seen)
    yield from drafts
    for source in sources:
        yield from _read_attribute(source, key, seen)
    if seen.without:
        told = ", ".join(f"{number} {name}" for name, number in sorted(seen.without.items()))
        yield Loss(place, f"attributes that name no observable, kept as received only: {told}")


def _refuse_whole(place: str, raw: Raw, reason: str) -> Iterator[Draft]:
    """Refuse an event that cannot be opened, and each attribute in it that can still be told apart."""
    yield Refusal(place, reason)
    try:
        found = _members(raw)
    except Refused:
        return
    drafts: list[Draft] = []
    sources = list(_attributes(place, found, drafts))
    yield from drafts
    for source in sources:
        yield Refusal(source.place, "its event could not be taken")


def _attributes(place: str, event: Members, drafts: list[Draft]) -> Iterator[_Source]:
    """Find the attributes of an event and of its objects; what is no list goes to ``drafts`` as a refusal."""
    nothing = Surroundings()
    for number, raw in enumerate(_list(event, "Attribute", place, drafts)):
        yield _Source(f"{place}.Attribute[{number}]", bytes(raw), nothing)
    for number, raw in enumerate(_list(event, "Object", place, drafts)):
        within = f"{place}.Object[{number}]"
        try:
            members = _members(raw)
        except Refused as refused:
            drafts.append(Refusal(within, str(refused)))
            continue
        inside = [bytes(item) for item in _list(members, "Attribute", within, drafts)]
        around = surroundings(members, inside)
        for index, item in enumerate(inside):
            yield _Source(f"{within}.Attribute[{index}]", item, around, number)


def _list(members: Members, name: str, place: str, drafts: list[Draft]) -> list[Raw]:
    raw = members.get(name)
    if raw is None or bytes(raw) in (b"null", b"{}"):  # PHP writes an empty list as an empty object
        return []
    try:
        return msgspec.json.decode(raw, type=list[Raw])
    except (msgspec.MsgspecError, ValueError, RecursionError):
        drafts.append(Refusal(f"{place}.{name}", "should be a list"))
        return []


def _header(event: Members) -> str:
    """Put the event together again without its attributes, each remaining member in its very characters."""
    parts = []
    for name, raw in event.items():
        if name == "Attribute":
            continue
        value = _objects_without_attributes(raw) if name == "Object" else bytes(raw)
        parts.append(json.dumps(name, ensure_ascii=False).encode("utf-8", "surrogatepass") + b":" + value)
    return json_text.characters(b"{" + b",".join(parts) + b"}")


def _objects_without_attributes(raw: Raw) -> bytes:
    heads = []
    for item in _list({"Object": raw}, "Object", "", []):
        try:
            members = _members(item)
        except Refused:
            heads.append(b"null")  # refused in its own place; those behind it keep their numbers
            continue
        kept = (
            json.dumps(name).encode() + b":" + bytes(value) for name, value in members.items() if name != "Attribute"
        )
        heads.append(b"{" + b",".join(kept) + b"}")
    return b"[" + b",".join(heads) + b"]"


def _event_element(place: str, key: str, header: str, event: dict[str, Any], seen: _Seen) -> Draft:
    try:
        seen.take(key, place, header)
    except Refused as refused:
        return Refusal(place, str(refused))
    withdrawn = is_deleted(event)
    return ObjectDraft(key, "misp-event", header, place, (key,), moment(event.get("timestamp")), withdrawn)


def _report(place: str, key: str, event: dict[str, Any], sources: list[_Source]) -> tuple[ReportDraft, list[Loss]]:
    """Draw the report from the event's own members and tags, and say what it could not carry."""
    losses = list(misp_losses.of_event(place, event))
    marking, told = misp_tags.marking(misp_tags.of(event), _tags_within(sources))
    losses += [Loss(place, what) for what in told]
    report = report_of(key, event)
    report.marking = marking
    if event.get("date") and report.occurred_from is None:
        losses.append(Loss(f"{place}.date", f"no date: {clean(str(event['date']), 40)}"))
    told = misp_victims.add(report, (misp_victims.Attribute(s.raw, s.around.object_name, s.number) for s in sources))
    return report, losses + [Loss(place, what) for what in told]


def report_of(key: str, event: dict[str, Any]) -> ReportDraft:
    """Draw a report from an event's own members and tags; its handling is for the caller, who has the attributes."""
    tags = misp_tags.of(event)
    techniques = misp_tags.techniques(tags)
    occurred = _day(event.get("date"))
    return ReportDraft(
        key=key,
        title=clean(str(event.get("info") or ""), MAX_TITLE).strip() or f"MISP event {key}",
        account=_account(event),
        kind=misp_tags.kind(tags),
        version=moment(event.get("timestamp")),
        classes=classify(tags, techniques).classes,
        techniques=techniques,
        labels=tags,
        **misp_tags.facts(tags),
        occurred_from=occurred,
        occurred_to=occurred + timedelta(days=1, seconds=-1) if occurred else None,
        reported_at=moment(event.get("publish_timestamp")) or moment(event.get("timestamp")),
        withdrawn=is_deleted(event) or misp_tags.is_withdrawn(tags),
    )


def _tags_within(sources: list[_Source]) -> list[str]:
    """Collect the handling tags of attributes: the report must be handled as its strictest part."""
    found: list[str] = []
    for source in sources:
        low = source.raw.lower()
        if b"tlp:" in low or b"pap:" in low:
            try:
                json_text.characters(source.raw)
                found += misp_tags.of(json_text.members(source.raw))
            except Refused:
                continue  # refused in its own place
    return found


def _account(event: dict[str, Any]) -> str:
    """Give the event's reports (free text written by analysts), or its own line where it has none."""
    reports = event.get("EventReport")
    texts = [
        f"{_heading(report)}\n{report.get('content') or ''}".strip()
        for report in (reports if isinstance(reports, list) else [])
        if isinstance(report, dict) and not report.get("deleted")
    ]
    return clean("\n\n".join(texts) or str(event.get("info") or ""), MAX_TEXT)


def _heading(report: dict[str, Any]) -> str:
    name = str(report.get("name") or "")
    return "" if name == ACCOUNT else name


def _read_attribute(source: _Source, event_key: str, seen: _Seen) -> Iterator[Draft]:
    """Read one attribute: an element, or a refusal with its reason; and what it could not carry."""
    try:
        text = json_text.characters(source.raw)
        attribute = json_text.members(source.raw)
        kind, value = _typed(attribute)
        content = _content(attribute)
        key = _key(attribute, text, "misp-attribute")
        seen.take(key, source.place, text)
    except Refused as refused:
        yield Refusal(source.place, str(refused))
        return
    if content:
        text = _without_content(source.raw)
        yield Loss(source.place, f"the attached file itself ({content}): it stays in the encrypted submission only")
    gone = is_deleted(attribute) or source.around.deleted
    observations, losses = ((), []) if gone else _observations(source, attribute, kind, value)
    yield ObjectDraft(
        key,
        "misp-attribute",
        text,
        source.place,
        (event_key,),
        moment(attribute.get("timestamp")),
        gone,
        observations,
    )
    yield from losses
    yield from misp_losses.of_attribute(source.place, attribute)
    if not observations and not gone:
        seen.without[kind] = seen.without.get(kind, 0) + 1


def _typed(attribute: dict[str, Any]) -> tuple[str, str]:
    """Give an attribute's type and value as text; raises ``Refused`` where either is missing."""
    kind, value = attribute.get("type"), attribute.get("value")
    if value is None and "value1" in attribute:  # older exports give a composite in two halves
        value = "|".join(str(part) for part in (attribute["value1"], attribute.get("value2")) if part not in (None, ""))
    if not isinstance(kind, str) or not kind:
        raise Refused("an attribute without a type")
    if isinstance(value, (dict, list)):
        raise Refused(f"its value should be a text, and is {json_text.named(value)}")
    if value is None or value == "":
        raise Refused("an attribute without a value")
    return kind[:100], str(value)


def _content(attribute: dict[str, Any]) -> str:
    """Describe the file that an attribute carries (``data``), "" for none; ``Refused`` for a picture or a film."""
    data = attribute.get("data")
    if not isinstance(data, str) or not data:
        return ""
    digest = hashlib.sha256(data.encode("utf-8", "surrogatepass")).hexdigest()
    if is_picture(observation.from_base64(data)):
        raise Refused(where_to_report("a picture or film attached to this attribute", digest))
    return f"{len(data) * 3 // 4:,} bytes; sha256 of its Base64 {digest}"


def _without_content(raw: bytes) -> str:
    members = msgspec.json.decode(raw, type=Members)
    kept = (json.dumps(name).encode() + b":" + bytes(value) for name, value in members.items() if name != "data")
    return (b"{" + b",".join(kept) + b"}").decode()


def _observations(
    source: _Source, attribute: dict[str, Any], kind: str, value: str
) -> tuple[tuple[Observation, ...], list[Loss]]:
    losses: list[Loss] = []
    parts = misp_tags.typed(attribute, value) or parts_of(kind, value)
    if parts is None:
        return (), [Loss(source.place, f"the attribute type {clean(kind, 60)} is not one of MISP's; kept as received")]
    role: Role = role_of(kind, attribute, source.around)
    first, last = (_seen_at(source.place, attribute, name, losses) for name in ("first_seen", "last_seen"))
    first, last, told = misp_sightings.seen(attribute, first, last)
    losses += [Loss(source.place, what) for what in told]
    return observation.of(parts, role=role, first=first, last=last), losses


def _seen_at(place: str, attribute: dict[str, Any], name: str, losses: list[Loss]) -> datetime | None:
    value = attribute.get(name)
    if value in (None, ""):
        return None
    try:
        moment = datetime.fromisoformat(str(value))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        losses.append(Loss(f"{place}.{name}", f"no date and time: {clean(str(value), 40)}"))
        return None


def is_deleted(members: dict[str, Any]) -> bool:
    """Tell whether an event, object or attribute is deleted (softly: MISP keeps it to tell others so)."""
    return members.get("deleted") in (True, 1, "1")


def _day(value: object) -> datetime | None:
    try:
        return datetime.strptime(str(value), "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None


def _key(members: dict[str, Any], text: str, kind: str) -> str:
    """Give the element's uuid, or the hash of its text where it has none: the same over resends either way."""
    uuid = members.get("uuid")
    if isinstance(uuid, str) and len(uuid) == 36 and uuid.replace("-", "").isalnum() and uuid.isascii():
        return uuid.lower()
    return f"{kind}:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"


def _members(raw: Raw) -> Members:
    """Open an object without opening its members; raises ``Refused``."""
    try:
        return msgspec.json.decode(raw, type=Members)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise Refused(f"not an object that can be opened ({json_text.explain(error, len(bytes(raw)))[1]})") from None


def _opens(raw: Raw) -> bytes:
    return bytes(raw).lstrip()[:1]

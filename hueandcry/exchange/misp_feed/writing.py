"""A report as a MISP event (MISP core format, Internet-Draft draft-dulaunoy-misp-core-format). Pure, and deterministic.

What came as MISP is put together again from its kept texts, each in its very characters: the event, its objects, their
attributes. Only what its owner changed here since, and handling stricter than its own, is written over it. What came
otherwise is written anew. ``LOSSES`` names what an event cannot carry; docs/misp.md shows it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import msgspec
import orjson

from hueandcry.exchange import misp, misp_tags
from hueandcry.exchange.drafts import Observation
from hueandcry.exchange.misp_feed import attributes, tags
from hueandcry.exchange.misp_feed.attributes import Json
from hueandcry.exchange.misp_sightings import moment
from hueandcry.exchange.sectors import SHORT
from hueandcry.exchange.stix_out import PROJECT, OutReport
from hueandcry.exchange.text import clean

Raw = msgspec.Raw
Members = dict[str, Raw]

CHUNK: Final = 65_536  # bytes of an event given at a time

ACCOUNT: Final = misp.ACCOUNT
RESTRICTION: Final = "Restriction (H3)"

LOSSES: Final = (
    "relations between objects of a report that came as STIX (relationships, groupings, notes): the values go, not the"
    " graph",
    "techniques go as tags with their numbers; MISP shows those as plain tags, not as clusters of its galaxy",
    "labels longer than 255 characters, which is what MISP's database holds",
    "who sent it: MISP knows the organisation, not the person",
    "recipients, grants, purposes, legal basis and date of review: MISP's distribution is narrower than any of them",
    "earlier versions of a report: an event has one",
    "the hour at which it happened and the day on which it ended: an event has one day",
)

# Who may get it on, as the receiving MISP will do it by itself (core format, 2.2.1.11). All but CLEAR and GREEN stay
# where they arrive: the handling here decides whom else they reach.
DISTRIBUTION: Final = {"CLEAR": "3", "GREEN": "1"}
_VICTIM: Final = attributes.Template("victim", "misc", "a8806e40-39ad-435f-be02-ac2a13d6fc7d", "10", "regions")
_LOSS: Final = attributes.Template("monetary-impact", "misc", "3376296c-c1ef-4847-979f-2bfc49aa983e", "1", "variety")


@dataclass(frozen=True, slots=True)
class OutEvent:
    """One report to be written as an event. ``uuid`` is the event's; ``changed`` when the report last changed here."""

    report: OutReport
    uuid: str
    state: str = "current"
    changed: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    touched: bool = False  # its owner did something to it here after it came
    former: tuple[Observation, ...] = ()  # what older versions of it told, of which some may be told no more
    restriction: str = ""  # the text that H3 stands for; only where it may be shown

    @property
    def withdrawn(self) -> bool:
        """Whether who reported it took it back."""
        return self.state == "withdrawn"


class Part(NamedTuple):
    """One kept attribute: its text, and the uuid (or text) of the object it stands in, "" for none."""

    text: str
    within: str = ""


def file(event: Iterable[bytes]) -> Iterator[bytes]:
    """Wrap one event as a file of a feed, which is also how MISP exports one."""
    yield b'{"Event":'
    yield from event
    yield b"}\n"


def response(events: Iterable[Iterable[bytes]]) -> Iterator[bytes]:
    """Wrap many events as MISP's REST interface answers a search."""
    yield b'{"response":['
    for number, event in enumerate(events):
        yield b',{"Event":' if number else b'{"Event":'
        yield from event
        yield b"}"
    yield b"]}\n"


def entry(head: Mapping[str, Any]) -> Json:
    """Give an event's line in a feed's manifest, as PyMISP writes it."""
    organisation = head.get("Orgc")
    organisation = organisation if isinstance(organisation, dict) else {}
    listed = head["Tag"] if isinstance(head.get("Tag"), list) else []
    stamp = moment(head.get("timestamp"))
    return {
        "Orgc": {name: str(organisation.get(name) or "") for name in ("name", "uuid")},
        "Tag": [_short(tag) for tag in listed if isinstance(tag, dict) and tag.get("name")],
        "info": str(head.get("info") or ""),
        "date": str(head.get("date") or ""),
        "analysis": _number(head.get("analysis"), 2),
        "threat_level_id": _number(head.get("threat_level_id"), 4),
        "timestamp": int(stamp.timestamp()) if stamp else 0,
    }


def _short(tag: Json) -> Json:
    return {name: str(tag[name]) for name in ("name", "colour") if tag.get(name)}


def _number(value: object, otherwise: int) -> int:
    text = str(value)
    return int(text) if text.isdecimal() and len(text) < 4 else otherwise


# -- what came otherwise -----------------------------------------------------------------------------------------------


def written_head(event: OutEvent) -> Json:
    """Write the members of an event but its attributes and objects."""
    report = event.report
    stamp = _seconds(event.changed)
    day = (report.occurred_from or report.reported_at or report.created).astimezone(UTC).date().isoformat()
    head: Json = {
        "uuid": event.uuid,
        "info": clean(report.title).strip() or "Untitled",
        "date": day,
        "threat_level_id": "4",  # undefined: a report says what happened, not how bad
        "analysis": "2",  # completed
        "published": not event.withdrawn,
        "timestamp": stamp,
        "publish_timestamp": stamp,
        "distribution": DISTRIBUTION.get(report.marking.tlp or "", "0"),
        "deleted": event.withdrawn,
        "Orgc": _organisation(report),
        "Tag": [{"name": clean(tag)} for tag in tags.of(report, event.state)],
    }
    texts = [(ACCOUNT, report.account)] if report.account.strip() else []
    texts += [(RESTRICTION, event.restriction)] if event.restriction else []
    if texts:
        head["EventReport"] = [_text(event, *each) for each in texts]
    return head


def written(event: OutEvent) -> Iterator[bytes]:
    """Write a report that did not come as MISP."""
    stamp = _seconds(event.changed)
    values = [one for one in event.report.observations if one.value.strip()]
    alone, objects = attributes.of(event.report.id, values, stamp, deleted=event.withdrawn)
    told = {(one.type, one.value) for one in values}
    gone = [one for one in event.former if one.value.strip() and (one.type, one.value) not in told]
    for held, more in zip((alone, objects), attributes.of(event.report.id, gone, stamp, deleted=True), strict=True):
        held += more
    objects += _harm(event, stamp)
    yield orjson.dumps(written_head(event) | {"Attribute": alone, "Object": objects})


def _organisation(report: OutReport) -> Json:
    """Give who made the event; where the viewer may not know, it is the system."""
    if report.organisation:
        return {"uuid": str(report.organisation.id), "name": clean(report.organisation.name)}
    return {"uuid": PROJECT["id"].removeprefix("identity--"), "name": PROJECT["name"]}


def _text(event: OutEvent, name: str, content: str) -> Json:
    return {
        "uuid": str(uuid.uuid5(event.report.id, f"text\n{name}")),
        "name": name,
        "content": clean(content),
        "distribution": "5",
        "timestamp": _seconds(event.changed),
        "deleted": event.withdrawn,
    }


def _harm(event: OutEvent, stamp: str) -> list[Json]:
    """Write whom it harmed and what it cost, in MISP's own templates, for people and tools that read those."""
    report = event.report
    victim = [("regions", code, "target-location") for code in report.victim_countries]
    victim += [("sectors", SHORT[report.victim_sector], "text")] if report.victim_sector in SHORT else []
    cost = []
    if report.loss_amount is not None:
        cost = [("variety", "Loss", "text"), ("min_amount", str(report.loss_amount), "float")]
        cost += [("max_amount", str(report.loss_amount), "float")]
        cost += [("currency", report.loss_currency, "text")] if report.loss_currency else []
    made = []
    for template, lines in ((_VICTIM, victim), (_LOSS, cost)):
        parts = [
            attributes.text(
                str(uuid.uuid5(report.id, f"{template.name}\n{relation}\n{value}")),
                relation, value, stamp, event.withdrawn, kind,
            )
            for relation, value, kind in lines
        ]  # fmt: skip
        if parts:
            key = str(uuid.uuid5(report.id, template.name))
            made.append(attributes.made_object(key, template, parts, stamp, event.withdrawn))
    return made


def _seconds(when: datetime) -> str:
    return str(int(when.timestamp()))


# -- what came as MISP -------------------------------------------------------------------------------------------------


def kept_head(event: OutEvent, header: str) -> Members:
    """Give the members of a kept event: as received, but for what its owner changed here since, and stricter handling.

    Attributes are not among them, and objects have none.
    """
    members = msgspec.json.decode(header.encode(), type=Members)
    over: Json = {}
    plain = json_of(members, whole=event.touched)
    labels = misp_tags.of({name: plain[name] for name in ("Tag", "EventTag") if name in plain})
    gone, added = tags.stricter(labels, event.report.marking)
    if event.touched:
        over |= _corrections(event, plain)
        more, less = _relabelled(event, plain)
        added, gone = added + more, gone | less
    if event.state != "current":
        added.append(misp_tags.ours("state", event.state))
    if event.withdrawn:
        over |= {"published": False, "deleted": True}
    if event.restriction:
        told = over.get("EventReport", plain.get("EventReport"))
        shown = _text(event, RESTRICTION, event.restriction)
        over["EventReport"] = [*(told if isinstance(told, list) else []), shown]
    if gone or added:
        over["Tag"] = _tagged(members, gone, added)
    if over:
        over["timestamp"] = _later(event, plain)
    if "uuid" not in plain or str(plain["uuid"]).lower() != event.uuid:
        over["uuid"] = event.uuid  # it came without one, or with none that could be one
    return members | {name: Raw(orjson.dumps(value)) for name, value in over.items()}


def json_of(members: Members, *, whole: bool = False) -> Json:
    """Open the members of an event but objects and relations; galaxies, which are large, only where ``whole``."""
    large = ("Object", "RelatedEvent") if whole else ("Galaxy", "Object", "RelatedEvent")
    return {name: msgspec.json.decode(raw) for name, raw in members.items() if name not in large}


def _later(event: OutEvent, plain: Json) -> str:
    """MISP takes an event anew where its time stamp is later; it stays as received where nothing was done here."""
    received = moment(plain.get("timestamp"))
    if event.touched and (received is None or event.changed > received):
        return _seconds(event.changed)
    return str(plain.get("timestamp") or _seconds(event.changed))


def _corrections(event: OutEvent, plain: Json) -> Json:
    """Members whose content the report no longer agrees with: its owner corrected them here."""
    report, told = event.report, misp.report_of(event.uuid, plain)
    over: Json = {}
    if report.title != told.title:
        over["info"] = report.title
    if report.occurred_from and report.occurred_from != told.occurred_from:
        over["date"] = report.occurred_from.astimezone(UTC).date().isoformat()
    if report.account != told.account and report.account.strip():
        over["EventReport"] = [_text(event, ACCOUNT, report.account)]
    return over


def _relabelled(event: OutEvent, plain: Json) -> tuple[list[str], set[str]]:
    """(tags added, tags taken away) by the report's owner here: labels by name, classes as tags of the taxonomy."""
    report, told = event.report, misp.report_of(event.uuid, plain)
    labels = [one for one in report.labels if one not in told.labels and len(one) <= tags.LONGEST]
    # What a galaxy's cluster says stays with the cluster: its tags are no tags of the event's own list.
    less = {one for one in told.labels if one not in report.labels and not misp_tags.is_handling(one)}
    more = tags.classes(report.classes) if set(report.classes) != set(told.classes) else []
    return [*labels, *more], less


def _tagged(members: Members, gone: set[str], added: Sequence[str]) -> list[Any]:
    """The list of tags with some taken away and others added; those that stay, in their very characters."""
    try:
        held = msgspec.json.decode(members.get("Tag", Raw(b"[]")), type=list[Raw])
    except msgspec.MsgspecError:
        held = []
    kept = [orjson.Fragment(bytes(one)) for one in held if _name(one) not in gone]
    names = {_name(one) for one in held} - gone
    return [*kept, *({"name": tag} for tag in dict.fromkeys(added) if tag not in names)]


def _name(tag: Raw) -> str:
    try:
        opened = msgspec.json.decode(tag)
    except msgspec.MsgspecError:
        return ""
    name = opened.get("name") if isinstance(opened, dict) else None
    return clean(name, 500).strip() if isinstance(name, str) else ""


def identities(header: str) -> list[str]:
    """Name each object of a kept event, in order: by its uuid, or its text where it has none."""
    return [name for name, _head in _heads(header)]


def _heads(header: str) -> list[tuple[str, bytes]]:
    members = msgspec.json.decode(header.encode(), type=Members)
    found = []
    for raw in msgspec.json.decode(members["Object"], type=list[Raw]) if "Object" in members else ():
        opened = msgspec.json.decode(raw)
        key = opened.get("uuid") if isinstance(opened, dict) else None
        found.append((key.lower() if isinstance(key, str) and key else bytes(raw).decode(), bytes(raw)))
    return found


def kept(event: OutEvent, headers: Sequence[str], parts: Iterable[Part]) -> Iterator[bytes]:
    """Put an event together again. ``headers`` are the versions of its own text, the latest first; ``parts`` the latest
    version of each of its attributes, in the order received."""
    head = kept_head(event, headers[0])
    stamp = _later(event, json_of(head)) if event.withdrawn else ""
    within: dict[str, list[bytes]] = {}
    waiting = bytearray(_open(head, ("Attribute", "Object")) + b'"Attribute":[')
    first = True
    for part in parts:
        raw = _deleted(part.text, stamp) if event.withdrawn else part.text.encode()
        if part.within:
            within.setdefault(part.within, []).append(raw)
            continue
        waiting += raw if first else b"," + raw
        first = False
        if len(waiting) >= CHUNK:
            yield bytes(waiting)
            waiting.clear()
    waiting += b"]"
    if "Object" in head or within:
        yield bytes(waiting)
        waiting = bytearray(b',"Object":[')
        yield from _objects(headers, within, waiting, stamp if event.withdrawn else "")
    yield bytes(waiting) + b"}"


def _objects(
    headers: Sequence[str], within: Mapping[str, list[bytes]], waiting: bytearray, deleted: str
) -> Iterator[bytes]:
    """Objects with their attributes: those of the latest version of the event, then those only earlier ones had."""
    heads: dict[str, bytes] = {}
    for header in headers:
        for name, raw in _heads(header):
            if raw != b"null":
                heads.setdefault(name, raw)
    comma = b""
    for name, raw in heads.items():
        members = msgspec.json.decode(_deleted(raw.decode(), deleted) if deleted else raw, type=Members)
        waiting += comma + _open(members, ("Attribute",)) + b'"Attribute":['
        waiting += b",".join(within.get(name, ())) + b"]}"
        comma = b","
        if len(waiting) >= CHUNK:
            yield bytes(waiting)
            waiting.clear()
    waiting += b"]"


def _open(members: Members, without: Sequence[str]) -> bytes:
    """An object's members but some, as the beginning of a text that goes on behind them."""
    kept = (orjson.dumps(name) + b":" + bytes(raw) + b"," for name, raw in members.items() if name not in without)
    return b"{" + b"".join(kept)


def _deleted(text: str, stamp: str) -> bytes:
    """An attribute or object, marked as deleted from then on."""
    members = msgspec.json.decode(text.encode(), type=Members)
    members |= {"deleted": Raw(b"true"), "timestamp": Raw(orjson.dumps(stamp))}
    return b"{" + b",".join(orjson.dumps(name) + b":" + bytes(raw) for name, raw in members.items()) + b"}"

"""VERIS incidents (schema 1.3.x and 1.4, as VCDB publishes them): one, a list of them, or one a line.

Source: https://verisframework.org and verisc.json in vz-risk/veris. Labels are spelled as in MISP's "veris" taxonomy,
``veris:action:hacking:variety="SQLi"``, so that one crosswalk serves both.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

import msgspec

from hueandcry.exchange import json_text, observation
from hueandcry.exchange.classification import classify
from hueandcry.exchange.countries import alpha_2
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
    Unreadable,
)
from hueandcry.exchange.json_text import Refused
from hueandcry.exchange.money import is_currency
from hueandcry.exchange.sectors import from_naics
from hueandcry.exchange.spans import span
from hueandcry.exchange.text import MAX_TITLE, clean, title_of

Raw = msgspec.Raw

# employee_count -> size class of Recommendation 2003/361/EC (micro < 10, small < 50, medium < 250), and whether it fits
# exactly. A band that straddles a bound goes where most firms of that band are (firm sizes fall off about as 1/n^2: two
# thirds of those with 101 to 1,000 people have fewer than 250) and is told as a loss.
SIZES: dict[str, tuple[Literal["", "micro", "small", "medium", "large"], bool]] = {
    "1 to 10": ("micro", False),
    "11 to 100": ("small", False),
    "101 to 1000": ("medium", False),
    "1001 to 10000": ("large", True),
    "10001 to 25000": ("large", True),
    "25001 to 50000": ("large", True),
    "50001 to 100000": ("large", True),
    "Over 100000": ("large", True),
    "Large": ("large", True),
    "Small": ("", False),  # VERIS: fewer than 1,000 people, which is three of our classes
    "Unknown": ("", True),
}
ACTIONS = ("environmental", "error", "hacking", "malware", "misuse", "physical", "social")
# Members whose values become labels, as paths; lists and single values alike (1.4 made lists of some).
LABELLED = (
    *(f"action.{action}.{axis}" for action in ACTIONS for axis in ("variety", "vector", "result", "target")),
    "actor.external.variety",
    "actor.external.motive",
    "actor.external.country",
    "actor.internal.variety",
    "actor.internal.motive",
    "actor.internal.job_change",
    "actor.partner.motive",
    "actor.partner.country",
    "asset.assets.variety",
    "asset.cloud",
    "asset.country",
    "asset.governance",
    "asset.hosting",
    "asset.management",
    "asset.ownership",
    "asset.accessibility",
    "attribute.confidentiality.data_disclosure",
    "attribute.confidentiality.data_victim",
    "attribute.confidentiality.state",
    "attribute.confidentiality.data.variety",
    "attribute.integrity.variety",
    "attribute.availability.variety",
    "discovery_method",
    "discovery_method.external.variety",
    "discovery_method.internal.variety",
    "discovery_method.partner.variety",
    "discovery_method.other",
    "discovery_method.unknown",
    "impact.overall_rating",
    "impact.loss.variety",
    "impact.loss.rating",
    "security_incident",
    "confidence",
    "targeted",
    "cost_corrective_action",
    "timeline.compromise.unit",
    "timeline.exfiltration.unit",
    "timeline.discovery.unit",
    "timeline.containment.unit",
    "value_chain.development.variety",
    "value_chain.targeting.variety",
    "value_chain.distribution.variety",
    "value_chain.non-distribution services.variety",
    "value_chain.cash-out.variety",
    "value_chain.money laundering.variety",
)
MAX_LABELS = 500
_CVE = re.compile(r"\bCVE-\d{4}-\d{4,7}\b", re.IGNORECASE)
_NONE = ("", "unknown", "other")


def looks_like(incident: object) -> bool:
    """Tell whether an object is a VERIS incident: the schema requires these members of every one."""
    return (
        isinstance(incident, dict)
        and "action" in incident
        and "actor" in incident
        and ("victim" in incident or "security_incident" in incident or "asset" in incident)
    )


def read(raw: bytes, options: Options) -> Iterator[Draft]:
    """Read VERIS JSON. Raises ``Unreadable`` where not one incident can be told apart."""
    keys: dict[str, tuple[str, int]] = {}
    for number, (place, item) in enumerate(_incidents(json_text.utf8(raw))):
        if number >= MAX_ELEMENTS:
            raise Unreadable(place, f"more than {MAX_ELEMENTS:,} incidents in one file")
        try:
            yield from _read_incident(place, item, keys)
        except Refused as refused:
            yield Refusal(place, str(refused))


def _incidents(raw: bytes) -> Iterator[tuple[str, bytes]]:
    first = raw.lstrip()[:1]
    if first == b"[":
        for number, item in enumerate(json_text.split(raw, list[Raw])):
            yield f"[{number}]", bytes(item)
    elif first == b"{":
        yield from _single_or_lines(raw)
    else:
        raise Unreadable("byte 0", "not a VERIS file: neither an object nor a list")


def _single_or_lines(raw: bytes) -> Iterator[tuple[str, bytes]]:
    """Tell one incident over many lines from one a line: only the first whole line that is JSON itself decides."""
    lines = raw.strip().split(b"\n")
    if len(lines) > 1 and _is_whole(lines[0]):
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield f"line {number}", line.strip()
        return
    json_text.split(raw, Raw)  # so that what is cut off is told with its byte
    yield "the incident", raw.strip()


def _is_whole(line: bytes) -> bool:
    try:
        msgspec.json.decode(line, type=Raw)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return False
    return line.strip() != b""


def _read_incident(place: str, raw: bytes, keys: dict[str, tuple[str, int]]) -> Iterator[Draft]:
    text = json_text.characters(raw)
    incident = json_text.members(raw)
    if not looks_like(incident):
        raise Refused("not a VERIS incident: it lacks an action, an actor or a victim")
    key = _key(incident, text)
    first, content = keys.setdefault(key, (place, hash(text)))
    if content != hash(text):
        raise Refused(f"the incident_id {key} stands at {first} already, with other content")
    report, losses = _report(place, key, incident)
    if first == place:
        yield report
        for what in losses:
            yield Loss(place, what)
    yield ObjectDraft(key, "veris-incident", text, place, (key,), report.version, observations=_observations(incident))


def _report(place: str, key: str, incident: dict[str, Any]) -> tuple[ReportDraft, list[str]]:
    losses: list[str] = []
    summary = str(incident.get("summary") or "")
    labels = _labels(incident, losses)
    report = ReportDraft(
        key=key,
        title=title_of(summary) or _title_from(incident),
        account=_account(incident),
        kind="incident",
        version=_moment(_at(incident, "plus.modified")),
        classes=classify(labels).classes,
        labels=labels,
        reported_at=_moment(_at(incident, "plus.created")),
        victim_countries=_countries(incident, losses),
        victim_sector=_sector(incident, losses),
        victim_size=_size(incident, losses),
    )
    report.occurred_from, report.occurred_to = _occurred(incident, losses)
    report.loss_amount, report.loss_currency = _loss(incident, losses)
    losses += _uncarried(incident)
    return report, losses


def _account(incident: dict[str, Any]) -> str:
    """Put the prose together: summary, the notes of each part, where it was told."""
    texts = [str(incident.get("summary") or "")]
    for path in ("notes", "discovery_notes", "corrective_action", "control_failure", "victim.notes", "impact.notes"):
        texts += [str(value) for value in _values(incident, path)]
    texts += [note for action in ACTIONS for note in map(str, _values(incident, f"action.{action}.notes"))]
    references = [str(value) for value in _values(incident, "reference")]
    if any(references):
        texts.append("Reference: " + "; ".join(references))
    return clean("\n\n".join(text.strip() for text in texts if text.strip()), MAX_TEXT)


def _title_from(incident: dict[str, Any]) -> str:
    """Name the incident by what was done, where nobody wrote a summary."""
    varieties = [f"{action}: {value}" for action in ACTIONS for value in _values(incident, f"action.{action}.variety")]
    return clean(", ".join(varieties), MAX_TITLE) or "VERIS incident"


def _labels(incident: dict[str, Any], losses: list[str]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for path in LABELLED:
        predicate = path.replace(".", ":")
        for value in _values(incident, path):
            if isinstance(value, (str, bool, int, float)):
                found[f'veris:{predicate}="{clean(str(value), 200)}"'] = None
    if len(found) > MAX_LABELS:
        losses.append(f"{len(found) - MAX_LABELS} labels more than the {MAX_LABELS} that a report may have")
    return tuple(found)[:MAX_LABELS]


def _countries(incident: dict[str, Any], losses: list[str]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for value in _values(incident, "victim.country"):
        code = alpha_2(str(value))
        if code:
            found[code] = None
        else:
            losses.append(f"victim.country {clean(str(value), 60)}: no country")
    return tuple(found)


def _sector(incident: dict[str, Any], losses: list[str]) -> str:
    """Give the NACE section for the victim's industry, a NAICS code."""
    for value in _values(incident, "victim.industry"):
        section = from_naics(str(value))
        if section:
            return section
        if str(value).strip("0").lower() not in _NONE:
            losses.append(f"victim.industry {clean(str(value), 20)}: no NAICS sector with one NACE section")
    return ""


def _size(incident: dict[str, Any], losses: list[str]) -> str:
    for value in _values(incident, "victim.employee_count"):
        size, exact = SIZES.get(str(value), ("", False))
        if not exact:
            losses.append(f"victim.employee_count {clean(str(value), 40)}: the band does not fit one size class")
        return size
    return ""


def _occurred(incident: dict[str, Any], losses: list[str]) -> tuple[datetime | None, datetime | None]:
    """Give the span that the year, month, day and time of the incident leave open: the less is known, the longer."""
    when = _at(incident, "timeline.incident")
    if not isinstance(when, dict) or not when.get("year"):
        return None, None
    try:
        return span(when.get("year"), when.get("month"), when.get("day"), when.get("time"))
    except ValueError as error:
        losses.append(f"timeline.incident: {clean(str(error), 100)}")
        return None, None


def _loss(incident: dict[str, Any], losses: list[str]) -> tuple[Decimal | None, str]:
    amount = _at(incident, "impact.overall_amount")
    if amount is None:
        return None, ""
    currency = str(_at(incident, "impact.iso_currency_code") or "").strip().upper()
    try:
        value = Decimal(str(amount))
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or value < 0 or value >= Decimal(10) ** 15:
        losses.append(f"impact.overall_amount {clean(str(amount), 40)}: no amount of money")
        return None, ""
    if not is_currency(currency):
        losses.append(
            f"impact.overall_amount {value}: without a currency of ISO 4217 ({clean(currency, 10) or 'none'})"
        )
        return None, ""
    return value, currency


def _uncarried(incident: dict[str, Any]) -> Iterator[str]:
    records = _at(incident, "attribute.confidentiality.data_total")
    if records is not None:
        yield f"attribute.confidentiality.data_total {clean(str(records), 30)}: how many records were touched"
    if _at(incident, "impact.overall_min_amount") is not None or _at(incident, "impact.overall_max_amount") is not None:
        yield "impact.overall_min_amount and overall_max_amount: the range of the loss"
    if _values(incident, "victim.secondary.victim_id"):
        yield "victim.secondary: further victims"
    victim = _at(incident, "victim.victim_id")
    if isinstance(victim, str) and victim.lower() not in _NONE:
        yield "victim.victim_id: the victim's name stays in the incident alone"


def _observations(incident: dict[str, Any]) -> tuple[Observation, ...]:
    """Take the indicators (the attacker's) and the vulnerabilities used."""
    parts = [("", str(value)) for value in _values(incident, "ioc.indicator") if isinstance(value, str)]
    for path in ("action.hacking.cve", "action.malware.cve"):
        for value in _values(incident, path):
            parts += [("vulnerability", found) for found in _CVE.findall(str(value)[:100_000])]
    return observation.of(parts, role="attacker")


def _at(incident: dict[str, Any], path: str) -> Any:
    """Give what stands at a dotted path of objects; None where nothing does."""
    value: Any = incident
    for name in path.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def _values(incident: dict[str, Any], path: str) -> list[Any]:
    """Give the single values at a dotted path, looking into each member of the lists on the way."""
    here: list[Any] = [incident]
    for name in path.split("."):
        here = [item.get(name) for item in here if isinstance(item, dict)]
        here = [one for item in here for one in (item if isinstance(item, list) else [item])]
    return [item for item in here if item is not None and not isinstance(item, (dict, list))]


def _moment(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(value))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _key(incident: dict[str, Any], text: str) -> str:
    identity = incident.get("incident_id")
    if isinstance(identity, str) and 0 < len(identity.strip()) <= 200:
        return clean(identity.strip(), 200)
    return "veris:" + hashlib.sha256(text.encode()).hexdigest()

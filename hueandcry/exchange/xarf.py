"""Abuse reports as machines send them: X-ARF 0.1 and 0.2 (YAML), XARF 3 and 4 (JSON), ARF (RFC 5965). Pure.

Each is one report with one element: its kind becomes a class, its source an observable of the attacker's, its date the
time of what happened. Evidence (samples, logs, the spam itself) is not taken apart; it stays in the encrypted letter.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import orjson

from hueandcry.exchange import observation
from hueandcry.exchange.classification import classify
from hueandcry.exchange.drafts import MAX_TEXT, Draft, Loss, ObjectDraft, Refusal, ReportDraft
from hueandcry.exchange.text import MAX_TITLE, clean

MAX_LINES = 500
MOST_SOURCES = 100
# Types of all versions, written with underscores -> (class, type) of the Common Taxonomy
CLASSES: dict[str, tuple[str, str]] = {
    "login_attack": ("intrusion-attempt", "login-attempt"),
    "auth_failure": ("intrusion-attempt", "login-attempt"),
    "port_scan": ("information-gathering", "scanning"),
    "portscan": ("information-gathering", "scanning"),
    "vuln_scanning": ("information-gathering", "scanning"),
    "reconnaissance": ("information-gathering", "scanning"),
    "phishing": ("information-gathering", "phishing"),
    "ddos": ("availability", "dos-ddos"),
    "dos": ("availability", "dos-ddos"),
    "ddos_amplification": ("availability", "dos-ddos"),
    "sql_injection": ("intrusion-attempt", "vulnerability-exploitation-attempt"),
    "exploit": ("intrusion-attempt", "vulnerability-exploitation-attempt"),
    "malware": ("malware", "distribution"),
    "malware_attack": ("malware", "distribution"),
    "virus": ("malware", "distribution"),
    "bot": ("malware", "infection"),
    "botnet": ("malware", "infection"),
    "compromised_server": ("intrusion", ""),
    "hacked": ("intrusion", ""),
    "spam": ("abusive-content", "spam"),
    "bulk_messaging": ("abusive-content", "spam"),
    "spamvertized": ("abusive-content", "spam"),
    "abuse": ("abusive-content", "spam"),  # ARF: unsolicited mail
    "fraud": ("fraud", ""),
    "copyright": ("abusive-content", "copyright"),
}
# Pictures of abuse are hashed, refused and reported elsewhere; here nobody may forward them at all.
FORBIDDEN = frozenset({"csam", "csem", "ncii", "child_abuse"})


@dataclass(frozen=True, slots=True)
class Abuse:
    """What every version says."""

    version: str
    kind: str  # lower case, with underscores
    category: str
    sources: tuple[tuple[str, str], ...]  # (type of observable or "" to be guessed, value)
    at: datetime | None
    key: str
    reporter: str
    words: str


def of_json(raw: bytes) -> Abuse | None:
    """XARF 3 or 4; None for any other JSON."""
    try:
        content = orjson.loads(raw)
    except (orjson.JSONDecodeError, RecursionError):
        return None
    if not isinstance(content, dict):
        return None
    if re.fullmatch(r"4\.\d+(\.\d+)?", _text(content, "xarf_version")):
        return _version_4(content)
    report = content.get("Report")
    if isinstance(report, dict) and ("ReportType" in report or "ReportClass" in report):
        return _version_3(content, report)
    return None


def _version_4(content: Mapping[str, Any]) -> Abuse:
    reporter = content.get("reporter")
    sources = [("", _text(content, "source_identifier")), ("url", _text(content, "url"))]
    return Abuse(
        _text(content, "xarf_version"), _word(_text(content, "type")),
        _word(_text(content, "category") or _text(content, "class")), _kept(sources),
        _date(_text(content, "timestamp")), _text(content, "report_id"),
        _text(reporter, "org") if isinstance(reporter, dict) else "", _text(content, "description"),
    )  # fmt: skip


def _version_3(content: Mapping[str, Any], report: Mapping[str, Any]) -> Abuse:
    reporter = content.get("ReporterInfo")
    source = report.get("Source")
    sources = [("", _text(report, "SourceIp")), ("url", _text(report, "SourceUrl"))]
    if isinstance(source, dict):
        sources += [("", _text(source, "IP")), ("url", _text(source, "URL")), ("", _text(source, "Value"))]
    return Abuse(
        _text(content, "Version") or "3", _word(_text(report, "ReportType")), _word(_text(report, "ReportClass")),
        _kept(sources), _date(_text(report, "Date")), _text(report, "ReportID"),
        _text(reporter, "ReporterOrg") if isinstance(reporter, dict) else "", _text(report, "Text"),
    )  # fmt: skip


def of_yaml(text: str) -> Abuse | None:
    """The second part of an X-ARF 0.1 or 0.2 letter: flat "name: value" lines; None for any other text."""
    fields = _fields(text)
    if not {"report-type", "source"} <= fields.keys() or "reported-from" not in fields:
        return None
    kind = {"ipv4": "ipv4-addr", "ipv6": "ipv6-addr", "uri": "url", "domain": "domain-name"}
    source_type = fields.get("source-type", "").lower()
    return Abuse(
        f"X-ARF {fields.get('version', '0.1')}", _word(fields["report-type"]), _word(fields.get("category", "")),
        _kept([(kind.get(source_type, ""), fields["source"])]), _date(fields.get("date", "")),
        fields.get("report-id", ""), fields["reported-from"], "",
    )  # fmt: skip


def of_feedback(text: str) -> Abuse | None:
    """The machine-readable part of an ARF letter (RFC 5965, section 3); None where it lacks its kind."""
    fields = _fields(text, several=True)
    if "feedback-type" not in fields:
        return None
    sources = [("", value) for value in fields.get("source-ip", "").split("\n")]
    sources += [("url", value) for value in fields.get("reported-uri", "").split("\n")]
    sources += [("domain-name", value) for value in fields.get("reported-domain", "").split("\n")]
    at = _date(fields.get("arrival-date", fields.get("received-date", "")))
    return Abuse("ARF", _word(fields["feedback-type"]), "", _kept(sources), at, "", fields.get("reporting-mta", ""), "")


def drafts(found: Abuse, text: str, place: str, words: str = "") -> Iterator[Draft]:
    """The report and its element; ``text`` is the element as received, ``words`` what people were to read beside it."""
    if {found.kind, found.category} & FORBIDDEN:
        yield Refusal(place, "reports of sexual abuse of children go to a hotline (inhope.org), not here")
        return
    text = text.replace("\x00", "\N{REPLACEMENT CHARACTER}")
    if len(text) > MAX_TEXT:
        yield Refusal(place, f"longer than {MAX_TEXT:,} characters; send the evidence in parts")
        return
    name = found.key or hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    key = clean(f"xarf:{name}", 300)
    labels = tuple(dict.fromkeys(word.replace("_", "-") for word in (found.kind, found.category) if word))
    given = CLASSES.get(found.kind) or CLASSES.get(found.category)
    source = found.sources[0][1] if found.sources else ""
    seen = observation.of(found.sources, "attacker", found.at, found.at)
    title = clean(": ".join(part for part in (found.kind.replace("_", " "), source) if part), MAX_TITLE)
    yield ReportDraft(
        key=key, title=title or "Abuse report", account=clean("\n\n".join(filter(None, (found.words, words)))),
        labels=tuple(clean(label, MAX_TITLE) for label in labels), occurred_from=found.at, occurred_to=found.at,
        classes=(given,) if given else classify(labels, text=found.words[:20_000]).classes,
    )  # fmt: skip
    if not given:
        yield Loss(place, f"the kind {clean(found.kind, 100)!r} has no class of its own")
    if not found.sources:
        yield Loss(place, "it names no source")
    yield ObjectDraft(key, "text", text, place, (key,), observations=tuple(seen))


def _fields(text: str, *, several: bool = False) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in text.splitlines()[:MAX_LINES]:
        name, colon, value = line.partition(":")
        if not colon or line[:1] in (" ", "\t", "#", "-"):
            continue
        name, value = name.strip().lower(), clean(value.strip().strip("'\""), 4_000)
        found[name] = f"{found[name]}\n{value}" if several and name in found else found.get(name, value)
    return found


def _text(content: Mapping[str, Any], name: str) -> str:
    value = content.get(name)
    if isinstance(value, list):
        value = next((one for one in value if isinstance(one, str)), "")
    return clean(value, MAX_TEXT) if isinstance(value, str) else ""


def _word(text: str) -> str:
    """A kind in one spelling: LoginAttack, login-attack and login_attack are one."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", text.strip()[:100])
    return re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_").replace("d_do_s", "ddos")


def _kept(sources: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(dict.fromkeys((kind, value) for kind, value in sources if value.strip()))[:MOST_SOURCES]


def _date(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
    try:
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        return None
    return moment if 1970 <= moment.year < 2200 else None

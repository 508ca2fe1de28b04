"""Which kind of cybercrime a report tells of: our classes, and the way from other people's words to them.

The classes are those of the *Common Taxonomy for Law Enforcement and the National Network of CSIRTs* (Europol EC3 and
ENISA, version 1.3): 9 classes, 22 types; codes as in MISP's ``common-taxonomy``. Labels and sentences are our own.
The way there are the tables of ``crosswalks``; the sender's own label always stays beside the class.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal, NamedTuple

from hueandcry.exchange.crosswalks import SOURCES, Line, Trust, lines

# cyber-dependent: can be done only against or by computers; cyber-enabled: an old crime that computers make easier
# (Europol IOCTA, UK Home Office 2013). "either" where the type holds both.
Nature = Literal["cyber-dependent", "cyber-enabled", "either"]

MAX_LABELS = 500  # labels and techniques of one report that are looked at; real ones have fewer than 60
MAX_LABEL = 300  # characters of a label; the longest real MISP tag has 110
MAX_TEXT = 20_000  # characters of text searched for plain words


class CrimeClass(NamedTuple):
    """One of the 9 classes."""

    code: str
    label: str
    sentence: str


class CrimeType(NamedTuple):
    """One of the 22 types."""

    cls: str
    code: str
    label: str
    sentence: str
    nature: Nature


CLASSES = (
    CrimeClass("malware", "Malware", "Software made to do harm is on a system, spreads, or is steered from outside."),
    CrimeClass("availability", "Disruption", "A service or system is kept from working."),
    CrimeClass("information-gathering", "Gathering of information", "Somebody spies out systems, traffic or people."),
    CrimeClass("intrusion-attempt", "Attempted break-in", "Somebody tried to get into a system or account and failed."),
    CrimeClass("intrusion", "Break-in", "Somebody got into a system or account."),
    CrimeClass("information-security", "Data breach", "Information was read, taken, changed or deleted without right."),
    CrimeClass("fraud", "Fraud", "Somebody was deceived, or means were misused, for gain."),
    CrimeClass("abusive-content", "Abusive content", "Unwanted, stolen or forbidden content was sent or shown."),
    CrimeClass("other", "Other", "Fits nowhere else, or is not known well enough."),
)

TYPES = (
    CrimeType(
        "malware", "infection", "Infection", "A system was found to run software made to do harm.", "cyber-dependent"
    ),
    CrimeType(
        "malware",
        "distribution",
        "Spreading of malware",
        "A message, page or address hands malware to others.",
        "cyber-dependent",
    ),
    CrimeType(
        "malware",
        "command-and-control",
        "Control server",
        "A system steers infected machines or takes in what they steal.",
        "cyber-dependent",
    ),
    CrimeType(
        "malware",
        "malicious-connection",
        "Malicious connection",
        "A system talks, or tries to talk, to an address known to belong to malware.",
        "cyber-dependent",
    ),
    CrimeType(
        "availability",
        "dos-ddos",
        "Denial of service",
        "A service was flooded or crashed so that others could not use it.",
        "cyber-dependent",
    ),
    CrimeType(
        "availability",
        "sabotage",
        "Sabotage",
        "Systems or lines were put out of action by a deliberate act.",
        "cyber-dependent",
    ),
    CrimeType(
        "information-gathering",
        "scanning",
        "Scanning",
        "Systems were probed to learn what they are and where they are weak.",
        "cyber-dependent",
    ),
    CrimeType(
        "information-gathering", "sniffing", "Listening in", "Somebody intercepted communication.", "cyber-dependent"
    ),
    CrimeType(
        "information-gathering",
        "phishing",
        "Phishing",
        "People were lured into giving away passwords, card numbers or other secrets.",
        "cyber-enabled",
    ),
    CrimeType(
        "intrusion-attempt",
        "vulnerability-exploitation-attempt",
        "Attempt on a weakness",
        "Somebody tried in vain to use a weakness of a system.",
        "cyber-dependent",
    ),
    CrimeType(
        "intrusion-attempt",
        "login-attempt",
        "Guessing of passwords",
        "Somebody tried in vain to sign in with guessed or stolen credentials.",
        "cyber-dependent",
    ),
    CrimeType(
        "intrusion",
        "vulnerability-exploitation",
        "Weakness exploited",
        "Somebody got into a system through its weakness.",
        "cyber-dependent",
    ),
    CrimeType(
        "intrusion",
        "account-compromise",
        "Account taken over",
        "Somebody used an account that is not theirs.",
        "cyber-dependent",
    ),
    CrimeType(
        "information-security",
        "unauthorised-access",
        "Data seen or taken",
        "Somebody saw, copied or passed on information without right.",
        "cyber-dependent",
    ),
    CrimeType(
        "information-security",
        "unauthorised-modification-or-deletion",
        "Data changed or deleted",
        "Somebody changed or deleted information without right.",
        "cyber-dependent",
    ),
    CrimeType(
        "fraud",
        "resources-misuse",
        "Misuse of means",
        "Computers, lines or services were used for what they are not meant for.",
        "either",
    ),
    CrimeType(
        "fraud",
        "false-representation",
        "Posing as another",
        "Somebody misused the name of a person, firm or authority to deceive.",
        "cyber-enabled",
    ),
    CrimeType("abusive-content", "spam", "Spam", "Unwanted messages were sent in bulk.", "cyber-enabled"),
    CrimeType(
        "abusive-content",
        "copyright",
        "Breach of copyright",
        "Protected works were shared without leave.",
        "cyber-enabled",
    ),
    CrimeType(
        "abusive-content",
        "cse-racism-violence-incitement",
        "Forbidden content",
        "Child sexual exploitation, racism or incitement to violence was shared.",
        "cyber-enabled",
    ),
    CrimeType(
        "other", "unclassified-incident", "Unclassified", "Known well, but fits none of the other types.", "either"
    ),
    CrimeType("other", "undetermined-incident", "Undetermined", "Not known well enough to say what it is.", "either"),
)

LABELS = {(c.code, ""): c.label for c in CLASSES} | {(t.cls, t.code): t.label for t in TYPES}


class Reason(NamedTuple):
    """Why a class was given: this label, by this crosswalk's line, relied on so far."""

    label: str
    crosswalk: str
    classes: tuple[tuple[str, str], ...]
    trust: Trust
    why: str


class Classification(NamedTuple):
    """What a report is about, best first. ``unknown`` holds the labels that no crosswalk has a line for."""

    classes: tuple[tuple[str, str], ...] = ()
    reasons: tuple[Reason, ...] = ()
    unknown: tuple[str, ...] = ()


_GAP = re.compile(r"[\W_]+")
_TECHNIQUE = re.compile(r"\bT[01]\d{3}(?:\.\d{3})?\b|\bTA0\d{3}\b", re.IGNORECASE)


def _key(label: str) -> str:
    """One spelling for all ways to write a label: ``rsit:fraud="phishing"``, ``RSIT fraud/phishing`` are the same."""
    return _GAP.sub(" ", label[:MAX_LABEL].casefold()).strip()


def _short_keys(source: str, key: str) -> Iterable[str]:
    """Forms of a label that senders use without the name of its taxonomy."""
    words = key.split(" ")
    if source == "common":
        yield " ".join(words[2:])
    elif source in {"rsit", "europol"}:
        yield " ".join(words[1:] if source == "rsit" else words[2:])
    elif source == "veris":
        yield " ".join(words[1:])
        if "variety" in words:
            yield " ".join([words[2], *words[4:]])  # "hacking SQLi"
    elif source in {"stix", "eurepoc"}:
        at = words.index("type") + 1
        yield " ".join(words[at:])


def _table() -> tuple[dict[str, Line], dict[str, Line]]:
    """All crosswalks as one table of exact keys and one of branches; the earlier source wins."""
    exact: dict[str, Line] = {}
    branches: dict[str, Line] = {}
    short: list[tuple[str, Line]] = []
    for source in SOURCES:
        for line in lines(source):
            key = _key(line.label)
            if line.label.endswith("*"):
                branches.setdefault(key, line)
                continue
            exact.setdefault(key, line)
            short.extend((form, line) for form in _short_keys(source, key) if form)
    words = {_key(line.label) for line in lines("words")}
    for form, line in short:
        # A bare word that the plain words know is better answered by them: "unknown", "other", "test", "fraud" alone.
        if form not in words and not (line.crosswalk == "stix" and not line.classes):
            exact.setdefault(form, line)
    return exact, branches


EXACT, BRANCHES = _table()
# Telling as a label, but in running text something else or nothing.
LABEL_ONLY = {
    *("copyright", "dialer", "exploit", "hack", "insider", "interception", "mula", "mulas", "mule", "other", "piracy"),
    *("ransom", "scan", "scanner", "scanning", "skimmer", "suspicious", "undetermined", "unknown", "worm"),
}
_WORDS = {
    key: line
    for key, line in ((_key(line.label), line) for line in lines("words"))
    if line.classes and len(key) > 3 and key not in LABEL_ONLY
}
_LONGEST = max(key.count(" ") + 1 for key in _WORDS)


@lru_cache(maxsize=20_000)
def _line(label: str) -> Line | None:
    """The best line for one label: itself, the ATT&CK number in it, or the branch it stands under."""
    key = _key(label)
    if (line := EXACT.get(key)) is not None:
        return line
    if (found := _TECHNIQUE.search(label[:MAX_LABEL])) is not None and (line := technique(found.group())) is not None:
        return line
    words = key.split(" ")
    for end in range(len(words) - 1, 0, -1):
        if (line := BRANCHES.get(" ".join(words[:end]))) is not None:
            return line
    return BRANCHES.get(key)


def technique(code: str) -> Line | None:
    """The line of an ATT&CK technique or tactic; a sub-technique without one takes its parent's. None if unknown."""
    code = code.strip().casefold()
    return EXACT.get(_key(code)) or EXACT.get(code.partition(".")[0])


def _text_lines(text: str) -> dict[str, Line]:
    """Plain words found in a text, the longest at each place."""
    words = _key_words(text)
    found: dict[str, Line] = {}
    at = 0
    while at < len(words):
        for length in range(min(_LONGEST, len(words) - at), 0, -1):
            phrase = " ".join(words[at : at + length])
            if (line := _WORDS.get(phrase)) is not None:
                found.setdefault(phrase, line)
                at += length - 1
                break
        at += 1
    return found


def _key_words(text: str) -> list[str]:
    return _GAP.sub(" ", text[:MAX_TEXT].casefold()).split()


def classify(labels: Iterable[str], techniques: Iterable[str] = (), text: str = "") -> Classification:
    """Say which classes a report belongs to, best trusted first, and why.

    ``labels`` are the sender's words or machine tags, ``techniques`` ATT&CK numbers; ``text`` is looked at only where
    those give nothing. Never raises: what is no string or has no line is passed over (``unknown``).
    """
    result = _classify(_strings(labels), _strings(techniques))
    if result.classes or not text or not isinstance(text, str):
        return result
    found = _text_lines(text)
    reasons = tuple(_reason(word, line) for word, line in found.items())
    return Classification(_ranked(reasons), result.reasons + reasons, result.unknown)


def _reason(label: str, line: Line) -> Reason:
    return Reason(label, line.crosswalk, line.classes, line.trust, line.why)


def _strings(values: Iterable[str] | None) -> tuple[str, ...]:
    if isinstance(values, str):
        return (values,)
    if type(values) is not tuple:
        values = tuple(values) if isinstance(values, Iterable) else ()
    return tuple([v for v in values[:MAX_LABELS] if isinstance(v, str) and v])


@lru_cache(maxsize=8_192)
def _classify(labels: tuple[str, ...], techniques: tuple[str, ...]) -> Classification:
    reasons: list[Reason] = []
    unknown: list[str] = []
    for values, look in ((labels, _line), (techniques, technique)):
        for value in dict.fromkeys(values):
            line = look(value)
            if line is None:
                unknown.append(value)
            else:
                reasons.append(_reason(value, line))
    return Classification(_ranked(reasons), tuple(reasons), tuple(unknown))


def _ranked(reasons: Iterable[Reason]) -> tuple[tuple[str, str], ...]:
    """Classes by falling trust, then in the order told; a bare class goes where one of its types is given."""
    best: dict[tuple[str, str], int] = {}
    for reason in sorted(reasons, key=lambda r: -r.trust):
        for code in reason.classes:
            best.setdefault(code, reason.trust)
    typed = {cls for cls, kind in best if kind}
    known = any(cls != "other" for cls, _ in best)
    return tuple(c for c in best if (c[1] or c[0] not in typed) and not (known and c[0] == "other"))

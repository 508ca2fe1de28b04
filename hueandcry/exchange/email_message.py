"""E-mail as received (RFC 5322, RFC 2045): one message, one report; most often somebody sends us a phish.

Where the message was forwarded as an attachment (message/rfc822) or within its text (forwarded.py), what was passed on
is the phish, and who forwarded it is no attacker. A message that the sender of the file wrote to somebody else is a
letter: its words are the report, and its addresses are nobody's means. Attachments are hashed; their content stays in
the encrypted submission and is cut out of the element.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from typing import Any

from hueandcry.exchange import forwarded, html_text, observation, victims_words
from hueandcry.exchange.classification import classify
from hueandcry.exchange.drafts import (
    MAX_OBSERVATIONS,
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
from hueandcry.exchange.media import picture_or_film
from hueandcry.exchange.text import MAX_TITLE, clean, decode
from hueandcry.exchange.victims_words import Told

MAX_PARTS = 500  # the stdlib's parser looks at each line once for each part that is open
MAX_NESTING = 20
MAX_HEADER = 4_000  # characters of one header that are looked at
MAX_PARAMETERS = 10_000  # characters of a header that the stdlib parts into parameters: its time grows by the square
_KNOWN = (
    b"from to cc subject date received message-id mime-version return-path content-type reply-to delivered-to x-mailer "
    b"dkim-signature authentication-results"
).split()
_HEADER_LINE = re.compile(rb"([!-9;-~]{1,76}):")
_LONG_PARAMETERS = re.compile(
    rb"^content-(?:type|disposition)[ \t]*+:(?:[^\r\n]|\r?\n[ \t]|\r[ \t]){%d}" % MAX_PARAMETERS,
    re.IGNORECASE | re.MULTILINE,
)
_RECEIVED_IP = re.compile(r"\[(?:IPv6:)?([0-9A-Fa-f:.]{2,45})\]")
_SENDERS = ("from", "sender", "reply-to", "return-path")
_RECIPIENTS = ("to", "cc", "bcc", "delivered-to", "x-original-to")


@dataclass(slots=True)
class _Found:
    """What the parts of a message held."""

    texts: list[str] = field(default_factory=list)
    markup: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    files: list[tuple[str, str]] = field(default_factory=list)  # (observable type, value)
    payloads: list[tuple[str, str]] = field(default_factory=list)  # (as encoded in the message, what stands instead)
    losses: list[str] = field(default_factory=list)
    around: list[str] = field(default_factory=list)  # what who forwarded it wrote


@dataclass(slots=True)
class _Told:
    """What a message is the report of: its sender's own words, or a phish and whose address is whose."""

    subject: str
    account: str
    victim: Told
    sent: datetime | None = None  # when the phish was sent
    senders: Sequence[str] = ()
    recipients: Sequence[str] = ()
    forwarders: Sequence[str] = ()
    received: Sequence[str] = ()
    letter: bool = False  # then senders and recipients are nobody's means, also where the words name them


def looks_like(raw: bytes) -> bool:
    """Tell whether bytes begin with the headers of a message: header lines only, three known ones among them."""
    known = set()
    for line in raw[:65_536].splitlines()[:200]:
        found = _HEADER_LINE.match(line)
        if found and found[1].lower() in _KNOWN:
            known.add(found[1].lower())
        elif not line.strip():
            break
        elif not found and line[:1] not in (b" ", b"\t") and not line.startswith(b"From "):
            return False
    return len(known) >= 3


def read(raw: bytes, options: Options) -> Iterator[Draft]:
    """Read one message as one report with one element. Raises ``Unreadable`` where it is no message."""
    outer = parsed(raw)
    found = _Found()
    phish = _innermost(outer, found)
    key = "email:" + hashlib.sha256(raw).hexdigest()
    element, guessed = _element_text(raw, found)
    if len(element) > MAX_TEXT or "\x00" in element:
        yield Refusal(
            "the message", f"longer than {MAX_TEXT:,} characters" if "\x00" not in element else "holds a zero byte"
        )
        return
    told = _told(outer, phish, found, options)
    yield _report(key, outer, told, options)
    for what in told.victim.losses:
        yield Loss("the message", what)
    if guessed:
        yield Loss("the message", "text that names no encoding and is not UTF-8 was read as Windows-1252")
    for what in found.losses:
        yield Loss("the message", what)
    observations = _observations(told, found)
    if len(observations) > MAX_OBSERVATIONS:
        yield Loss(
            "the message", f"{len(observations) - MAX_OBSERVATIONS} further values were not taken as observables"
        )
    yield ObjectDraft(key, "email", element, "the message", (key,), observations=observations[:MAX_OBSERVATIONS])


def parsed(raw: bytes) -> Message[Any, Any]:
    """Take a message apart, within bounds. Raises ``Unreadable`` where it is none."""
    if not looks_like(raw):
        raise Unreadable("line 1", "not an e-mail: it does not begin with headers such as From, To and Date")
    if raw.lower().count(b"boundary") > MAX_PARTS:
        raise Unreadable("the message", f"more than {MAX_PARTS} nested parts")
    if _LONG_PARAMETERS.search(raw):
        raise Unreadable("the message", f"a Content-Type or Content-Disposition of over {MAX_PARAMETERS:,} characters")
    try:
        return message_from_bytes(raw, policy=policy.compat32)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise Unreadable("the message", f"its parts cannot be taken apart ({type(error).__name__})") from None


def _innermost(outer: Message[Any, Any], found: _Found) -> Message[Any, Any]:
    """Walk through all parts, without recursion, and give the message that lies deepest."""
    phish, depth = outer, 0
    waiting: list[tuple[Message[Any, Any], int, int]] = [(outer, 0, 0)]
    seen = 0
    bodies: dict[int, _Found] = {}
    while waiting:
        part, nesting, messages = waiting.pop()
        seen += 1
        if seen > MAX_PARTS or nesting > MAX_NESTING:
            raise Unreadable("the message", f"more than {MAX_PARTS} parts, or nested more than {MAX_NESTING} deep")
        if messages > depth:
            phish, depth = part, messages
        payload = as_sent(part)
        if isinstance(payload, list):
            inner = messages + (part.get_content_type() == "message/rfc822")
            waiting += [(child, nesting + 1, inner) for child in reversed(payload) if isinstance(child, Message)]
        else:
            _take(part, bodies.setdefault(messages, _Found()), found)
    # what was written around a forwarded phish is the forwarder's; the observables are those of the phish
    inmost = bodies.get(depth, _Found())
    found.texts, found.markup, found.links = inmost.texts, inmost.markup, inmost.links
    if depth:
        found.around = [text for level, body in bodies.items() if level < depth for text in body.texts]
        found.losses.append(f"the message was forwarded as an attachment, {depth} deep; the innermost one is reported")
    return phish


def _take(part: Message[Any, Any], body: _Found, found: _Found) -> None:
    """Take one part: text to read, or a file to hash."""
    encoded = as_sent(part)
    content = decoded(part)
    name = file_name(part)
    if part.get_content_maintype() == "text" and not name and part.get_content_disposition() != "attachment":
        text = part_text(part, content)
        if part.get_content_subtype() == "html":
            page = html_text.read(text)
            body.markup.append(page.text)
            body.links += page.links
            found.losses += ["HTML beyond its first part was not read"] * page.cut
        else:
            body.texts.append(text)
        return
    sha256 = hashlib.sha256(content).hexdigest()
    picture = picture_or_film(content)
    if not picture:  # a logo says nothing; a picture is hashed and told, no more
        found.files += [("sha256", sha256), ("md5", hashlib.md5(content, usedforsecurity=False).hexdigest())]
        found.files += [("file-name", name)] if name else []
    what = picture or "attachment"
    told = f"[{what} {name or 'without a name'}, {len(content):,} bytes, sha256 {sha256}: not kept here]"
    found.losses.append(clean(told.strip("[]"), 500))
    if isinstance(encoded, str) and encoded.strip():
        found.payloads.append((encoded.strip(), clean(told, 500)))


def _element_text(raw: bytes, found: _Found) -> tuple[str, bool]:
    """Give the message's very characters, each attachment's content cut out."""
    # as the stdlib's parser sees it, so that what it calls a payload is found again
    text = raw.decode("ascii", "surrogateescape")
    for encoded, instead in found.payloads:
        text = text.replace(encoded, instead.encode("utf-8").decode("ascii", "surrogateescape"), 1)
    return decode(text.encode("ascii", "surrogateescape"))[::2]


def _told(outer: Message[Any, Any], phish: Message[Any, Any], found: _Found, options: Options) -> _Told:
    """Tell a phish that was received from one that was passed on, and both from a letter of the file's sender."""
    subject = " ".join(header(phish, "subject").split())
    words = "\n\n".join(text.strip() for text in (found.texts or found.markup))
    account = clean(words, MAX_TEXT)
    senders, recipients = _addresses(phish, _SENDERS), _addresses(phish, _RECIPIENTS)
    if outer is not phish:
        forwarders = [*_addresses(outer, _SENDERS), *_addresses(outer, _RECIPIENTS)]
        told = _Told(
            subject, account, victims_words.of("\n".join(found.around)), _date(phish), senders, recipients, forwarders
        )
    elif inner := forwarded.inline(subject, words):
        return _passed_on(inner, subject, [*senders, *recipients], found)
    elif _is_letter(senders, recipients, options.sender):
        return _Told(subject, account, victims_words.of(f"{subject}\n{words}"), None, senders, recipients, letter=True)
    else:  # what stands in a phish of cases and places is the criminal's
        told = _Told(subject, account, Told(), _date(phish), senders, recipients)
    told.received = [ip for line in _headers(phish, "received") for ip in _RECEIVED_IP.findall(line)]
    return told


def _passed_on(inner: forwarded.Forwarded, subject: str, forwarders: list[str], found: _Found) -> _Told:
    found.losses.append("the message was forwarded within its text; what was passed on is reported")
    found.texts, found.markup = [inner.body], []
    return _Told(
        inner.subject or subject, clean(inner.body, MAX_TEXT), victims_words.of(inner.words),
        _moment(inner.date), inner.senders, inner.recipients, forwarders,
    )  # fmt: skip


def _is_letter(senders: list[str], recipients: list[str], person: str) -> bool:
    """Whether the sender of the file wrote this to somebody else. From one's own address to oneself writes a criminal
    who wants to frighten; and an address in "From" alone would be easily feigned, but not so that it helps."""
    own = person.lower()
    return bool(
        own and senders and all(one.lower() == own for one in senders) and any(one.lower() != own for one in recipients)
    )


def _report(key: str, outer: Message[Any, Any], told: _Told, options: Options) -> ReportDraft:
    sent = _date(outer)
    return ReportDraft(
        key=key,
        title=clean(told.subject, MAX_TITLE) or clean(options.filename, MAX_TITLE) or "E-mail without a subject",
        account=told.account,
        classes=classify((), text=f"{told.subject}\n{told.account[:20_000]}").classes,
        occurred_from=told.sent,
        occurred_to=told.sent,
        reported_at=sent if told.letter or told.forwarders else None,
        victim_countries=(told.victim.country,) if told.victim.country else (),
        victim_area=told.victim.area,
        victim_reference=told.victim.reference,
    )


def _observations(told: _Told, found: _Found) -> tuple[Observation, ...]:
    """Gather what the message shows: senders and links are the attacker's, recipients the victim's. A letter's own
    addresses show nothing."""
    ours = {value.lower() for value in (*told.recipients, *told.forwarders)}
    seen: dict[tuple[str, str], Observation] = {}
    if not told.letter:
        victims = observation.of((("email-addr", one) for one in (*told.recipients, *told.forwarders)), "victim")
        _add(seen, (one for one in victims if one.type == "email-addr"))  # not the domain they share with everybody
        senders = [address for address in told.senders if address.lower() not in ours]
        _add(seen, observation.of((("email-addr", address) for address in senders), "attacker"))
        _add(seen, observation.of([("email-subject", told.subject)], "attacker"))
    _add(seen, (one for one in observation.of((("ip", ip) for ip in told.received), "unknown") if one.valid))
    _add(seen, observation.of((("url", link) for link in found.links), "attacker"))
    _add(seen, observation.of(found.files, "attacker"))
    own = ours | {value.lower() for value in told.senders} if told.letter else set()
    for text in (*found.texts, *found.markup):
        _add(
            seen,
            (one._replace(role=_role(one)) for one in observation.in_prose(text)[0] if one.value.lower() not in own),
        )
    return tuple(seen.values())


def _add(seen: dict[tuple[str, str], Observation], found: Any) -> None:
    for one in found:
        seen.setdefault((one.type, one.value), one)


def _role(one: Observation) -> Role:
    return "mule" if one.type == "iban" else "attacker"


def _addresses(message: Message[Any, Any], names: tuple[str, ...]) -> list[str]:
    lines = [line for name in names for line in _headers(message, name)]
    try:
        return [address for _, address in getaddresses(lines[:200]) if "@" in address]
    except (ValueError, TypeError, IndexError, AttributeError, RecursionError):  # it follows brackets by recursion
        return []


def header(message: Message[Any, Any], name: str) -> str:
    """Give the first header of this name, decoded; "" where there is none."""
    return next(iter(_headers(message, name)), "")


def _headers(message: Message[Any, Any], name: str) -> list[str]:
    """Give a header's values decoded (RFC 2047). The stdlib's header parser raises many things on hostile input."""
    found = []
    for key, value in message._headers if hasattr(message, "_headers") else []:
        if key.lower() == name:
            found.append(_plain_header(str(value)[:MAX_HEADER]))
    return found


def _plain_header(value: str) -> str:
    raw = value.encode("ascii", "surrogateescape") if not value.isascii() else b""
    if raw:
        return decode(raw).text
    try:
        parts = decode_header(" ".join(value.split()))
        return "".join(part if isinstance(part, str) else _with_charset(part, charset) for part, charset in parts)
    except Exception:
        return value


def _with_charset(content: bytes, charset: str | None) -> str:
    try:
        return content.decode(charset or "ascii", errors="strict")
    except (LookupError, ValueError):
        return decode(content).text


def as_sent(part: Message[Any, Any]) -> Any:
    """Give a part's content still encoded, or the parts it holds. The stdlib decodes eight-bit text by whatever charset
    the part names, and some of those raise."""
    try:
        return part.get_payload()
    except (ValueError, LookupError, TypeError, AttributeError):
        return getattr(part, "_payload", "")


def decoded(part: Message[Any, Any]) -> bytes:
    """Give the content of a part, whatever it says of its encoding."""
    try:
        content = part.get_payload(decode=True)
    except (ValueError, LookupError, TypeError, AttributeError):
        content = None
    if isinstance(content, bytes):
        return content
    return str(as_sent(part)).encode("utf-8", "surrogateescape")


def part_text(part: Message[Any, Any], content: bytes) -> str:
    """Give the content of a part as characters, by its own charset where that is one."""
    try:
        charset = part.get_content_charset()
    except (ValueError, LookupError, TypeError, AttributeError):
        charset = None
    return clean(_with_charset(content, charset or "utf-8"), MAX_TEXT)


def file_name(part: Message[Any, Any]) -> str:
    """Give the name a part is sent under, "" where it has none."""
    try:
        name = part.get_filename() or ""
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""
    return clean(" ".join(_plain_header(str(name)).split()), 255)


def _date(message: Message[Any, Any]) -> datetime | None:
    return _moment(header(message, "date"))


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None

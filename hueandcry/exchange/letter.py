"""A letter to the alliance: what a known sender mails in. Pure.

Not the same as an e-mail that somebody was sent (email_message.py), whose sender is the criminal: here attachments are
what is reported, each read by its own format; a message attached is a phish passed on; and where nothing is attached
the words of the letter are the report. Abuse reports of machines (xarf.py) are understood as such.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email.message import Message
from typing import Any

from hueandcry.exchange import archive, email_message, html_text, text, xarf
from hueandcry.exchange.drafts import Draft, Loss, ObjectDraft, Options, Refusal, ReportDraft, Unreadable
from hueandcry.exchange.media import picture_or_film
from hueandcry.exchange.text import MAX_TITLE, clean

MAX_HEADERS = 2_000  # lines of the outermost head; more is no letter


@dataclass(slots=True)
class _Parts:
    """The parts of a letter, the messages in it left whole."""

    words: list[str] = field(default_factory=list)
    files: list[tuple[str, str, bytes]] = field(default_factory=list)  # name, media type, content
    messages: list[bytes] = field(default_factory=list)


def never(raw: bytes) -> bool:
    """A letter is never guessed: an e-mail is one only where it came by a mailbox of ours."""
    return False


def read(raw: bytes, options: Options) -> Iterator[Draft]:
    """Read what a letter reports. Raises ``Unreadable`` where it is no message, or holds nothing at all."""
    head = raw[:2_000_000].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    if head.count(b"\n") > MAX_HEADERS:
        raise Unreadable("the letter", f"more than {MAX_HEADERS} lines of headers")
    outer = email_message.parsed(raw)
    parts = _taken_apart(outer)
    words = clean("\n\n".join(one.strip() for one in parts.words if one.strip()))
    machine = list(_machine(parts, words))
    if machine:
        yield from machine
        return
    told = False
    for drafts in (*_files(parts, options), *_messages(parts, options)):
        told = True
        yield from drafts
    if told:
        if words:
            yield Loss("the letter", "what stands in the letter itself is kept with it, and is no report of its own")
    elif words:
        yield from _words(outer, words, options)
    else:
        raise Unreadable("the letter", "it holds neither words nor a file")


def _taken_apart(outer: Message[Any, Any]) -> _Parts:
    found = _Parts()
    waiting: list[tuple[Message[Any, Any], int]] = [(outer, 0)]
    seen = 0
    while waiting:
        part, nesting = waiting.pop()
        seen += 1
        if seen > email_message.MAX_PARTS or nesting > email_message.MAX_NESTING:
            raise Unreadable("the letter", f"more than {email_message.MAX_PARTS} parts, or nested too deep")
        payload = email_message.as_sent(part)
        if part.get_content_type() in ("message/rfc822", "message/global") and isinstance(payload, list):
            found.messages += [_bytes(one) for one in payload if isinstance(one, Message)]
        elif part.get_content_type() == "message/feedback-report":
            found.files.append(("", "message/feedback-report", _feedback(part)))
        elif isinstance(payload, list):
            waiting += [(one, nesting + 1) for one in reversed(payload) if isinstance(one, Message)]
        else:
            _take(part, found)
    return found


def _bytes(message: Message[Any, Any]) -> bytes:
    try:
        return message.as_bytes()
    except Exception:  # the stdlib's generator raises many things on hostile messages
        return str(email_message.as_sent(message)).encode("utf-8", "surrogateescape")


def _feedback(part: Message[Any, Any]) -> bytes:
    """The fields of a feedback report; the stdlib reads them as the head of a message inside."""
    payload = email_message.as_sent(part)
    inner = payload[0] if isinstance(payload, list) and payload else None
    if isinstance(inner, Message):
        return "\n".join(f"{name}: {value}" for name, value in inner.items()).encode("utf-8", "surrogateescape")
    return email_message.decoded(part)


def _take(part: Message[Any, Any], found: _Parts) -> None:
    content = email_message.decoded(part)
    name = email_message.file_name(part)
    media = part.get_content_type()
    attached = bool(name) or part.get_content_disposition() == "attachment"
    if media == "text/plain" and not attached:
        found.words.append(email_message.part_text(part, content))
    elif media == "text/html" and not attached:
        page = html_text.read(email_message.part_text(part, content))
        if not found.words:  # an HTML part mostly says again what the plain one said
            found.words.append(page.text)
    elif content.strip():
        found.files.append((name, media, content))


def _machine(parts: _Parts, words: str) -> Iterator[Draft]:
    """What machines report: each such part is one report."""
    for number, (name, media, content) in enumerate(parts.files):
        place = name or f"part {number + 1}"
        plain = content.decode("utf-8", "replace")
        if media == "message/feedback-report":
            found = xarf.of_feedback(plain)
        elif media in ("text/plain", "text/yaml", "application/x-yaml", "application/octet-stream"):
            found = xarf.of_yaml(plain) or xarf.of_json(content)
        else:
            found = xarf.of_json(content)
        if found is not None:
            yield from xarf.drafts(found, plain, place, words)
    for number, plain in enumerate(parts.words[1:]):  # the second part of an X-ARF letter may have no name
        found = xarf.of_yaml(plain)
        if found is not None:
            yield from xarf.drafts(found, plain, f"text {number + 2}", parts.words[0])


def _files(parts: _Parts, options: Options) -> Iterator[Iterator[Draft]]:
    for number, (name, _media, content) in enumerate(parts.files):
        place = name or f"part {number + 1}"
        picture = picture_or_film(content)
        if picture:
            yield iter((Loss(place, f"a {picture} in the letter is not looked at and goes nowhere"),))
        else:
            yield _file(place, content, options)


def _file(place: str, content: bytes, options: Options) -> Iterator[Draft]:
    """An attachment by its own format; an archive as well, whose members may not be archives again."""
    if not archive.is_zip(content):
        yield from archive.read_members((archive.Member(place, content),), options)
        return
    from hueandcry.exchange import formats  # which has letters in its table

    try:
        for draft in formats.read(content, replace(options, filename=place))[1]:
            if not isinstance(draft, ReportDraft):
                draft.place = f"{place}: {draft.place}"
            yield draft
    except Unreadable as error:
        yield Refusal(f"{place}: {error.place}", error.reason)


def _messages(parts: _Parts, options: Options) -> Iterator[Iterator[Draft]]:
    for number, raw in enumerate(parts.messages):
        yield _message(f"message {number + 1}", raw, options)


def _message(place: str, raw: bytes, options: Options) -> Iterator[Draft]:
    """A message passed on: the phish itself."""
    try:
        for draft in email_message.read(raw, replace(options, filename="")):
            if isinstance(draft, ObjectDraft):
                draft.place = place
            elif not isinstance(draft, ReportDraft):
                draft.place = f"{place}: {draft.place}"
            yield draft
    except Unreadable as error:
        yield Refusal(f"{place}: {error.place}", error.reason)


def _words(outer: Message[Any, Any], words: str, options: Options) -> Iterator[Draft]:
    """The words of a letter as a report of their own, its subject as the title."""
    subject = clean(" ".join(email_message.header(outer, "subject").split()), MAX_TITLE)
    for draft in text.read(words.encode("utf-8", "surrogatepass"), options):
        if isinstance(draft, ReportDraft):
            draft.title = subject or draft.title
        yield draft

"""A message passed on within the text of another ("Forwarded message", "WG:"), as mail programs write it.

    found = inline("FW: your parcel", body)
    found.words, found.senders, found.body     # the forwarder's own words; whose message it was; what it said

Forms are those of Gmail, Apple Mail, Thunderbird and Outlook in the languages that reports come in. The mark of an
*answer* ("Original Message" without a forwarding subject, "On ... wrote:") is none: what an attacker quotes is most
often the victim's own letter.
"""

from __future__ import annotations

import re
from email.utils import getaddresses
from typing import Final, NamedTuple

MAX_READ: Final = 200_000  # characters of a text in which the mark is looked for
_HEAD_LINES: Final = 12  # lines after the mark in which its headers stand

_PASSED_ON = re.compile(
    r"^[ \t>*]{0,6}(?:-{2,20}[ \t]{0,3})?(?:(?:begin )?forwarded message|(?:anfang der )?weitergeleiteten? nachricht"
    r"|(?:début du )?message (?:transféré|réexpédié)|(?:inicio del )?mensaje reenviado"
    r"|(?:inizio )?messaggio inoltrato"
    r"|doorgestuurd bericht|(?:przekazana|przesłana) wiadomość|wiadomość przekazana"
    r"|mensagem (?:encaminhada|reencaminhada)"
    r"|vidarebefordrat meddelande|videresendt (?:meddelelse|melding)|välitetty viesti)"
    r"[ \t]{0,3}(?::|-{2,20})?[ \t]{0,3}$",
    re.IGNORECASE | re.MULTILINE,
)
_QUOTED = re.compile(  # Outlook writes the same above answers: only the subject tells
    r"^[ \t>]{0,4}-{2,20}[ \t]{0,3}(?:original message|ursprüngliche nachricht|message d['’]origine|mensaje original"
    r"|messaggio originale|oorspronkelijk bericht|(?:oryginalna wiadomość|wiadomość oryginalna)|mensagem original"
    r")[ \t]{0,3}-{2,20}[ \t]{0,3}$|^_{20,80}[ \t]{0,3}$",
    re.IGNORECASE | re.MULTILINE,
)
_SUBJECT = re.compile(r"\s{0,5}(?:fw|fwd|wg|tr|rv|pd|i|enc|doorst|vs|vb|vl)\s?:", re.IGNORECASE)
_HEADER = re.compile(
    r"^[ \t>*]{0,6}([^\W\d_]{1,12}(?: [^\W\d_]{1,10})?)\*?[ \t\u00a0]{0,2}:\*?[ \t\u00a0]{0,3}(.{0,1000})$"
)
_NAMES = {
    "from": "from von de da van od från fra lähettäjä",
    "to": "to an à para a aan do till til vastaanottaja cc kopie kopia",
    "subject": "subject betreff objet asunto oggetto onderwerp temat assunto ämne emne aihe",
    "date": "date datum gesendet envoyé fecha enviado data wysłano inviato verzonden sent skickat sendt",
}
_MEANS = {word: name for name, words in _NAMES.items() for word in words.split(" ")}


class Forwarded(NamedTuple):
    """``words``: what the forwarder wrote above; ``body``: what was passed on; addresses as written."""

    words: str
    senders: tuple[str, ...]
    recipients: tuple[str, ...]
    subject: str
    date: str
    body: str


def inline(subject: str, text: str) -> Forwarded | None:
    """The message passed on within a text; None where there is none, or none whose sender is named."""
    marks = [_PASSED_ON] + ([_QUOTED] if _SUBJECT.match(subject) else [])
    found = [mark for pattern in marks if (mark := pattern.search(text[:MAX_READ]))]
    for mark in sorted(found, key=lambda one: one.start()):
        told = _after(text, mark)
        if told is not None:
            return told
    return None


def _after(text: str, mark: re.Match[str]) -> Forwarded | None:
    headers: dict[str, str] = {}
    at = mark.end()
    for line in text[at:].splitlines(keepends=True)[:_HEAD_LINES]:
        header = _HEADER.match(line.rstrip("\r\n"))
        name = _MEANS.get(header[1].lower()) if header else None
        if header and name:
            headers[name] = f"{headers[name]}, {header[2]}" if name == "to" and name in headers else header[2]
        elif line.strip(" \t\r\n>*") or "from" in headers:
            break
        at += len(line)
    senders = _addresses(headers.get("from", ""))
    if not senders:
        return None
    return Forwarded(
        text[: mark.start()].strip(), senders, _addresses(headers.get("to", "")),
        headers.get("subject", "").strip(), headers.get("date", "").strip(), text[at:].strip(),
    )  # fmt: skip


def _addresses(line: str) -> tuple[str, ...]:
    """Addresses of a header line, also as mail programs write them: "Bank [mailto:a@b.example]"."""
    plain = re.sub(r"\[mailto:([^\]]{1,320})\]", r"<\1>", line[:2_000]).replace(";", ",")
    try:
        found = [address for _, address in getaddresses([plain]) if "@" in address]
    except (ValueError, TypeError, IndexError, AttributeError, RecursionError):  # it follows brackets by recursion
        return ()
    return tuple(dict.fromkeys(found or re.findall(r"[\w.+-]{1,64}@[\w.-]{1,255}", plain)))[:50]

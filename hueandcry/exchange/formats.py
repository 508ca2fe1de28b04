"""The one table of formats: what each is called, how it is known by its content, and who reads it.

The content decides, then the name. What somebody claims a file to be must agree with what it is.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import msgspec

from hueandcry.exchange import archive, email_message, form, letter, misp, stix, table, text, veris
from hueandcry.exchange.drafts import Draft, Options, Reader, Unreadable
from hueandcry.exchange.json_text import utf8
from hueandcry.exchange.media import picture_or_film, where_to_report
from hueandcry.exchange.remotes import envelope
from hueandcry.exchange.text import clean, decode

_HEAD = 65_536  # bytes looked at to know a format; JSON is looked at by its outer names
_NAMES_IN = 262_144  # bytes of JSON in which its outer names are looked for
_BINARY_SHARE = 0.1  # more control characters than that among the first bytes is no text


class Forbidden(Unreadable):
    """A picture or a film: hashed, not stored; the reason says where to report it. ``sha256`` is its hash."""

    def __init__(self, place: str, what: str, sha256: str) -> None:
        super().__init__(place, where_to_report(what, sha256))
        self.sha256 = sha256


@dataclass(frozen=True, slots=True)
class Format:
    """One format. ``sniff`` tells by the content alone whether it is this one."""

    name: str
    label: str
    extensions: tuple[str, ...]
    media_types: tuple[str, ...]
    sniff: Callable[[bytes], bool]
    read: Reader


# Files that we know and do not read: first bytes -> what it is and what to do instead.
UNREAD: tuple[tuple[bytes, str], ...] = (
    (b"MZ", "a Windows program. Send its hashes instead; a malware sample belongs into a MISP event"),
    (b"\x7fELF", "a Linux program. Send its hashes instead; a malware sample belongs into a MISP event"),
    (b"\xfe\xed\xfa\xce", "a macOS program. Send its hashes instead"),
    (b"\xfe\xed\xfa\xcf", "a macOS program. Send its hashes instead"),
    (b"\xcf\xfa\xed\xfe", "a macOS program. Send its hashes instead"),
    (b"\xca\xfe\xba\xbe", "a macOS or Java program. Send its hashes instead"),
    (b"%PDF", "a PDF. Copy its text into the form, or send the file it was made from"),
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "an old Office document or Outlook message. Save a table as CSV, a message as .eml",
    ),
    (b"{\\rtf", "a rich text document. Save it as plain text"),
    (b"SQLite format 3\x00", "a database. Export its table as CSV"),
    (b"Rar!\x1a\x07", "a RAR archive. Pack it as zip"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive. Pack it as zip"),
    (b"\x1f\x8b", "a gzip archive. Unpack it, or pack it as zip"),
    (b"BZh", "a bzip2 archive. Unpack it, or pack it as zip"),
    (b"\xfd7zXZ\x00", "an xz archive. Unpack it, or pack it as zip"),
    (b"PAR1", "a Parquet file. Export it as CSV"),
    (b"\xd4\xc3\xb2\xa1", "a network capture. Send the addresses in it"),
    (b"\xa1\xb2\xc3\xd4", "a network capture. Send the addresses in it"),
    (b"\n\r\r\n", "a network capture. Send the addresses in it"),
)
_OFFICE = (b"[Content_Types].xml", b"mimetypeapplication/vnd.oasis")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_VERIS_NAMES = {"action", "actor", "schema_version"}


def _is_stix(raw: bytes) -> bool:
    names = set()
    for name in _each_name(raw):
        if name == "objects":  # most begin with it: the rest need not be looked through
            return True
        names.add(name)
    return {"type", "id"} <= names and re.search(
        rb'"id"\s*:\s*"[a-z0-9-]{3,250}--[0-9a-fA-F]{8}-', raw[:_HEAD]
    ) is not None


def _is_misp(raw: bytes) -> bool:
    names = _names(raw)
    return "Event" in names or "response" in names or ("info" in names and "uuid" in names) or "Attribute" in names


def _is_veris(raw: bytes) -> bool:
    names = _names(raw)
    return "action" in names and bool({"actor", "incident_id", "victim", "asset"} & names)


def _is_table(raw: bytes) -> bool:
    """Three rows or more that part into the same number of columns, two or more; or a header known to us."""
    if _starts_like_json(raw):
        return False
    try:
        head = _head_text(raw)
        opened = table.open_table(head.encode("utf-8", "surrogatepass"))
    except Unreadable:
        return False
    widths = [len(row.cells) for _, row in zip(range(20), opened.rows, strict=False) if not row.problem]
    whole = widths[:-1] if len(raw) > _HEAD else widths
    width = len(opened.header)
    return width >= 2 and bool(whole) and sum(w == width for w in whole) >= 0.8 * len(whole) and _tabular(opened, width)


def _tabular(opened: table.Table, width: int) -> bool:
    """Tell a table from prose with commas: names of columns are short."""
    return all(len(name) <= 80 for name in opened.header) and (
        width >= 3 or opened.delimiter != "," or all(len(name.split()) <= 4 for name in opened.header)
    )


FORMATS: tuple[Format, ...] = (
    Format("form", "Web form", (), (), form.is_form, form.read),
    Format("envelope", "Envelopes of another node", (), (), envelope.is_page, envelope.read),
    Format(
        "zip",
        "Zip archive",
        ("zip",),
        ("application/zip", "application/x-zip-compressed"),
        archive.is_zip,
        archive.read,
    ),
    Format(
        "stix",
        "STIX 2.1 bundle",
        ("json", "stix", "stix2"),
        ("application/stix+json", "application/taxii+json", "application/json"),
        _is_stix,
        stix.read,
    ),
    Format("misp", "MISP event", ("json",), ("application/json",), _is_misp, misp.read),
    Format("veris", "VERIS incident", ("json", "jsonl", "ndjson"), ("application/json",), _is_veris, veris.read),
    Format("email", "E-mail message", ("eml",), ("message/rfc822",), email_message.looks_like, email_message.read),
    Format("letter", "Letter to a mailbox", (), (), letter.never, letter.read),
    Format(
        "csv", "Table (CSV)", ("csv", "tsv", "tab"), ("text/csv", "text/tab-separated-values"), _is_table, table.read
    ),
    Format(
        "text", "Plain text", ("txt", "text", "md", "log"), ("text/plain", "text/markdown"), lambda raw: True, text.read
    ),
)
BY_NAME = {one.name: one for one in FORMATS}
OFFERED = tuple(one for one in FORMATS if one.extensions)  # the others only we write
# What people and media types call them besides
ALIASES = {"json": "", "table": "csv", "tsv": "csv", "eml": "email", "txt": "text", "mail": "email"}


def read(raw: bytes, options: Options, claimed: str = "") -> tuple[Format, Iterator[Draft]]:
    """Find the format and give it with its drafts, still to be drawn. Raises ``Unreadable``."""
    found = detect(raw, options.filename, claimed)
    return found, found.read(raw, options)


def detect(raw: bytes, filename: str = "", claimed: str = "") -> Format:
    """Find the format: by content, then by name. Raises ``Unreadable`` where it is none that we read, where the content
    contradicts ``claimed`` (a format's name or media type), and ``Forbidden`` for pictures and films.
    """
    if not raw:
        raise Unreadable("byte 0", "the file is empty")
    refused = forbidden(raw) or _unread(raw)
    if refused is not None:
        raise refused
    by_content = _by_content(raw)
    wanted = _claim(claimed)
    if wanted is not None:
        return _agreed(wanted, by_content, raw)
    if by_content.name != "text":
        return by_content
    return _by_name(raw, filename)


def forbidden(raw: bytes) -> Forbidden | None:
    """Say that bytes are, or an archive holds, a picture or a film, which may not be kept. None where they may."""
    kind = picture_or_film(raw)
    if kind:
        return Forbidden("byte 0", f"This {kind}", hashlib.sha256(raw).hexdigest())
    if archive.is_zip(raw) and not _is_office(raw):
        return _forbidden_member(raw)
    return None


def _forbidden_member(raw: bytes) -> Forbidden | None:
    try:
        for member in archive.members(raw):
            kind = picture_or_film(member.raw)
            if kind:
                name = clean(member.name, 200)
                what = f"The archive with {kind} {name} in it (send it again without)"
                return Forbidden(name, what, hashlib.sha256(member.raw).hexdigest())
    except Unreadable:
        return None  # reading it will say what is wrong
    return None


def _unread(raw: bytes) -> Unreadable | None:
    for sign, what in UNREAD:
        if raw.startswith(sign):
            return Unreadable("byte 0", f"this is {what}.")
    if archive.is_zip(raw) and _is_office(raw):
        if b"xl/workbook" in raw[-_HEAD:]:
            return Unreadable("byte 0", "this is an Excel workbook. Save the sheet as CSV (UTF-8) and send that.")
        return Unreadable("byte 0", "this is an Office document. Save a table as CSV, a text as plain text.")
    if archive.is_zip(raw):
        return None
    return _binary(raw)


def _binary(raw: bytes) -> Unreadable | None:
    """Tell what is no text in any encoding that we read."""
    try:
        head = _head_text(raw)
    except Unreadable as error:
        return error
    controls = [found.start() for found in _CONTROL.finditer(head)]
    if len(controls) > _BINARY_SHARE * len(head):
        return Unreadable(f"character {controls[0]}", "a binary file of no kind that we read")
    return None


def _is_office(raw: bytes) -> bool:
    return (
        any(sign in raw[:4096] for sign in _OFFICE)
        or b"word/document.xml" in raw[-_HEAD:]
        or b"xl/workbook" in raw[-_HEAD:]
    )


def _head_text(raw: bytes) -> str:
    """Decode the beginning of a file, cut where no character is torn apart. Raises ``Unreadable``."""
    if len(raw) <= _HEAD:
        return decode(raw).text
    for end in (_HEAD, _HEAD - 1, _HEAD - 2, _HEAD - 3):  # a character takes four bytes at most
        try:
            found = decode(raw[:end])
        except Unreadable:
            continue
        if found.encoding != "cp1252":
            return found.text
    return decode(raw[:_HEAD]).text


def _by_content(raw: bytes) -> Format:
    for one in FORMATS:
        if one.sniff(raw):
            return one
    return BY_NAME["text"]


def _by_name(raw: bytes, filename: str) -> Format:
    """Let the name decide where the content is text of no known form; a name of JSON then promises too much."""
    extension = filename.lower().rsplit(".", 1)[-1] if "." in filename else ""
    if extension in ("json", "stix", "stix2", "jsonl", "ndjson") or (_starts_like_json(raw) and not extension):
        raise _broken_json(raw)
    named = next((one for one in FORMATS if extension in one.extensions), BY_NAME["text"])
    return named if named.name in ("csv", "text") else BY_NAME["text"]


def _claim(claimed: str) -> Format | None:
    word = claimed.strip().lower().split(";")[0].strip()
    word = ALIASES.get(word, word)
    if word in BY_NAME:
        return BY_NAME[word]
    if not word or word in ("application/octet-stream", "application/json", "text/plain"):
        return None  # says too little to contradict anything
    return next((one for one in FORMATS if word in one.media_types), None)


def _agreed(wanted: Format, by_content: Format, raw: bytes) -> Format:
    """Take a claim that the content does not contradict: any text may be sent as text, one column as a table."""
    if wanted.name in (by_content.name, "text") and by_content.name != "zip":
        return wanted
    if wanted.name == "csv" and by_content.name in ("text", "email"):
        return wanted
    if wanted.name == by_content.name or (wanted.name == "letter" and by_content.name == "email"):
        return wanted
    if by_content.name == "text" and "application/json" in wanted.media_types:
        raise _broken_json(raw)
    raise Unreadable("byte 0", f"sent as {wanted.label}, but this looks like: {by_content.label}")


def _broken_json(raw: bytes) -> Unreadable:
    """Say where JSON breaks, or that whole JSON is none of ours."""
    from hueandcry.exchange.json_text import split

    try:
        split(utf8(raw), msgspec.Raw)
    except Unreadable as error:
        return error
    return Unreadable("byte 0", "JSON, but neither STIX, MISP nor VERIS: it has none of the names they begin with")


def _starts_like_json(raw: bytes) -> bool:
    head = raw[:200].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return head[:1] == b"{" or (head[:1] == b"[" and head[1:].lstrip()[:1] in (b"{", b"]"))


_NAME = re.compile(rb'"((?:[^"\\]++|\\.)*+)"\s*+(:?)|[\[{]|[\]}]', re.DOTALL)


def _names(raw: bytes) -> set[str]:
    return set(_each_name(raw))


def _each_name(raw: bytes) -> Iterator[str]:
    """The names of the outermost object, or of those in a list, from the beginning of a file.

    Works on files that are cut off or too deep, so that their own reader can say what is wrong with them.
    """
    if not _starts_like_json(raw):
        return
    head = _unicode_head(raw)
    depth, base = 0, 2 if head.lstrip()[:1] == b"[" else 1
    for found in _NAME.finditer(head):
        sign = head[found.start() : found.start() + 1]
        if sign in b"[{":
            depth += 1
        elif sign in b"]}":
            depth -= 1
        elif found[2] and depth == base:
            yield found[1][:100].decode("utf-8", "replace")


def _unicode_head(raw: bytes) -> bytes:
    try:
        return (utf8(raw) if b"\x00" in raw[:8] else raw)[:_NAMES_IN]
    except Unreadable:
        return b""

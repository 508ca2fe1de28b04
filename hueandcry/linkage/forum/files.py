"""Files of posts and rooms: looked at before they are kept, encrypted with a key each, given out as files, erasable.

The caller has entered the viewer. As at intake, pictures and films are hashed and refused, also inside archives and
Office documents; so is what cannot be looked into, and what runs.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg
from django.db import connection
from django.utils.translation import gettext as _

from hueandcry.audit import actions as audit
from hueandcry.exchange import archive, vault
from hueandcry.exchange.drafts import Unreadable
from hueandcry.exchange.handling import TLP_ORDER
from hueandcry.exchange.media import picture_or_film, where_to_report
from hueandcry.exchange.text import clean
from hueandcry.linkage.models import Attachment, AttachmentChunk, AttachmentKey, Post, Room
from hueandcry.members.actions import Refused
from hueandcry.members.viewer import Viewer

LIMIT = 25 * 1024 * 1024  # bytes of one file: a log, a statement, a spreadsheet; what is larger is a submission
MOST = 5  # files of one post

_PACKED = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd")
_PROGRAMS = (
    b"MZ",
    b"\x7fELF",
    b"\xca\xfe\xba\xbe",
    b"\xcf\xfa\xed\xfe",
    b"\xce\xfa\xed\xfe",
    b"#!",
    b"L\x00\x00\x00\x01\x14\x02\x00",
)
_OFFICE = re.compile(r"^(?:word|xl|ppt)/|^META-INF/manifest\.xml$")
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True)
class File:
    """A file as it came, with the handling its sender gave it."""

    name: str
    raw: bytes
    tlp: str


def kind_of(raw: bytes) -> str:
    """What its bytes say a file is. Raises Refused for what may not be kept here, with what to do instead."""
    if not raw:
        raise Refused(_("The file is empty. Nothing was kept."))
    if len(raw) > LIMIT:
        raise Refused(_("The file is larger than 25 MiB. Nothing was kept. Send it as a submission, or in parts."))
    picture = picture_or_film(raw)
    if picture:
        raise Refused(where_to_report(f"This {picture}", hashlib.sha256(raw).hexdigest()))
    if raw.startswith(_PROGRAMS):
        raise Refused(_("This is a program. Nothing was kept. Say its hash; a sample goes the way of submissions."))
    if raw.startswith(_PACKED):
        raise Refused(_("This archive cannot be looked into. Nothing was kept. Send a zip without a password."))
    if archive.is_zip(raw):
        return _kind_of_zip(raw)
    if raw.startswith(_OLD_OFFICE):
        raise Refused(_("Old Office documents cannot be looked into. Nothing was kept. Save it as PDF, CSV or text."))
    if raw.startswith(b"%PDF-"):
        return "PDF"
    return "text" if _is_text(raw) else "data"


def _kind_of_zip(raw: bytes) -> str:
    office = False
    try:
        for member in archive.members(raw):
            if member.problem or archive.is_zip(member.raw) or member.raw.startswith((*_PACKED, _OLD_OFFICE)):
                raise Refused(
                    _("A part of it cannot be looked into: no passwords, no archives in archives. Nothing was kept.")
                )
            picture = picture_or_film(member.raw)
            if picture:
                what = f"The file with {picture} {clean(member.name, 200)} in it (send it again without)"
                raise Refused(where_to_report(what, hashlib.sha256(member.raw).hexdigest()))
            office = office or bool(_OFFICE.match(member.name))
    except Unreadable as error:
        raise Refused(_("This archive cannot be read: %(why)s Nothing was kept.") % {"why": error.reason}) from None
    return "Office document" if office else "zip"


def _is_text(raw: bytes) -> bool:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return "\0" not in text


def safe_name(name: str) -> str:
    """A file name fit to show and to write into a header: its last part, in one line, at most 150 characters."""
    last = re.split(r"[\\/]", name)[-1]
    kept = "".join(c for c in clean(last, 5_000) if c.isprintable() and c not in '"<>|:*?;\ufffd').strip(" .")
    stem, dot, ending = kept.rpartition(".")
    return (f"{stem[:140]}{dot}{ending[:9]}" if dot else kept[:150]) or "file"


def keep(by: Viewer, given: File, *, audience: int, post: Post | None = None, room: Room | None = None) -> Attachment:
    """Keep a file, encrypted; inside the viewer. Raises Refused."""
    if given.tlp not in TLP_ORDER:
        raise Refused(_("Say how the file may be handled: choose its TLP."))
    if room is not None and TLP_ORDER.index(given.tlp) > TLP_ORDER.index(room.ceiling):
        said = _("Into this room comes nothing stricter than TLP:%(ceiling)s. Nothing was kept.")
        raise Refused(said % {"ceiling": room.ceiling})
    kind = kind_of(given.raw)
    made = Attachment.objects.create(
        audience=audience, post=post, room=room.pk if room else None, organisation=by.organisation or 0,
        person=by.person or 0, filename=safe_name(given.name), kind=kind, size=len(given.raw),
        sha256=hashlib.sha256(given.raw).digest(), tlp=given.tlp,
    )  # fmt: skip
    key = vault.new_key()
    AttachmentKey.objects.create(attachment=made, key=key)
    with psycopg.Cursor(connection.connection) as cursor:
        cursor.executemany(
            "INSERT INTO linkage_attachmentchunk (attachment_id, number, content) VALUES (%s, %s, %b)",
            [(made.pk, number, part) for number, part in enumerate(vault.encrypted(given.raw, key))],
        )
    audit.record(by=by, verb="attach", kind="attachment", thing=made.pk, detail={"size": made.size, "tlp": made.tlp})
    return made


def content(by: Viewer, found: Attachment) -> bytes:
    """The bytes of a file that the viewer sees; the read is recorded. Raises Refused where they were erased."""
    key = AttachmentKey.objects.filter(attachment=found).first()
    if key is None or found.erased_at is not None:
        raise Refused(_("The file was erased: bytes and key are gone."))
    chunks = AttachmentChunk.objects.filter(attachment=found).order_by("number").values_list("content", flat=True)
    raw = vault.decrypted((bytes(each) for each in chunks), bytes(key.key))
    audit.record(by=by, verb="download", kind="attachment", thing=found.pk, detail={"tlp": found.tlp})
    return raw


def erase(by: Viewer, found: Attachment) -> None:
    """Erase a file: key, bytes and name; that there was one stays, with its hash. Inside the viewer."""
    AttachmentKey.objects.filter(attachment=found).delete()
    AttachmentChunk.objects.filter(attachment=found).delete()
    found.filename, found.erased_at, found.erased_by = "", datetime.now(UTC), by.person
    found.save(update_fields=["filename", "erased_at", "erased_by"])
    audit.record(by=by, verb="erase", kind="attachment", thing=found.pk)

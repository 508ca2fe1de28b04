"""Zip archives and feed folders: many files, each read by its own format; each place names the member.

Bounded against bombs: what the archive says of itself is checked before anything is unpacked, and what comes out is
counted, since an archive may lie. Archives in archives, passwords and names that lead out of a folder are refused.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from hueandcry.exchange.drafts import Draft, Loss, ObjectDraft, Options, Refusal, ReportDraft, Unreadable
from hueandcry.exchange.text import clean

MAX_MEMBERS = 20_000  # a year of a busy MISP feed is a tenth of that
MAX_TOTAL = 1_000_000_000  # bytes of all members unpacked
MAX_MEMBER = 200_000_000  # bytes of one member unpacked: it is held in memory
MAX_RATIO = 250  # JSON of one shape packs 20 to 100 times; deflate's best, 1,032 times, only zeros reach
RATIO_FROM = 1_000_000  # bytes unpacked below which the ratio does not matter
_CHUNK = 1 << 20
_ENCRYPTED = 0x1  # general purpose bit 0 (APPNOTE 4.4.4)
# What a MISP feed folder holds beside its events (MISP feed format): an index and hashes, nothing of their own
INDEXES = frozenset({"manifest.json", "hashes.csv"})
_PACKED = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"PK\x07\x08",
    b"Rar!\x1a\x07",
    b"7z\xbc\xaf\x27\x1c",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ\x00",
)


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive or folder: its content, or why it cannot be had."""

    name: str
    raw: bytes
    problem: str = ""


def is_zip(raw: bytes) -> bool:
    """Tell a zip by its first bytes."""
    return raw.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def read(raw: bytes, options: Options) -> Iterator[Draft]:
    """Read each member of a zip. Raises ``Unreadable`` for a broken archive, a bomb, or one with nothing in it."""
    yield from read_members(members(raw), options)


def read_members(found: Iterable[Member], options: Options) -> Iterator[Draft]:
    """Read members one after the other; one that cannot be read is one refusal, and the others go on."""
    for member in found:
        name = clean(member.name, 200)
        if member.problem:
            yield Refusal(name, member.problem)
        elif member.name.rsplit("/", 1)[-1] in INDEXES:
            yield Loss(name, "an index of the feed; the events it names are read by themselves")
        else:
            yield from _read_member(name, member, options)


def members(raw: bytes) -> Iterator[Member]:
    """Unpack a zip, one member at a time, within bounds. Folders and the Finder's shadows are passed over."""
    archive = _opened(raw)
    # not is_dir(): that fails where an entry has no name
    entries = [entry for entry in archive.infolist() if not entry.filename.endswith("/")]
    entries = [entry for entry in entries if not entry.filename.startswith("__MACOSX/")]
    _check_whole(entries)
    seen: set[str] = set()
    total = 0
    for entry in entries:
        problem = _problem(entry, seen)
        seen.add(entry.filename)
        if problem:
            yield Member(entry.filename, b"", problem)
            continue
        member = _unpacked(archive, entry)
        total += len(member.raw)
        if total > MAX_TOTAL:
            raise Unreadable(clean(entry.filename, 200), f"unpacks to more than {MAX_TOTAL:,} bytes in all: a zip bomb")
        yield member


def folder(root: Path) -> list[Path]:
    """List the files of a feed folder for the command line: sorted, without indexes, hidden files and links."""
    found = []
    for path in sorted(root.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(root).parts)
        if path.is_file() and not path.is_symlink() and not hidden and path.name not in INDEXES:
            found.append(path)
    return found


def _opened(raw: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(raw))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, IndexError, UnicodeError) as error:
        raise Unreadable("the archive", f"a broken zip: {error}") from None
    except Exception as error:  # zipfile lets struct.error and others out on hostile directories
        raise Unreadable("the archive", f"a broken zip ({type(error).__name__})") from None


def _check_whole(entries: list[zipfile.ZipInfo]) -> None:
    """Refuse a bomb by what it says of itself."""
    if not entries:
        raise Unreadable("the archive", "holds no files")
    if len(entries) > MAX_MEMBERS:
        raise Unreadable("the archive", f"holds {len(entries):,} files; at most {MAX_MEMBERS:,} are read")
    if sum(entry.file_size for entry in entries) > MAX_TOTAL:
        largest = max(entries, key=lambda entry: entry.file_size)
        raise Unreadable(clean(largest.filename, 200), f"with the others unpacks to more than {MAX_TOTAL:,} bytes")
    for entry in entries:
        if entry.file_size > RATIO_FROM and entry.file_size > MAX_RATIO * max(1, entry.compress_size):
            raise Unreadable(clean(entry.filename, 200), f"unpacks to more than {MAX_RATIO} times its size: a zip bomb")


def _problem(entry: zipfile.ZipInfo, seen: set[str]) -> str:
    """Say why one member is not unpacked."""
    name = entry.filename
    if entry.flag_bits & _ENCRYPTED:
        return "locked with a password; send it without (it travels and is kept encrypted anyway)"
    if name.startswith(("/", "\\")) or ":" in name[:3] or ".." in name.replace("\\", "/").split("/"):
        return "its name leads out of the archive"
    if name in seen:
        return "a second file of this name"
    if entry.file_size > MAX_MEMBER:
        return f"larger than {MAX_MEMBER:,} bytes; send it by itself"
    return ""


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Member:
    """Unpack one member, stopping where more comes out than the archive says."""
    parts, size = [], 0
    try:
        with archive.open(entry) as stream:
            while part := stream.read(_CHUNK):
                size += len(part)
                if size > min(MAX_MEMBER, entry.file_size):
                    return Member(entry.filename, b"", "unpacks to more than the archive says: a zip bomb")
                parts.append(part)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        return Member(entry.filename, b"", f"cannot be unpacked: {error}")
    except Exception as error:  # lzma and bz2 raise their own
        return Member(entry.filename, b"", f"cannot be unpacked ({type(error).__name__})")
    return Member(entry.filename, b"".join(parts))


def _read_member(name: str, member: Member, options: Options) -> Iterator[Draft]:
    from hueandcry.exchange import formats  # which has archives in its table

    if member.raw.startswith(_PACKED):
        yield Refusal(name, "an archive within an archive; unpack it and send what is in it")
        return
    try:
        _, drafts = formats.read(member.raw, replace(options, filename=name.rsplit("/", 1)[-1]))
        for draft in drafts:
            if isinstance(draft, ReportDraft):
                yield draft
            elif isinstance(draft, ObjectDraft):
                draft.place = f"{name}: {draft.place}"
                yield draft
            else:
                yield type(draft)(f"{name}: {draft.place}", draft.reason if isinstance(draft, Refusal) else draft.what)
    except Unreadable as error:
        yield Refusal(f"{name}: {error.place}", error.reason)

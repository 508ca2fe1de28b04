"""Pictures and films by their first bytes, and where to report one that may show the abuse of a child.

Hue & Cry keeps no picture and no film: it could show the sexual abuse of a child, which nobody but the competent
authorities may keep, and which no member can be asked to look at. What arrives is hashed and refused.
"""

from __future__ import annotations

import re

# (offset, magic bytes, name). Sources: the formats' own specifications, as collected in file(1)'s magic.
_SIGNS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "JPEG picture"),
    (0, b"\x89PNG\r\n\x1a\n", "PNG picture"),
    (0, b"GIF87a", "GIF picture"),
    (0, b"GIF89a", "GIF picture"),
    (0, b"II*\x00", "TIFF picture"),
    (0, b"MM\x00*", "TIFF picture"),
    (0, b"II+\x00", "TIFF picture"),
    (0, b"MM\x00+", "TIFF picture"),
    (0, b"\xff\x0a", "JPEG XL picture"),
    (0, b"\x00\x00\x00\x0cJXL \r\n\x87\n", "JPEG XL picture"),
    (0, b"\x00\x00\x00\x0cjP  \r\n\x87\n", "JPEG 2000 picture"),
    (0, b"8BPS", "Photoshop picture"),
    (0, b"\x00\x00\x01\x00", "icon"),
    (0, b"\x1aE\xdf\xa3", "Matroska or WebM film"),
    (0, b"FLV\x01", "Flash film"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "Windows Media film"),
    (0, b"\x00\x00\x01\xba", "MPEG film"),
    (0, b"\x00\x00\x01\xb3", "MPEG film"),
    (0, b"OggS", "Ogg film or sound"),
)
_RIFF = {b"WEBP": "WebP picture", b"AVI ": "AVI film"}
# ISO base media files (ISO/IEC 14496-12, 4.3): "ftyp" and a brand, from byte 4 on
_STILL_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis")
_QUICKTIME_ATOMS = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
_SVG = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s{0,100}(?:<\?xml[^>]{0,300}>\s{0,100})?(?:<!(?:--|DOCTYPE)[^>]{0,500}>\s{0,100}){0,3}<svg\b",
    re.I,
)


def picture_or_film(raw: bytes) -> str:
    """Name the kind of picture or film that bytes begin like; "" where they do not."""
    for offset, sign, name in _SIGNS:
        if raw.startswith(sign, offset):
            return name
    if raw.startswith(b"RIFF"):
        return _RIFF.get(raw[8:12], "")
    if raw[4:8] == b"ftyp":
        return "HEIF picture" if raw[8:12] in _STILL_BRANDS else "MP4 or QuickTime film"
    if raw[4:8] in _QUICKTIME_ATOMS and raw[:1] == b"\x00":
        return "QuickTime film"
    if raw.startswith(b"BM") and _is_bitmap(raw):
        return "BMP picture"
    if _is_transport_stream(raw):
        return "MPEG transport stream film"
    return "SVG picture" if _SVG.match(raw[:2000]) else ""


def is_picture(raw: bytes) -> bool:
    """Tell whether bytes begin like a picture or a film."""
    return bool(picture_or_film(raw))


def where_to_report(what: str, digest: str) -> str:
    """Say that a picture or film was not kept, and where one that shows the abuse of a child must be reported."""
    return (
        f"{what} was not read and its content is not stored: only its hash, sha256 {digest}, is noted. "
        "If it may show the sexual abuse of a child, do not copy it and do not send it to anyone else: report where "
        "you found it to your country's hotline (listed at https://www.inhope.org) or to your national police (in the "
        "EU, https://www.europol.europa.eu/report-a-crime names each country's way). If a child is in danger now, "
        "call the emergency number, 112 in the EU. If the picture shows something else, tell us in words what it shows."
    )


def _is_bitmap(raw: bytes) -> bool:
    # "BM" begins many a text; a bitmap's reserved bytes are zero and its header's size is one of a few
    return raw[6:10] == b"\x00\x00\x00\x00" and int.from_bytes(raw[14:18], "little") in (12, 40, 52, 56, 64, 108, 124)


def _is_transport_stream(raw: bytes) -> bool:
    return len(raw) >= 564 and all(raw[at] == 0x47 for at in (0, 188, 376))

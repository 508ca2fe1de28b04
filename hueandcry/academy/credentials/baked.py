"""Credentials inside pictures: read out of a PNG or SVG badge, and put into one. Pure, bounded.

Open Badges 3.0, section 5.3: a PNG holds the credential in an uncompressed iTXt chunk of the keyword
``openbadgecredential``, an SVG in an element ``openbadges:credential`` (as text, or a compact JWS in ``verify``).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from xml.parsers import expat

KEYWORD = b"openbadgecredential"
NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
_PNG = b"\x89PNG\r\n\x1a\n"
_HEADER = struct.Struct(">I4s")
MOST = 2_000_000  # bytes of a picture


class NotBaked(Exception):
    """There is no credential in the picture, or it is no picture that can be read; says which."""


def is_png(content: bytes) -> bool:
    """Whether a file begins as a PNG picture does."""
    return content.startswith(_PNG)


def is_svg(content: bytes) -> bool:
    """Whether a file begins as XML does."""
    return content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"


def unbake(content: bytes) -> bytes:
    """The credential inside a PNG or an SVG, as it was put in. Raises NotBaked."""
    if len(content) > MOST:
        raise NotBaked(f"The picture has more than {MOST:,} bytes.")
    return _from_png(content) if is_png(content) else _from_svg(content)


def bake_png(picture: bytes, credential: bytes) -> bytes:
    """A PNG with the credential in it, in place of one that it held. Raises NotBaked where it is no PNG."""
    chunk = KEYWORD + b"\x00\x00\x00\x00\x00" + credential  # not compressed, no language, no translated keyword
    made = bytearray(_PNG)
    for name, body in _chunks(picture):
        if name == b"iTXt" and body.startswith(KEYWORD + b"\x00"):
            continue
        made += _chunk(name, body)
        if name == b"IHDR":
            made += _chunk(b"iTXt", chunk)
    return bytes(made)


def bake_svg(picture: str, credential: str) -> str:
    """An SVG with the credential in it as its first element. Raises NotBaked where it has no root element."""
    begin = picture.find("<svg")
    end = picture.find(">", begin)
    if begin < 0 or end < 0 or picture[end - 1] == "/":
        raise NotBaked("It is no SVG picture.")
    # a section may not hold its own end: split there
    text = credential.replace("]]>", "]]]]><![CDATA[>")
    element = f'<openbadges:credential xmlns:openbadges="{NAMESPACE}"><![CDATA[{text}]]></openbadges:credential>'
    return f"{picture[: end + 1]}{element}{picture[end + 1 :]}"


def _chunk(name: bytes, body: bytes) -> bytes:
    return _HEADER.pack(len(body), name) + body + struct.pack(">I", zlib.crc32(name + body))


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    if not is_png(content):
        raise NotBaked("It is no PNG picture.")
    at = len(_PNG)
    while at + _HEADER.size <= len(content):
        length, name = _HEADER.unpack_from(content, at)
        begin = at + _HEADER.size
        if begin + length + 4 > len(content):
            raise NotBaked("The PNG picture is cut off.")
        yield name, content[begin : begin + length]
        at = begin + length + 4
        if name == b"IEND":
            return


def _from_png(content: bytes) -> bytes:
    for name, body in _chunks(content):
        if name != b"iTXt":
            continue
        keyword, _zero, rest = body.partition(b"\x00")
        if keyword != KEYWORD:
            continue
        if len(rest) < 2 or rest[0] != 0:
            raise NotBaked("The credential in the PNG picture is compressed, which Open Badges does not allow.")
        _language, _zero, rest = rest[2:].partition(b"\x00")
        _translated, _zero, text = rest.partition(b"\x00")
        return text
    raise NotBaked("There is no credential in the PNG picture.")


def _from_svg(content: bytes) -> bytes:
    inside, held, found = 0, list[str](), list[str]()

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        if name == f"{NAMESPACE} credential":
            inside += 1
            if attributes.get("verify"):
                found.append(attributes["verify"])

    def end(name: str) -> None:
        nonlocal inside
        if name == f"{NAMESPACE} credential":
            inside -= 1
            if text := "".join(held).strip():
                found.append(text)
            held.clear()

    def text(data: str) -> None:
        if inside:
            held.append(data)

    def entity(*_told: object) -> None:
        raise NotBaked("The SVG picture declares entities, which are not read.")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.EntityDeclHandler = entity
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise NotBaked(f"It is neither JSON nor a picture that can be read ({error}).") from None
    if not found:
        raise NotBaked("There is no credential in the SVG picture.")
    return found[0].encode()

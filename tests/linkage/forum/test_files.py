"""Which files are kept, and by what name: looked into, not believed."""

from __future__ import annotations

import io
import zipfile

import pytest

from hueandcry.linkage.forum.files import LIMIT, kind_of, safe_name
from hueandcry.members.actions import Refused

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


def zipped(**members: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, raw in members.items():
            archive.writestr(name.replace("__", "/"), raw)
    return held.getvalue()


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"%PDF-1.7 ...", "PDF"),
        (b"a,b\n1,2\n", "text"),
        (b"\x01\x02\xff\xfe\x99", "data"),
        (zipped(log=b"x"), "zip"),
        (zipped(word__document=b"<x/>"), "Office document"),
    ],
)
def test_what_it_is(raw: bytes, kind: str) -> None:
    assert kind_of(raw) == kind


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "empty"),
        (b"x" * (LIMIT + 1), "25 MiB"),
        (PNG, "sha256"),
        (b"\0\0\0\x18ftypmp42" + b"\0" * 20, "sha256"),
        (b"<svg xmlns='x'>", "sha256"),
        (zipped(holiday=PNG), "sha256"),
        (zipped(word__media__image1=PNG, word__document=b"x"), "sha256"),
        (zipped(inner=zipped(x=PNG)), "looked into"),
        (b"MZ\x90\0", "program"),
        (b"#!/bin/sh\n", "program"),
        (b"Rar!\x1a\x07\0", "looked into"),
        (b"\x1f\x8b\x08", "looked into"),
        (b"PK\x03\x04 broken", "cannot be read"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Old Office"),
    ],
)
def test_what_is_not_kept(raw: bytes, said: str) -> None:
    with pytest.raises(Refused, match=said):
        kind_of(raw)


def test_a_bomb_is_not_unpacked() -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("zeros", b"\0" * 150_000_000)
    with pytest.raises(Refused):
        kind_of(held.getvalue())


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Temp\\a.txt", "a.txt"),
        ('x"; filename="y.html', "x filename=y.html"),
        ("a\r\nSet-Cookie: b", "aSet-Cookie b"),
        ("\u202efdp.exe", "fdp.exe"),
        ("<script>.pdf", "script.pdf"),
        ("...", "file"),
        ("", "file"),
        ("x" * 300 + ".pdf", "x" * 140 + ".pdf"),
    ],
)
def test_names_are_made_fit(name: str, safe: str) -> None:
    assert safe_name(name) == safe

"""Formats: content first, then the name; claims contradicted; what may not be stored, and what is not read."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hueandcry.exchange import formats
from hueandcry.exchange.drafts import ObjectDraft, Options, Refusal, Unreadable
from hueandcry.exchange.staging import FOREIGN_KINDS

DATA = Path(__file__).parents[2].parent / "shared" / "data"
EVENT = json.dumps({"Event": {"uuid": "5bbe59a6-2e48-4da3-9e01-01550a016219", "info": "x", "Attribute": []}}).encode()
INDICATOR = {"type": "indicator", "id": "indicator--5bbe59a6-2e48-4da3-9e01-01550a016219"}
BUNDLE = json.dumps(
    {"type": "bundle", "id": "bundle--5bbe59a6-2e48-4da3-9e01-01550a016219", "objects": [INDICATOR]}
).encode()
VERIS = json.dumps(
    {"action": {"hacking": {}}, "actor": {"external": {}}, "victim": {}, "schema_version": "1.3.7"}
).encode()
MAIL = b"From: a@example.org\nTo: b@example.org\nSubject: x\nDate: Tue, 04 Mar 2025 10:00:00 +0100\n\nhello, you\n"
CSV = b"date,ip,amount\n2025-03-04,203.0.113.7,3\n2025-03-05,203.0.113.8,4\n"
SAMPLES = {
    "misp": EVENT,
    "stix": BUNDLE,
    "veris": VERIS,
    "email": MAIL,
    "csv": CSV,
    "text": b"Dear all, we were robbed, alas.\n",
}


def packed(name: str, content: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as made:
        made.writestr(name, content)
    return written.getvalue()


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("filename", ["", "upload", "x.bin", "x.dat"])
def test_content_is_known_whatever_the_file_is_called(name: str, filename: str) -> None:
    assert formats.detect(SAMPLES[name], filename).name == name


@pytest.mark.parametrize("name", SAMPLES)
def test_a_zip_of_each_is_a_zip(name: str) -> None:
    found, drafts = formats.read(packed("one.dat", SAMPLES[name]), Options())
    assert found.name == "zip"
    assert any(isinstance(draft, (ObjectDraft, Refusal)) for draft in drafts)


def test_every_format_that_is_offered_has_its_sample_here() -> None:
    assert {one.name for one in formats.OFFERED} == {*SAMPLES, "zip"}


@pytest.mark.parametrize("name", SAMPLES)
def test_what_is_no_stix_says_so(name: str) -> None:
    """Else it would go out in bundles and by TAXII as it came. A STIX object's id begins with its kind."""
    _found, drafts = formats.read(SAMPLES[name], Options())
    for draft in drafts:
        if isinstance(draft, ObjectDraft):
            assert draft.key.startswith(f"{draft.kind}--") or draft.kind in FOREIGN_KINDS, draft.kind


@pytest.mark.skipif(not DATA.is_dir(), reason="the real files of ../shared/data are not here")
@pytest.mark.parametrize(("folder", "name"), [("misp", "misp"), ("stix", "stix"), ("incidents", "csv")])
def test_real_files_are_known_without_their_names(folder: str, name: str) -> None:
    paths = [path for path in sorted((DATA / folder).iterdir()) if path.suffix in (".json", ".csv")]
    assert paths
    assert {formats.detect(path.read_bytes()).name for path in paths} == {name}


@pytest.mark.parametrize(
    ("raw", "claimed", "looks_like"),
    [
        (EVENT, "stix", "MISP"),
        (BUNDLE, "misp", "STIX"),
        (CSV, "message/rfc822", "Table"),
        (MAIL, "stix", "E-mail"),
        (CSV, "zip", "Table"),
    ],
)
def test_a_claim_that_the_content_contradicts(raw: bytes, claimed: str, looks_like: str) -> None:
    with pytest.raises(Unreadable, match=f"looks like: {looks_like}"):
        formats.detect(raw, "", claimed)


@pytest.mark.parametrize(
    ("raw", "claimed", "name"),
    [
        (EVENT, "misp", "misp"),
        (EVENT, "application/json", "misp"),
        (CSV, "text", "text"),
        (b"one column\n", "csv", "csv"),
        (CSV, "text/csv; charset=utf-8", "csv"),
    ],
)
def test_a_claim_that_fits(raw: bytes, claimed: str, name: str) -> None:
    assert formats.detect(raw, "", claimed).name == name


@pytest.mark.parametrize("raw", [BUNDLE[:60], EVENT[:40], b'{"a": 1, ', b'[{"a": 1}, {'])
def test_json_cut_off_names_the_byte(raw: bytes) -> None:
    with pytest.raises(Unreadable, match="byte"):
        list(formats.read(raw, Options(filename="x.json"))[1])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
@pytest.mark.parametrize("shift", range(5))
def test_a_long_file_is_known_wherever_its_beginning_is_cut(encoding: str, shift: int) -> None:
    text = "x" * shift + "name;place\n" + "😀ä;😀\n" * 20_000
    assert formats.detect(text.encode(encoding), "x.csv").name == "csv"


def test_json_of_no_known_kind() -> None:
    with pytest.raises(Unreadable, match="neither STIX, MISP nor VERIS"):
        formats.detect(b'{"a": 1}', "x.json")


def test_an_empty_file() -> None:
    with pytest.raises(Unreadable, match="byte 0: the file is empty"):
        formats.detect(b"", "x.csv")


PICTURES = {
    "JPEG": b"\xff\xd8\xff\xe0" + b"x" * 20,
    "PNG": b"\x89PNG\r\n\x1a\n" + b"x" * 20,
    "GIF": b"GIF89a" + b"x" * 20,
    "WebP": b"RIFF\x00\x00\x00\x00WEBPVP8 ",
    "HEIF": b"\x00\x00\x00\x18ftypheic" + b"\x00" * 20,
    "MP4": b"\x00\x00\x00\x18ftypisom" + b"\x00" * 20,
    "AVI": b"RIFF\x00\x00\x00\x00AVI LIST",
    "Matroska": b"\x1aE\xdf\xa3" + b"\x00" * 20,
    "QuickTime": b"\x00\x00\x00\x14moov" + b"\x00" * 20,
    "TIFF": b"II*\x00" + b"\x00" * 20,
    "BMP": b"BM\x36\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00" + b"\x00" * 20,
    "SVG": b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>',
}


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_and_films_are_forbidden_with_where_to_report(name: str) -> None:
    for raw in (PICTURES[name], packed("a.txt", PICTURES[name])):
        with pytest.raises(formats.Forbidden, match=name) as caught:
            formats.detect(raw, "innocent.csv", "csv")
        assert "inhope.org" in caught.value.reason
        assert len(caught.value.sha256) == 64
        assert caught.value.sha256 in caught.value.reason


@pytest.mark.parametrize(
    "raw",
    [b"BMW stolen, and more", b"MMS received from a stranger", b"GIF of a cat was sent", b"MZ", *SAMPLES.values()],
)
def test_words_are_no_pictures(raw: bytes) -> None:
    assert formats.forbidden(raw) is None


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        (b"MZ\x90\x00", "Windows program"),
        (b"\x7fELF\x02", "Linux program"),
        (b"%PDF-1.7", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Office"),
        (packed("[Content_Types].xml", b"<x/>"), "Office"),
        (bytes(range(256)) * 4, "binary|encoding"),
    ],
)
def test_what_is_not_read_says_what_it_is(raw: bytes, what: str) -> None:
    with pytest.raises(Unreadable, match=what):
        formats.detect(raw, "x.json")


@given(
    st.binary(max_size=300),
    st.sampled_from(["", "x.json", "x.csv", "x.eml", "x.txt"]),
    st.sampled_from(["", *formats.BY_NAME]),
)
@settings(max_examples=250, deadline=None)
def test_nothing_but_unreadable_is_raised(raw: bytes, filename: str, claimed: str) -> None:
    try:
        _, drafts = formats.read(raw, Options(filename=filename), claimed)
        elements = [draft for draft in drafts if isinstance(draft, (ObjectDraft, Refusal))]
    except Unreadable:
        return
    assert isinstance(elements, list)

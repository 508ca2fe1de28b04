"""A feed read: what is new, in order; and what hostile or broken feeds get for an answer."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hueandcry.exchange.misp_feed import reading
from hueandcry.exchange.misp_feed.reading import BadFeed, folder_fetch, read_feed

KEYS = [f"{number:08d}-2e48-4da3-9e01-01550a016219" for number in range(4)]


def event(key: str) -> bytes:
    return json.dumps({"Event": {"uuid": key, "info": "x", "Attribute": []}}).encode()


def feed(manifest: Any, **files: bytes) -> reading.Fetch:
    """A feed in memory; asking for a file it does not have is a fault of the reader's."""
    held = {"manifest.json": manifest if isinstance(manifest, bytes) else json.dumps(manifest).encode()}
    held |= {f"{key}.json": event(key) for key in KEYS} | {
        name.replace("_", "-") + ".json": raw for name, raw in files.items()
    }
    return lambda name: held[name]


def stamps(*times: object) -> dict[str, Any]:
    return {
        key: {"timestamp": when, "info": "x", "Tag": [{"name": "[{"}]} for key, when in zip(KEYS, times, strict=False)
    }


def test_what_is_new_or_changed_comes_and_the_oldest_first() -> None:
    fetch = feed(stamps(300, "100", 200, 50))
    got = list(read_feed("there", fetch=fetch, seen={KEYS[3]: "50", KEYS[2]: "150"}))
    assert got == [(KEYS[1], "100", event(KEYS[1])), (KEYS[2], "200", event(KEYS[2])), (KEYS[0], "300", event(KEYS[0]))]
    assert list(read_feed("there", fetch=fetch, seen={key: stamp for key, stamp, _raw in got} | {KEYS[3]: "50"})) == []


@pytest.mark.parametrize(
    ("manifest", "reason"),
    [
        (b"<html>not found</html>", "is this the address of the feed's folder?"),
        (b"", "not JSON|ends in the middle"),
        (b"[]", "not the JSON expected"),
        (b'{"a": ', "ends in the middle"),
        (b"\xff\xfe\xff", "."),
        ({"../../etc/passwd": {"timestamp": 1}}, "no uuid"),
        ({KEYS[0] + "/../x": {"timestamp": 1}}, "no uuid"),
        ({KEYS[0] + "\n": {"timestamp": 1}}, "no uuid"),
        ({"": {"timestamp": 1}}, "no uuid"),
        ({KEYS[0]: []}, "no object"),
        ({KEYS[0]: {"timestamp": "yesterday"}}, "no number of seconds"),
        ({KEYS[0]: {"timestamp": -1}}, "no number of seconds"),
        ({KEYS[0]: {"timestamp": 10**20}}, "no number of seconds"),
        ({KEYS[0]: {"timestamp": None}}, "no number of seconds"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "deep"),
        (b'{"%s":{"timestamp":1,"Tag":%s}}' % (KEYS[0].encode(), b"[" * 50 + b"]" * 50), "deep"),
    ],
)
def test_a_manifest_that_is_none_is_refused_with_its_reason(manifest: Any, reason: str) -> None:
    with pytest.raises(BadFeed) as refused:
        list(read_feed("https://there", fetch=feed(manifest), seen={}))
    assert refused.value.file == "https://there/manifest.json"
    assert re.search(reason, refused.value.reason), refused.value.reason


def test_bounds_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_EVENTS", 2)
    with pytest.raises(BadFeed, match="3 events; at most 2"):
        list(read_feed("f", fetch=feed(stamps(1, 2, 3)), seen={}))
    monkeypatch.setattr(reading, "MAX_TOTAL", len(event(KEYS[0])))
    got: list[tuple[str, str, bytes]] = []
    with pytest.raises(BadFeed, match="the rest comes with the next"):
        got.extend(read_feed("f", fetch=feed(stamps(1, 2)), seen={}))
    monkeypatch.setattr(reading, "MAX_MANIFEST", 10)
    with pytest.raises(BadFeed, match="at most 10"):
        list(read_feed("f", fetch=feed(stamps(1)), seen={}))


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (event(KEYS[1]), "not the one it is called by"),
        (b'{"Event":{}}', "not the one it is called by"),
        (b'{"Event":[]}', "not a MISP event"),
        (b"[]", "not a MISP event"),
        (b"{", "not a MISP event"),
        (b'{"Event":' * 50_000, "not a MISP event"),
        (b'{"Event":{"uuid":"\\ud800"}}', "not a MISP event"),
    ],
)
def test_a_bad_event_is_told_and_the_others_come(raw: bytes, reason: str) -> None:
    fetch = feed(stamps(1, 2, 3), **{KEYS[0].replace("-", "_"): raw})
    told: list[BadFeed] = []
    got = list(read_feed("there", fetch=fetch, seen={}, refused=told.append))
    assert [key for key, _stamp, _raw in got] == KEYS[1:3]
    assert [(one.file, reason in one.reason) for one in told] == [(f"there/{KEYS[0]}.json", True)]
    with pytest.raises(BadFeed):
        list(read_feed("there", fetch=fetch, seen={}))


def test_a_large_event_is_refused_by_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_EVENT", 20)
    with pytest.raises(BadFeed, match="at most 20"):
        list(read_feed("there", fetch=feed(stamps(1)), seen={}))


ANYTHING = st.recursive(
    st.none() | st.text(max_size=9) | st.integers(),
    lambda one: (
        st.dictionaries(st.sampled_from([*KEYS, "x", "timestamp"]), one, max_size=3) | st.lists(one, max_size=3)
    ),
)


@given(st.binary(max_size=200) | ANYTHING)
def test_nothing_but_bad_feed_is_raised(manifest: Any) -> None:
    try:
        list(read_feed("there", fetch=feed(manifest), seen={}))
    except BadFeed as error:
        assert error.reason


class TestFolder:
    def test_files_of_the_folder_and_no_others(self, tmp_path: Path) -> None:
        folder = tmp_path / "feed"
        folder.mkdir()
        (folder / "manifest.json").write_bytes(json.dumps(stamps(1)).encode())
        (folder / f"{KEYS[0]}.json").write_bytes(event(KEYS[0]))
        (tmp_path / "secret.json").write_text("secret")
        (folder / f"{KEYS[1]}.json").symlink_to(tmp_path / "secret.json")
        (folder / f"{KEYS[2]}.json").mkdir()
        os.mkfifo(folder / f"{KEYS[3]}.json")
        fetch = folder_fetch(folder)
        assert [key for key, _stamp, _raw in read_feed(str(folder), fetch=fetch, seen={})] == [KEYS[0]]
        for name, reason in {
            f"{KEYS[1]}.json": "a link",
            f"{KEYS[2]}.json": "no plain file",
            f"{KEYS[3]}.json": "no plain file",
            "../secret.json": "leads out",
            "/etc/passwd": "leads out",
            "..": "leads out",
            "sub/x.json": "leads out",
            "a.json\n": "leads out",
            "missing.json": "no such file",
        }.items():
            with pytest.raises(BadFeed, match=reason):
                fetch(name)

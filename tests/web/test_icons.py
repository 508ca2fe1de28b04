"""Icons: drawn from the committed file, which is what the bundle would write."""

import json
import re
from pathlib import Path

import pytest

from hueandcry.web import icons

WEB = Path(icons.__file__).parent


def test_the_committed_file_holds_exactly_the_icons_asked_for() -> None:
    asked = (WEB / "src/icons.txt").read_text("utf-8").split()
    assert sorted(set(asked)) == sorted(asked), "named twice"
    assert sorted(icons.drawings()) == sorted(asked), "run `npm run build` and commit icons.json"


def test_drawings_are_shapes_only() -> None:
    allowed = re.compile(r"(<(path|circle|line|polyline|rect)( [\w-]+=\"[^\"<>]*\")+/>)+")
    assert [name for name, inside in icons.drawings().items() if not allowed.fullmatch(inside)] == []


def test_icons_named_in_templates_exist() -> None:
    named: set[str] = set()
    for template in (WEB / "templates").rglob("*.html"):
        named |= set(re.findall(r'{% icon "([\w-]+)"', template.read_text("utf-8")))
    assert named
    assert named - set(icons.drawings()) == set()


def test_hidden_from_readers_unless_named() -> None:
    assert 'aria-hidden="true"' in icons.svg("bell")
    assert 'role="img" aria-label="Bell"' in icons.svg("bell", "Bell")


def test_an_unknown_icon_says_how_to_add_it() -> None:
    with pytest.raises(icons.NoSuchIconError, match=r"icons\.txt"):
        icons.svg("no-such-thing")


def test_the_file_is_what_tabler_draws() -> None:
    source = WEB.parents[1] / "node_modules/@tabler/icons/icons/outline/bell.svg"
    if not source.is_file():
        pytest.skip("node packages are not installed: nothing to compare with")
    shapes = re.findall(r'd="([^"]+)"', source.read_text("utf-8"))
    assert re.findall(r'd="([^"]+)"', json.loads((WEB / "icons.json").read_text("utf-8"))["bell"]) == shapes

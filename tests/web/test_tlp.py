"""TLP 2.0 as FIRST publishes it (first.org/tlp): labels and colours to the letter."""

import re
from pathlib import Path

import pytest

from hueandcry.web import tlp

TOKENS = Path(tlp.__file__).parent / "src/styles/_tokens.scss"
PUBLISHED = {"ground": "#000000", "red": "#ff2b2b", "amber": "#ffc000", "green": "#33ff00", "clear": "#ffffff"}


def test_colours_are_those_of_first() -> None:
    assert dict(re.findall(r"--tlp-(\w+): (#\w{6});", TOKENS.read_text("utf-8"))) == PUBLISHED


@pytest.mark.parametrize("word", ["AMBER+STRICT", "amber+strict", " TLP:AMBER+STRICT "])
def test_a_level_is_known_by_any_of_its_spellings(word: str) -> None:
    assert tlp.tlp(word)[:2] == ("TLP:AMBER+STRICT", "amber")


@pytest.mark.parametrize("word", ["WHITE", "", "TLP:", "PAP:RED"])
def test_what_tlp_2_does_not_know_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match="not a TLP level"):
        tlp.tlp(word)


def test_each_level_has_one_of_the_published_colours() -> None:
    assert {label.colour for label in [*tlp.TLP.values(), *tlp.PAP.values()]} == set(PUBLISHED) - {"ground"}

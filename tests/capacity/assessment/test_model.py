"""Reading a maturity model: what is right is read, what is wrong is refused with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from hueandcry.capacity.assessment.model import BadModelError, load

HEAD = """id = "m"
name = "M"
version = "1"
notice = "n"
structure = "s"
kinds = ["law"]
[[stage]]
number = 1
name = "first"
about = "a"
"""
BODY = """[dimension]
number = 1
name = "D"
[[factor]]
id = "1.1"
name = "F"
[[factor.aspect]]
id = "1.1.a"
name = "A"
about = "b"
[[factor.aspect.indicator]]
id = "1.1.a-1-1"
stage = 1
says = "It is so."
evidence = ["law"]
check = "Look."
valid = 24
"""


def made(folder: Path, head: str = HEAD, body: str = BODY) -> Path:
    (folder / "model.toml").write_text(head, encoding="utf-8")
    (folder / "dimension-1.toml").write_text(body, encoding="utf-8")
    return folder


def test_another_model_can_be_loaded(tmp_path: Path) -> None:
    read = load(made(tmp_path))
    assert list(read.aspects) == ["1.1.a"] and read.indicators["1.1.a-1-1"].valid == 24
    assert read.factor_of("1.1.a").name == "F"


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('says = "It is so."', "", "indicator 1.1.a-1-1"),
        ("stage = 1", "stage = 2", "indicator 1.1.a-1-1"),
        ('evidence = ["law"]', 'evidence = ["hearsay"]', "hearsay"),
        ("valid = 24", "valid = 0", "months"),
        ("valid = 24", "valid = true", "valid"),
        ('id = "1.1.a"\n', 'id = "a"\n', "factor 1.1"),
        ("[dimension]", "[dimension", "dimension-1.toml"),
        ('[[factor.aspect.indicator]]\nid = "1.1.a-1-1"', '[[factor.aspect.note]]\nid = "x"', "indicator"),
    ],
)
def test_what_is_wrong_is_refused_with_its_place(tmp_path: Path, old: str, new: str, place: str) -> None:
    assert old in BODY
    with pytest.raises(BadModelError, match=place):
        load(made(tmp_path, body=BODY.replace(old, new)))


def test_an_id_stands_once_and_every_stage_has_an_indicator(tmp_path: Path) -> None:
    second = BODY[BODY.index("[[factor.aspect.indicator]]") :]
    with pytest.raises(BadModelError, match="twice"):
        load(made(tmp_path, body=BODY + second))
    more = HEAD + '[[stage]]\nnumber = 2\nname = "second"\nabout = "a"\n'
    with pytest.raises(BadModelError, match="stage 2 has no indicator"):
        load(made(tmp_path, head=more))


def test_a_huge_file_and_an_empty_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadModelError):
        load(tmp_path)
    with pytest.raises(BadModelError, match="larger"):
        load(made(tmp_path, body=BODY + "#" * (4 * 2**20)))

"""Settings that cannot work are refused with the part that is wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hueandcry.linkage.matching.settings import (
    Blocking,
    Comparer,
    Level,
    Settings,
    Training,
    Unsound,
    gamma,
    missing,
    otherwise,
)

NAME = Comparer(
    "name",
    "name",
    ("name",),
    (missing("name"), Level("the same", "name_l = name_r", term_frequency="rare"), otherwise()),
)
SOUND = Settings("made", "1", "id", (NAME,), (Blocking.on("name"),), Training(rules=("l.name = r.name",)), 0.0)


def test_columns_are_named_once_the_id_first() -> None:
    settings = replace(SOUND, source="bank", leaf="hidden", blocking=(Blocking.on("words", explode=["words"]),))
    assert settings.columns == ("id", "name", "rare", "words", "bank", "hidden")


def test_levels_are_numbered_from_the_last() -> None:
    assert [gamma(NAME, at) for at in range(3)] == [-1, 1, 0]


@pytest.mark.parametrize(
    "levels",
    [
        (),
        (missing("name"), Level("the same", "name_l = name_r")),  # no last level
        (otherwise(), otherwise()),
        (missing("name"), otherwise()),  # says one thing only
    ],
)
def test_levels_must_tell_apart(levels: tuple[Level, ...]) -> None:
    with pytest.raises(Unsound, match="name"):
        replace(SOUND, comparers=(replace(NAME, levels=levels),))


@pytest.mark.parametrize(
    "wrong",
    [
        {"comparers": ()},
        {"blocking": ()},
        {"comparers": (NAME, NAME)},
        {"comparers": (replace(NAME, name="a name"),)},
        {"comparers": (replace(NAME, columns=('name" OR 1=1',)),)},
        {"unique_id": "i d"},
    ],
)
def test_what_cannot_work_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(Unsound):
        replace(SOUND, **wrong)  # type: ignore[arg-type]

"""docs/glossary.md explains each table, role, kind, state and code: the words that people and programs meet."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from hueandcry.exchange import handling
from hueandcry.exchange.classification import CLASSES
from hueandcry.exchange.crosswalks import Trust

GLOSSARY = Path(__file__).parents[2] / "docs" / "glossary.md"
HEAD = re.compile(r"^\| ((?:\*\*[^*|]+\*\*(?:, )?)+) \|", re.M)


def headwords(text: str) -> set[str]:
    """The words explained: what stands in bold at the beginning of a row."""
    return {word for cell in HEAD.findall(text) for part in re.findall(r"\*\*(.+?)\*\*", cell) for word in parts(part)}


def parts(text: str) -> list[str]:
    return [word.strip().lower() for word in text.split(",")]


def codes(text: str) -> set[str]:
    """The words a program meets: what stands between backticks."""
    return set(re.findall(r"`([^`]+)`", text))


def ours() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("hueandcry.")]


def spoken(name: str) -> str:
    """``SubmissionKey`` as "submission key"."""
    return re.sub(r"(?<!^)(?=[A-Z])", " ", name).lower()


def choices(model: type[models.Model]) -> dict[str, str]:
    """Each word that a field of the model may hold, with where it is declared."""
    kinds = {
        name: member
        for name, member in vars(model).items()
        if isinstance(member, type) and issubclass(member, models.TextChoices)
    }
    return {value: f"{model.__name__}.{name}" for name, kind in kinds.items() for value in kind.values}


def test_each_table_is_explained() -> None:
    explained = headwords(GLOSSARY.read_text("utf-8"))
    assert sorted(spoken(model.__name__) for model in ours() if spoken(model.__name__) not in explained) == []
    assert len(ours()) > 20


def test_each_role_kind_and_state_is_explained() -> None:
    explained = codes(GLOSSARY.read_text("utf-8"))
    words = {word: place for model in ours() for word, place in choices(model).items()}
    assert {word: place for word, place in words.items() if word not in explained} == {}
    assert {"analyst", "vetted", "withdrawn"} <= words.keys()


@pytest.mark.parametrize(
    "words",
    [
        handling.TLP_ORDER,
        handling.PAP_ORDER[1:],
        tuple(handling.CODES),
        tuple(handling.SOURCE_GRADES),
        handling.DISCOVERABILITY,
        handling.PURPOSES,
        tuple(one.code for one in CLASSES),
        tuple(trust.name.lower() for trust in Trust),
    ],
)
def test_each_code_is_explained(words: tuple[str, ...]) -> None:
    assert sorted(set(words) - codes(GLOSSARY.read_text("utf-8"))) == []


def test_words_are_found_as_this_file_says() -> None:
    text = (
        "| word | meaning |\n| **class**, **type** | see `fraud` |\n| **need, gap** | x |\n| plain | **bold** later |\n"
    )
    assert headwords(text) == {"class", "type", "need", "gap"}
    assert codes(text) == {"fraud"}
    assert spoken("SubmissionKey") == "submission key"

"""Settings that somebody wrote: read as meant, or refused with the part that is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from hueandcry.linkage.matching.files import settings_from, settings_of
from hueandcry.linkage.matching.settings import Unsound

GUIDE = Path(__file__).parents[3] / "docs" / "linkage-tables.md"


def guided() -> dict[str, object]:
    """The example of the guide."""
    return yaml.safe_load(GUIDE.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0])  # type: ignore[no-any-return]


@pytest.mark.parametrize("write", [yaml.safe_dump, json.dumps])
def test_the_guides_example(tmp_path: Path, write: object) -> None:
    path = tmp_path / "suppliers.yaml"
    path.write_text(write(guided()), encoding="utf-8")  # type: ignore[operator]
    settings = settings_from(path)
    assert [comparer.label for comparer in settings.comparers] == ["company name", "vat"]
    assert [level.label for level in settings.comparers[1].levels] == [
        "not known",
        "the same",
        "one character off",
        "different",
    ]
    assert settings.comparers[0].levels[1].term_frequency == "company"
    assert len(settings.blocking) == 3
    assert settings.training.rules == ("l.vat = r.vat", "l.company = r.company")


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("compare", [], "compare must be a list"), ("block", None, "block must be a list"),
        ("name", "", "name must be a text"),
        ("threshold", "high", "threshold must be a number"),
        ("thresholds", 1, "knows no 'thresholds'"),
        ("learn", {"prior": 2}, "learn.prior must be a share"),
        ("block", ["1 = 1; DROP TABLE records"], "not one condition"),
        ("block", ["1 = 1) -- "], "not one condition"), ("compare", ["name"], "compare must be a mapping"),
        ("compare", [{"name": "a b", "columns": ["a"], "levels": [{"label": "x", "when": "1"}]}], "not a name"),
        ("compare", [{"name": "a", "columns": ["a b"], "levels": [{"label": "x", "when": "1"}]}], "cannot be a column"),
        ("compare", [{"name": "a", "columns": ["a"], "levels": [{"label": "x", "when": "1", "m": 3}]}],
         "a.m must be a share"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(key: str, value: object, said: str) -> None:
    with pytest.raises(Unsound, match=said):
        settings_of(guided() | {key: value})


def test_what_is_no_settings_file(tmp_path: Path) -> None:
    with pytest.raises(Unsound, match="no settings"):
        settings_from(tmp_path / "none.yaml")
    path = tmp_path / "bad.yaml"
    path.write_text("a: [")
    with pytest.raises(Unsound, match="neither YAML nor JSON"):
        settings_from(path)
    path.write_text("- a\n")
    with pytest.raises(Unsound, match="must be a mapping"):
        settings_from(path)

"""ARCHITECTURE.md names every folder in one line, and none that is not there."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DEPTH = 3
# What every Django app has, and means the same in each: naming them desk by desk would teach nothing.
SAME_EVERYWHERE = {"migrations", "templates", "static", "management", "templatetags", "sql", "locale"}
LINE = re.compile(r"^\s*- `([^`]+/)` +[-–—:] +\S")


def tracked() -> set[str]:
    """The folders that hold files git tracks, DEPTH deep at most, without the inside of what every app has."""
    run = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, text=True, check=False)
    if run.returncode:
        pytest.skip("not a git clone: nothing says which folders belong to the project")
    return folders(run.stdout.split("\0"))


def folders(files: list[str]) -> set[str]:
    found = set()
    for file in filter(None, files):
        parts = Path(file).parts[:-1]
        for depth in range(1, min(len(parts), DEPTH) + 1):
            if SAME_EVERYWHERE & set(parts[:depth]):
                break
            found.add("/".join(parts[:depth]) + "/")
    return found


def named(text: str) -> list[str]:
    """The folders that have a line of their own."""
    return [match[1] for line in text.splitlines() if (match := LINE.match(line))]


def test_each_folder_is_named_in_one_line() -> None:
    lines = named((ROOT / "ARCHITECTURE.md").read_text("utf-8"))
    assert sorted(tracked() - set(lines)) == [], "not named"
    assert sorted(set(lines) - {name for name in lines if (ROOT / name).is_dir()}) == [], "not there"
    assert sorted({name for name in lines if lines.count(name) > 1}) == [], "named twice"


def test_folders_are_found_as_this_file_says() -> None:
    files = ["README.md", "a/b/c/d/e.py", "a/migrations/0001.py", "a/templates/a/list.html", ".ci/run", ""]
    assert folders(files) == {"a/", "a/b/", "a/b/c/", ".ci/"}
    text = "- `a/` - what it is\n  - `a/b/` — more\n- `no/` \nSee `x/` - not a line\n* `y/` - neither"
    assert named(text) == ["a/", "a/b/"]

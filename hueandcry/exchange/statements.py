"""Named SQL: each statement of a .sql file by its name, so that set-based work reads as a list of steps."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_NAME = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)


@cache
def named(path: Path) -> dict[str, str]:
    """The statements of one file, by the word after ``-- name:``."""
    parts = _NAME.split(path.read_text(encoding="utf-8"))
    return {name: body.strip() for name, body in zip(parts[1::2], parts[2::2], strict=True)}

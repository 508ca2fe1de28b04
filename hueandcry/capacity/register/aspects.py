"""The capacity aspects that a resource may serve: of the maturity model that this program brings. Pure."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files


@cache
def names() -> dict[str, str]:
    """By id of an aspect ("4.3.a"): its name; in the order of the model. Empty where no model is there."""
    found: dict[str, str] = {}
    for model in sorted((files("hueandcry.capacity.assessment") / "models").iterdir(), key=lambda each: each.name):
        for file in sorted(model.iterdir(), key=lambda each: each.name) if model.is_dir() else []:
            if file.name.endswith(".toml"):
                for factor in tomllib.loads(file.read_text(encoding="utf-8")).get("factor", []):
                    found |= {aspect["id"]: aspect["name"] for aspect in factor.get("aspect", [])}
    return found

"""A list of people with duplicates that err as people do: a small truth to match against."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

GIVEN = [f"{one}{two}" for one in ("an", "bru", "car", "dav", "el") for two in ("a", "no", "ine", "ick")]
SYLLABLES = ["ba", "ber", "da", "del", "fa", "gan", "ho", "ka", "lan", "mor", "ne", "per", "ri", "sen", "ta", "vel"]


def people(count: int, seed: int = 1) -> tuple[pa.Table, dict[str, int]]:
    """So many persons, each in the list one to three times; and who each record is."""
    rng = np.random.default_rng(seed)
    rows, truth = [], {}
    for person in range(count):
        true = {
            "first name": str(rng.choice(GIVEN)),
            "Surname": "".join(rng.choice(SYLLABLES, 3)),
            "Date of Birth": f"{rng.integers(1940, 2005)}-{rng.integers(1, 13):02}-{rng.integers(1, 29):02}",
            "Town": "".join(rng.choice(SYLLABLES, 2)),
            "E-mail": f"{rng.choice(SYLLABLES)}{person}@example.org",
        }
        for copy in range(int(rng.integers(1, 4))):
            key = f"r{person}-{copy}"
            rows.append({"rec_id": key} | {trait: _erring(rng, trait, value) for trait, value in true.items()})
            truth[key] = person
    order = rng.permutation(len(rows))
    return pa.Table.from_pylist([rows[at] for at in order]), truth


def _erring(rng: np.random.Generator, trait: str, value: str) -> str | None:
    chance = rng.random()
    if chance < 0.08:
        return None
    if chance < 0.2 and trait != "E-mail":
        at = int(rng.integers(0, len(value) - 1))
        return value[:at] + value[at + 1] + value[at] + value[at + 2 :]
    return value

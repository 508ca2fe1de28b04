"""Which resources are told twice: settings for linkage, by title, provider, identifier, address, countries. Pure.

    for left, right, weight in pairs(records): ...

A pair is only ever proposed to people: what is claimed here is shown beside both resources, and nothing is merged.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa

from hueandcry.exchange.folded import folded
from hueandcry.linkage.matching.engine import Duck
from hueandcry.linkage.matching.model import Learnt, Model
from hueandcry.linkage.matching.settings import Blocking, Comparer, Level, Settings, Training, missing

VERSION = "1"
THRESHOLD = 4.0  # bits: the chance that a pair is one thing is above 94 in 100
COMMON = frozenset(
    {"the", "of", "and", "for", "a", "de", "la", "le", "et", "des", "in", "on", "para", "do", "da", "y", "e"}
)

# m and u are given, not learnt: a register begins with a handful, from which nothing can be learnt, and a word that two
# names share says the same in a short one. They were set on the made-up variants of tests/capacity/register, and are
# checked there: names as sources write them (case, order, accents, a word more), others of the same provider.
NAME = Comparer(
    "name",
    "name",
    ("name",),
    (
        missing("name"),
        Level("the same words", "sorted_l = sorted_r", m=0.60, u=0.0005),
        Level("nearly the same letters", "jaro_winkler_similarity(sorted_l, sorted_r) >= 0.93", m=0.20, u=0.0015),
        Level(
            "one within the other",
            "least(len(words_l), len(words_r)) >= 2"
            " AND len(list_intersect(words_l, words_r)) = least(len(words_l), len(words_r))",
            m=0.10,
            u=0.003,
        ),
        Level(
            "half of the words",
            "2 * len(list_intersect(words_l, words_r)) >= greatest(len(words_l), len(words_r))",
            m=0.07,
            u=0.015,
        ),
        Level("different", "ELSE", m=0.03, u=0.98),
    ),
)
PROVIDER = Comparer(
    "provider",
    "provider",
    ("provider",),
    (
        missing("provider"),
        Level("the same words", "provider_l = provider_r", m=0.75, u=0.02),
        Level("nearly the same letters", "jaro_winkler_similarity(provider_l, provider_r) >= 0.9", m=0.13, u=0.02),
        Level("different", "ELSE", m=0.12, u=0.96),
    ),
)
IDENTIFIER = Comparer(
    "identifier",
    "identifier",
    ("identifier",),
    (
        missing("identifier"),
        Level("the same", "identifier_l = identifier_r", m=0.90, u=0.00001),
        Level("different", "ELSE", m=0.10, u=0.99999),
    ),
)
ADDRESS = Comparer(
    "address",
    "address of the web",
    ("address",),
    (
        missing("address"),
        Level("the same page", "address_l = address_r", m=0.55, u=0.0005),
        Level("the same site", "site_l = site_r", m=0.30, u=0.02),
        Level("another site", "ELSE", m=0.15, u=0.9795),
    ),
)
COUNTRIES = Comparer(
    "countries",
    "countries served",
    ("countries",),
    (
        missing("countries"),
        Level("the same", "countries_l = countries_r", m=0.65, u=0.10),
        Level("some in common", "len(list_intersect(countries_l, countries_r)) >= 1", m=0.25, u=0.20),
        Level("none in common", "ELSE", m=0.10, u=0.70),
    ),
)
KIND = Comparer(
    "kind",
    "kind",
    ("kind",),
    (Level("the same", "kind_l = kind_r", m=0.93, u=0.3), Level("another", "ELSE", m=0.07, u=0.7)),
)

SETTINGS = Settings(
    "resources",
    VERSION,
    "id",
    (NAME, PROVIDER, IDENTIFIER, ADDRESS, COUNTRIES, KIND),
    (
        Blocking.on("sorted"),
        Blocking.on("identifier"),
        Blocking.on("address"),
        Blocking.on("longest"),
        Blocking.on("site", "long"),
    ),
    Training(prior=0.02),
    THRESHOLD,
)
MODEL = Model(
    "resources",
    VERSION,
    0.02,
    {one.name: tuple(Learnt(level.label, level.m, level.u) for level in one.levels) for one in SETTINGS.comparers},
)


def pairs(new: Sequence[Mapping[str, Any]], old: Sequence[Mapping[str, Any]]) -> list[tuple[int, int, float]]:
    """(id of a new resource, id of one of ``old``, weight in bits) of each pair that is presumably one thing; rows as
    ``record`` takes them. A resource is no duplicate of itself."""
    if not new or not old:
        return []
    tables = [pa.Table.from_pylist([record(row) for row in rows], schema=_SCHEMA) for rows in (new, old)]
    found = Duck(memory_mib=512, threads=1).between(tables[0], tables[1], SETTINGS, MODEL, least=THRESHOLD)
    told = zip(*(found[name].to_pylist() for name in ("id_l", "id_r", "match_weight")), strict=True)
    return sorted((one for one in told if one[0] != one[1]), key=lambda one: (one[0], -one[2], one[1]))


_SCHEMA = pa.schema(
    [("id", pa.int64()), ("words", pa.list_(pa.string())), ("countries", pa.list_(pa.string()))]
    + [
        (name, pa.string())
        for name in ("kind", "name", "sorted", "long", "longest", "provider", "identifier", "address", "site")
    ]
)


def record(row: Mapping[str, Any]) -> dict[str, Any]:
    """What is compared of a resource: of ``id, kind, title, provider, identifier, url, countries``."""
    words = _words(row["title"])
    long = sorted(set(words), key=lambda word: (-len(word), word))
    return {
        "long": long[0] if long else None,
        "longest": " ".join(sorted(long[:2])) if len(long) > 1 else None,
        "id": row["id"],
        "kind": row["kind"],
        "name": " ".join(words) or None,
        "words": words,
        "sorted": " ".join(sorted(set(words))) or None,
        "provider": " ".join(sorted(set(_words(row["provider"])))) or None,
        "identifier": row["identifier"].strip().casefold() or None,
        "address": _page(row["url"]),
        "site": site(row["url"]) or None,
        "countries": sorted(row["countries"]) or None,
    }


def site(url: str) -> str:
    """The registered domain of an address; "" for none."""
    try:
        host = (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
    return host


def _page(url: str) -> str | None:
    host = site(url)
    if not host:
        return None
    parts = urlsplit(url)
    return f"{host}{parts.path.rstrip('/')}?{parts.query}".rstrip("?").casefold()


def _words(text: str) -> list[str]:
    return [word for word in re.findall(r"\w{1,40}", folded(text)) if word not in COMMON]

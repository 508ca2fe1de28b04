"""The second simulated world as Arrow tables, in the form of linkage's facts. See second.py."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa

from hueandcry.world.second_crimes import (
    COUNTRIES,
    CURRENCY,
    DAYS,
    KINDS,
    NEVER,
    START,
    TYPES,
    Crimes,
    Flags,
    Ints,
    hashed,
)
from hueandcry.world.second_reports import UNTOLD, Told

ROLES: Final = ("attacker", "mule", "victim", "unknown")
SIZES: Final = ("micro", "small", "medium", "large", "person", "")
SECTIONS: Final = "ABCDEFGHIJKLMNOPQRSTU"  # the last, NEVER, reads as unknown: see _letters
# What a vocabulary calls each way of cheating, in classes of the Common Taxonomy, main one first. Vocabularies differ.
_FRAUD, _POSED, _PHISH = "fraud", "fraud/false-representation", "information-gathering/phishing"
_INTO = "intrusion/account-compromise"
CLASSES: Final = (
    ((_PHISH, _POSED), (_POSED,), (_PHISH,), (_FRAUD,), (_PHISH, _POSED), (_POSED,)),
    ((_POSED,), (_POSED,), (_FRAUD,), (_FRAUD,), (_POSED,), (_POSED,)),
    ((_POSED,), (_POSED,), (_FRAUD,), (_POSED,), ("other/undetermined-incident",), (_POSED,)),
    ((_POSED,), (_FRAUD,), (_FRAUD,), (_POSED,), (_POSED,), (_POSED,)),
    ((_POSED, _INTO), (_POSED,), (_FRAUD,), (_INTO,), (_POSED,), (_POSED,)),
    ((_POSED,), (_POSED,), (_FRAUD,), (_FRAUD,), (_POSED,), ("other/undetermined-incident",)),
    (("malware/infection", "availability/sabotage"), ("malware/infection",), ("availability/sabotage",), ("malware",),
     ("malware/infection",), ("malware/infection",)),
    (("malware/infection",), ("malware/infection",), (_INTO,), ("malware",),
     ("malware/distribution",), ("malware/infection",)),
    (("availability/dos-ddos",), ("availability/dos-ddos",), ("availability",), ("availability/dos-ddos",),
     ("availability/dos-ddos",), ("availability/dos-ddos",)),
)  # fmt: skip
GROUPS: Final = {
    "money": ("iban", "btc-address", "eth-address"), "contact": ("phone-number", "email-addr", "user-account"),
    "infrastructure": ("domain-name", "ipv4-addr", "sha256"), "exact": ("url",),
}  # fmt: skip


def facts(told: Told, crimes: Crimes) -> pa.Table:
    """What linkage compares, one row a report, in the order of ``Fact``."""
    desks, by = told.desks, told.desk
    main, classes = _classes(told, crimes)
    return pa.table(
        {
            "report": _reports(told),
            "organisation": by + 1,
            "source_kind": _named(KINDS, desks.kind[by]),
            "leaf": told.hidden,
            "occurred": _dates(told.occurred),
            "occurred_to": _dates(told.until),
            "reported": _dates(told.reported),
            "day": _dates(np.where(told.occurred <= UNTOLD + DAYS, told.reported, told.occurred)),
            "amount": pa.array(told.amount, from_pandas=True),
            "currency": _named((*CURRENCY, ""), np.where(np.isnan(told.amount), NEVER, told.currency)),
            "country": _named((*COUNTRIES, ""), told.country),
            "sector": _named((*SECTIONS, ""), told.sector),
            "size": _named(SIZES, told.size),
            "area": pa.array(_areas(told), pa.string()),
            "reference": pa.array(["" if not key else f"{key & _MASK:016x}" * 2 for key in told.reference.tolist()]),
            "main_class": main,
            "classes": classes,
            "labels": _lists(told.label[told.label != 0], (told.label != 0).astype(np.int64)),
            "sketch": _sketches(told.sketch),
            **{name: _held(told, name) for name in ("exact", "money", "contact", "infrastructure", "victims")},
        }
    )


def observations(told: Told) -> pa.Table:
    """(report, observable, type, role, day) of every value in every report."""
    return pa.table(
        {
            "report": _reports(told).take(pa.array(told.seen_report)),
            "observable": _observables(told),
            "type": _named(TYPES, told.seen_type),
            "role": _named(ROLES, told.seen_role),
            "day": _dates(told.reported[told.seen_report]),
        }
    )


def truth(told: Told, crimes: Crimes) -> pa.Table:
    """(report, crime, operation): which crime each report tells of, and who stands behind it, NULL for nobody."""
    group = crimes.group[told.crime]
    return pa.table(
        {"report": _reports(told), "crime": told.crime + 1, "operation": pa.array(group + 1, mask=group == NEVER)}
    )


def values_by_report(observations: pa.Table, reports: int) -> list[set[int]]:
    """The observables of each report, in the order of reports."""
    held: list[set[int]] = [set() for _ in range(reports)]
    for report, value in zip(observations["report"].to_pylist(), observations["observable"].to_pylist(), strict=True):
        held[report - 1].add(value)
    return held


_MASK: Final = (1 << 64) - 1


def _reports(told: Told) -> pa.Array:
    return pa.array(np.arange(1, len(told.crime) + 1))


def _observables(told: Told) -> Ints:
    return hashed(151, told.seen_type, told.seen_key)


def _named(words: tuple[str, ...], places: Ints) -> pa.Array:
    """Words by place; NEVER is the last."""
    return pa.array(words, pa.string()).take(pa.array(places % len(words)))


def _dates(days: Ints) -> pa.Array:
    first = int(np.datetime64(START, "D").astype(np.int64))
    return pa.array((days + first).astype(np.int32), pa.int32(), mask=days <= UNTOLD + DAYS).cast(pa.date32())


def _areas(told: Told) -> list[str]:
    return [
        "" if area == NEVER else f"{area:03d}"[: 2 if cut else 3]
        for area, cut in zip(told.area.tolist(), told.cut.tolist(), strict=True)
    ]


def _classes(told: Told, crimes: Crimes) -> tuple[pa.Array, pa.Array]:
    """(main class, all classes with their types, sorted); a wrong one is another way's."""
    way = np.where(told.wrong_class == NEVER, crimes.way[told.crime], told.wrong_class)
    given = [CLASSES[at][vocabulary] for at in range(len(CLASSES)) for vocabulary in range(6)]
    place = way * 6 + told.desks.vocabulary[told.desk]
    main = pa.array([each[0].partition("/")[0] for each in given]).take(pa.array(place))
    return main, pa.array([sorted(each) for each in given], pa.list_(pa.string())).take(pa.array(place))


def _lists(values: Ints, counts: Ints) -> pa.Array:
    return pa.ListArray.from_arrays(pa.array(np.r_[0, np.cumsum(counts)].astype(np.int32)), pa.array(values))


def _sketches(sketch: Ints) -> pa.Array:
    there: Flags = sketch != np.iinfo(np.int64).max
    return _lists(sketch[there], there.sum(axis=1))


def _held(told: Told, group: str) -> pa.Array:
    """Observables of one group of each report, sorted; of the victim's own, all that have its role."""
    victims = told.seen_role == ROLES.index("victim")
    if group == "victims":
        chosen = victims
    else:
        chosen = np.isin(told.seen_type, [TYPES.index(kind) for kind in GROUPS[group]]) & ~victims
    report, value = told.seen_report[chosen], _observables(told)[chosen]
    order = np.lexsort((value, report))
    counts = np.bincount(report, minlength=len(told.crime))
    return _lists(value[order], counts)

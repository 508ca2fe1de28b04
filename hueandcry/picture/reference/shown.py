"""The legal crosswalk as its page shows it: relations in plain words, lines grouped both ways, and searched."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import pycountry
from django.utils.translation import gettext as _

from hueandcry.picture.reference import crosswalk
from hueandcry.picture.reference.crosswalk import Line
from hueandcry.picture.reference.export import type_label
from hueandcry.picture.reference.nature import nature


class Relation(NamedTuple):
    """A relation of SKOS in plain words; ``kind`` is the colour of its mark."""

    key: str
    label: str
    meaning: str
    kind: str


def relation(key: str) -> Relation:
    """What a relation is called and means, read from type to offence."""
    told = {
        "exactMatch": (_("same"), _("Both name the same act."), "good"),
        "closeMatch": (_("nearly the same"), _("What is other is in the reason."), "good"),
        "broadMatch": (_("falls under it"), _("All of the type falls under the offence."), "good"),
        "narrowMatch": (_("partly"), _("The type holds more: what is counted is at most what the law means."), "doubt"),
        "relatedMatch": (_("goes with it"), _("Not counted: one often goes with the other, without being it."), ""),
    }
    return Relation(key, *told[key])


def nature_label(key: str) -> str:
    """The nature of a type in words."""
    return {"cyber-dependent": _("cyber-dependent"), "cyber-enabled": _("cyber-enabled")}.get(
        nature("", key), _("either")
    )


def currency_label(code: str) -> str:
    """The code of a currency with its name: "USD, US Dollar"."""
    held = pycountry.currencies.get(alpha_3=code)
    return f"{code}, {held.name}" if held else code


class Row(NamedTuple):
    """One line as its page shows it: whose row it is, and the other side's label."""

    line: Line
    label: str
    under: str
    relation: Relation


class Group(NamedTuple):
    """An offence with its types, or a type with its offences. ``address`` is the query that asks the picture for it."""

    key: str
    label: str
    under: str
    note: str
    address: str
    more: bool
    rows: Sequence[Row]


def matching(words: str, law: str, of_relation: str) -> list[Line]:
    """The lines of the latest version whose titles, types or reasons hold all the words, of one law or relation."""
    wanted = words.casefold().split()
    titles = crosswalk.titles()
    found = []
    for line in crosswalk.lines():
        offence = titles[line.offence]
        text = " ".join((crosswalk.label_of(line.offence), line.offence, type_label(line.type), line.type, line.reason))
        if (not law or offence.law == law) and (not of_relation or line.relation == of_relation):
            folded = text.casefold()
            if all(word in folded for word in wanted):
                found.append(line)
    return found


def by_offence(lines: Iterable[Line]) -> list[Group]:
    """Lines under their offences, in the order of the laws."""
    held: dict[str, list[Row]] = {}
    for line in lines:
        row = Row(line, type_label(line.type), nature_label(line.type), relation(line.relation))
        held.setdefault(line.offence, []).append(row)
    titles, laws = crosswalk.titles(), crosswalk.laws()
    return [
        Group(
            key, offence.label, f"{laws[offence.law].short}, {offence.place}", offence.note, f"law={key}",
            crosswalk.holds_more(key), _sorted(held[key]),
        )
        for key, offence in titles.items()
        if key in held
    ]  # fmt: skip


def by_type(lines: Iterable[Line]) -> list[Group]:
    """Lines under their types, in the order of the taxonomy."""
    held: dict[str, list[Row]] = {}
    titles, laws = crosswalk.titles(), crosswalk.laws()
    for line in lines:
        offence = titles[line.offence]
        under = f"{laws[offence.law].short}, {offence.place}"
        held.setdefault(line.type, []).append(Row(line, offence.label, under, relation(line.relation)))
    return [
        Group(key, type_label(key), nature_label(key), "", f"type={key}", False, held[key])
        for key in crosswalk.types()
        if key in held
    ]


def _sorted(rows: list[Row]) -> list[Row]:
    order = {name: place for place, name in enumerate(crosswalk.RELATIONS)}
    return sorted(rows, key=lambda row: order[row.line.relation])


def unreached() -> list[dict[str, Any]]:
    """What nothing reaches, types first, with its label and reason."""
    return [
        {
            "label": type_label(u.key) if u.kind == "type" else crosswalk.label_of(u.key),
            "kind": _("type") if u.kind == "type" else _("offence"),
            "reason": u.reason,
        }
        for u in crosswalk.unreached()
    ]

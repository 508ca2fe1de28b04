"""What the picture calls things: values of dimensions, the question, its filters; and how to cite a figure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from django.utils import formats, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from hueandcry.exchange import classification
from hueandcry.exchange.classification import CLASSES, LABELS
from hueandcry.exchange.sectors import SHORT
from hueandcry.picture.cells import Shown
from hueandcry.picture.disclosure.cellkey import NOISE
from hueandcry.picture.question import MONTH, SIZES, SOURCES, Dimension, Number, Question
from hueandcry.picture.reference import crosswalk, regions
from hueandcry.web.countries import country_name
from hueandcry.web.filters import Filter, Option

CLASS_LABELS: Final = {c.code: c.label for c in CLASSES}
# For the heads of columns, where there is room for one word; the class itself has its full name elsewhere.
CLASS_SHORT: Final[dict[str, str | Promise]] = {
    "malware": gettext_lazy("Malware"),
    "availability": gettext_lazy("Disruption"),
    "information-gathering": gettext_lazy("Spying out"),
    "intrusion-attempt": gettext_lazy("Attempt"),
    "intrusion": gettext_lazy("Break-in"),
    "information-security": gettext_lazy("Breach"),
    "fraud": gettext_lazy("Fraud"),
    "abusive-content": gettext_lazy("Content"),
    "other": gettext_lazy("Other"),
}
SOURCE_LABELS: Final[dict[str, str | Promise]] = {
    "business": gettext_lazy("businesses"),
    "law-enforcement": gettext_lazy("law enforcement"),
    "government": gettext_lazy("government"),
    "cert": gettext_lazy("CERTs"),
    "academia": gettext_lazy("academia"),
    "non-profit": gettext_lazy("non-profits"),
}
SIZE_LABELS: Final[dict[str, str | Promise]] = {
    "person": gettext_lazy("a person"),
    "micro": gettext_lazy("micro (under 10 people)"),
    "small": gettext_lazy("small (10 to 49)"),
    "medium": gettext_lazy("medium (50 to 249)"),
    "large": gettext_lazy("large (250 or more)"),
}
NATURE_LABELS: Final[dict[str, str | Promise]] = {
    "cyber-dependent": gettext_lazy("only possible with computers"),
    "cyber-enabled": gettext_lazy("older crimes, by computer"),
}
NUMBERS: Final[dict[str, str | Promise]] = {
    "distinct": pgettext_lazy("number of the picture", "Distinct"),
    "reported": pgettext_lazy("number of the picture", "Reported"),
    "estimated": pgettext_lazy("number of the picture", "Estimated"),
}
TIMES: Final[dict[str, str | Promise]] = {
    "occurred": gettext_lazy("Day of the crime"),
    "reported": gettext_lazy("Day it was recorded"),
    "arrived": gettext_lazy("Day it reached the alliance"),
}


def country(code: str) -> str:
    """A country's name in the reader's language."""
    return country_name(code, translation.get_language() or "en") if code else _("country not told")


def sector(key: str) -> str:
    """The short name of a NACE section with its letter."""
    return f"{_(SHORT[key])} ({key})" if key in SHORT else _("sector not told")


def cls(key: str) -> str:
    """The name of a class of the Common Taxonomy."""
    return _(CLASS_LABELS[key]) if key in CLASS_LABELS else _("not classified")


def kind(key: str) -> str:
    """A type with its class: "Fraud: Investment fraud"."""
    head, _slash, tail = key.partition("/")
    label = LABELS.get((head, tail))
    return f"{cls(head)}: {_(label)}" if label and tail else cls(head)


def technique(key: str) -> str:
    """A technique of ATT&CK by its number, with the words by which it is classified here: "T1110, credentials guessed".

    The names that MITRE gives are not in the program."""
    if not key:
        return _("technique not told")
    line = classification.technique(key)
    what, _semicolon, more = line.why.partition("; ") if line is not None else ("", "", "")
    if "tactic, " in more:  # what it does is not told, only what for
        what = more.partition("tactic, ")[2]
    return f"{key}, {what}" if what else key


def _of(labels: Mapping[str, str | Promise], absent: str | Promise) -> Callable[[str], str]:
    return lambda key: str(labels.get(key, key)) if key else str(absent)


SAID: Final[dict[Dimension, Callable[[str], str]]] = {
    "country": country,
    "region": lambda key: _(regions.label_of(key)) if key else _("region not told"),
    "sector": sector,
    "size": _of(SIZE_LABELS, gettext_lazy("size not told")),
    "class": cls,
    "type": kind,
    "nature": _of(NATURE_LABELS, gettext_lazy("open")),
    "technique": technique,
    "source": _of(SOURCE_LABELS, gettext_lazy("not told")),
    "offence": lambda key: crosswalk.label_of(key) if key else _("no offence of the crosswalk"),
    "month": lambda key: key or _("not dated"),
    "year": lambda key: key or _("not dated"),
    "total": lambda _key: "",
}


def said(dimension: Dimension, key: str) -> str:
    """A value of a dimension in words."""
    return SAID[dimension](key)


def unit(question: Question) -> str:
    """What is counted: reports, crimes or euro."""
    if question.measure == "loss":
        return _("euro")
    return _("reports") if question.number == "reported" else _("crimes")


def subject(question: Question) -> str:
    """What is asked about: "Fraud, Portugal and Spain, 2026-01 to 2026-06"."""
    parts = [_listed(said(_dimension(name), value) for value in values) for name, values in question.filters.items()]
    parts = [part for part in parts if part] or [_("Cybercrime as the alliance sees it")]
    if question.first or question.last:
        parts.append(period(question))
    return ", ".join(parts)


def period(question: Question) -> str:
    """From which month to which."""
    if question.first and question.last:
        return _("%(first)s to %(last)s") % {"first": question.first, "last": question.last}
    if question.first:
        return _("since %(first)s") % {"first": question.first}
    return _("until %(last)s") % {"last": question.last} if question.last else ""


def _dimension(name: str) -> Dimension:
    return "offence" if name == "law" else name  # type: ignore[return-value]


def _listed(words: Iterable[str]) -> str:
    held = list(words)
    if len(held) > 3:
        held = [*held[:3], _("%(n)s more") % {"n": len(held) - 3}]
    return (
        held[0] if len(held) == 1 else _("%(first)s and %(last)s") % {"first": ", ".join(held[:-1]), "last": held[-1]}
    )


def day(at: datetime) -> str:
    """The day in words: "22 November 2026"."""
    return str(formats.date_format(at, "j F Y", use_l10n=False))


def as_of(at: datetime, number: int) -> str:
    """The freeze of a figure: "as of 22 November 2026, freeze 12"."""
    return _("as of %(day)s, freeze %(number)s") % {"day": day(at), "number": number}


def source(at: datetime, number: int) -> str:
    """The line under every chart and figure."""
    return _("Hue & Cry, reports to the alliance whose purpose allows statistics, %(as_of)s") % {
        "as_of": as_of(at, number)
    }


def citation(title: str, at: datetime, number: int, address: str) -> str:
    """How to cite a figure: who, what, of which freeze, where."""
    return _("Hue & Cry alliance, %(title)s, %(as_of)s, %(address)s") % {
        "title": title,
        "as_of": as_of(at, number),
        "address": address,
    }


def protection(question: Question) -> str:
    """How cells protect, in words: disclosure/rules.py and cellkey.py."""
    shared = _(
        "A number is shown only for 10 cases or more from at least 3 organisations; it is held back as well where what"
        " is left of its table would be a small group. What is held back is hatched and may be none."
    )
    if question.measure == "loss":
        return f"{shared} " + _(
            "A sum is held back where one or two organisations make up most of it, and is moved by a little."
        )
    return f"{shared} " + _(
        "Each number is moved by at most %(noise)s, the same for everybody, so numbers need not add up."
    ) % {"noise": NOISE}


def counting(question: Question) -> str:
    """The counting rule of a number."""
    if question.measure == "loss":
        return _(
            "Known losses, in euro at the rate of the day; a loss in a currency without a rate stays out, and so does"
            " what nobody told."
        )
    if question.number == "reported":
        return _("Each current report is counted once; several reports may tell of the same crime.")
    return _("Reports that linkage found to tell of one crime are counted once.")


def filters(question: Question, shown: Mapping[tuple[Dimension, ...], Sequence[Shown]]) -> list[Filter]:
    """The filters of the page: what the picture shows, and what is set."""
    listed: list[Filter] = [
        Filter("number", _("Number"), "one", _choices(NUMBERS, "distinct"), blank=_("Distinct crimes")),
        Filter("measure", _("Measure"), "one", [Option("loss", _("Losses, in euro"))], blank=_("How many")),
        Filter("time", _("Dated by"), "one", _choices(TIMES, "occurred"), blank=_("Day of the crime")),
        Filter("from", _("From month"), "month"),
        Filter("to", _("To month"), "month"),
    ]
    values: tuple[tuple[str, Dimension, str, Sequence[str]], ...] = (
        ("country", "country", _("Country of the victim"), ()),
        (
            "region",
            "region",
            _("Region of the victim"),
            tuple(k for k, r in regions.REGIONS.items() if r.kind != "sub-region"),
        ),
        ("class", "class", _("Class"), tuple(CLASS_LABELS)),
        ("type", "type", _("Type"), ()),
        ("nature", "nature", _("Nature"), tuple(NATURE_LABELS)),
        ("sector", "sector", _("Sector of the victim"), tuple(SHORT)),
        ("size", "size", _("Size of the victim"), SIZES),
        ("source", "source", _("Sent by"), SOURCES),
        ("technique", "technique", _("Technique (ATT&CK)"), ()),
        ("law", "offence", _("Offence in law"), tuple(crosswalk.titles())),
    )
    for name, dimension, label, every in values:
        held = question.filters.get(name, ())
        cells = {cell.key[0]: cell for cell in shown.get((dimension,), ()) if cell.key[0] and cell.value is not None}
        keys = dict.fromkeys([*held, *(every or sorted(cells, key=lambda key, d=dimension: said(d, key)))])  # type: ignore[misc]
        if every:
            keys = dict.fromkeys([*every, *held])
        counted = not held and question.measure == "count"
        options = [
            Option(key, said(dimension, key), _whole(cells[key]) if counted and key in cells else None) for key in keys
        ]
        one = name in ("law", "type", "technique") and len(held) < 2
        if options:
            listed.append(Filter(name, label, "one" if one else "many", options))
    return listed


def _choices(labels: Mapping[str, str | Promise], plain: str) -> list[Option]:
    return [Option(key, str(label)) for key, label in labels.items() if key != plain]


def _whole(cell: Shown) -> int | None:
    return None if cell.value is None else round(cell.value)


def strange(declared: Sequence[Filter], passed: Iterable[tuple[str, str]]) -> list[str]:
    """A sentence for each value in the address that means nothing."""
    labels = {f.name: f.label[:1].lower() + f.label[1:] for f in declared}
    return [
        _("The last month, %(value)s, is before the first; it was passed over.") % {"value": value}
        if name == "to" and MONTH.fullmatch(value)
        else _("There is no %(filter)s called %(value)s; it was passed over.")
        % {"filter": labels.get(name, name), "value": value}
        for name, value in passed
    ]


def too_many(question: Question, most: int) -> list[str]:
    """That no lines are drawn of more countries than can be told apart."""
    if len(question.country) <= most:
        return []
    return [
        _("Countries are drawn beside each other up to %(n)s at a time: choose fewer to see their lines.") % {"n": most}
    ]


def one_in(part: float, whole: float) -> str:
    """ "we see about 1 in 7"."""
    return _("we see about 1 in %(n)s") % {"n": max(1, round(whole / part))} if part else ""


def number_name(number: Number) -> str:
    """A number of the picture, as a tab names it."""
    return {
        "reported": pgettext("tab", "Reported"),
        "distinct": pgettext("tab", "Distinct"),
        "estimated": pgettext("tab", "Estimated"),
    }[number]

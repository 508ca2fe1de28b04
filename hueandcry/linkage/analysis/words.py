"""What is said of an operation: its title, the sentence under it, whether it is alive. It has no name of its own.

Everything is from what the viewer sees; what others hold besides comes as a count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from django.utils import formats, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from hueandcry.exchange.classification import LABELS
from hueandcry.exchange.observables import TYPES
from hueandcry.linkage.analysis import likelihood
from hueandcry.linkage.models import Hypothesis, Task
from hueandcry.linkage.operations.ranking import FADING, LATELY
from hueandcry.linkage.operations.shown import Holder, Line, Others, Part
from hueandcry.members.models import Organisation
from hueandcry.web.countries import country_name
from hueandcry.web.numbers import grouped


def class_words(code: str) -> str:
    """A class, with or without its type, in words; "" for none."""
    cls, _sep, kind = code.partition("/")
    return LABELS.get((cls, kind)) or LABELS.get((cls, ""), code) if code else ""


def type_words(kind: str) -> str:
    """A type of observable in words."""
    return str(TYPES[kind].label) if kind in TYPES else kind


def body_words(kind: str) -> str:
    """A kind of organisation in words."""
    return str(Organisation.Kind(kind).label) if kind in Organisation.Kind.values else kind


def day_words(day: date | datetime) -> str:
    """A day as the pages write it."""
    return formats.date_format(day, "j N Y", use_l10n=False)


def lands(countries: Sequence[tuple[str, int]], most: int = 3) -> str:
    """The countries most hit: "Portugal, Spain and 4 more countries"; "" where none is known."""
    language = translation.get_language() or "en"
    named = [country_name(code, language) for code, _n in countries[:most]]
    rest = len(countries) - len(named)
    if rest:
        more = ngettext("%(n)s more country", "%(n)s more countries", rest) % {"n": rest}
        return _("%(named)s and %(more)s") % {"named": ", ".join(named), "more": more}
    return (
        _("%(named)s and %(last)s") % {"named": ", ".join(named[:-1]), "last": named[-1]}
        if named[1:]
        else "".join(named)
    )


def title(line: Line) -> str:
    """What it does, where, and how often: "Phishing in Portugal and Spain, 14 crimes"."""
    what = class_words(line.speciality) or _("Crimes of several kinds")
    where = lands(line.countries)
    times = ngettext("%(n)s crime", "%(n)s crimes", line.crimes) % {"n": line.crimes}
    if not where:
        return _("%(what)s, %(times)s") % {"what": what, "times": times}
    return _("%(what)s in %(where)s, %(times)s") % {"what": what, "where": where, "times": times}


def life(last: datetime, now: datetime | None = None) -> tuple[str, str]:
    """Whether it is alive, and the kind of state that it is shown as: active, resting or quiet."""
    days = ((now or datetime.now(UTC)) - last).days
    if days <= LATELY:
        return _("active"), "signal"
    return (_("resting"), "doubt") if days <= FADING else (_("quiet"), "")


def life_means(kind: str) -> str:
    """What ``life`` means by the state that is shown as this kind."""
    facts = {"lately": LATELY, "fading": FADING}
    if kind == "signal":
        return _("seen within %(lately)s days") % facts
    if kind == "doubt":
        return _("not seen for %(lately)s days, but within %(fading)s") % facts
    return _("not seen for more than %(fading)s days") % facts


def acting(parts: Sequence[Part]) -> list[str]:
    """What can be acted against now, in words; nothing where nothing can."""
    return [part.words for part in parts if part.side == "acting" and part.name != "police" and part.share > 0]


def tellers(holders: Sequence[Holder], most: int = 3) -> str:
    """Who reports most of it: "Example Bank (240), Example Police (101) and 13 more"; "" where one does alone."""
    if len(holders) < 2:
        return ""
    first = sorted(holders, key=lambda one: (-one.crimes, one.name))[:most]
    named = [f"{one.name} ({grouped(one.crimes)})" for one in first]
    rest = len(holders) - len(first)
    if rest:
        named.append(ngettext("%(n)s more organisation", "%(n)s more organisations", rest) % {"n": rest})
    return _("%(named)s and %(last)s") % {"named": ", ".join(named[:-1]), "last": named[-1]}


FIELDS = {  # of what analysts write; the keys are those of its models
    "statement": gettext_lazy("Statement"), "likelihood": gettext_lazy("How likely"),
    "confidence": gettext_lazy("On how good a ground"), "state": gettext_lazy("State"), "words": gettext_lazy("Words"),
    "name": gettext_lazy("Name"), "title": gettext_lazy("What is to be done"), "assignee": gettext_lazy("For whom"),
    "assignee_person": gettext_lazy("Who does it"), "due_on": gettext_lazy("Until"),
}  # fmt: skip


def before(told: Mapping[str, Any], names: Mapping[str, Mapping[int, str]]) -> list[tuple[str, str]]:
    """What something said before it was changed: each field's name and its value, in words. ``names`` of who is named
    by number, by field."""
    return [
        (str(FIELDS.get(key, key)), _said(key, value, names)) for key, value in told.items() if value not in (None, "")
    ]


def _said(key: str, value: Any, names: Mapping[str, Mapping[int, str]]) -> str:
    if key in names:
        return names[key].get(value, "") or _("no longer known")
    if key == "likelihood" and value in likelihood.BY_KEY:
        return likelihood.BY_KEY[value].said
    if key == "due_on":
        return day_words(date.fromisoformat(value))
    for choices in (Hypothesis.Confidence, Hypothesis.State, Task.State):
        if key in ("confidence", "state") and value in choices.values:
            return str(choices(value).label)
    return str(value)


def summary(line: Line) -> str:
    """One sentence: how long, how much, told by whom."""
    told = ngettext("%(n)s report", "%(n)s reports", line.reports) % {"n": line.reports}
    bodies = ngettext("%(n)s organisation", "%(n)s organisations", line.organisations) % {"n": line.organisations}
    return _("From %(first)s to %(last)s, told in %(told)s of %(bodies)s that you may see.") % {
        "first": day_words(line.first), "last": day_words(line.last), "told": told, "bodies": bodies,
    }  # fmt: skip


def more(others: Others) -> str:
    """What others hold besides, as far as they let it be discovered; "" for nothing."""
    if others.again_at is not None:
        return _("How much others hold of it is not counted just now: your budget for that is used up for today.")
    if not others.reports:
        return ""
    told = ngettext("%(n)s more report", "%(n)s more reports", others.reports) % {"n": others.reports}
    bodies = ngettext("%(n)s organisation", "%(n)s organisations", others.organisations) % {"n": others.organisations}
    names = f": {', '.join(others.names)}" if others.names else ""
    said = _("Others hold %(told)s of it that you may not see (%(bodies)s%(names)s).") % {
        "told": told, "bodies": bodies, "names": names,
    }  # fmt: skip
    if not others.crimes:
        return said
    crimes = ngettext("%(n)s crime", "%(n)s crimes", others.crimes) % {"n": others.crimes}
    return said + " " + _("They tell of %(crimes)s more than you see.") % {"crimes": crimes}


def likely_cost(line: Line) -> str:
    """The loss in the currency that most crimes tell theirs in, in words; "" where none is told."""
    if not line.losses:
        return ""
    first = line.told_losses[0]
    return f"{grouped(first.amount, 0)} {first.currency}"

"""The three numbers, side by side: distinct, reported, estimated, each with its interval or why there is none."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from hueandcry.picture.cells import Shown
from hueandcry.picture.dashboard import words
from hueandcry.picture.dashboard.answers import Answer, counting, counts
from hueandcry.picture.dashboard.ground import METHOD
from hueandcry.web.numbers import grouped

EMPTY = dict.fromkeys(("value", "low", "high", "since", "method", "unit"))


def three(answer: Answer) -> list[dict[str, Any]]:
    """Figures as the component ``figure`` takes them: distinct, reported, estimated; and losses if asked."""
    made = [distinct(answer), reported(answer), estimated(answer)]
    if answer.question.measure == "loss":
        made.append(losses(answer))
    return made


def _cell(cell: Shown | None) -> dict[str, Any]:
    if cell is None:
        return {"value": _("none"), "since": _("nothing of this kind has been told")}
    if cell.value is None:
        return {"value": _("held back"), "since": _("it could tell of single members, or is none")}
    return {"value": round(cell.value), "low": cell.low, "high": cell.high}


def distinct(answer: Answer) -> dict[str, Any]:
    """Crimes, after linkage; the interval holds linkage's own error."""
    made = _cell(answer.known)
    ranged, found = answer.corrected, answer.distinct
    if ranged is not None and ranged.how == "corrected" and found is not None and found.value is not None:
        made["since"] = _("%(n)s as linkage found them") % {"n": grouped(round(found.value))}
    elif ranged is not None and ranged.how == "as-found":
        made["since"] = _("the range is what protection moves it by; linkage's own errors have not been measured")
    how = _(
        "Reports that linkage found to tell of one crime are counted once. The interval holds what linkage measured of"
        " its own errors, where it has measured them. There are never more crimes than reports: where the noise of the"
        " two would say so, the number is brought down to that of reports."
    )
    return (
        EMPTY
        | made
        | {"label": _("Distinct crimes"), "method": f"{how} {words.protection(answer.question)}", "method_url": METHOD}
    )


def reported(answer: Answer) -> dict[str, Any]:
    """Reports, each once."""
    how = _("Each current report is counted once; several may tell of the same crime.")
    made = _cell(answer.reported)
    if made.get("low") is not None:
        made["since"] = _("the range is what protection moves it by")
    return (
        EMPTY
        | made
        | {"label": _("Reports"), "method": f"{how} {words.protection(answer.question)}", "method_url": METHOD}
    )


def estimated(answer: Answer) -> dict[str, Any]:
    """All crimes, reported or not; or why the data do not carry that."""
    from hueandcry.picture import estimates

    how = _(
        "Multiple-systems estimation: from how much kinds of source overlap, how many crimes escape them all."
        " Log-linear models averaged, with a 95 % interval from a bootstrap that selects models anew. It"
        " is refused where"
        " the data do not carry it."
    )
    made: dict[str, Any]
    found = answer.estimate(counting(answer.question)) or estimates.never(counts(answer.question))
    if not answer.told:
        made = {"value": _("not estimated"), "since": _("there is no number to start from")}
    elif found is None:
        made = {
            "value": _("not estimated"),
            "since": _("made beforehand: the whole, and single classes, countries, natures and years of enough crimes"),
        }
    elif found.estimate is None:
        bound = found.lower_bound
        since = found.reason
        if bound:
            since += " " + _("At least %(n)s.") % {"n": grouped(round(bound))}
        made = {"value": _("refused"), "since": since}
    else:
        seen = answer.crimes
        made = {
            "value": round(found.estimate),
            "low": found.low,
            "high": found.high,
            "since": words.one_in(seen, found.estimate) if seen else None,
        }
    return EMPTY | made | {"label": _("Estimated, reported or not"), "method": how, "method_url": METHOD}


def losses(answer: Answer) -> dict[str, Any]:
    """The sum of known losses, in euro."""
    cell = answer.total
    made = _cell(cell)
    if cell is not None and cell.value is not None:
        made = {
            "value": round(cell.value / 100),
            "unit": "EUR",
            "low": None if cell.low is None else round(cell.low / 100),
            "high": None if cell.high is None else round(cell.high / 100),
        }
    return (
        EMPTY
        | made
        | {
            "label": _("Known losses"),
            "method": f"{words.counting(answer.question)} {words.protection(answer.question)}",
            "method_url": METHOD,
        }
    )


def title(answer: Answer) -> str:
    """The page's title, which says the thing."""
    subject = words.subject(answer.question)
    if answer.crimes is None:
        return subject
    return _("%(subject)s: %(count)s distinct crimes") % {"subject": subject, "count": grouped(round(answer.crimes))}


def sentence(answer: Answer) -> str:
    """The one sentence: what is most of it."""
    total = answer.total
    if total is None or not total.value or answer.question.measure == "loss":
        return ""
    said = []
    for dimension, form in (
        ("class", _("%(name)s is most of it (%(share)s in 100)")),
        ("sector", _("%(name)s the sector most named (by %(share)s in 100)")),
        ("country", _("%(name)s the country most named (by %(share)s in 100)")),
    ):
        cells = [c for c in answer.table(dimension) if c.key[0] and c.value]  # type: ignore[arg-type]
        if not cells or answer.question.filters.get(dimension):
            continue
        top = max(cells, key=lambda cell: (cell.value or 0, cell.key))
        share = min(100, round(100 * (top.value or 0) / total.value))
        said.append(form % {"name": words.said(dimension, top.key[0]), "share": share})  # type: ignore[arg-type]
    return "; ".join(said) + "." if said else ""

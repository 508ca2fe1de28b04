"""What an indicator says today, out of the alliance's own data, with the uncertainty it has."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from hueandcry.academy.picture import queries as training
from hueandcry.capacity.assessment import queries as assessments
from hueandcry.capacity.rates import picture_rates
from hueandcry.members.viewer import Viewer
from hueandcry.programmes.models import Indicator
from hueandcry.web.clock import today


class Now(NamedTuple):
    """A reading: ``low`` and ``high`` where its uncertainty is known; ``words``: how it is known."""

    day: date
    value: float
    low: float | None
    high: float | None
    words: str
    link: str


def take(viewer: Viewer, indicator: Indicator) -> Now | None:
    """The indicator read today; None where nothing is known. The caller has entered the viewer."""
    read = {"stage": _stage, "certified": _certified, "picture": _rate}.get(indicator.source)
    return read(viewer, indicator) if read else None


def _stage(viewer: Viewer, indicator: Indicator) -> Now | None:
    held = assessments.stages(viewer, countries=[indicator.country]).get(indicator.country, {})
    found = held.get(indicator.aspect)
    if found is None or found.stage is None:
        return None
    words = _(
        "Shown by evidence that two other organisations reviewed; %(n)s indicators are missing for the next stage."
    )
    link = reverse("capacity:aspect", args=[indicator.country, indicator.aspect])
    return Now(today(), float(found.stage), None, None, words % {"n": len(found.missing)}, link)


def _certified(viewer: Viewer, indicator: Indicator) -> Now | None:
    rows = [
        row for row in training.trained() if row.country == indicator.country and indicator.scheme in ("", row.scheme)
    ]
    if not rows:
        return None
    words = _("People with a certificate in force; fewer than five of a scheme are not told, and count as none.")
    return Now(today(), float(sum(row.people for row in rows)), None, None, words, reverse("academy:training"))


def _rate(viewer: Viewer, indicator: Indicator) -> Now | None:
    rates, freeze = picture_rates(viewer)
    if indicator.country not in rates:
        return None
    value, low, high = rates[indicator.country]
    words = _(
        "Reported crimes for 100,000 inhabitants, freeze %(freeze)s. A change beside a programme is no proof of cause."
    )
    link = f"/picture/countries/{indicator.country}/"
    return Now(today(), float(value), float(low), float(high), words % {"freeze": freeze}, link)

"""Why a part of a series is not told, in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hueandcry.picture.trends.series import Part, Why

REASONS: dict[tuple[Part, Why], str | Promise] = {
    ("delay", "young"): _(
        "Late reports are not made up for: reports have not been arriving for long enough, or too few of them, to know"
        " how late they come."
    ),
    ("reporters", "few"): _("Joiners and leavers are not taken out: nobody knows who reported."),
    ("reporters", "no shared reporters"): _(
        "Earlier months are not compared: hardly any reporter of then reported afterwards."
    ),
    ("season", "short"): _("Seasons are not taken out: that takes 24 months."),
    ("changes", "short"): _("No change of level is looked for: that takes 12 months."),
    ("forecast", "short"): _("Nothing is foretold: that takes 12 months."),
    ("forecast", "few"): _("Nothing is foretold: there is less than one case a month."),
}

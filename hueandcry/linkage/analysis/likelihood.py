"""How likely, in words that mean the same to everybody: the seven terms of ICD 203, each with its band.

ICD 203 (Office of the Director of National Intelligence, Analytic Standards, 2 January 2015, section D.6.e.2) gives the
terms and bands; beside each stands the nearest term of the PHIA probability yardstick (UK, 2018), whose bands have
gaps. Likelihood is not confidence: that says on how good a ground the judgement stands. Pure but for the words.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


@dataclass(frozen=True, slots=True)
class Term:
    """One term: what is said, its band in per cent, and the nearest of the PHIA yardstick with its own band."""

    key: str
    label: str | Promise
    low: int
    high: int
    phia: str | Promise
    phia_low: int
    phia_high: int

    @property
    def band(self) -> str:
        """The band in words: "55 to 80 %"."""
        return _("%(low)s to %(high)s %%") % {"low": self.low, "high": self.high}

    @property
    def said(self) -> str:
        """The term with its band, as a sentence uses it."""
        return _("%(label)s (%(band)s)") % {"label": self.label, "band": self.band}

    @property
    def beside(self) -> str:
        """The same on the PHIA yardstick."""
        return _("PHIA yardstick: %(label)s, %(low)s to %(high)s %%") % {
            "label": self.phia, "low": self.phia_low, "high": self.phia_high,
        }  # fmt: skip


TERMS = (
    Term("remote", gettext_lazy("almost no chance"), 1, 5, gettext_lazy("remote chance"), 0, 5),
    Term("very-unlikely", gettext_lazy("very unlikely"), 5, 20, gettext_lazy("highly unlikely"), 10, 20),
    Term("unlikely", gettext_lazy("unlikely"), 20, 45, gettext_lazy("unlikely"), 25, 35),
    Term("even", gettext_lazy("roughly even chance"), 45, 55, gettext_lazy("realistic possibility"), 40, 50),
    Term("likely", gettext_lazy("likely"), 55, 80, gettext_lazy("likely or probable"), 55, 75),
    Term("very-likely", gettext_lazy("very likely"), 80, 95, gettext_lazy("highly likely"), 80, 90),
    Term("almost-certain", gettext_lazy("almost certain"), 95, 99, gettext_lazy("almost certain"), 95, 100),
)
BY_KEY = {term.key: term for term in TERMS}


def choices() -> list[tuple[str, str]]:
    """For a form: each term with its band."""
    return [(term.key, term.said) for term in TERMS]

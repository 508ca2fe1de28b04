"""The terms of likelihood are those of the standards."""

from __future__ import annotations

from hueandcry.linkage.analysis.likelihood import TERMS, choices
from hueandcry.linkage.models import Hypothesis


def test_bands_are_those_of_icd_203() -> None:
    """Analytic Standards, 2 January 2015, section D.6.e.2.a."""
    assert [(str(t.label), t.low, t.high) for t in TERMS] == [
        ("almost no chance", 1, 5),
        ("very unlikely", 5, 20),
        ("unlikely", 20, 45),
        ("roughly even chance", 45, 55),
        ("likely", 55, 80),
        ("very likely", 80, 95),
        ("almost certain", 95, 99),
    ]


def test_each_term_is_beside_the_one_of_phia_that_means_the_most_like() -> None:
    assert all(t.phia_low < t.high and t.low < t.phia_high for t in TERMS)


def test_the_table_and_the_form_know_the_same_terms() -> None:
    assert [key for key, _label in choices()] == list(Hypothesis.Likelihood.values)
    assert dict(choices())["likely"] == "likely (55 to 80 %)"

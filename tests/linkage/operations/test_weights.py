"""What types of values tell: none is forgotten, and none that describes a crime ties it."""

from __future__ import annotations

from hueandcry.exchange.observables import TYPES
from hueandcry.linkage.operations import weights


def test_every_type_has_a_family_and_a_rest() -> None:
    for kind in TYPES:
        assert weights.family(kind) in weights.FAMILIES
        assert weights.rest(kind) >= 1


def test_what_implies_another_is_of_its_family() -> None:
    assert weights.family("url") == weights.family("domain-name") == weights.family("email-addr")
    assert weights.family("md5") == weights.family("sha256") == "file"
    assert weights.family("btc-address") == weights.family("iban") == "money"


def test_words_and_people_tie_nothing() -> None:
    for kind in ("email-subject", "text", "person-name", "identity-document", "payment-card"):
        assert not weights.ties(kind)
    assert weights.ties("iban")
    assert not weights.ties("no such type")


def test_what_is_let_to_others_rests_less_long_than_what_is_not() -> None:
    assert weights.rest("ipv4-addr") < weights.rest("phone-number") < weights.rest("domain-name") < weights.rest("iban")
    assert weights.rest("btc-address") == weights.rest("sha256") == weights.FOR_EVER


def test_a_victims_value_counts_nothing() -> None:
    assert weights.ROLES["victim"] == 0

"""What an account holds of the victim arrives, whatever it is written as: letters, mails and MISP events too."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from hueandcry.exchange import email_message, misp, text, victims
from hueandcry.exchange.drafts import ObjectDraft, Options, ReportDraft
from hueandcry.world import bundles, letters, reporters, simulation
from hueandcry.world.dialects import STORIES
from hueandcry.world.reporters import Account

SENDER = "clerk@shop.example"


@cache
def told() -> tuple[Account, ...]:
    """Accounts of two small worlds, before any format."""
    kept: list[Account] = []
    genuine = reporters.account

    def keep(*args: Any, **more: Any) -> Account:
        kept.append(genuine(*args, **more))
        return kept[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reporters, "account", keep)
        for seed in (1, 2):
            for _ in simulation.stream(simulation.generate(seed, "small")):
                pass
    return tuple(kept)


def in_language(account: Account, language: str) -> Account:
    """The same account by a reporter of that language."""
    country = {"en": "GB", "de": "AT", "fr": "FR", "es": "ES", "pl": "PL", "it": "IT", "nl": "NL"}[language]
    return account._replace(reporter=account.reporter._replace(country=country))


def read(reader: Any, raw: bytes) -> tuple[ReportDraft, set[str]]:
    drafts = list(reader.read(raw, Options(sender=SENDER)))
    values = {one.value for draft in drafts if isinstance(draft, ObjectDraft) for one in draft.observations}
    return next(draft for draft in drafts if isinstance(draft, ReportDraft)), values


def arrives(account: Account, report: ReportDraft) -> bool:
    return (report.victim_reference, report.victim_area) == (
        victims.reference(account.reference),
        victims.area(account.area, account.country),
    )


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "pl", "it", "nl"])
def test_letters_and_mails_of_every_language_carry_the_case_and_the_area(language: str) -> None:
    accounts = [in_language(one, language) for one in told()[:300]]
    assert sum(bool(one.reference and one.area and one.country) for one in accounts) > 50
    for account in accounts:
        for reader, raw in ((text, letters.text(account)), (email_message, letters.mail(account, SENDER))):
            report, values = read(reader, raw)
            assert arrives(account, report), raw
            assert report.victim_countries == ((account.country,) if account.country else ())
            assert SENDER not in values


def test_a_letter_says_nothing_of_the_victim_that_the_account_does_not_hold() -> None:
    for account in told()[:100]:
        bare = account._replace(reference="", area="", country="")
        report, _ = read(text, letters.text(bare))
        assert (report.victim_reference, report.victim_area, report.victim_countries) == ("", "", ())


def test_every_story_has_the_sentences() -> None:
    assert all({"reference", "area", "country"} <= set(words) for words in STORIES.values())


def test_misp_events_carry_the_case_and_the_area() -> None:
    for account in told()[:400]:
        report, _ = read(misp, bundles.misp(1, [account], "GREEN"))
        assert arrives(account, report), account
        assert report.victim_countries == ((account.country,) if account.country else ())
        assert (report.victim_size == "person") == (account.size == "person")


def test_a_correction_of_an_unknown_sum_leaves_it_unknown() -> None:
    unknown = [one._replace(loss=0) for one in told()[:200]]
    known = [one._replace(loss=7) for one in told()[:200]]
    later = unknown[0].reported
    assert all(reporters.corrected(1, one, later).loss == 0 for one in unknown)
    assert {reporters.corrected(1, one, later).loss for one in known} == {7, 8}

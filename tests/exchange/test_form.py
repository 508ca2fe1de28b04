"""The web form as a format. Pure."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hueandcry.exchange import form, formats
from hueandcry.exchange.drafts import Loss, ObjectDraft, Options, ReportDraft, Unreadable
from hueandcry.exchange.form import Form

TODAY = Options(today=datetime(2026, 11, 20, 12, tzinfo=UTC))


def read(told: Form) -> tuple[ReportDraft, ObjectDraft, list[Loss]]:
    drafts = list(form.read(form.write(told), TODAY))
    (report,) = (d for d in drafts if isinstance(d, ReportDraft))
    (element,) = (d for d in drafts if isinstance(d, ObjectDraft))
    return report, element, [d for d in drafts if isinstance(d, Loss)]


def test_a_full_form() -> None:
    report, element, losses = read(
        Form(
            what="A false invoice came by mail.\nWe paid it.",
            kind="invoice",
            when="2026-11-18",
            country="PT",
            size="micro",
            lost="1250.00",
            currency="EUR",
            known="pay to PT50 0002 0123 1234 5678 9015 4, billing[at]evil-invoices[.]com",
        )
    )
    assert report.title == "A false invoice came by mail."
    assert report.classes == (("fraud", "false-representation"),)
    assert (report.loss_amount, report.loss_currency) == (Decimal("1250.00"), "EUR")
    assert report.victim_countries == ("PT",)
    assert report.occurred_from == datetime(2026, 11, 18, tzinfo=UTC)
    assert report.occurred_to == datetime(2026, 11, 18, 23, 59, 59, tzinfo=UTC)
    seen = {(o.type, o.value, o.role) for o in element.observations}
    assert ("iban", "PT50000201231234567890154", "attacker") in seen
    assert ("email-addr", "billing@evil-invoices.com", "attacker") in seen
    assert not losses


def test_today_ends_now_and_not_tonight() -> None:
    report, _, _ = read(Form(what="x", when="2026-11-20"))
    assert report.occurred_to == TODAY.today


def test_phishing_carries_both_classes() -> None:
    report, _, _ = read(Form(what="x", kind="phishing"))
    assert report.classes == (("information-gathering", "phishing"), ("fraud", "false-representation"))


def test_whose_a_value_is() -> None:
    """What was pasted as theirs is theirs, also where the story names it; what only the story names is anybody's."""
    _, element, _ = read(Form(what="198.51.100.7 asked 203.0.113.9", known="203.0.113.9"))
    assert {(o.value, o.role) for o in element.observations} == {
        ("198.51.100.7", "unknown"),
        ("203.0.113.9", "attacker"),
    }


def test_an_account_number_that_cannot_be_is_told() -> None:
    _, _, losses = read(Form(what="x", known="pay to IBAN PT50 0002 0123 1234 5678 9015 5"))
    assert [loss.place for loss in losses] == ["what you know of them"]
    assert "is no IBAN" in losses[0].what


def test_money_without_a_currency_is_told_as_a_loss() -> None:
    report, _, losses = read(Form(what="x", lost="12", currency="XXZ"))
    assert report.loss_amount is None
    assert [loss.place for loss in losses] == ["lost"]


@pytest.mark.parametrize(
    "raw",
    [b"", b"{}", b"[]", b'{"hueandcry-form":2,"what":"x"}', b'{"hueandcry-form":1,"what":" "}',
     b'{"hueandcry-form":1,"what":"x","kind":"murder"}', b'{"hueandcry-form":1,"what":"x","more":1}'],
)  # fmt: skip
def test_what_is_no_form(raw: bytes) -> None:
    with pytest.raises(Unreadable):
        list(form.read(raw, TODAY))


@given(st.binary(max_size=200))
def test_never_raises_anything_else(raw: bytes) -> None:
    for body in (raw, b'{"hueandcry-form":1,"what":' + raw):
        with contextlib.suppress(Unreadable):
            list(form.read(body, TODAY))


@given(st.builds(Form, what=st.text(min_size=1).filter(str.strip), known=st.text(), when=st.text(max_size=12)))
def test_what_the_page_writes_is_found_and_read(told: Form) -> None:
    try:
        raw = form.write(told)
    except UnicodeEncodeError:  # lone surrogates: no browser sends them
        return
    assert formats.detect(raw).name == "form"
    assert [d for d in form.read(raw, TODAY) if isinstance(d, ObjectDraft)]

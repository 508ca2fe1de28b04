"""A case's number and a victim's postal code in people's own words: what is read, and above all what is not."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hueandcry.exchange import text, victims_words
from hueandcry.exchange.drafts import Loss, Options, ReportDraft
from hueandcry.exchange.victims import reference as canonical

NUMBERS = [
    ("Crime reference: 13/260-88 412.", "1326088412"),
    ("The case number is GB 2026 0012345.", "GB20260012345"),
    ("Please quote police report no. 5002-2026-118", "50022026118"),
    ("our case number with the police is GB-2026-1234567", "GB20261234567"),
    ("under case number gb-2026-1234567 with the police", "GB20261234567"),
    ("Das Aktenzeichen der Anzeige lautet 12 Js 345/26.", "12JS34526"),
    ("unsere Strafanzeige Nr. ST/0123456/2026", "ST01234562026"),
    ("Vorgangsnummer: 20261115-0042", "202611150042"),
    ("n° de dossier : FR/2026/1234567", "FR20261234567"),
    ("Notre plainte : le numéro de procès-verbal est 2026/01234", "202601234"),
    ("El número de denuncia es ES 2026 1234567.", "ES20261234567"),
    ("Atestado nº 4567/2026 de la Guardia Civil", "45672026"),
    ("Numer sprawy to PL-2026-1234567.", "PL20261234567"),
    ("sygn. akt II K 123/26", "IIK12326"),
    ("Zaaknummer: 2026-123456", "2026123456"),
    ("Numero di pratica: IT 2026 1234567", "IT20261234567"),
    ("Processo n.º 123/26.4ABCDE", "123264ABCDE"),
    ("Reference: GB20260012345", "GB20260012345"),
    ("Police reference GB-2026-1234567; our reference: AB-999999", "GB20261234567"),
]
NONE = [
    "Our reference: AB-123456",
    "Our ref.: 12345678",
    "Unser Zeichen: 4711-2026-01",
    "Unser Aktenzeichen: DE-2026-0012345",
    "Your reference 12345678, in your case 12345678",
    "They told us to pay with reference INV-123456.",
    "Invoice reference: 12345678",
    "My order number is 12345678",
    "case number of our customer: 12345678",
    "Case number: +49 421 1234567",
    "case number 0421 1234567",
    "case number: 0171-2345678",
    "Case number: DE89 3704 0044 0532 0130 00",
    "Case number: DE89370400440532013001",
    "Case number: bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
    "Case number: d41d8cd98f00b204e9800998ecf8427e",
    "Case number: CVE-2024-12345",
    "Case number: 192.0.2.17",
    "Case number: 2026-11-15",
    "Aktenzeichen: 15.11.2026",
    "case: 150000 EUR",
    "Case number: 1500.00 €",
    "In the case of 2019000 victims",
    "In the case 1000000 people",
    "I have no case number. 12345678",
    "Case number: none. Telephone 0421 1234567",
    "case number of A 12345678.",
    "Case number: 1234",
    "Aktenzeichen: 12345678 10 Tage später",
    "> Crime reference: GB-2026-1234567",
    "The case number is GB-2026-1234567, another case number is GB-2026-7654321.",
    "(13579)",
]
CODES = [
    ("Our postcode is LS1 4AP.", "", "LS1"),
    ("Unsere Postleitzahl ist 28195.\nLand: Deutschland", "", "281"),
    ("PLZ 28195 Bremen", "", "281"),
    ("Notre code postal est le 75011, Paris\nPays : France", "", "750"),
    ("Kod pocztowy: 00-950", "PL", "009"),
    ("CAP 20121 Milano", "IT", "201"),
    ("código postal: 1000-205", "PT", "100"),
    ("postcode 1012 AB Amsterdam", "NL", "101"),
    ("zip code 94103-1234", "US", "941"),
    ("28195 Bremen", "DE", ""),
    ("a cap 500 users, handicap 20121", "IT", ""),
    ("postcode 28195, earlier postcode 10115", "DE", ""),
    ("our postcode, 5 of us", "", ""),
    ("PLZ: +49 421 1234567", "DE", ""),
]


@pytest.mark.parametrize(("written", "number"), NUMBERS)
def test_the_number_of_a_case_is_read(written: str, number: str) -> None:
    assert victims_words.of(written).reference == number
    assert victims_words.of(f"Hello,\nwe were cheated.\n{written}\nRegards, 0421 1234567").reference == number


@pytest.mark.parametrize("written", NONE)
def test_another_number_is_none_of_a_case(written: str) -> None:
    assert victims_words.of(written).reference == ""


@pytest.mark.parametrize(("written", "country", "area"), CODES)
def test_a_postal_code_is_read_beside_its_word_only(written: str, country: str, area: str) -> None:
    assert victims_words.of(written, country).area == area


def test_several_cases_are_told_and_none_is_taken() -> None:
    told = victims_words.of("Case number: GB-2026-1234567\nCase number: GB-2026-7654321")
    assert told.reference == "" and "2 numbers" in told.losses[0]


def test_a_comment_names_a_number_that_others_give_or_the_senders_own() -> None:
    assert victims_words.labelled("police case number", "GB-2026-1234567") == "GB20261234567"
    assert victims_words.labelled("our ticket number", "GB-2026-1234567") == ""
    assert victims_words.labelled("customer case number", "GB-2026-1234567") == ""
    assert victims_words.labelled("", "GB-2026-1234567") == ""


def test_a_letter_carries_them_and_the_telephone_number_stays_one() -> None:
    raw = "Guten Tag,\nmein Aktenzeichen bei der Polizei ist ST/0123456/2026.\nPLZ: 28195\n"
    raw += "Land: Deutschland\n+49 421 3610000"
    drafts = list(text.read(raw.encode(), Options()))
    report = next(one for one in drafts if isinstance(one, ReportDraft))
    assert (report.victim_reference, report.victim_area, report.victim_countries) == ("ST01234562026", "281", ("DE",))
    assert not any(isinstance(one, Loss) for one in drafts)


@given(st.text(max_size=400))
def test_whatever_is_written_nothing_is_raised_and_what_is_taken_is_canonical(written: str) -> None:
    told = victims_words.of(written)
    assert canonical(told.reference) == told.reference
    assert len(told.area) <= 4 and len(told.country) in (0, 2)


@given(
    st.lists(
        st.sampled_from(["case", "number", "is", ":", "1", "GB", "-", "police", "ref", " ", "\n", "12345678"]),
        max_size=60,
    )
)
def test_words_thrown_together_raise_nothing(words: list[str]) -> None:
    told = victims_words.of(" ".join(words))
    assert canonical(told.reference) == told.reference


@pytest.mark.parametrize(
    "hostile",
    [
        "case " * 100_000, "case number: " * 50_000, "case number: " + "1-" * 50_000, "case number: " + "1 " * 50_000,
        "case a b c d e f" * 20_000, "postcode: " + "A1 " * 50_000, "1234567 " * 50_000, "Land: " + "a" * 100_000,
        ("crime reference (" + "x" * 20) * 5_000,
    ],
)  # fmt: skip
def test_time_is_bounded_whatever_comes(hostile: str) -> None:
    start = time.process_time()
    victims_words.of(hostile)
    assert time.process_time() - start < 0.5

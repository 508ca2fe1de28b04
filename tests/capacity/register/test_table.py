"""Resources out of tables."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hueandcry.capacity.register.drafts import ResourceDraft
from hueandcry.capacity.register.table import guess, read
from hueandcry.exchange.drafts import Loss, Refusal, Unreadable

ASPECTS = ("4.3.a", "d1.1")


def drafts(text: str | bytes, **more: object) -> list[object]:
    raw = text.encode() if isinstance(text, str) else text
    return [each for each in read(raw, ASPECTS, **more) if not isinstance(each, Loss)]  # type: ignore[arg-type]


def test_a_table_in_portuguese_with_semicolons_and_a_byte_order_mark() -> None:
    raw = (
        "\ufeffTítulo;Tipo;País;Línguas;Custo;Entidade\nForense digital;curso;Angola, Moçambique;pt;gratuito;Academia\n"
    )
    (made,) = drafts(raw)
    assert isinstance(made, ResourceDraft)
    assert (made.title, made.kind, made.countries, made.languages) == (
        "Forense digital",
        "course",
        ("AO", "MZ"),
        ("pt",),
    )
    assert (made.cost, made.provider) == ("free", "Academia")


def test_errors_name_line_and_column_and_the_rest_is_taken() -> None:
    text = (
        "name,countries,start date,website,aspects,cost,language\n"
        "A,Atlantis,,,,,\nB,,31/12/2026,,,,\nC,,,javascript:alert(1),,,\nD,,,,9.9.z,,\nE,,,,,,Klingonish\n,PT,,,,,\n"
        '"F\n2",worldwide,2026-01-01,example.org/a,4.3.a; d1.1,EUR 200,"pt, fr"\n'
    )
    found = drafts(text)
    refused = {each.place: each.reason for each in found if isinstance(each, Refusal)}
    assert list(refused) == [
        'line 2, column "countries"',
        'line 3, column "start date"',
        'line 4, column "website"',
        'line 5, column "aspects"',
        'line 6, column "language"',
        'line 7, column "name"',
    ]
    assert "Atlantis" in refused['line 2, column "countries"']
    made = found[-1]
    assert isinstance(made, ResourceDraft)
    assert (made.title, made.everywhere, made.url, made.aspects) == (
        "F 2",
        True,
        "https://example.org/a",
        ("4.3.a", "d1.1"),
    )
    assert (made.cost, made.amount, made.currency, made.languages) == ("paid", 200, "EUR", ("fr", "pt"))


def test_a_mapping_takes_the_place_of_the_guess() -> None:
    (made,) = drafts("x;y\nCourse of coasts;AO\n", mapping={"x": "title", "y": "countries"}, kind="course")
    assert isinstance(made, ResourceDraft)
    assert (made.kind, made.countries) == ("course", ("AO",))


@pytest.mark.parametrize(
    ("text", "more", "said"),
    [
        ("a,b\n1,2\n", {}, "no column holds titles"),
        ("", {}, "empty"),
        ("name\nA\n", {"mapping": {"nome": "title"}}, "there is no column"),
        ("name\nA\n", {"mapping": {"name": "colour"}}, "nothing that a column can be"),
    ],
)
def test_what_is_no_table_of_resources_is_said(text: str, more: dict[str, object], said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        drafts(text, **more)


def test_columns_that_are_not_read_are_told() -> None:
    told = [each.what for each in read(b"name,shoe size\nA,43\n") if isinstance(each, Loss)]
    assert told == ["columns that were not read: shoe size"]


def test_a_field_is_guessed_once() -> None:
    assert guess(["Title", "Name", "Countries (served)"]) == {"Title": "title", "Countries (served)": "countries"}


@given(st.binary(max_size=400))
def test_whatever_the_bytes_are_rows_come_or_a_reason(raw: bytes) -> None:
    try:
        found = list(read(b"name,countries,website\n" + raw, ASPECTS))
    except Unreadable as error:
        assert error.reason
    else:
        assert all(isinstance(each, ResourceDraft | Refusal | Loss) for each in found)

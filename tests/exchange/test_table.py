"""Tables: mappings made, checked and guessed; rows each accounted for; real rows of EuRepoC; hostile files."""

from __future__ import annotations

import csv
import io
import tracemalloc
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hueandcry.exchange import mapping as mappings
from hueandcry.exchange import table
from hueandcry.exchange.drafts import Draft, Loss, ObjectDraft, Options, Refusal, ReportDraft, Unreadable
from hueandcry.exchange.mapping import TARGETS, Column, Mapping
from hueandcry.exchange.mapping_guess import guess

EUREPOC = Path(__file__).parents[2].parent / "shared" / "data" / "incidents" / "eurepoc-1.1.csv"
real = pytest.mark.skipif(not EUREPOC.is_file(), reason="the real incidents of ../shared/data are not here")


def read(content: str | bytes, *columns: Column, **more: Any) -> list[Draft]:
    raw = content.encode() if isinstance(content, str) else content
    plain = mappings.to_plain(Mapping(columns=columns, **more)) if columns else None
    return list(table.read(raw, Options(mapping=plain)))


def of(kind: type, drafts: list[Draft]) -> list[Any]:
    return [draft for draft in drafts if isinstance(draft, kind)]


def one_report(content: str, *columns: Column, **more: Any) -> ReportDraft:
    reports = of(ReportDraft, read(content, *columns, **more))
    assert len(reports) == 1
    return reports[0]  # type: ignore[no-any-return]


@real
def test_every_row_of_eurepoc_is_accounted_for() -> None:
    raw = EUREPOC.read_bytes()
    drafts = list(table.read(raw, Options(filename=EUREPOC.name)))
    rows = list(csv.DictReader(io.StringIO(raw.decode(), newline="")))
    reports, elements = of(ReportDraft, drafts), of(ObjectDraft, drafts)
    assert len(reports) == len(elements) == len(rows) == 1643
    assert of(Refusal, drafts) == []
    assert [one.key for one in reports] == [f"row:eurepoc-1.1:{row['ID']}" for row in rows]
    # the rows' texts are the file itself, character by character
    header = raw.decode().split("\n", 1)[0]
    assert "\n".join([header, *(one.text for one in elements)]).strip() == raw.decode().replace("\r\n", "\n").strip()


@real
def test_eurepoc_countries_dates_sectors_and_losses() -> None:
    drafts = list(table.read(EUREPOC.read_bytes(), Options()))
    reports = {one.key.rsplit(":", 1)[1]: one for one in of(ReportDraft, drafts)}
    told = "\n".join(one.what for one in of(Loss, drafts))
    assert "KR" in {code for one in reports.values() for code in one.victim_countries}
    assert '"EU (region)" is no country: 11 rows' in told
    assert '"Unknown" says nothing of victim country: 36 rows' in told
    assert sum(1 for one in reports.values() if one.occurred_from) == 1627
    assert sorted(one.loss_amount for one in reports.values() if one.loss_amount) == [
        Decimal("4400000.0"),
        Decimal("11650000.0"),
        Decimal("24000000.0"),
        Decimal("100000000.0"),
    ]
    assert all(not one.observations for one in of(ObjectDraft, drafts))  # its links are news, nobody's means
    assert 'eurepoc:incident_type="Disruption"' in {label for one in reports.values() for label in one.labels}


@real
def test_eurepoc_cut_off_anywhere_loses_no_row_in_silence() -> None:
    raw = EUREPOC.read_bytes()[:400_000]
    for cut in range(1, 50, 6):
        part = raw[: len(raw) * cut // 50]
        drafts = list(table.read(part, Options()))
        refused = of(Refusal, drafts)
        assert len(refused) <= 1
        assert all(one.place.startswith("line ") for one in refused)
        assert len(of(ObjectDraft, drafts)) > 3 * cut


def test_a_mapping_survives_json_and_is_checked_in_plain_words() -> None:
    made = Mapping(
        columns=(Column("when", "occurred_from"), Column("ip", "observable", type="ip", role="attacker")), name="x"
    )
    assert mappings.from_plain(mappings.to_plain(made)) == made
    assert mappings.check(made, ["when", "ip", "more"]) == []
    problems = mappings.check(made, ["when"])
    assert problems == ['The file has no column "ip".']
    twice = Mapping(columns=(Column("a", "title"), Column("b", "title"), Column("c", "nonsense")))
    assert len(mappings.check(twice, ["a", "b", "c"])) == 2
    assert mappings.check(Mapping(columns=(Column("a"),)), ["a"]) == [
        "No column is used: say of at least one what it holds."
    ]


def test_a_mapping_that_does_not_fit_is_told_as_such() -> None:
    with pytest.raises(Unreadable, match='no column "gone"'):
        read("a,b\n1,2\n", Column("gone", "title"))
    with pytest.raises(Unreadable, match="mapping"):
        list(table.read(b"a,b\n1,2\n", Options(mapping={"columns": [{"nome": "a"}]})))


def test_the_shipped_mappings_fit_themselves() -> None:
    for mapping in mappings.shipped():
        header = [column.name for column in mapping.columns]
        assert [one for one in mappings.check(mapping, header) if "victim_sector" not in one] == []
        assert mappings.fitting(header) == mapping


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("1.234,56 €", "1234.56", "EUR"),
        ("1,234.56 USD", "1234.56", "USD"),
        ("EUR 1 234", "1234", "EUR"),
        ("CHF 1'234.50", "1234.50", "CHF"),
        ("£12.50", "12.50", "GBP"),
        ("1 234,56 zł", "1234.56", "PLN"),
        ("1.234.567 EUR", "1234567", "EUR"),
    ],
)
def test_amounts(text: str, amount: str, currency: str) -> None:
    report = one_report(f'loss;x\n"{text}";y\n', Column("loss", "loss_amount"), Column("x"))
    assert (report.loss_amount, report.loss_currency) == (Decimal(amount), currency)


@pytest.mark.parametrize(
    ("text", "why"), [("1.234 EUR", "thousands"), ("12", "no currency"), ("lots", "no amount"), ("-5 EUR", "negative")]
)
def test_amounts_that_are_not_guessed(text: str, why: str) -> None:
    drafts = read(f"loss;x\n{text};y\n", Column("loss", "loss_amount"), Column("x"))
    assert of(ReportDraft, drafts)[0].loss_amount is None
    assert why in of(Loss, drafts)[0].what


@pytest.mark.parametrize(
    ("cells", "days"),
    [
        (["03/04/2025", "25/04/2025"], ["2025-04-03", "2025-04-25"]),
        (["03/04/2025", "04/25/2025"], ["2025-03-04", "2025-04-25"]),
        (["3.4.2025"], ["2025-04-03"]),
        (["2025-04-03T10:00:00+02:00"], ["2025-04-03"]),
        (
            ["4 März 2025", "7 sierpnia 2025", "1er août 2025", "5 de mayo de 2025", "May 6, 2025"],
            ["2025-03-04", "2025-08-07", "2025-08-01", "2025-05-05", "2025-05-06"],
        ),
    ],
)
def test_dates_by_the_evidence_of_their_column(cells: list[str], days: list[str]) -> None:
    content = "when;x\n" + "".join(f"{cell};{number}\n" for number, cell in enumerate(cells))
    drafts = read(content, Column("when", "occurred_from"), Column("x"))
    assert [one.occurred_from.date().isoformat() for one in of(ReportDraft, drafts)] == days


@pytest.mark.parametrize("cells", [["03/04/2025"], ["03/04/2025", "25/04/2025", "04/25/2025"]])
def test_an_ambiguous_date_is_told_and_not_guessed(cells: list[str]) -> None:
    content = "when;x\n" + "".join(f"{cell};{number}\n" for number, cell in enumerate(cells))
    drafts = read(content, Column("when", "occurred_from"), Column("x"))
    assert of(ReportDraft, drafts)[0].occurred_from is None
    assert "either of two days" in of(Loss, drafts)[0].what


def test_a_year_is_a_whole_year() -> None:
    report = one_report("when;x\n2024;y\n", Column("when", "occurred_from"), Column("x"))
    assert report.occurred_from is not None
    assert report.occurred_to is not None
    assert (report.occurred_from.isoformat(), report.occurred_to.isoformat()) == (
        "2024-01-01T00:00:00+00:00",
        "2024-12-31T23:59:59+00:00",
    )


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        (
            "date,description,ip address,amount lost",
            "2025-03-04,Fake shop,203.0.113.7,120 EUR",
            "occurred_from account observable loss_amount",
        ),
        (
            "Datum;Beschreibung;IBAN;Schaden",
            "04.03.2025;Falscher Shop;DE89370400440532013000;1.200,50 €",
            "occurred_from account observable loss_amount",
        ),
        (
            "date de l'incident;récit;adresse e-mail;pays",
            "04/03/2025;Faux site;a@example.org;Espagne",
            "occurred_from account observable victim_country",
        ),
        (
            "fecha;descripción;teléfono;país",
            "25/03/2025;Tienda falsa;+34912345678;España",
            "occurred_from account observable victim_country",
        ),
        (
            "data zdarzenia;opis;strona www;kraj",
            "2025-03-04;Fałszywy sklep;http://zly.example.org/x;Niemcy",
            "occurred_from account observable victim_country",
        ),
    ],
    ids=["en", "de", "fr", "es", "pl"],
)
def test_a_header_is_guessed_in_five_languages(header: str, row: str, expected: str) -> None:
    made = guess(f"{header}\n{row}\n".encode())
    assert [column.target for column in made.columns] == expected.split()
    assert all(column.confidence >= 0.6 and column.samples for column in made.columns)


def test_a_header_in_our_own_words_is_taken_at_its_word() -> None:
    """A key above all: without it a row that is sent again, corrected, would be another report."""
    row = {
        "key": "20260001", "occurred_from": "2026-01-02", "occurred_to": "2026-01-03", "reported_at": "2026-01-04",
        "version": "2026-01-05", "loss_amount": "12", "victim_reference": "AB 123 456", "account": "a@b.example",
    }  # fmt: skip
    words = [word for word in TARGETS if word not in ("observable", "ignore")]
    made = guess(f"{','.join(words)}\n{','.join(row.get(word, 'x') for word in words)}\n".encode())
    assert {column.name: column.target for column in made.columns} == {word: word for word in words}
    twice = guess(b"key,title\nsame,a\nsame,b\n")
    assert [column.target for column in twice.columns] == ["ignore", "title"]


def test_values_alone_are_recognised_where_there_is_no_header() -> None:
    made = guess(b"2025-03-04,203.0.113.7,evil.example.org\n2025-03-05,203.0.113.8,bad.example.org\n")
    assert not made.header
    assert [(column.target, column.type) for column in made.columns] == [
        ("occurred_from", ""),
        ("observable", "ipv4-addr"),
        ("observable", "domain-name"),
    ]
    assert (
        len(of(ObjectDraft, read(b"2025-03-04,203.0.113.7,evil.example.org\n2025-03-05,203.0.113.8,b.example.org\n")))
        == 2
    )


def test_several_values_in_a_cell_and_python_lists() -> None:
    content = "c;d\n\"['Armenia', 'Korea, Republic of', 'EU (region)']\";\"[['a'], ['b', 'c']]\"\n"
    drafts = read(
        content, Column("c", "victim_country", list="python"), Column("d", "label", list="python", label="x:y")
    )
    report = of(ReportDraft, drafts)[0]
    assert report.victim_countries == ("AM", "KR")
    assert report.labels == ('x:y="a"', 'x:y="b"', 'x:y="c"')
    assert 'EU (region)" is no country' in of(Loss, drafts)[0].what


@pytest.mark.parametrize(
    "cell", ["=1+1", "+49 30", "-cmd", "@SUM(A1)", "\tx", "\rx", "=HYPERLINK(1)", "-1+cmd|' /C calc'!A0"]
)
def test_formulas_are_defused_on_the_way_out_and_kept_on_the_way_in(cell: str) -> None:
    assert table.defuse(cell) == "'" + cell
    written = io.StringIO(newline="")
    csv.writer(written).writerows([["what", "x"], [cell, "y"]])
    element = of(ObjectDraft, read(written.getvalue(), Column("what", "account"), Column("x")))[0]
    assert next(csv.reader(io.StringIO(element.text, newline="")))[0] == cell


@pytest.mark.parametrize("cell", ["-1", "-1,234.56", "-12 %", "plain", "", "a=b", "1-2"])
def test_numbers_and_words_stay_as_they_are(cell: str) -> None:
    assert table.defuse(cell.replace(" %", "%")) == cell.replace(" %", "%")


def test_broken_rows_are_refused_by_line_and_the_others_stay() -> None:
    content = 'a,b,c\n1,2,3\n4,5\n"x\ny",2,3\n7,"8"9,10\n11,1\x002,13\n14,15,16,17\n18,19,20,\n'
    drafts = read(content, Column("a", "title"), Column("b"), Column("c"))
    assert [one.place for one in of(Refusal, drafts)] == ["line 3", "line 6", "line 7", "line 8"]
    assert [one.place for one in of(ObjectDraft, drafts)] == ["line 2", "line 4", "line 9"]
    assert of(ObjectDraft, drafts)[1].text == '"x\ny",2,3'


def test_rows_twice() -> None:
    drafts = read("id,b\n1,x\n1,x\n1,y\n", Column("id", "key"), Column("b", "title"))
    assert len({one.key for one in of(ReportDraft, drafts)}) == 1
    assert (
        len(of(ObjectDraft, drafts)) == len(of(ReportDraft, drafts)) == 2
    )  # the same again: the receipt calls it known
    assert "line 2" in of(Refusal, drafts)[0].reason


@pytest.mark.parametrize(
    ("encoding", "told"), [("utf-8", 0), ("utf-8-sig", 0), ("utf-16", 0), ("utf-16-le", 1), ("cp1252", 1)]
)
def test_encodings(encoding: str, told: int) -> None:
    drafts = read("Titel;Ort\nFälschung;Köln\nzwei;drei\n".encode(encoding), Column("Titel", "title"), Column("Ort"))
    assert of(ReportDraft, drafts)[0].title == "Fälschung"
    assert [(one.place, one.what) for one in of(Loss, drafts)[told:]] == [
        (table.COLUMNS, "1 of 2 columns was not read: Ort")
    ]


def test_a_very_long_line_is_refused_and_the_next_is_read() -> None:
    raw = b"a,b\n" + b"x" * 30_000_000 + b",2\n3,4\n"
    tracemalloc.start()
    drafts = read(raw, Column("a", "title"), Column("b"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "longer than" in of(Refusal, drafts)[0].reason
    assert of(ReportDraft, drafts)[0].title == "3"
    assert peak < 4 * len(raw)


@given(st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_nothing_but_unreadable_is_raised(raw: bytes) -> None:
    for content in (raw, b"date,ip,amount\n" + raw):
        try:
            list(table.read(content, Options()))
        except Unreadable:
            continue


@given(st.lists(st.lists(st.text(max_size=12), min_size=3, max_size=3), min_size=1, max_size=8))
@settings(max_examples=150, deadline=None)
def test_each_row_that_a_writer_wrote_is_answered(rows: list[list[str]]) -> None:
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerows([["a", "b", "c"], *rows])
    raw = written.getvalue().encode("utf-8", "surrogatepass")
    try:
        drafts = read(raw, Column("a", "title"), Column("b", "account"), Column("c", "observable"), delimiter=",")
    except Unreadable:
        assert b"\xed" in raw
        return
    if b"\x00" not in raw and b"\xed" not in raw:
        assert len(of(ObjectDraft, drafts)) + len(of(Refusal, drafts)) == len(rows)


def test_a_bank_of_portugal_is_read_without_being_asked() -> None:
    """What a fraud desk of Lisbon exports: an amount called "Valor", and an IBAN with a slip of the pen, told."""
    raw = (
        "Data;Valor;Moeda;IBAN destino;Telefone;Descrição;Balcão\n"
        "21/11/2026;1.250,00;EUR;PT50000201231234567890154;+351 912 345 678;;Lisboa\n"
        "20/11/2026;15.000,50;EUR;PT50000201231234567890155;+351 912 345 679;Falso CEO;Braga\n"
    ).encode()
    drafts = list(table.read(raw, Options(filename="a-long-name-" * 20 + ".csv")))
    first, second = of(ReportDraft, drafts)
    assert (first.loss_amount, first.loss_currency) == (Decimal("1250.00"), "EUR")
    assert second.title == "Falso CEO"
    assert len(first.title) < 80
    kinds = [[seen.type for seen in one.observations] for one in of(ObjectDraft, drafts)]
    assert kinds == [["iban", "phone-number"], ["text", "phone-number"]]
    told = [(one.place, one.what) for one in of(Loss, drafts)]
    assert told[0][0] == table.GUESSED
    assert '"Valor" as money lost' in told[0][1]
    assert told[1:] == [
        (
            "column IBAN destino",
            '"PT50000201231234567890155" is no IBAN, by its length or its check digits; it is kept as text: '
            "1 row, first on line 3",
        ),
        (table.COLUMNS, "1 of 7 columns was not read: Balcão"),
    ]

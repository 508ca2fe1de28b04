"""Values in one form: names, dates of any writing, numbers; what is no value is none."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pytest

from hueandcry.linkage.matching.forms import write


def formed(column: str, trait: str, values: list[str | None]) -> dict[str, list[object]]:
    with duckdb.connect() as connection:
        table = pa.table({"key": [str(at) for at in range(len(values))], column: pa.array(values, pa.string())})
        connection.register("table_given", table)
        connection.execute("CREATE TABLE given_table AS SELECT * FROM table_given")
        write(connection, {trait: (column,)}, "key")
        return connection.sql("SELECT * FROM people ORDER BY CAST(id AS INT)").to_arrow_table().to_pydict()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1980-03-04", "19800304"), ("19800304", "19800304"), ("04031980", "19800304"), ("4.3.1980", "19800304"),
        ("04/03/1980", "19800304"), ("4 March 1980", "19800304"), ("March 4, 1980", "19800304"), ("1980", "1980"),
        ("1980-03-04T00:00:00", "19800304"), ("04.03.80", "19800304"),
        ("unknown", None), ("", None), ("1856-01-81", "18560181"),
    ],
)  # fmt: skip
def test_dates(written: str, meant: str | None) -> None:
    assert formed("born on", "born", [written, "1970-01-01", "1971-02-02"])["born"][0] == meant


def test_whether_the_month_comes_first_is_for_the_column_to_say() -> None:
    assert formed("dob", "born", ["03/04/1980", "05/31/1970"])["born"] == ["19800304", "19700531"]
    assert formed("dob", "born", ["03/04/1980", "31/05/1970"])["born"] == ["19800403", "19700531"]


def test_names_lose_titles_case_accents_and_order() -> None:
    found = formed("name", "full", ["Dr. José  de la CRUZ", "cruz, jose", "N/A", "Sir O'Neill (1851-1937)", "李 小龙"])
    assert found["sorted"] == ["cruz jose", "cruz jose", None, "neill o", "小龙 李"]
    assert found["surname"][:2] == ["cruz", "jose"]
    assert found["words"] == [2, 2, None, 2, 2]


def test_numbers_and_addresses() -> None:
    assert formed("tel", "phone", ["+49 (0)30 123-4567", "0049 30 1234567", "123"])["phone"] == [
        "301234567", "301234567", None,
    ]  # fmt: skip
    assert formed("mail", "email", [" Ann@Example.ORG", "none", "info@x.org"])["mailbox"] == [None, None, None]
    assert formed("mail", "email", [" Annie@Example.ORG", "none", "x@x.org"])["email"] == [
        "annie@example.org", None, "x@x.org",
    ]  # fmt: skip
    found = formed("pc", "postcode", ["tq13 8df", "1010", "SW1A-2JH"])
    assert found["postcode"] == ["TQ138DF", "1010", "SW1A2JH"]
    assert found["district"] == ["TQ13", "10", "SW1A2"]
    assert found["area"] == ["TQ", "10", "SW"]


def test_what_a_crowd_shares_is_a_placeholder() -> None:
    values = ["0000000000"] * 40 + [f"030{at:07}" for at in range(40)]
    assert formed("tel", "phone", values)["phone"].count(None) == 40


def test_a_common_word_does_not_tell_streets_apart() -> None:
    found = formed("street", "street", [f"Rue {at:c}{at:c}x" for at in range(97, 97 + 20)] * 3)
    assert all(street == f"{chr(97 + at % 20) * 2}x" for at, street in enumerate(found["street"]))


@pytest.mark.parametrize("name", ['na"me', "a'; DROP TABLE given_table; --", "naïve ☃", "select"])
def test_columns_may_be_called_anything(name: str) -> None:
    assert formed(name, "place", ["Town", "Town"])["place"] == ["town", "town"]

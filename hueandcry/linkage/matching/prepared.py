"""Facts of reports made ready for comparing: how rare each value is just then, sums in one currency, keys for blocking.

    prepared = prepare(facts)    # columns of linkage_fact in, those that ``reports.SETTINGS`` names out

Pure: Arrow in, Arrow out, DuckDB between. What is counted is counted among the reports given. For one report with all
that is near it, during the day, ``few.py`` says the same in Python.

A value's *crowd* is the number of reports that hold it within the week before, of and after: what makes two reports of
one deed, and not of two deeds by the same criminals, is that nobody else held the value in those days.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

# Units of a currency to one euro, roughly as central banks had them in 2025: for telling whether two sums may be one
# sum converted, within some tenth; never for adding sums up.
RATES = {
    "AUD": 1.75, "BGN": 1.956, "BRL": 6.3, "CAD": 1.57, "CHF": 0.94, "CNY": 8.1, "CZK": 24.8, "DKK": 7.46, "EUR": 1.0,
    "GBP": 0.85, "GEL": 3.07, "HKD": 8.8, "HNL": 29.0, "HUF": 402.0, "IDR": 18_500.0, "ILS": 3.9, "INR": 98.0,
    "JPY": 168.0, "KES": 146.0, "KRW": 1_600.0, "LKR": 338.0, "MDL": 19.4, "MKD": 61.5, "MWK": 1_950.0, "MXN": 21.7,
    "MYR": 4.85, "NGN": 1_730.0, "NOK": 11.7, "NPR": 156.0, "NZD": 1.92, "PHP": 65.0, "PKR": 318.0, "PLN": 4.25,
    "RON": 5.05, "RSD": 117.2, "SEK": 11.1, "SGD": 1.47, "THB": 37.0, "TRY": 44.5, "UAH": 46.8, "UGX": 4_120.0,
    "USD": 1.12, "XAF": 655.957, "XOF": 655.957, "ZAR": 20.2,
}  # fmt: skip

DAYS = 8  # reports of one crime tell days at most so far apart; also the width of a bucket of days
CROWD = 40  # a value that more reports hold within three weeks ties nothing
TIERS = (2, 3, 5, 10)  # crowds up to which a value counts as this rare
KINDS = ("exact", "money", "contact", "infrastructure", "victims")
SUM_WIDTH = 0.16  # of a bucket of sums, in natural logarithms
SUM_DAYS = 8  # of a bucket of days, for sums
PLACE_DAYS = 4  # of a bucket of days, for places and for nearly the same sums
BLOCK = 8  # a key of a sum or place that more reports hold brings none of them together

_UNNEST = "SELECT report, unnest({}) AS value FROM facts"
_QUERY = (Path(__file__).parent / "prepared.sql").read_text(encoding="utf-8").format(
    days=DAYS, crowd=CROWD, sum_width=SUM_WIDTH, sum_days=SUM_DAYS, place_days=PLACE_DAYS, block=BLOCK,
    kinds=" UNION ALL ".join(_UNNEST.format(kind) for kind in KINDS),
    tiers=", ".join(
        f"list_sort(list_where(shared, list_transform(crowds, lambda c: c <= {tier}))) AS within_{tier}"
        for tier in TIERS
    ),
    none=", ".join(f"coalesce(v.within_{tier}, []) AS within_{tier}" for tier in TIERS),
)  # fmt: skip


def prepare(facts: pa.Table, *, memory_mib: int = 1024, threads: int = 2) -> pa.Table:
    """What ``reports.SETTINGS`` compares, a row for each fact, in the order of ``report``."""
    import duckdb  # here: constants of this module are read by processes that compare nothing

    with (  # what does not fit goes to a folder of its own: DuckDB would write where the process happens to stand
        tempfile.TemporaryDirectory(prefix="linkage-") as spill,
        duckdb.connect(
            config={"threads": threads, "memory_limit": f"{memory_mib}MiB", "temp_directory": spill}
        ) as connection,
    ):
        prepare_in(connection, facts, "prepared")
        return connection.table("prepared").order("report").to_arrow_table()


def prepare_in(
    connection: duckdb.DuckDBPyConnection, facts: pa.Table, name: str, columns: Sequence[str] | None = None
) -> None:
    """The same as a table of this name in an engine's database, in any order: all columns, or these."""
    import pyarrow as pa

    wanted = "*" if columns is None else ", ".join(f'"{column}"' for column in columns)
    connection.execute("SET preserve_insertion_order = false")
    connection.register("facts", facts)
    connection.register("rates", pa.table({"currency": list(RATES), "rate": list(RATES.values())}))
    try:
        connection.execute(f"CREATE TABLE {name} AS SELECT {wanted} FROM ({_QUERY})")  # noqa: S608 - names of ours
    finally:
        connection.unregister("facts")
        connection.unregister("rates")

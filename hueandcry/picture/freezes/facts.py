"""What a freeze holds: its tables and columns, and what each means. The contract between freezing and figures. Pure.

A freeze holds no value of anybody: no title, no text, no observable, no id of a report or a crime. Rows are ordered and
numbered anew in each freeze. Empty text means not told.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

Kind = Literal["int", "byte", "date", "text", "texts", "ints", "decimal", "float"]


class Column(NamedTuple):
    """A column: its type and what it means."""

    name: str
    kind: Kind
    meaning: str


_SHARED: Final = (
    Column("occurred", "date", "day of the crime (UTC): its first day; of a crime, the median of its reports'; null"),
    Column("reported", "date", "day on which the sender recorded it; of a crime, the first"),
    Column("arrived", "date", "day on which it reached the alliance; of a crime, the first"),
    Column("cls", "text", "class of the Common Taxonomy; of a crime, the one most of its reports give"),
    Column("type", "text", "class/type, likewise"),
    Column("nature", "text", "cyber-dependent, cyber-enabled; empty where class and type leave it open"),
    Column(
        "countries", "texts", "countries of the victims, ISO 3166-1 alpha-2, sorted; of a crime, of all its reports"
    ),
    Column("sector", "text", "NACE Rev. 2.1 section of the victim"),
    Column("size", "text", "person, micro, small, medium, large"),
    Column("techniques", "texts", "ATT&CK techniques, sorted, each once"),
    Column("loss", "int", "cents of the euro at the rate of the day; of a crime, the median of its reports'; null"),
    Column("record_key", "byte", "0 to 255, the same in every freeze: a keyed hash of the report or crime"),
)

TABLES: Final[dict[str, tuple[Column, ...]]] = {
    # Current reports of incidents whose purpose allows statistics.
    "reports": (
        Column("report", "int", "number within this freeze"),
        Column("crime", "int", "the row of ``crimes`` it tells of"),
        Column("organisation", "int", "who reported: the row of ``organisations``"),
        Column("source", "text", "kind of that organisation when it reported (question.SOURCES)"),
        *_SHARED,
        Column("loss_given", "decimal", "as reported; null"),
        Column("currency", "text", "ISO 4217, as reported; a loss without a rate for it stays out of sums"),
    ),
    # What those reports tell of: one row a crime that linkage found, and one a report that stands alone.
    "crimes": (
        Column("crime", "int", "number within this freeze"),
        *_SHARED,
        Column("reports", "int", "how many reports tell of it"),
        Column("organisations", "ints", "who told of it: rows of ``organisations``, each once, sorted"),
        Column("sources", "int", "bits of question.SOURCES: bit 0 business, 1 law enforcement, ..."),
        Column("delay", "int", "days from occurred to arrived; null where occurred is"),
    ),
    "organisations": (
        Column("organisation", "int", "number within this freeze"),
        Column("kind", "text", "question.SOURCES"),
        Column("country", "text", "ISO 3166-1 alpha-2"),
        Column("sector", "text", "NACE section"),
        Column("joined", "date", "first day as a member"),
        Column("first", "date", "arrival of its first report; null"),
        Column("last", "date", "arrival of its last report; null"),
    ),
    "rates": (
        Column("currency", "text", "ISO 4217"),
        Column("day", "date", "day of the rate"),
        Column("per_euro", "decimal", "units for one euro"),
        Column("source", "text", "whose rate it is"),
    ),
    "denominators": (
        Column("kind", "text", "inhabitants, enterprises"),
        Column("country", "text", "ISO 3166-1 alpha-2"),
        Column("sector", "text", "NACE section; empty: all"),
        Column("size", "text", "empty: all"),
        Column("year", "int", "of the count"),
        Column("value", "int", "how many"),
        Column("source", "text", "whose count it is"),
    ),
}

"""What operations are found in, read out of PostgreSQL as the linker: one moment, in columns (Arrow, numpy)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from psycopg import sql

from hueandcry.exchange.observables import TYPES
from hueandcry.exchange.statements import named
from hueandcry.linkage import linker
from hueandcry.linkage.operations import weights
from hueandcry.linkage.operations.arrays import Crimes, Held, Ints, Values, trait
from hueandcry.linkage.words import TELLING

SQL = named(Path(__file__).parent / "sql" / "rebuild.sql")
KINDS = tuple(kind for kind in TYPES if weights.ties(kind))


@dataclass(frozen=True, slots=True)
class Seen:
    """The arrays, and what their numbers stand for: ``crimes`` and ``observables`` are ids in the order of numbers;
    ``before``: the operation of each crime, 0 none."""

    held: Held
    values: Values
    of_crimes: Crimes
    crimes: Ints
    observables: Ints
    before: Ints
    observations: int


def read() -> Seen:
    """Everything, as of one moment. Needs about 60 bytes an observation while it works."""
    with linker.snapshot() as connection, connection.cursor() as cursor:
        tables = [
            _table(cursor, name, types=list(KINDS), least=TELLING)
            for name in ("reports", "values", "observations", "before")
        ]
    return arranged(*tables)


def arranged(reports: pa.Table, values: pa.Table, observations: pa.Table, before: pa.Table) -> Seen:
    """The arrays out of the tables of sql/rebuild.sql (columns by the same names, reports and values sorted by id)."""
    crimes, crime = np.unique(_column(reports, "crime"), return_inverse=True)
    organisations, organisation = np.unique(_column(reports, "organisation"), return_inverse=True)
    leaf = _column(reports, "leaf")
    day = _column(reports, "day").astype(np.int32)
    owner = _owners(organisation, leaf, crime, len(crimes), len(organisations))
    # What is hidden of a crime that others tell openly counts for nothing.
    counts = np.flatnonzero(~leaf | (owner[crime] >= 0))
    held, observables, of_values = _held(
        reports, values, observations, crime.astype(np.int32), organisation.astype(np.int32), leaf, day, counts
    )
    cls, country, kinds = (_codes(reports[name]) for name in ("main_class", "country", "classes"))
    firm = np.flatnonzero(~leaf)
    tying = owner[held.crime] < 0
    of_crimes = Crimes(
        cls=_first_known(cls[counts], crime[counts], len(crimes)),
        country=_first_known(country[counts], crime[counts], len(crimes)),
        day=_least(day[counts], crime[counts], len(crimes)),
        owner=owner,
        reported=_reported(crime, organisation, len(organisations)),
        traits=(
            trait(crime[firm], kinds[firm]), trait(crime[firm], country[firm]),
            trait(held.crime[tying], of_values.kind[held.value[tying]]),
        ),
    )  # fmt: skip
    return Seen(held, of_values, of_crimes, crimes, observables, _before(crimes, before), observations.num_rows)


def _held(
    reports: pa.Table, values: pa.Table, observations: pa.Table, crime: NDArray[Any], organisation: NDArray[Any],
    leaf: NDArray[Any], day: NDArray[Any], counts: Ints,
) -> tuple[Held, Ints, Values]:  # fmt: skip
    """The rows whose report counts for a crime and whose value may tie."""
    report, known = _places(_column(reports, "report"), _column(observations, "report"))
    value, tying = _places(_column(values, "id"), _column(observations, "observable"))
    share = np.where(_column(observations, "unknown"), weights.ROLES["unknown"], 1.0).astype(np.float32)
    prior = _column(values, "weight")[value] * share
    counted = np.zeros(len(crime), np.bool_)
    counted[counts] = True
    rows = np.flatnonzero(known & tying & counted[report] & (prior >= TELLING - 1e-6))
    report, value, prior = report[rows], value[rows], prior[rows]
    used, value = np.unique(value, return_inverse=True)
    strongest = np.zeros(len(used))
    np.maximum.at(strongest, value, prior)
    when = _column(observations, "day")[rows]
    held = Held(
        crime[report],
        value.astype(np.int32),
        organisation[report],
        np.where(when >= 0, when, day[report]),
        leaf[report],
    )
    kind = (_column(values, "kind")[used] - 1).astype(np.int16)
    family = np.array([weights.FAMILIES.index(weights.family(k)) for k in KINDS], np.int8)[kind]
    rest = np.array([weights.rest(k) for k in KINDS], np.int32)[kind]
    return held, _column(values, "id")[used], Values(kind, family, rest, strongest)


def _table(cursor: Any, name: str, **facts: Any) -> pa.Table:
    """The rows of a named statement. ADBC sends parameters one by one, so the few there are stand in the text."""
    text = SQL[name]
    for key, value in facts.items():
        text = text.replace(f"%({key})s", sql.Literal(value).as_string(None))
    cursor.execute(text)
    return cursor.fetch_arrow_table().combine_chunks()


def _column(table: pa.Table, name: str) -> NDArray[Any]:
    column = table[name]
    return column.to_numpy() if table.num_rows else np.zeros(0, column.type.to_pandas_dtype())


def _places(ids: Ints, wanted: Ints) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Where each stands among the ids, which are sorted, and whether it stands there at all."""
    if not len(ids):
        return np.zeros(len(wanted), np.int64), np.zeros(len(wanted), np.bool_)
    at = np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)
    return at, ids[at] == wanted


def _codes(column: pa.ChunkedArray) -> NDArray[np.int32]:
    """Texts as numbers, -1 for the empty one."""
    coded = pc.dictionary_encode(column.combine_chunks())
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.combine_chunks()
    words: Sequence[str] = coded.dictionary.to_pylist()
    number = np.array([-1 if not word else n for n, word in enumerate(words)] or [0], np.int32)
    return number[coded.indices.to_numpy(zero_copy_only=False)] if len(coded) else np.zeros(0, np.int32)


def _first_known(code: NDArray[np.int32], crime: NDArray[Any], crimes: int) -> NDArray[np.int32]:
    """By crime, what its first report that knows says."""
    found = np.full(crimes, -1, np.int32)
    known = np.flatnonzero(code >= 0)[::-1]  # the first is written last
    found[crime[known]] = code[known]
    return found


def _least(day: NDArray[Any], crime: NDArray[Any], crimes: int) -> NDArray[np.int32]:
    found = np.full(crimes, np.iinfo(np.int32).max, np.int32)
    np.minimum.at(found, crime, day)
    return found


def _owners(
    organisation: NDArray[Any], leaf: NDArray[Any], crime: NDArray[Any], crimes: int, organisations: int
) -> NDArray[np.int64]:
    """By crime: -1 where somebody tells it openly, else the organisation that hides it; one number of its own where
    several do, since neither is to learn of the other."""
    open_to = np.bincount(crime[~leaf], minlength=crimes) > 0
    low, high = np.full(crimes, organisations, np.int64), np.full(crimes, -1, np.int64)
    np.minimum.at(low, crime, organisation)
    np.maximum.at(high, crime, organisation)
    return np.where(open_to, -1, np.where(low == high, low, organisations + np.arange(crimes)))


def _reported(crime: NDArray[Any], organisation: NDArray[Any], organisations: int) -> NDArray[np.int64]:
    """By organisation, how many crimes it reported."""
    pairs = np.unique(crime.astype(np.int64) * max(1, organisations) + organisation)
    return np.bincount(pairs % max(1, organisations), minlength=organisations)


def _before(crimes: Ints, table: pa.Table) -> Ints:
    found = np.zeros(len(crimes), np.int64)
    at, known = _places(crimes, _column(table, "crime"))
    found[at[known]] = _column(table, "operation")[known]
    return found

"""Running expressions on a freeze. Each is compiled once for its shape; a statement is made of such parts by name.

    WITH wanted_country(value) AS (VALUES ('PT')), step0 AS (...), sums_kind AS (...) SELECT * FROM cells

so that a question nobody asked before costs no compiling: only the values in it are new.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Self

from hueandcry.picture.expressions import told
from hueandcry.picture.freezes import reader

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from hueandcry.picture.freezes.reader import Frozen
    from hueandcry.picture.question import Question

Part = tuple[str, str]  # a name and its statement


class Asking:
    """One question to one freeze. ``rows`` is the name of what its filters leave.

    with Asking(frozen, question) as asking:
        asking.rows_of(some_expression_over(told.table(asking.rows)))

    ``aside``: these columns of what the filters leave are laid aside first, as is what is kept: for many tables of one
    question. ``whole``: the filters' values are given, but leave out nothing.
    """

    def __init__(self, frozen: Frozen, question: Question, *, aside: Sequence[str] = (), whole: bool = False) -> None:
        self._cursor = reader.opened(frozen).cursor
        self._aside = aside
        self._laid: list[str] = []
        self._parts: list[Part] = []
        self._names: set[str] = set()
        self.rows = told.told(question)
        if whole:
            self._parts = [given(name, values) for name, values in told.wanted(question).items()]
        else:
            self.rows = self._choose(question)

    def _choose(self, question: Question) -> str:
        if not question.filtered:
            return told.told(question)
        self._parts = parts(question)
        if self._aside:
            self._lay("chosen", f"SELECT {', '.join(self._aside)} FROM {self._parts[-1][0]}")  # noqa: S608 - our own names
            return "chosen"
        return self._parts[-1][0]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for name in self._laid:
            self._cursor.execute(f"DROP TABLE IF EXISTS temp.{name}")

    def keep(self, name: str, expression: Table) -> None:
        """Have the rows of an expression at hand under this name, for others to build on."""
        if name in self._names:
            return
        self._names.add(name)
        if self._aside:
            self._lay(name, f"SELECT * FROM ({compiled(expression)})")  # noqa: S608 - our own statement
        else:
            self._parts.append((name, compiled(expression)))

    def give(self, name: str, values: Sequence[str | int]) -> None:
        """Have these values at hand as ``wanted_<name>``."""
        self._parts.append(given(name, values))

    def beside(self, name: str, expressions: Sequence[Table]) -> None:
        """Have the rows of several expressions with the same columns under this name, each with the place of its own
        as ``asked``: one statement for them all. Each is compiled by itself, so that any set of them costs nothing."""
        each = (f"SELECT {place} AS asked, * FROM ({compiled(one)})" for place, one in enumerate(expressions))  # noqa: S608
        self._parts.append((name, " UNION ALL ".join(each)))

    def rows_of(self, expression: Table) -> list[tuple[Any, ...]]:
        """The rows of an expression: one of few shapes, for its compiled form is kept."""
        return self._cursor.execute(statement(self._parts, compiled(expression))).fetchall()

    def _lay(self, name: str, query: str) -> None:
        """A table of this thread's connection, dropped at the end; a name that was left by a fault is taken over."""
        self._cursor.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {statement(self._parts, query)}")
        self._laid.append(name)
        self._parts = []


def given(name: str, values: Sequence[str | int]) -> Part:
    """Values as the part ``wanted_<name>`` of a statement."""
    return f"wanted_{name}(value)", f"VALUES {', '.join(f'({_literal(v)})' for v in values)}"


def parts(question: Question) -> list[Part]:
    """What the filters of a question leave, as named parts of a statement; the last is it."""
    found: list[Part] = []
    rows = told.told(question)
    for place, (name, values) in enumerate(told.wanted(question).items()):
        found.append(given(name, values))
        found.append((f"step{place}", compiled(told.filtered(rows, name, told.time_of((name,), question.time)))))
        rows = f"step{place}"
    return found


def statement(parts: Sequence[Part], query: str) -> str:
    """One statement of named parts, each of which may use those before it."""
    if not parts:
        return query
    named = ", ".join(f"{name} AS ({body})" for name, body in parts)
    return f"WITH {named} SELECT * FROM ({query}) AS asked"  # noqa: S608 - of our own parts


def _literal(value: str | int) -> str:
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"


def to_sql(expression: Table, dialect: str = "duckdb") -> str:
    """An expression as a statement of DuckDB or PostgreSQL."""
    import ibis

    return str(ibis.to_sql(expression, dialect=dialect))


@lru_cache(maxsize=4000)
def compiled(expression: Table) -> str:
    """The statement of an expression on DuckDB; expressions that are made once for each shape are compiled once."""
    return to_sql(expression)

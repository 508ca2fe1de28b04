"""Running expressions on a freeze: compiled once for each shape, tables in between kept while one question is asked."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Self

from hueandcry.picture.expressions import told
from hueandcry.picture.freezes import reader

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from hueandcry.picture.freezes.reader import Frozen
    from hueandcry.picture.question import Question

CHOSEN = "chosen"


class Asking:
    """One question to one freeze. Where it has filters, what they leave is laid aside first, and counted from there.

    with Asking(frozen, question) as asking:
        asking.rows_of(some_expression_over(told.table(asking.rows)))
    """

    def __init__(self, frozen: Frozen, question: Question) -> None:
        self._cursor = reader.opened(frozen).cursor
        self._question = question
        self._kept: list[str] = []
        self.rows = CHOSEN if question.filtered else told.told(question)

    def __enter__(self) -> Self:
        if self._question.filtered:
            self._keep(CHOSEN, to_sql(told.chosen(self._question)))
        return self

    def __exit__(self, *_: object) -> None:
        for name in reversed(self._kept):
            self._cursor.execute(f"DROP TABLE temp.{name}")

    def keep(self, name: str, expression: Table) -> None:
        """Run an expression and lay its rows aside under this name, once."""
        if name not in self._kept:
            self._keep(name, compiled(expression))

    def rows_of(self, expression: Table) -> list[tuple[Any, ...]]:
        """The rows of an expression whose compiled form is worth keeping: one of few shapes."""
        return self._cursor.execute(compiled(expression)).fetchall()

    def _keep(self, name: str, query: str) -> None:
        self._cursor.execute(f"CREATE TEMP TABLE {name} AS {query}")
        self._kept.append(name)


def to_sql(expression: Table, dialect: str = "duckdb") -> str:
    """An expression as a statement of DuckDB or PostgreSQL."""
    import ibis

    return str(ibis.to_sql(expression, dialect=dialect))


@lru_cache(maxsize=2000)
def compiled(expression: Table) -> str:
    """The statement of an expression on DuckDB; expressions that are made once for each shape are compiled once."""
    return to_sql(expression)

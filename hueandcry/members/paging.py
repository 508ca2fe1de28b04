"""Pages of a list by key: the address holds the last row seen, never a number of rows to skip."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import QueryDict

SIZE = 50


@dataclass(slots=True)
class Page:
    """Some rows of a list, and the keys of the pages before and after (None: there is none)."""

    rows: list[Any] = field(default_factory=list)
    next: str | None = None
    previous: str | None = None


def ordered(rows: QuerySet[Any], sort: str, orders: Mapping[str, str], default: str) -> tuple[QuerySet[Any], str, bool]:
    """The rows in the order asked for (``key`` up, ``-key`` down), the field it is by, and whether it falls."""
    wanted = sort if sort.removeprefix("-") in orders else default
    falls, by = wanted.startswith("-"), orders[wanted.removeprefix("-")]
    sign = "-" if falls else ""
    return rows.order_by(sign + by, sign + "pk"), by, falls


def page(
    rows: QuerySet[Any], query: Mapping[str, Any], orders: Mapping[str, str], default: str, size: int = SIZE
) -> Page:
    """One page of ``rows``; ``orders`` names the field (never null) behind each word that ``sort`` may be.

    A key that we did not write is as if there were none.
    """
    rows, by, falls = ordered(rows, query.get("sort", ""), orders, default)
    after, before = _read(query.get("after")), _read(query.get("before"))
    if after is not None:
        found = list(_beyond(rows, by, after, falls)[: size + 1])
        return _made(found[:size], by, more=len(found) > size, back=True)
    if before is not None:
        found = list(_beyond(rows, by, before, not falls).reverse()[: size + 1])
        return _made(found[:size][::-1], by, more=True, back=len(found) > size)
    found = list(rows[: size + 1])
    return _made(found[:size], by, more=len(found) > size, back=False)


def _made(rows: list[Any], by: str, *, more: bool, back: bool) -> Page:
    if not rows:
        return Page()
    return Page(rows, _key(rows[-1], by) if more else None, _key(rows[0], by) if back else None)


def _beyond(rows: QuerySet[Any], by: str, key: tuple[Any, int], falls: bool) -> QuerySet[Any]:
    value, pk = key
    way = "lt" if falls else "gt"
    if by == "pk":  # said twice over, the index would not be used
        return rows.filter(**{f"pk__{way}": pk})
    try:
        return rows.filter(Q(**{f"{by}__{way}": value}) | Q(**{by: value, f"pk__{way}": pk}))
    except (ValueError, TypeError, ValidationError):  # a key of another order than this one
        return rows


def _key(row: Model, by: str) -> str:
    value = getattr(row, by)
    written = {"t": value.isoformat()} if isinstance(value, datetime) else value
    return base64.urlsafe_b64encode(orjson.dumps([written, row.pk])).decode().rstrip("=")


def _read(text: Any) -> tuple[Any, int] | None:
    if not isinstance(text, str) or not text or len(text) > 1000:
        return None
    try:
        value, pk = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if isinstance(value, dict):
            value = datetime.fromisoformat(value["t"])
    except (ValueError, KeyError, TypeError):
        return None
    good = isinstance(value, str | int | datetime) and isinstance(pk, int) and abs(pk) < 2**63
    good = good and not (isinstance(value, str) and "\x00" in value)
    return (value, pk) if good else None


def words(query: Mapping[str, Any], name: str) -> str:
    """What somebody typed into a filter, fit for a query: short, and without the one character PostgreSQL refuses."""
    return str(query.get(name, "")).replace("\x00", "").strip()[:200]


def chosen(query: QueryDict, name: str) -> list[str]:
    """What somebody ticked in a filter of many, fit for a query as ``words`` is."""
    return [value for given in query.getlist(name) if (value := given.replace("\x00", "").strip()[:200])]

"""Out of the cells that the blind function lets go: series, sums and rates for charts and figures. Pure.

A cell that is not there may be empty or small: nothing here turns that into a nought.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import cached_property

from hueandcry.exchange.classification import CLASSES
from hueandcry.exchange.countries import is_code
from hueandcry.exchange.sectors import SHORT

SOURCES = ("business", "law-enforcement", "government", "cert", "academia", "non-profit")  # Organisation.Kind
LEAST_REPORTS, LEAST_ORGANISATIONS = 10, 3  # the least a cell shows; the rule itself is in migrations/0001_cells.sql
ROUNDING = 2  # reports are rounded to the nearest 5, hence at most this far off
PERIOD = 3  # months of a period whose change is told


@dataclass(frozen=True, slots=True)
class Cell:
    """How many reports, to the nearest 5, and at least how many organisations they come from."""

    reports: int
    organisations: int


@dataclass(frozen=True, slots=True)
class Question:
    """The filters that are set. ``cls`` is called ``class`` in addresses."""

    year: int | None = None
    country: str | None = None
    sector: str | None = None
    cls: str | None = None
    source: str | None = None

    @property
    def filtered(self) -> bool:
        """Whether any filter is set."""
        return self != Question()

    def without(self, name: str) -> Question:
        """The same question with one filter less."""
        return replace(self, **{name: None})

    def set_names(self) -> list[str]:
        """The filters that are set, by their field's name."""
        return [f.name for f in fields(self) if getattr(self, f.name) is not None]


ADDRESS = {"year": "year", "country": "country", "sector": "sector", "class": "cls", "source": "source"}
_ALLOWED = {
    "country": is_code,
    "sector": SHORT.__contains__,
    "class": {c.code for c in CLASSES}.__contains__,
    "source": SOURCES.__contains__,
}


def asked(query: Mapping[str, Sequence[str]]) -> tuple[Question, list[tuple[str, str]]]:
    """The question of an address, and the (filter, value) pairs that mean nothing. A filter's last value counts."""
    found: dict[str, str | int] = {}
    strange = []
    for name, field in ADDRESS.items():
        value = next((v for v in reversed(query.get(name, ())) if v.strip()), "")
        if not value:
            continue
        if name == "year" and value.isascii() and value.isdigit() and len(value) == 4:
            found[field] = int(value)
        elif name != "year" and _ALLOWED[name](value):
            found[field] = value
        else:
            strange.append((name, value[:80]))
    return Question(**found), strange  # type: ignore[arg-type]


@dataclass(frozen=True)
class Cells:
    """The cells of one question, by dimension and key."""

    rows: Mapping[tuple[str, str], Cell]

    @classmethod
    def of(cls, rows: Iterable[tuple[str, str, int, int]]) -> Cells:
        """From the rows of ``hueandcry_picture``."""
        return cls({(dimension, key): Cell(int(n), int(o)) for dimension, key, n, o in rows})

    @property
    def total(self) -> Cell | None:
        """All reports that fit the question; None where they are too few to show."""
        return self.rows.get(("total", ""))

    @cached_property
    def by_dimension(self) -> dict[str, dict[str, int]]:
        """Reports by key, for each dimension, most first."""
        found: dict[str, dict[str, int]] = {}
        for (dimension, key), cell in sorted(self.rows.items(), key=lambda item: (-item[1].reports, item[0])):
            found.setdefault(dimension, {})[key] = cell.reports
        return found

    def counts(self, dimension: str) -> dict[str, int]:
        """Reports by key of one dimension, most first; empty where nothing of it is shown."""
        return self.by_dimension.get(dimension, {})


def over_closed(counts: Mapping[str, int], keys: Sequence[str]) -> list[tuple[str, int | None]]:
    """Every key of a closed list, the most reported first, those not shown (None) last in the order of the list."""
    shown = sorted((k for k in keys if k in counts), key=lambda k: (-counts[k], keys.index(k)))
    return [(k, counts[k]) for k in shown] + [(k, None) for k in keys if k not in counts]


def over_months(counts: Mapping[str, int], year: int | None, now: date) -> list[tuple[str, int | None]]:
    """Every month ("2026-03") from the first shown to the last, or of the year asked for; None where not shown."""
    if not counts:
        return []
    first, last = (f"{year}-01", f"{year}-12") if year else (min(counts), max(counts))
    last = max(min(last, _month(now)), max(counts))
    return [(month, counts.get(month)) for month in months(first, last)]


def months(first: str, last: str) -> Iterator[str]:
    """The months from first to last, both in."""
    at = _number(first)
    while at <= _number(last):
        yield _name(at)
        at += 1


def _month(day: date) -> str:
    return f"{day.year:04}-{day.month:02}"


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:]) - 1


def _name(number: int) -> str:
    return f"{number // 12:04}-{number % 12 + 1:02}"


@dataclass(frozen=True, slots=True)
class Rate:
    """A ratio of two rates with its interval."""

    ratio: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Change:
    """The last complete months against as many before. ``rate`` is None where one of them is not shown."""

    before: tuple[str, str]
    after: tuple[str, str]
    rate: Rate | None
    reports: tuple[int, int] = (0, 0)


def change(counts: Mapping[str, int], now: date) -> Change | None:
    """How the last 3 complete months compare with the 3 before; None where nothing is shown at all.

    Complete are the months before the present one; where the record ends earlier, those up to its last month.
    """
    past = [month for month in counts if month < _month(now)]
    if not past:
        return None
    last = _number(max(past))
    spans = [[_name(last - PERIOD * back - i) for i in reversed(range(PERIOD))] for back in (1, 0)]
    before, after = ((span[0], span[-1]) for span in spans)
    if any(month not in counts for span in spans for month in span):
        return Change(before, after, None)
    b, a = (sum(counts[month] for month in span) for span in spans)
    return Change(before, after, rate_ratio(a, b, *(sum(map(_days, span)) for span in reversed(spans))), (b, a))


def _days(month: str) -> int:
    this, following = (date(n // 12, n % 12 + 1, 1) for n in (_number(month), _number(month) + 1))
    return (following - this).days


def rate_ratio(a: int, b: int, time_a: float, time_b: float, level: float = 0.95) -> Rate:
    """The rate a/time_a over the rate b/time_b of two Poisson counts, with the exact conditional interval.

    Given a + b, a is binomial (Przyborowski and Wilenski 1940); its limits are those of Clopper and Pearson (1934).
    R's poisson.test computes the same. Raises ValueError unless b, time_a and time_b are above nought.
    """
    if a < 0 or b <= 0 or time_a <= 0 or time_b <= 0:
        raise ValueError("a rate ratio needs a >= 0, b > 0 and times above 0")
    tail = (1 - level) / 2
    low = _beta_quantile(tail, a, b + 1) if a else 0.0
    high = _beta_quantile(1 - tail, a + 1, b)
    scale = time_b / time_a
    return Rate(a / b * scale, low / (1 - low) * scale, high / (1 - high) * scale)


def _beta_quantile(p: float, a: float, b: float) -> float:
    low, high = 0.0, 1.0
    for _ in range(60):  # halves the interval each time: 60 times is past the precision of a float
        middle = (low + high) / 2
        low, high = (middle, high) if beta_share(middle, a, b) < p else (low, middle)
    return (low + high) / 2


def beta_share(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b), by its continued fraction (DLMF 8.17.22, Lentz's method)."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):  # there the fraction of the mirrored function converges fast
        return 1 - beta_share(1 - x, b, a)
    front = a * math.log(x) + b * math.log1p(-x) + math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    c, d = 1.0, 1 / _not_nought(1 - (a + b) * x / (a + 1))
    fraction = d
    for m in range(1, 20_000):
        for term in _terms(m, x, a, b):
            d, c = 1 / _not_nought(1 + term * d), _not_nought(1 + term / c)
            fraction *= c * d
        if abs(c * d - 1) < 1e-14:
            break
    return math.exp(front) * fraction / a


def _terms(m: int, x: float, a: float, b: float) -> tuple[float, float]:
    even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
    odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
    return even, odd


def _not_nought(value: float) -> float:
    return value if abs(value) > 1e-300 else 1e-300


def per_cent(part: int, whole: int) -> int:
    """Whole per cent of two rounded counts, never above 100."""
    return min(100, round(100 * part / whole)) if whole else 0

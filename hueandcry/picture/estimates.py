"""How many crimes there truly are, from a freeze: distinct with its interval, and estimated; what is kept of it.

    distinct(frozen, question)      # Ranged: what linkage counts, its measured errors taken out
    estimated(frozen, question)     # Estimated: all crimes, told of or not, with an interval; or why there is none
    kept(viewer, question)          # what was estimated before: read, in a page
    asked_for(by, question)         # have it estimated: a job, some seconds

Source kinds are the lists. Kinds that feed one another (settings.PICTURE_FEEDS) are one list, as are very small ones.
Only counts are estimated, never losses. Small groups are withheld by the same rules as counts; what is kept is rounded,
and tells nothing of who overlaps with whom. docs/picture-linkage-error.md says how errors of linkage come in.

One question from its lists to what is kept of it: the four steps share how a question is named, ranged and refused.
"""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.db import transaction

from hueandcry.linkage.linker import linker
from hueandcry.members.viewer import Viewer
from hueandcry.picture.cells import only
from hueandcry.picture.freezes import reader
from hueandcry.picture.models import Estimate, Freeze
from hueandcry.picture.question import SOURCES, Dimension, Question

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from procrastinate.contrib.django.models import ProcrastinateJob

    from hueandcry.picture.freezes.reader import Frozen
    from hueandcry.picture.mse.linkage_error import LinkageError
    from hueandcry.picture.mse.table import Table

SMALL: Final = 30  # crimes: a kind that told of fewer is no list of its own
ENOUGH: Final = 100  # crimes, from which on a class, country, year or nature is estimated beforehand
SECONDS: Final = 300.0  # of one round of ``prepare``; the next goes on
WAITING: Final = 40  # estimates asked for that may wait at one time
# Large crimes miss more links than recall by pairs says of small ones: of the missed share a crime of two reports
# misses 0.80 to 0.90 in three simulated worlds (docs/picture-linkage-error.md).
UNEVEN: Final = (0.8, 1.0)
TASK: Final = "estimate_question"
NAMES: Final = dict(
    zip(SOURCES, ("businesses", "law enforcement", "government", "CERTs", "academia", "non-profits"), strict=True)
)
PREPARED: Final[tuple[Dimension, ...]] = ("class", "country", "nature", "year")
log = logging.getLogger(__name__)
_prepared: set[str] = set()  # freezes that this process is done with


def _(text: str) -> str:
    return text  # marks a sentence for translation


REASONS: Final = {
    "loss": _("Only counts are estimated: what unreported crimes cost is told by no overlap of sources."),
    "source": _("An estimate rests on how sources overlap, so it cannot be made of one kind of source."),
    "withheld": _("Too few crimes or organisations to show, so too few to estimate from."),
    "failed": _("The estimate could not be computed."),
}


@dataclass(frozen=True, slots=True)
class Ranged:
    """A number of crimes with its 95 % limits. ``how``: "corrected" for the measured errors of linkage; "as-found"
    where those were not measured (no limits); "withheld" (no value either). Rounded to tens, and to three digits."""

    value: float | None
    low: float | None
    high: float | None
    how: str


@dataclass(frozen=True, slots=True)
class Estimated:
    """All crimes, told of or not; or why that is not said. Numbers are rounded; None where refused. ``template`` and
    ``values`` make ``reason`` in another language. ``one_in``: of so many crimes about one is seen, with its limits."""

    estimate: float | None
    low: float | None
    high: float | None
    lower_bound: float | None
    refused: bool
    reason: str
    code: str = ""
    template: str = ""
    values: Mapping[str, str | int | float] | None = None
    one_in: tuple[float, float, float] | None = None
    lists: tuple[str, ...] = ()  # names of source kinds; those that were put together are joined by "and"
    left_out: tuple[str, ...] = ()  # kinds too small to be a list
    linkage: str = ""  # "measured", "unmeasured"
    models: tuple[Mapping[str, Any], ...] = ()
    replicates: int = 0
    seed: int = 0

    def to_json(self) -> dict[str, Any]:
        """As it is kept; ``read`` reads it back."""
        return asdict(self)


def key(question: Question) -> str:
    """Under which address the estimate of a question is kept: one for whichever number the page shows."""
    return replace(question, number="estimated").address()


def rounded(value: float | None) -> float | None:
    """To tens, and to three digits from 1,000 on, so that nobody can tell what one crime more would change."""
    if value is None:
        return None
    step = max(10, 10 ** (len(str(int(abs(value)))) - 3))
    return float(round(value / step) * step)


def linkage_error(frozen: Frozen) -> LinkageError | None:
    """How good linkage was found to be by the last published review before the freeze; None where there was none."""
    from hueandcry.picture.mse.linkage_error import LinkageError, Rate

    said = (frozen.manifest.get("linkage") or {}).get("error") or {}
    rates = []
    for name in ("precision", "recall"):
        held = said.get(name)
        if not isinstance(held, list | tuple) or len(held) != 3 or any(not isinstance(v, int | float) for v in held):
            return None
        value, low, high = (min(max(float(v), 0.0), 1.0) for v in held)
        rates.append(Rate(value, min(low, value), max(high, value)))
    return LinkageError(rates[0], rates[1], UNEVEN)


def distinct(frozen: Frozen, question: Question) -> Ranged:
    """How many crimes stand behind the reports of a question: what linkage found, its errors taken out. Never of
    losses.

    Withheld under the thresholds of counts; whether the filters single somebody out (queries.narrow) the caller asks.
    """
    return _distinct(frozen, replace(question, number="distinct", measure="count"))


@lru_cache(maxsize=4_000)
def _distinct(frozen: Frozen, question: Question) -> Ranged:
    from hueandcry.picture.disclosure.rules import sensitive
    from hueandcry.picture.expressions import figures, reported
    from hueandcry.picture.mse import linkage_error as errors

    whole = only(figures.counted(frozen, question, ("total",)))
    if whole is None or sensitive(whole, "count"):
        return Ranged(None, None, None, "withheld")
    error = linkage_error(frozen)
    if error is None:
        return Ranged(rounded(whole.count), None, None, "as-found")
    found = errors.distinct(reported.sizes(frozen, question), error, seed=_seed(frozen, question))
    return Ranged(rounded(found.value), rounded(found.low), rounded(found.high), "corrected")


def estimated(frozen: Frozen, question: Question) -> Estimated:
    """All crimes of a question, whether anybody told of them or not. Seconds. Never raises for what data lack."""
    question = replace(question, number="estimated")
    if refusal := never(question):
        return refusal
    if _withheld(frozen, question):
        return _refusal("withheld")
    from hueandcry.picture.mse import estimate as mse

    error = linkage_error(frozen)
    table, left_out = lists(frozen, question, error)
    seed = _seed(frozen, question)
    found = mse.estimate(table, seed=seed, linkage=error)
    value, low, high, bound = (rounded(v) for v in (found.estimate, found.low, found.high, found.lower_bound))
    seen = distinct(frozen, question).value
    one_in = None
    if value and low and high and seen:
        one_in = (max(round(value / seen, 1), 1.0), max(round(low / seen, 1), 1.0), max(round(high / seen, 1), 1.0))
    values = dict(found.values or {})
    if "share" in values:  # of two kinds of source: told coarsely
        values["share"] = int(values["share"]) // 10 * 10
    return Estimated(
        value, low, high, bound, found.refused, found.template % values if found.refused else "", found.code,
        found.template, values, one_in, table.lists, left_out, "measured" if error else "unmeasured",
        tuple(
            {"method": told.method, "model": told.model, "estimate": rounded(told.estimate), "low": rounded(told.low),
             "high": rounded(told.high), "weight": round(told.weight, 3)}
            for told in found.models if not found.refused
        ), found.replicates, seed,
    )  # fmt: skip


def lists(frozen: Frozen, question: Question, error: LinkageError | None) -> tuple[Table, tuple[str, ...]]:
    """Capture histories of crimes by source kind, and the kinds that are too small to be a list.

    Kinds that feed one another are one list: what either tells of is independent of the others still. Small ones are
    one list together, if that is large enough. A crime that one kind told of twice without linkage seeing that it is
    one is taken out by the measured error; links lost between kinds stay as they were found, for the bootstrap to
    correct.
    """
    from hueandcry.picture.expressions import reported
    from hueandcry.picture.mse.linkage_error import corrected
    from hueandcry.picture.mse.table import Table

    held = reported.compositions(frozen, question)
    told = [sum(n for composition, n in held.items() if composition[at]) for at in range(len(SOURCES))]
    groups, left_out = grouped(told, feeds())
    names = tuple(" and ".join(NAMES[SOURCES[at]] for at in group) for group in groups)
    together: dict[tuple[int, ...], int] = {}
    for composition, count in held.items():
        merged = tuple(sum(composition[at] for at in group) for group in groups)
        if any(merged):
            together[merged] = together.get(merged, 0) + count
    if error is not None:
        precision, recall = error.central
        table = corrected(corrected(together, precision, recall, lists=names), recall, precision)
    else:
        counts: dict[int, int] = {}
        for merged, count in together.items():
            bits = sum(1 << at for at, n in enumerate(merged) if n)
            counts[bits] = counts.get(bits, 0) + count
        table = Table(names, counts)
    return table, tuple(NAMES[SOURCES[at]] for at in left_out)


def grouped(told: list[int], fed: Iterable[tuple[int, int]]) -> tuple[list[tuple[int, ...]], tuple[int, ...]]:
    """Which kinds make one list, by place, given how many crimes each told of and which feed which; and those left
    out."""
    group = {at: {at} for at, count in enumerate(told) if count}
    for giver, receiver in fed:
        if giver in group and receiver in group:
            one = group[giver] | group[receiver]
            for at in one:
                group[at] = one
    groups = sorted({tuple(sorted(one)) for one in group.values()})
    small = [one for one in groups if sum(told[at] for at in one) < SMALL]
    rest = tuple(sorted(at for one in small for at in one))
    groups = [one for one in groups if one not in small]
    if len(small) > 1 and sum(told[at] for at in rest) >= SMALL:
        return [*groups, rest], ()
    return groups, rest


def feeds() -> list[tuple[int, int]]:
    """Declared pairs of kinds (giver, receiver), by place. Kinds that are none are passed over."""
    pairs = getattr(settings, "PICTURE_FEEDS", ())
    return [(SOURCES.index(a), SOURCES.index(b)) for a, b in pairs if a in SOURCES and b in SOURCES and a != b]


def questions(frozen: Frozen) -> list[Question]:
    """What is estimated of each freeze beforehand: the whole, each class, country, nature and year with enough."""
    from hueandcry.picture.expressions import figures

    whole = Question(number="estimated")
    tables = figures.several(frozen, Question(number="distinct"), [(one,) for one in PREPARED], losses=False)
    return [whole, *(whole.within(dimensions, cell.key) for dimensions, cells in tables.items() for cell in cells
                     if cell.key[0] and cell.count >= ENOUGH)]  # fmt: skip


def prepare(
    freeze: Freeze | Frozen, *, seconds: float = SECONDS, told: Callable[[int, int], None] = lambda _done, _all: None
) -> bool:
    """Estimate what pages show at once of a freeze, and keep it; gives whether all is done. Outside any transaction.

    No new estimate is begun after so many ``seconds``; what is kept already is passed over, so a later call goes on.
    ``told`` hears how many are done of how many.
    """
    frozen = reader.of(freeze) if isinstance(freeze, Freeze) else freeze
    until = time.monotonic() + seconds
    with linker() as cursor:
        cursor.execute("SELECT question FROM picture_estimate WHERE freeze_id = %s", [frozen.number])
        done = {row[0] for row in cursor.fetchall()}
    asked = questions(frozen)
    for at, question in enumerate(asked):
        if key(question) not in done:
            if time.monotonic() > until:
                return False
            keep(frozen, question)
        told(at + 1, len(asked))
    return True


def prepare_due() -> bool:
    """Estimate what is not estimated yet of the last freeze; gives whether there was any of it. Outside a
    transaction."""
    frozen = reader.latest()
    if frozen is None or frozen.sha256 in _prepared:
        return False
    if prepare(frozen):
        _prepared.add(frozen.sha256)
    return True


def keep(frozen: Frozen, question: Question) -> Estimated:
    """Estimate a question and keep the answer; one that is kept already stays. Outside any transaction."""
    address = key(question)
    with linker() as cursor:
        cursor.execute(
            "SELECT content::text FROM picture_estimate WHERE freeze_id = %s AND question = %s",
            [frozen.number, address],
        )
        row = cursor.fetchone()
    if row is not None:
        return read(json.loads(row[0]))
    try:
        found = estimated(frozen, question)
    except Exception:  # a page that waits for it must learn that it will not come
        log.exception("estimate of %s failed", address)
        found = _refusal("failed")
    with linker() as cursor:
        cursor.execute(
            "INSERT INTO picture_estimate (freeze_id, question, content) SELECT id, %s, %s::jsonb FROM picture_freeze"
            " WHERE id = %s ON CONFLICT (freeze_id, question) DO NOTHING",
            [address, json.dumps(found.to_json()), frozen.number],
        )
    return found


def kept(viewer: Viewer, question: Question, *, frozen: Frozen | None = None) -> Estimated | None:
    """What was estimated for a question of the last freeze (or this one); what is never estimated says so at once. None
    where it was not asked for yet, there is no freeze, or the viewer is not of the alliance. Inside the viewer."""
    if not viewer.vetted:
        return None
    if refusal := never(question):
        return refusal
    frozen = frozen or reader.latest()
    if frozen is None:
        return None
    content = Estimate.objects.filter(freeze_id=frozen.number, question=key(question)).values_list("content", flat=True)
    found = content.first()
    return read(found) if found else None


def read(content: Mapping[str, Any]) -> Estimated:
    """What ``to_json`` wrote."""
    numbers: dict[str, Any] = dict.fromkeys(("estimate", "low", "high", "lower_bound"))
    held = numbers | {name: content[name] for name in Estimated.__slots__ if name in content}
    for name in ("lists", "left_out", "models"):
        held[name] = tuple(held.get(name) or ())
    held["one_in"] = tuple(held["one_in"]) if held.get("one_in") else None
    return Estimated(**held)


def asked_for(by: Viewer, question: Question) -> str:
    """Have a question of the last freeze estimated by a job, once. Inside the viewer. Gives "kept" where the answer is
    there, "asked" where it will be, "busy" where too many wait, "" where there is no freeze or nobody may ask."""
    from hueandcry.picture.tasks import estimate_question

    frozen = reader.latest() if by.vetted else None
    if frozen is None:
        return ""
    if kept(by, question, frozen=frozen) is not None:
        return "kept"
    if waiting(frozen, question):
        return "asked"
    if _open().filter(status="todo").count() >= WAITING:
        return "busy"
    lock = _lock(frozen, question)
    with transaction.atomic():
        estimate_question.configure(lock=lock).defer(freeze=frozen.number, question=key(question), lock=lock)
    return "asked"


def waiting(frozen: Frozen, question: Question) -> bool:
    """Whether somebody asked for the estimate of a question and the job has not come to it yet."""
    return bool(_open().filter(args__lock=_lock(frozen, question)).exists())


def never(question: Question) -> Estimated | None:
    """The refusal of what is never estimated, whatever the data; None where it may be asked for."""
    code = _never(question)
    return _refusal(code) if code else None


def _open() -> QuerySet[ProcrastinateJob]:
    from procrastinate.contrib.django.models import ProcrastinateJob

    return ProcrastinateJob.objects.filter(task_name=TASK, status__in=("todo", "doing"))


def _lock(frozen: Frozen, question: Question) -> str:
    return f"estimate-{frozen.number}-{hashlib.sha256(key(question).encode()).hexdigest()[:24]}"


def _never(question: Question) -> str:
    if question.measure == "loss":
        return "loss"
    return "source" if question.source else ""


def _withheld(frozen: Frozen, question: Question) -> bool:
    """Whether the count of the same question would not be shown, or its filters single out a small group."""
    from hueandcry.picture import queries
    from hueandcry.picture.disclosure.rules import sensitive
    from hueandcry.picture.expressions import figures

    counting = replace(question, number="distinct")
    whole = only(figures.counted(frozen, counting, ("total",)))
    if whole is None or sensitive(whole, "count"):
        return True
    return bool(queries.narrow_in(frozen, counting))


def _refusal(code: str) -> Estimated:
    return Estimated(None, None, None, None, True, REASONS[code], code, REASONS[code], {})


def _seed(frozen: Frozen, question: Question) -> int:
    """One freeze and question, one answer."""
    return int(hashlib.sha256(f"{frozen.sha256} {key(question)}".encode()).hexdigest()[:8], 16)

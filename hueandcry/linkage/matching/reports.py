"""Which reports tell of one crime: what is compared of two reports, as data. It reads as a list.

Crimes of one operation share means within days; that two reports share a value says "the same criminals" first. That
they tell of the same *crime* is said by how few others held the value in those days, by the day, the sum, the victim's
place and size, and by what both would have named and only one did. So pairs that share a value ("tied") and pairs that
do not ("loose": compared because sum, place or reference agree) have comparers of their own: the same agreement says
different things of them. Where a report is silent, nothing is concluded.

Compared are rows of ``prepared.prepare``. m, u and the prior are learnt among the pairs compared (``latent.py``); what
was tried besides is told in docs/decisions/0021-crimes.md.
"""

from __future__ import annotations

from hueandcry.linkage.matching.model import Learnt, Model
from hueandcry.linkage.matching.prepared import DAYS, TIERS
from hueandcry.linkage.matching.settings import OTHERWISE, Blocking, Comparer, Level, Settings, Training, missing

LEARN_FROM = 2_000  # fewer reports teach too little, and ``starting`` serves

TIED = "list_has_any(shared_l, shared_r)"
NAMED = ("exact", "money", "contact", "infrastructure")  # kinds of value that a report names or leaves out
CROWDS = {2: "nobody else", 3: "one other", 5: "three others", 10: "eight others"}  # by tier, in words


def _means() -> Comparer:
    """Values in common: the rarest of them in those days, and how many there are."""
    columns = ("shared", *(f"within_{tier}" for tier in TIERS), "exact", "victims")
    own = "list_has_any(exact_l, exact_r) OR list_has_any(victims_l, victims_r)"
    levels = [Level("a page or a victim's value of its own", f"({own}) AND {_rare(TIERS[1])}")]
    for tier in TIERS:
        levels += _counted(f"held by {CROWDS[tier]} then", _rare(tier))
    levels += _counted("that many hold", TIED)
    return Comparer("means", "values in common", columns, (*levels, Level("no value in common", OTHERWISE)))


def _rare(tier: int) -> str:
    return f"list_has_any(within_{tier}_l, within_{tier}_r)"


def _counted(words: str, condition: str) -> list[Level]:
    some = "{} AND len(list_intersect(shared_l, shared_r)) >= {}"
    return [
        Level(f"three values, one {words}", some.format(condition, 3)),
        Level(f"two values, one {words}", some.format(condition, 2)),
        Level(f"a value {words}", condition),
    ]


def _twice(name: str, label: str, columns: tuple[str, ...], silent: str, *levels: Level) -> tuple[Comparer, Comparer]:
    """The same comparison of pairs that share a value and of pairs that do not. ``silent``: it says nothing then."""
    tied = Level("not known, or no value in common", f"({silent}) OR NOT {TIED}", null=True)
    loose = Level("not known, or a value in common", f"({silent}) OR {TIED}", null=True)
    read = (*columns, "shared")
    return (
        Comparer(f"{name}_tied", f"{label}, with values in common", read, (tied, *levels)),
        Comparer(f"{name}_loose", f"{label}, with no value in common", read, (loose, *levels)),
    )


def _same(name: str, label: str, column: str) -> tuple[Comparer, Comparer]:
    same = Level("the same", f"{column}_l = {column}_r")
    return _twice(name, label, (column,), missing(column).condition, same, Level("another", OTHERWISE))


def _day() -> tuple[Comparer, Comparer]:
    apart = "abs(CAST(day_l AS BIGINT) - CAST(day_r AS BIGINT))"  # said, for a pair of which neither tells it
    return _twice(
        "day", "day", ("day",), missing("day").condition,
        Level("the same day", f"{apart} = 0"), Level("a day apart", f"{apart} = 1"),
        Level("two days apart", f"{apart} = 2"), Level(f"up to {DAYS} days apart", f"{apart} <= {DAYS}"),
        Level("further apart", OTHERWISE),
    )  # fmt: skip


def _sum() -> tuple[Comparer, Comparer]:
    one = "currency_l = currency_r"  # people round, and convert
    ratio = "abs(ln(CAST(amount_l AS DOUBLE) / CAST(amount_r AS DOUBLE)))"
    converted = "abs(CAST(worth_l AS DOUBLE) - CAST(worth_r AS DOUBLE)) <= 0.12"
    return _twice(
        "sum", "sum", ("amount", "currency", "worth"), missing("amount", "currency").condition,
        Level("the same to half a hundredth", f"{one} AND {ratio} <= 0.005"),
        Level("the same to two hundredths", f"{one} AND {ratio} <= 0.02"),
        Level("the same to a tenth", f"{one} AND {ratio} <= 0.1"),
        Level("about as much in another currency", f"currency_l <> currency_r AND {converted}"),
        Level("not as much in another currency", "currency_l <> currency_r"),
        Level("another sum", OTHERWISE),
    )  # fmt: skip


def _instead() -> tuple[Comparer, Comparer]:
    """Kinds of value that both name without one in common: who tells of one deed names the same account."""
    both = {kind: f"(len({kind}_l) > 0 AND len({kind}_r) > 0)" for kind in NAMED}
    against = " + ".join(
        f"CASE WHEN {both[kind]} AND NOT list_has_any({kind}_l, {kind}_r) THEN 1 ELSE 0 END" for kind in NAMED
    )
    return _twice(
        "instead", "kinds of value named by both", NAMED, f"NOT ({' OR '.join(both.values())})",
        Level("in each a value in common", f"({against}) = 0"), Level("in one kind others", f"({against}) = 1"),
        Level("in several kinds others", OTHERWISE),
    )  # fmt: skip


def _class() -> tuple[Comparer, Comparer]:
    return _twice(
        "class", "class", ("classes",), "len(classes_l) = 0 OR len(classes_r) = 0",
        Level("the same", "classes_l = classes_r"), Level("one in common", "list_has_any(classes_l, classes_r)"),
        Level("none in common", OTHERWISE),
    )  # fmt: skip


def _words() -> tuple[Comparer, Comparer]:
    return _twice(
        "words", "the reporter's own words", ("labels",), "len(labels_l) = 0 OR len(labels_r) = 0",
        Level("one in common", "list_has_any(labels_l, labels_r)"), Level("others", OTHERWISE),
    )  # fmt: skip


def _tellers() -> tuple[Comparer, Comparer]:
    """A victim, its bank and the police tell of one crime; two banks seldom do."""
    return _twice(
        "tellers", "who tells", ("source_kind",), missing("source_kind").condition,
        Level("organisations of two kinds", "source_kind_l <> source_kind_r"),
        Level("organisations of one kind", OTHERWISE),
    )  # fmt: skip


def _compared(key: str, explode: bool = True) -> Blocking:
    """Reports of two organisations with a key in common: nobody tells a crime twice."""
    condition = f'l."{key}" = r."{key}" AND l."organisation" <> r."organisation"'
    return Blocking(condition, (key,) if explode else ())


SETTINGS = Settings(
    name="reports",
    version="2",
    unique_id="report",
    comparers=(
        _means(),
        *_day(),
        *_sum(),
        Comparer(
            "reference", "reference that reporters share", ("reference",),
            (missing("reference"), Level("the same", "reference_l = reference_r"), Level("another", OTHERWISE)),
        ),
        *_same("area", "postal area of the victim", "area"),
        *_same("country", "country of the victim", "country"),
        *_same("sector", "sector of the victim", "sector"),
        *_same("size", "size of the victim", "size"),
        *_class(),
        *_words(),
        *_instead(),
        *_tellers(),
    ),
    blocking=(
        _compared("near"),
        _compared("sums"),
        _compared("places"),
        _compared("reference", explode=False),
    ),
    training=Training(compared=True, latest="day", sample_matches=60_000, precision=0.99),
    threshold=3.5,  # of the weights by hand; what is learnt has one of its own
    source="organisation",
    leaf="leaf",
)  # fmt: skip


# Bits of each level that says something, in the order of the comparer, until there are reports enough to learn from.
_BITS = {
    "means": (9, 3.5, 3, 2, 2, 1.5, 0.5, 1, 0.5, -0.5, 0, -0.5, -1, -1, -1.5, -2.5, -0.5),
    "day": (3, 1, 0, -3, -8),
    "sum": (6, 4, 1, 1.5, -6, -6),
    "reference": (11, -2),
    "area": (4, -2),
    "country": (1, -9),
    "sector": (3, -6),
    "size": (0.7, -6),
    "class": (0.3, 0, -3),
    "words": (0.2, -0.3),
    "instead": (0.5, -2, -5),
    "tellers": (1, -2),
}
_PRIOR = 0.1  # of the pairs compared, one in ten tells of one crime


def starting() -> Model:
    """The weights before anything could be learnt: judgements of ours, in round numbers, none of them measured."""
    levels = {}
    for comparer in SETTINGS.comparers:
        bits = iter(_BITS[comparer.name.removesuffix("_tied").removesuffix("_loose")])
        levels[comparer.name] = tuple(
            Learnt(level.label, None, None) if level.null else _weighing(level.label, next(bits))
            for level in comparer.levels
        )
    return Model(SETTINGS.name, SETTINGS.version, _PRIOR, levels)


def _weighing(label: str, bits: float) -> Learnt:
    """A level of so many bits; its m and u stand for no count."""
    return Learnt(label, 0.5 * min(1.0, 2.0**bits), 0.5 * min(1.0, 2.0**-bits))

"""Stages out of evidence: the rules one by one, replay, and what may never happen."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from hueandcry.capacity.assessment.model import Aspect, Dimension, Factor, Indicator, Model, Stage
from hueandcry.capacity.assessment.stages import (
    AspectStage,
    Evidence,
    Review,
    as_of,
    changes,
    counts,
    end_of,
    expiring,
    spread,
    stages,
)  # fmt: skip

DAY = date(2026, 3, 1)
AT = datetime(2026, 1, 10, 12, tzinfo=UTC)
OWNER = 1


def _model() -> Model:
    def aspect(key: str) -> Aspect:
        every = tuple(
            Indicator(f"{key}-{s}-{n}", key, s, "It is so.", ("law",), "Look.", 24) for s in (1, 2, 3) for n in (1, 2)
        )
        return Aspect(key, key, "what", every)

    factor = Factor("4.1", "f", (aspect("4.1.a"), aspect("4.1.b")))
    return Model(
        "m",
        "M",
        "1",
        "n",
        "s",
        ("law",),
        tuple(Stage(n, str(n), "") for n in (1, 2, 3)),
        (Dimension(4, "d", (factor,)),),
    )


MODEL = _model()
ACCEPTED = (Review(2, 20, True, AT), Review(3, 30, True, AT))


def shown(indicator: str, **more: object) -> Evidence:
    made = Evidence(
        f"e-{indicator}", indicator, True, "Law 1", date(2026, 1, 1), date(2028, 1, 1), OWNER, AT, None, ACCEPTED
    )
    return replace(made, **more)  # type: ignore[arg-type]


FULL = [shown(key) for key in MODEL.indicators]


def stage(held: list[Evidence], day: date = DAY, aspect: str = "4.1.a") -> int | None:
    return stages(MODEL, held, day=day)[aspect].stage


def test_a_stage_is_reached_when_every_indicator_up_to_it_is_shown() -> None:
    assert stage(FULL) == 3
    assert stage([e for e in FULL if e.indicator != "4.1.a-2-2"]) == 1
    assert stages(MODEL, FULL[1:], day=DAY)["4.1.a"].missing == ("4.1.a-1-1",)


def test_without_evidence_a_stage_is_unknown_and_never_start_up() -> None:
    assert stage([]) is None
    assert stage([shown("4.1.b-1-1")]) is None
    assert stage([shown("4.1.a-3-1")]) == 0


def test_what_does_not_count() -> None:
    good = shown("4.1.a-1-1")
    known = end_of(DAY)
    assert counts(good, day=DAY, known=known)
    wrong = {
        "no source": replace(good, source=" "),
        "not recorded yet": replace(good, recorded_at=known),
        "withdrawn": replace(good, withdrawn_at=AT),
        "not dated yet": replace(good, dated=DAY + timedelta(days=1)),
        "expired": replace(good, expires=DAY),
        "one reviewer": replace(good, reviews=ACCEPTED[:1]),
        "two of one organisation": replace(good, reviews=(Review(2, 20, True, AT), Review(2, 21, True, AT))),
        "one of its own": replace(good, reviews=(Review(2, 20, True, AT), Review(OWNER, 30, True, AT))),
        "refused": replace(good, reviews=(*ACCEPTED, Review(4, 40, False, AT))),
    }
    assert [why for why, each in wrong.items() if counts(each, day=DAY, known=known)] == []


def test_a_refusal_stands_until_its_reviewer_says_otherwise() -> None:
    later = AT + timedelta(days=2)
    reviews = (*ACCEPTED, Review(4, 40, False, AT), Review(4, 40, True, later))
    assert counts(shown("4.1.a-1-1", reviews=reviews), day=DAY, known=end_of(DAY))
    assert not counts(shown("4.1.a-1-1", reviews=reviews), day=DAY, known=later)


def test_newer_contrary_evidence_takes_the_stage_away_and_older_does_not() -> None:
    contrary = replace(shown("4.1.a-1-1"), key="x", holds=False)
    assert stage([*FULL, replace(contrary, dated=date(2025, 12, 1))]) == 3
    found = stages(MODEL, [*FULL, replace(contrary, dated=date(2026, 1, 1))], day=DAY)["4.1.a"]
    assert (found.stage, dict(found.against)) == (0, {"4.1.a-1-1": "x"})


def test_evidence_expires_and_is_told_before() -> None:
    short = [replace(e, expires=date(2026, 6, 1)) if e.indicator == "4.1.a-3-1" else e for e in FULL]
    assert stage(short, date(2026, 5, 31)) == 3 and stage(short, date(2026, 6, 1)) == 2
    assert [e.indicator for e in expiring(short, day=DAY, days=100)] == ["4.1.a-3-1"]
    assert expiring(short, day=DAY, days=30) == []


def test_what_changed_between_two_days() -> None:
    before, after = stages(MODEL, FULL[:-1], day=DAY), stages(MODEL, FULL[1:], day=DAY)
    told = {each.aspect: (each.before, each.after, each.came, each.went) for each in changes(before, after)}
    assert told == {"4.1.a": (3, 0, (), ("4.1.a-1-1",)), "4.1.b": (2, 3, ("4.1.b-3-2",), ())}


def test_a_factor_is_a_spread_and_no_mean() -> None:
    told = spread([AspectStage("a", s, {}, {}, ()) for s in (1, 3, 3, None)])
    assert (told.known, told.of, told.lowest, told.by_stage) == (3, 4, 1, {1: 1, 3: 2})


@st.composite
def worlds(draw: st.DrawFn) -> list[Evidence]:
    made = []
    for number in range(draw(st.integers(0, 14))):
        recorded = AT + timedelta(days=draw(st.integers(-60, 120)))
        dated = date(2026, 1, 1) + timedelta(days=draw(st.integers(-90, 90)))
        reviews = tuple(
            Review(
                org,
                10 * org,
                draw(st.booleans()) or draw(st.booleans()),
                recorded + timedelta(days=draw(st.integers(0, 40))),
            )
            for org in draw(st.lists(st.integers(1, 5), max_size=4))
        )
        withdrawn = recorded + timedelta(days=draw(st.integers(0, 60))) if draw(st.integers(0, 5)) == 0 else None
        made.append(
            Evidence(
                f"k{number}", draw(st.sampled_from(sorted(MODEL.indicators))), draw(st.integers(0, 6)) > 0, "s", dated,
                dated + timedelta(days=draw(st.integers(1, 300))), OWNER, recorded, withdrawn, reviews,
            )
        )  # fmt: skip
    return made


DAYS = st.integers(0, 120).map(lambda n: date(2026, 1, 1) + timedelta(days=n))


@given(worlds(), worlds(), DAYS, st.randoms(use_true_random=False))
def test_replay_is_byte_identical_whatever_comes_later_and_in_whatever_order(
    held: list[Evidence], more: list[Evidence], day: date, random: Random
) -> None:
    before = as_of(MODEL, "MZ", held, day=day)
    later = end_of(day)
    grown = [
        replace(e, reviews=(*e.reviews, Review(5, 99, False, later)), withdrawn_at=e.withdrawn_at or later)
        for e in held
    ] + [replace(e, key="n" + e.key, recorded_at=later + timedelta(seconds=1)) for e in more]
    random.shuffle(grown)
    assert as_of(MODEL, "MZ", grown, day=day) == before


@given(worlds(), DAYS)
def test_without_one_indicators_evidence_the_stage_falls_below_it(held: list[Evidence], day: date) -> None:
    full = stages(MODEL, FULL + held, day=day)
    for key, indicator in MODEL.indicators.items():
        left = [e for e in FULL + held if e.indicator != key]
        now = stages(MODEL, left, day=day)[indicator.aspect].stage
        assert now is None or now < indicator.stage
        was = full[indicator.aspect].stage
        assert now is None or was is None or now <= was or key in full[indicator.aspect].against


@given(worlds(), st.sampled_from(sorted(MODEL.indicators)), DAYS)
def test_one_more_piece_of_accepted_evidence_never_lowers_a_stage(held: list[Evidence], key: str, day: date) -> None:
    more = replace(shown(key), dated=day, expires=day + timedelta(days=9), recorded_at=AT - timedelta(days=99),
                   reviews=tuple(replace(r, at=AT - timedelta(days=98)) for r in ACCEPTED), key="z")  # fmt: skip
    held = [e for e in held if e.holds]
    before, after = stages(MODEL, held, day=day), stages(MODEL, [*held, more], day=day)
    assert all((after[a].stage or 0) >= (before[a].stage or 0) for a in MODEL.aspects)


@given(worlds(), DAYS)
def test_an_independent_reading_of_the_rule_agrees(held: list[Evidence], day: date) -> None:
    """The rule once more, as nested questions over one indicator at a time."""
    known = end_of(day)

    def decided(key: str) -> bool | None:
        good = []
        for e in held:
            last: dict[int, Review] = {}
            for r in e.reviews:
                if (
                    r.at < known
                    and r.organisation != e.organisation
                    and (r.person not in last or (r.at, r.accepted) >= (last[r.person].at, last[r.person].accepted))
                ):
                    last[r.person] = r
            fine = e.indicator == key and e.recorded_at < known and (e.withdrawn_at is None or e.withdrawn_at >= known)
            fine = fine and e.dated <= day and day < e.expires and all(r.accepted for r in last.values())
            if fine and len({r.organisation for r in last.values()}) >= 2 and len(last) >= 2:
                good.append(e)
        if not good:
            return None
        newest = max(e.dated for e in good)
        return all(e.holds for e in good if e.dated == newest)

    for aspect, found in stages(MODEL, held, day=day).items():
        said = {i: decided(i) for i in MODEL.indicators if i.startswith(aspect)}
        if all(each is None for each in said.values()):
            assert found.stage is None
        else:
            reached = [s for s in (1, 2, 3) if all(said[f"{aspect}-{t}-{n}"] for t in range(1, s + 1) for n in (1, 2))]
            assert found.stage == max(reached, default=0)

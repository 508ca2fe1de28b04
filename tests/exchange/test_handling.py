"""Handling by itself: who may see what, stricter markings, words that are none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from hueandcry.exchange.drafts import Marking
from hueandcry.exchange.handling import (
    CODES,
    PAP_ORDER,
    PURPOSES,
    TLP_ORDER,
    BadHandling,
    Handling,
    audience,
    checked,
    cut,
    from_json,
    marked,
)
from tests.contracts.truth import TRUTH, VIEWERS

# Principals of everybody in the written table; the number says nothing.
KINDS = {1: "everyone", 2: "alliance", 30: "circle", 40: "organisation", 50: "person"}
CHOSEN = {"none": (), "grant": (), "organisation": (40,), "circle": (30,), "alliance": (2,), "everyone": (1,)}
CHOSEN["person"] = (50,)
OWN, SENDER, GRANTEE = 60, 61, 70
# What each viewer of the table is: the principals that stand for them
STANDS_FOR = {
    "submitter": {1, 2, OWN, SENDER},
    "colleague": {1, 2, OWN, 62},
    "named": {1, 2, 40, 41},
    "person": {1, 2, 50, 51},
    "beside": {1, 2, 51, 52},
    "circle": {1, 2, 30, 31, 32},
    "grantee": {1, 2, GRANTEE, 71},
    "other": {1, 2, 80, 81},
    "office": {1, 2, 90, 91},
    "suspended": {1},
    "applicant": {1, 95, 96},
    "nobody": {1},
}


@pytest.mark.parametrize("row", TRUTH, ids=lambda row: f"{row.tlp} {row.choice}")
def test_who_sees_what_is_as_written(row: object) -> None:
    assert set(STANDS_FOR) == set(VIEWERS)
    seen = audience(
        Handling(tlp=row.tlp, recipients=CHOSEN[row.choice]),  # type: ignore[attr-defined]
        kinds=KINDS,
        owner_organisation=OWN,
        owner_person=SENDER,
        grants=(GRANTEE,) if row.choice == "grant" else (),  # type: ignore[attr-defined]
    )
    assert {who for who, principals in STANDS_FOR.items() if principals & seen} == row.seen_by  # type: ignore[attr-defined]


@pytest.mark.parametrize("tlp", TLP_ORDER)
def test_what_the_label_cuts_is_told(tlp: str) -> None:
    handling = Handling(tlp=tlp, recipients=tuple(KINDS))
    seen = audience(handling, kinds=KINDS, owner_organisation=OWN, owner_person=SENDER)
    kept = set(KINDS) - set(cut(handling, KINDS))
    assert kept == seen - {OWN, SENDER}
    widest = {"CLEAR": "everyone", "GREEN": "alliance", "AMBER": "circle", "AMBER+STRICT": "organisation"}
    assert KINDS[min(kept)] == widest.get(tlp, "person")


def test_one_that_nobody_knows_gets_nothing() -> None:
    handling = Handling(tlp="CLEAR", recipients=(1, 999))
    assert audience(handling, kinds={1: "everyone"}, owner_organisation=5, owner_person=6) == {1, 5}
    assert cut(handling, {1: "everyone"}) == (999,)


handlings = some.builds(
    Handling,
    tlp=some.sampled_from(TLP_ORDER),
    recipients=some.lists(some.sampled_from(sorted(KINDS)), max_size=4, unique=True).map(tuple),
    pap=some.sampled_from(PAP_ORDER),
    codes=some.lists(some.sampled_from(sorted(CODES)), unique=True).map(tuple),
    source_grade=some.sampled_from(["", "A", "X"]),
    information_grade=some.sampled_from(["", "1", "4"]),
    discoverability=some.sampled_from(["", "hidden", "anonymous", "named"]),
    purpose=some.lists(some.sampled_from(PURPOSES), unique=True).map(tuple),
)
markings = some.builds(
    Marking,
    tlp=some.sampled_from([None, *TLP_ORDER]),
    pap=some.sampled_from([None, *PAP_ORDER[1:]]),
    codes=some.lists(some.sampled_from(sorted(CODES)), unique=True).map(tuple),
    source_grade=some.sampled_from([None, "A", "B"]),
    information_grade=some.sampled_from([None, "1", "2"]),
)


@given(handlings, markings)
def test_a_marking_narrows_and_never_widens(handling: Handling, marking: Marking) -> None:
    after = marked(handling, marking)

    def seen(by: Handling) -> frozenset[int]:
        return audience(by, kinds=KINDS, owner_organisation=OWN, owner_person=OWN)

    assert seen(after) <= seen(handling)
    assert TLP_ORDER.index(after.tlp) >= TLP_ORDER.index(handling.tlp)
    assert PAP_ORDER.index(after.pap) >= PAP_ORDER.index(handling.pap)
    assert set(after.codes) == {*handling.codes, *marking.codes}
    assert (after.recipients, after.purpose) == (handling.recipients, handling.purpose)
    if handling.discoverability == "" and after.tlp == "RED":
        assert after.discoverable == "hidden"
    assert marked(after, marking) == after


@given(handlings)
def test_what_is_stored_is_what_is_read(handling: Handling) -> None:
    assert from_json(handling.as_json()) == handling


@pytest.mark.parametrize(
    ("part", "value", "said"),
    [
        ("tlp", "PINK", "'PINK' is not one of: CLEAR, GREEN, AMBER, AMBER+STRICT, RED"),
        ("tlp", None, "None is not one of: CLEAR, GREEN, AMBER, AMBER+STRICT, RED"),
        ("pap", "BLUE", "'BLUE' is not one of: (none), CLEAR, GREEN, AMBER, RED"),
        ("codes", ("H1", "H9"), "'H9' is not one of: H0, H1, H2, H3"),
        ("source_grade", "D", "'D' is not one of: (none), A, B, C, X"),
        ("information_grade", "5", "'5' is not one of: (none), 1, 2, 3, 4"),
        ("discoverability", "loud", "'loud' is not one of: (none), hidden, anonymous, named"),
        ("purpose", ("fun",), "'fun' is not one of: prevention, investigation, statistics, research"),
        ("legal_basis", "whim", "'whim' is not one of: (none), consent, "),
        ("recipients", ("2",), "recipients are ids of principals"),
        ("recipients", (True,), "recipients are ids of principals"),
    ],
)
def test_a_word_that_is_none_is_named(part: str, value: object, said: str) -> None:
    with pytest.raises(BadHandling) as caught:
        checked(Handling(**{part: value}))  # type: ignore[arg-type]
    assert caught.value.part == part
    assert caught.value.reason.startswith(said)


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ({"review_on": "someday"}, "review_on"),
        ({"review_on": 7}, "review_on"),
        ({"tlp": ["RED"]}, "tlp"),
        ({"tlp": {}}, "tlp"),
        ({"recipients": 7}, "recipients"),
        ({"codes": 7}, "codes"),
        ({"codes": [[]]}, "codes"),
        ({"purpose": "statistics"}, "purpose"),
    ],
)
def test_what_is_posted_is_not_trusted(content: dict[str, object], part: str) -> None:
    with pytest.raises(BadHandling) as caught:
        from_json(content)
    assert caught.value.part == part

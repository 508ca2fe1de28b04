"""The legal crosswalk: complete, without loose ends, versioned."""

from __future__ import annotations

import pytest

from hueandcry.picture.question import asked
from hueandcry.picture.reference import crosswalk
from hueandcry.picture.reference.crosswalk import Line
from hueandcry.picture.reference.nature import nature


def test_every_line_names_an_offence_a_type_and_a_reason() -> None:
    for line in crosswalk.lines():
        assert line.offence in crosswalk.titles()
        assert line.type in crosswalk.types()
        assert line.relation in crosswalk.RELATIONS
        assert line.reason.endswith(".") and len(line.reason) > 20, line
        assert line.article
    pairs = [(line.offence, line.type) for line in crosswalk.lines()]
    assert len(pairs) == len(set(pairs)), "one offence and one type have one relation"


def test_every_article_that_was_asked_for_is_there() -> None:
    wanted = [f"budapest:{n}" for n in range(2, 11)] + [f"dir-2013-40:{n}" for n in range(3, 8)]
    wanted += [f"dir-2019-713:{n}" for n in range(3, 9)] + [f"un-cybercrime:{n}" for n in range(7, 18)]
    wanted += ["iccs:09031", "iccs:090321", "iccs:090322", "iccs:09033", "iccs:09039", "iccs:0701"]
    assert set(wanted) <= set(crosswalk.offences())
    assert {o.law for o in crosswalk.titles().values()} == set(crosswalk.laws())


def test_what_nothing_reaches_is_told_and_nothing_else() -> None:
    told = {(u.kind, u.key) for u in crosswalk.unreached()}
    reached = {line.type for line in crosswalk.lines() if line.counted or line.relation == "relatedMatch"}
    bare = {("type", t) for t in crosswalk.types() if t not in reached}
    bare |= {("offence", key) for key, types in crosswalk.offences().items() if not types}
    assert told == bare


def test_related_is_not_counted() -> None:
    assert "intrusion/vulnerability-exploitation" in crosswalk.offences()["budapest:2"]
    assert "intrusion-attempt/login-attempt" not in crosswalk.offences()["budapest:2"], "article 11(2) leaves it out"
    assert "intrusion-attempt/login-attempt" in crosswalk.offences()["iccs:09031"], "the classification counts attempts"
    assert crosswalk.holds_more("budapest:9") and not crosswalk.holds_more("budapest:3")
    assert {nature("", kind) for kind in crosswalk.offences()["budapest:5"]} == {"cyber-dependent"}
    assert {nature("", kind) for kind in crosswalk.offences()["budapest:7"]} == {"cyber-enabled"}


def test_an_offence_can_be_asked_for_in_an_address() -> None:
    question, strange = asked({"law": list(crosswalk.offences())[:40]})
    assert not strange
    assert question.offence == tuple(sorted(list(crosswalk.offences())[:40]))


def test_versions_are_compared() -> None:
    with pytest.raises(ValueError, match="no version 9"):
        crosswalk.lines("9")
    assert crosswalk.changes("1.0", "1.0") == ()
    one = Line("budapest:2", "a/b", "closeMatch", "Because.", "2", "1.0", "2.0")
    two = one._replace(relation="broadMatch", since="2.0", until="")
    went = Line("budapest:3", "a/b", "closeMatch", "Because.", "3", "1.0", "2.0")
    came = went._replace(offence="budapest:4", since="2.0", until="")
    order = ["1.0", "2.0"]
    first = crosswalk._standing((one, two, went, came), order, 0)
    second = crosswalk._standing((one, two, went, came), order, 1)
    assert (first, second) == ((one, went), (two, came))
    assert [(c.what, (c.after or c.before).offence) for c in crosswalk.compared(first, second)] == [  # type: ignore[union-attr]
        ("changed", "budapest:2"), ("removed", "budapest:3"), ("added", "budapest:4"),
    ]  # fmt: skip


def test_names_are_told() -> None:
    assert crosswalk.label_of("budapest:2") == "Budapest Convention, Article 2: Illegal access"
    assert crosswalk.label_of("nothing:1") == "nothing:1"

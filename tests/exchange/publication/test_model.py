"""Whatever is sent, narrowed, widened and erased, in whatever order: each member sees what a small model says."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hueandcry.exchange import actions, actions_report
from hueandcry.exchange.handling import Handling
from hueandcry.exchange.models import Report
from hueandcry.members.models import ALLIANCE
from hueandcry.members.viewer import viewer
from tests import factory
from tests.exchange.publication.conftest import MOMENT, bundle, entries, indicator, owner

pytestmark = pytest.mark.usefixtures("database")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("send"), st.integers(0, 1), st.integers(0, 2), st.integers(1, 3), st.booleans()),
        st.tuples(st.just("erase"), st.integers(0, 5)),
        st.tuples(st.just("handle"), st.integers(0, 5), st.booleans()),
    ),
    min_size=3,
    max_size=9,
)
WIDE, NARROW = Handling(tlp="GREEN", recipients=(ALLIANCE,)), Handling(tlp="AMBER")


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_entries_are_what_the_model_says(steps: list[tuple[Any, ...]]) -> None:
    owner("TRUNCATE exchange_entry, exchange_collection, exchange_change, exchange_object, exchange_report,"
          " exchange_submission, exchange_observation, exchange_grant, exchange_revision CASCADE")  # fmt: skip
    people = [factory.person(factory.organisation()) for _n in range(2)]
    who = [factory.as_viewer(person) for person in people]
    # (owner, submission, key, version, wide): one copy each; a report of its own each, so that handling is its own
    copies: list[list[Any]] = []
    for step in steps:
        if step[0] == "send":
            _word, sender, key, version, wide = step
            if any(c[0] == sender and c[2] == key and c[3] == version for c in copies):
                continue
            raw = bundle(indicator(key, version=version), indicator(100 + len(copies) + 1_000 * sender))
            got = actions.receive(by=who[sender], raw=raw, handling=WIDE if wide else NARROW, at_once=True)
            copies.append([sender, got.submission, key, version, wide])
        elif copies:
            copy = copies[step[1] % len(copies)]
            with viewer(who[copy[0]]):
                report = Report.objects.filter(submission=copy[1]).first()
            if step[0] == "erase":
                actions.erase(by=who[copy[0]], submission=copy[1], reason="x")
                copies.remove(copy)
            elif report is not None:
                handling = WIDE if step[2] else NARROW
                actions_report.handle(by=who[copy[0]], report=report.pk, handling=handling, reason="x")
                copy[4] = step[2]
        for reader in range(2):
            shared = _seen(people[reader], "alliance")
            wide_copies = {(c[2], c[3]) for c in copies if c[4]}
            assert shared == _expected(wide_copies)
            own = {(c[2], c[3]) for c in copies if not c[4] and c[0] == reader}
            assert _seen(people[reader], "organisation") == _expected(own)


def _seen(person: Any, kind: str) -> list[tuple[str, str, bool]]:
    import json

    found = [(json.loads(text), latest) for _key, text, latest, *_rest in entries(person, kind)]
    return sorted((o["id"], o["modified"], latest) for o, latest in found if int(o["name"].split()[1]) < 100)


def _expected(copies: set[tuple[int, int]]) -> list[tuple[str, str, bool]]:
    newest = {key: max(version for k, version in copies if k == key) for key, _version in copies}
    return sorted((indicator(k)["id"], MOMENT.format(v), newest[k] == v) for k, v in copies)

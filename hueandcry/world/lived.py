"""What people of the demonstration alliance have done with its reports: searches saved, values asked for, requests
answered, a permission asked, a report withdrawn after others took it. Each by the action that its page calls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from hueandcry.exchange import actions as exchange
from hueandcry.exchange import actions_report, export
from hueandcry.exchange.alerts import actions as alerts
from hueandcry.exchange.alerts import look
from hueandcry.exchange.handling import Handling
from hueandcry.exchange.hits import actions as hits
from hueandcry.exchange.hits import actions_ask
from hueandcry.exchange.hits import queries as held
from hueandcry.exchange.hits.values import asked, lines
from hueandcry.exchange.models import Ask, Observable, Observation, Permission, Report
from hueandcry.exchange.publication import actions as publication
from hueandcry.exchange.recall import actions as recalls
from hueandcry.exchange.recall import actions_permission
from hueandcry.members.actions import Refused
from hueandcry.members.models import ALLIANCE
from hueandcry.members.viewer import Viewer, viewer

ASKED_FOR = 40  # values of the bank's that the police looks up
DISCLOSED = 2  # reports that the bank shows on request

CASE = "PL-2026-1188"
NOBODYS = ("nobody-knows-this.example", "2001:db8::77", "someone@nobody-knows-this.example")

CALLS = """Calls to our customers, week 45 of 2026

Customers were called by somebody who said he was our fraud desk, and sent them to https://siskin-secure.example/verify
and to helpdesk@siskin-secure.example. The page sends what is typed to collector.siskin-secure.example.
"""

NOTE = """Interview of a suspect, 3 November 2026

The suspect says that mules are recruited in the channel @snelgeld_demo and paid in cash near the station of the town.
He names the address payouts@mule-broker.example and the site https://snelgeld.example/start as what his group used.
"""
RESTRICTION = "Named persons are under surveillance until 31 January 2027: do not contact or block them before."


def before(people: Mapping[str, Viewer]) -> None:
    """What was there before the reports came: searches saved, which then tell of what they find."""
    saved = (
        ("analyst", "Fraud in Portugal", "country=PT&class=fraud", "daily"),
        ("police-analyst", "Malware against manufacturing", "class=malware&sector=C", "at once"),
        ("integrator", "What banks report", "sector=L", "never"),
    )
    for role, name, query, often in saved:
        with suppress(Refused):  # saved already, where a loading that was stopped goes on
            alerts.save(by=people[role], name=name, query=query, often=often, served=True)


def live(people: Mapping[str, Viewer]) -> None:
    """Let the analyst, the police analyst and the others act; ``people`` are keyed by their role."""
    bank, police = people["analyst"], people["police-analyst"]
    # each once, where loading goes on
    if not Ask.objects.using("owner").exists():
        _ask_for_values(bank, police)
    if not Permission.objects.using("owner").exists():
        _ask_permission(bank, police)
    if not Report.objects.using("owner").filter(state="withdrawn", organisation=bank.organisation).exists():
        _withdraw_what_was_given(bank, police)
    publication.publish()
    look.look_due()
    recalls.tell_due()


def _ask_for_values(bank: Viewer, police: Viewer) -> None:
    """The police asks for values that the bank keeps to itself, and for some that nobody holds."""
    handling = Handling(tlp="AMBER", discoverability="named")
    exchange.receive(by=bank, raw=CALLS.encode(), filename="calls.txt", handling=handling, at_once=True)
    with viewer(bank):
        own = Report.objects.filter(organisation=bank.organisation, state="current").exclude(tlp__in=["GREEN", "CLEAR"])
        told = Observation.objects.filter(report__in=own.order_by("-pk")[:200]).values("observable")
        values = Observable.objects.filter(pk__in=told, weight__gte=0.5).order_by("-pk").values_list("value", flat=True)
        question = asked(lines("\n".join([*sorted(values[:ASKED_FOR]), *NOBODYS])))
    told_of = hits.look_up(by=police, asked=question, purpose="investigation", case=CASE)
    with viewer(police):
        found = held.answers(police, told_of.lookup, hit="others").order_by("pk")
        observables = list(found.values_list("observable", flat=True)[:10])
    half = (len(observables) + 1) // 2
    _request(police, observables[:half], "The same accounts came up in a search of a suspect's telephone.", days=14)
    _request(police, observables[half:], "We look for the first payment to this group.", days=3)
    with viewer(bank):
        parts = list(held.parts_to_us(bank).order_by("pk").values_list("reference", "reports"))
    if parts:
        reference, reports = parts[0]
        actions_ask.answer(
            by=bank, part=reference, reports=reports[:DISCLOSED],
            conditions="Only for the case you name. Ask us before you speak to the victims.",
            until=(datetime.now(UTC) + timedelta(days=180)).date(),
        )  # fmt: skip


def _request(by: Viewer, observables: list[int], words: str, *, days: int) -> None:
    if observables:
        actions_ask.ask(
            by=by, observables=observables, purpose="investigation", words=words, case=CASE,
            answer_by=(datetime.now(UTC) + timedelta(days=days)).date(),
        )  # fmt: skip


def _ask_permission(bank: Viewer, police: Viewer) -> None:
    """A report of the police that may not be passed on without asking, and whose restriction is read before it."""
    handling = Handling(
        tlp="GREEN", recipients=(ALLIANCE,), codes=("H2", "H3"), pap="AMBER", restriction=RESTRICTION,
        source_grade="B", information_grade="2",
    )  # fmt: skip
    got = exchange.receive(by=police, raw=NOTE.encode(), filename="interview.txt", handling=handling, at_once=True)
    with viewer(police):
        report = Report.objects.get(submission=got.submission).pk
    actions_permission.ask(
        by=bank, report=report, code="H2", reason="We would pass the address on to the bank that holds the account."
    )


def _withdraw_what_was_given(bank: Viewer, police: Viewer) -> None:
    """The bank withdraws a report that the police has taken as a file: the police is told."""
    with viewer(bank):
        own = Report.objects.filter(organisation=bank.organisation, state="current", tlp="GREEN").order_by("-pk")
        wrong = own.values_list("pk", flat=True).first()
    if wrong is None:
        return
    _take(export.csv_table(police, [wrong]))
    actions_report.withdraw(by=bank, report=wrong, reason="The customer has found the payment: there was no fraud.")


def _take(parts: Iterable[bytes]) -> None:
    for _part in parts:
        pass

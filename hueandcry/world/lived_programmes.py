"""What the programmes of the demonstration have: a fund with restrictions and one without, a programme that runs, was
paid for in two currencies and read once, one under appraisal, a draft. Each by the action that its page calls; days of
what has long been so are then put back, as no page could."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import connections

from hueandcry.academy.models import Course
from hueandcry.academy.picture.call import aspect_of
from hueandcry.members.models import Organisation, Person
from hueandcry.members.viewer import Viewer, identify, viewer
from hueandcry.programmes.ledger import actions as ledger
from hueandcry.programmes.ledger import entries
from hueandcry.programmes.ledger.entries import Draft, Sum
from hueandcry.programmes.models import Ballot, Component, Fund, Programme, Seat, Vote
from hueandcry.programmes.plan import actions
from hueandcry.programmes.plan.actions import Begun
from hueandcry.web.clock import today

TREASURER, SECRETARY = "Ragnhild Moe", "Hanne Solberg"
FUNDER = "Sven Lindqvist"
OWNER, COUNTRY, APPRAISERS = "Anke Thoma", "Wanjiru Otieno", ("Daan Visser", "Rui Pires")
BOARD: Final = {"Luc Marchand": "for", "Chiara Bassi": "for", "Niamh Daly": "against"}
DISSENT: Final = "The agency has not said who keeps the equipment in order once the programme has ended."
# kind, title, cost in euro cents, stages closed, people
PARTS: Final = (
    ("equipment", "Two forensic workstations with write blockers, and three years of upkeep", 38_400_00, 0.25, 0),
    ("mentoring", "A mentor beside the first ten cases, six weeks in three visits", 21_600_00, 0.25, 6),
    ("overhead", "Travel bookings, translation, audit", 6_000_00, 0.0, 0),
)
ANSWERS: Final = {
    "need": "The stage is shown by evidence, and the requests that other members send go unanswered for weeks.",
    "change": "Yes, if those who are trained keep their posts; the agreement asks for that.",
    "others": "One programme of the register teaches judges; it complements this one.",
    "cost": "Within a tenth of what such courses cost elsewhere.",
    "safeguards": "Enough. I would ask for the list of equipment after a year, as the plan says.",
    "measure": "Yes: the stage may stay where it is, and then it failed.",
}


def live() -> None:
    """Let all of it happen once; where loading goes on it begins with what is missing."""
    if Programme.objects.using("owner").exists():
        return
    names = (TREASURER, SECRETARY, OWNER, COUNTRY, *APPRAISERS, *BOARD)
    held = dict(Person.objects.filter(name__in=names).values_list("name", "pk"))
    by = {name: identify(held[name], channel="web") for name in names}
    for name in BOARD:
        with viewer(by[SECRETARY]) as office:
            since = today() - timedelta(days=400)
            Seat.objects.create(organisation=by[name].organisation or 0, since=since, person=office.person or 0)
    aspect = aspect_of("FRE")
    runs = _planned(by[OWNER], Begun("NCAP", ("KE",), aspect, "EUR", 12, _courses(by[OWNER])))
    _approved(by, runs)
    _funded(by, runs)
    _went_on(by, runs)
    put_up = _planned(by[OWNER], Begun("ICAP", ("KE", "UG"), aspect_of("CCI"), "EUR", 18))
    actions.move(by=by[OWNER], programme=put_up, state="appraisal")
    actions.appraise(by=by[APPRAISERS[0]], programme=put_up, verdict="sound", words="Sound.", answers=ANSWERS)
    _planned(by[COUNTRY], Begun("NCAP", ("KE",), aspect_of("PRO"), "USD", 18))


def _courses(by: Viewer) -> tuple[UUID, ...]:
    with viewer(by):
        rows = Course.objects.filter(state="published", roles__contains=["FRE"])
        return tuple(rows.values_list("reference", flat=True)[:1])


def _planned(by: Viewer, told: Begun) -> UUID:
    key = actions.begin(by=by, told=told)
    with viewer(by):
        part = Component.objects.filter(programme__reference=key).first()
    if part:
        values = {"cost": 46_500_00, "people": 20, "must": True, "scheme": "FRE-4"}
        actions.alter(by=by, programme=key, part="component", key=part.pk, values=values)
    for kind, title, cost, reduces, people in PARTS:
        values = {"kind": kind, "title": title, "cost": cost, "reduces": reduces, "people": people}
        values |= {"aspect": "" if kind == "overhead" else told.aspect}
        actions.add(by=by, programme=key, part="component", values=values)
    certified = {
        "source": "certified", "title": "First responders certified", "unit": "people", "country": told.countries[0],
        "scheme": "FRE-4", "baseline": 0.0, "baseline_day": today(), "target": 20.0,
        "target_day": today() + timedelta(days=300),
    }  # fmt: skip
    actions.add(by=by, programme=key, part="indicator", values=certified)
    return key


def _approved(by: dict[str, Viewer], key: UUID) -> None:
    actions.move(by=by[OWNER], programme=key, state="appraisal")
    for name in APPRAISERS:
        actions.appraise(by=by[name], programme=key, verdict="sound", words="Sound, and the need is plain.",
                         answers=ANSWERS)  # fmt: skip
    with viewer(by[SECRETARY]) as office:
        about = Programme.objects.get(reference=key)
        ballot = Ballot.objects.create(programme=about, closes=today() + timedelta(days=14), person=office.person or 0)
    for name, choice in BOARD.items():
        with viewer(by[name]) as who:
            Vote.objects.create(ballot=ballot, organisation=who.organisation or 0, person=who.person or 0,
                                choice=choice, reason=DISSENT if choice == "against" else "")  # fmt: skip
    with viewer(by[SECRETARY]):
        Ballot.objects.filter(pk=ballot.pk).update(outcome="adopted")  # counted by the database, whatever is said
    actions.move(by=by[SECRETARY], programme=key, state="approved")
    words = "Twenty posts named, kept for two years; the agency pays for the room and the electricity."
    actions.agree(by=by[COUNTRY], programme=key, name="The head of the cybercrime unit", words=words)


def _funded(by: dict[str, Viewer], key: UUID) -> None:
    treasurer, opens = by[TREASURER], today() - timedelta(days=500)
    funder = Person.objects.filter(name=FUNDER).values_list("organisation", flat=True)
    donor = Organisation.objects.using("owner").filter(pk__in=funder).first()
    restricted = ledger.open_fund(
        by=treasurer, code="KE-FOR", name="Electronic evidence in East Africa", currency="EUR", opens=opens,
        giver=donor.name if donor else "A ministry", donor=donor.pk if donor else None, countries=["KE", "UG", "TZ"],
        overhead=15, share=80, terms="For courses, equipment and mentoring; overheads up to 15 percent.",
    )  # fmt: skip
    general = ledger.open_fund(
        by=treasurer, code="GEN", name="General fund", giver="Members of the alliance", currency="EUR", opens=opens,
        running=True,
    )  # fmt: skip
    with viewer(treasurer):
        funds = {fund.reference: fund for fund in Fund.objects.all()}
        programme = Programme.objects.get(reference=key)
        parts = list(programme.components.order_by("pk"))
    given, free = funds[restricted], funds[general]
    day = today() - timedelta(days=200)
    source = "European Central Bank, reference rate"
    ledger.rate(by=treasurer, day=day, currency="USD", base="EUR", rate=Decimal("0.92"), source=source)

    def euro(fund: Fund, amount: int) -> Sum:
        return Sum(fund.pk, amount, "EUR", amount, "EUR")

    drafts = [
        Draft("pledge", day, "Grant agreement 2026-17", entries.pledge(euro(given, 120_000_00)), party=given.giver),
        Draft("receipt", day, "First instalment", entries.receipt(euro(given, 90_000_00), of=entries.PLEDGES),
              party=given.giver),
        Draft("receipt", day, "Gifts of members", entries.receipt(euro(free, 60_000_00)), party="Several members"),
    ]  # fmt: skip
    for part in parts:
        fund = free if part.kind == "equipment" else given
        lines = entries.commitment(euro(fund, part.cost))
        drafts.append(Draft("commitment", day, part.title, lines, programme.pk, part.pk))
    ledger.book(by=treasurer, drafts=drafts)
    actions.move(by=by[OWNER], programme=key, state="running")
    paid = []
    for part, amount in zip(parts, (30_000_00, 38_400_00, 7_200_00, 2_000_00), strict=False):
        fund = free if part.kind == "equipment" else given
        money = euro(fund, amount)
        if part.kind == "equipment":  # a supplier that is paid in dollars
            money = Sum(fund.pk, round(amount / 0.92), "USD", amount, "EUR")
        lines = entries.disbursement(money, overhead=part.kind == "overhead", promised=amount)
        paid.append(
            Draft("disbursement", day + timedelta(days=60), part.title, lines, programme.pk, part.pk, "Supplier")
        )
    ledger.book(by=treasurer, drafts=paid)


def _went_on(by: dict[str, Viewer], key: UUID) -> None:
    with connections["owner"].cursor() as cursor:  # it began half a year ago: days that no page could have written
        cursor.execute("ALTER TABLE programmes_programme DISABLE TRIGGER programme_moves")
        moved = "UPDATE programmes_programme SET starts = starts - 280, ends = ends - 280 WHERE reference = %s"
        cursor.execute(moved, [key])
        cursor.execute("ALTER TABLE programmes_programme ENABLE TRIGGER programme_moves")
        cursor.execute("ALTER TABLE programmes_milestone DISABLE TRIGGER milestone_guarded")
        cursor.execute("UPDATE programmes_milestone m SET due = due - 280 FROM programmes_programme p"
                       " WHERE p.id = m.programme_id AND p.reference = %s", [key])  # fmt: skip
        cursor.execute("ALTER TABLE programmes_milestone ENABLE TRIGGER milestone_guarded")
        cursor.execute(
            "UPDATE programmes_component c SET starts = c.starts - 280, ends = c.ends - 280"
            " FROM programmes_programme p WHERE p.id = c.programme_id AND p.reference = %s",
            [key],
        )
    with viewer(by[OWNER]):
        points = list(Programme.objects.get(reference=key).milestones.order_by("due"))
    evidence = "Signed by the head of the unit; the list of posts is annex 2."
    actions.done(
        by=by[OWNER], programme=key, milestone=points[0].pk, day=min(today(), points[0].due), evidence=evidence
    )
    actions.seen(by=by[COUNTRY], programme=key, milestone=points[0].pk)
    actions.read(by=by[OWNER], programme=key)
    actions.learn(by=by[OWNER], programme=key, words="Ask for the posts by name before the first course, not after it.")

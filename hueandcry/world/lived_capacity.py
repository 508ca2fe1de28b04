"""What the demonstration alliance has done for capacity: evidence told and reviewed, targets, programmes, experts,
channels, numbers and needs, a call for help, a round that was counted and one that is open. Everything is made up; each
by the action that its page calls, but for days that have to lie in the past."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

from django.db.models import Model

from hueandcry.capacity.assessment import actions as assessments
from hueandcry.capacity.assessment.actions import Told
from hueandcry.capacity.assessment.model import model
from hueandcry.capacity.channels import actions as channels
from hueandcry.capacity.clearing import actions as clearing
from hueandcry.capacity.gaps import actions as gaps
from hueandcry.capacity.models import (
    Ballot,
    Call,
    Channel,
    Expert,
    IndicatorEvidence,
    NeedRun,
    Proposal,
    Resource,
    Round,
    Statistic,
)
from hueandcry.capacity.needs import actions as needs
from hueandcry.capacity.needs import strata
from hueandcry.capacity.priorities import actions as priorities
from hueandcry.capacity.priorities.phases import KINDS
from hueandcry.capacity.register import actions as register
from hueandcry.capacity.register import experts
from hueandcry.capacity.register.drafts import ResourceDraft
from hueandcry.capacity.register.experts import ExpertDraft
from hueandcry.members.models import Organisation
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.world.capacity import AIMED, Fact, programmes, truth
from hueandcry.world.countries import COUNTRIES

SEED: Final = 2026
SOURCE: Final = "Made up for the demonstration"
ASSESSED: Final = ("KE", "MZ", "GH")
ASPECTS: Final = 16  # of the model, that the demonstration tells of, beside those of training
OF_TRAINING: Final = ("3.3.a", "3.3.b", "4.3.a", "4.3.b", "4.3.c")
HELP: Final = (
    ("course", "Network forensics for investigators", "Harbour Institute", ("en", "fr"), ("4.3.a",), "free"),
    ("course", "Perícia digital: primeiros passos", "Escola Farol", ("pt",), ("4.3.a",), "free"),
    ("tool", "Open toolkit for seizing crypto-assets", "Lantern Fund", ("en",), ("4.3.a", "4.3.c"), "free"),
    ("laboratory", "Shared mobile forensics laboratory", "Quay Laboratory", ("en", "pt"), ("4.3.a",), "at cost"),
    (
        "organisation",
        "Regional network of cybercrime prosecutors",
        "Harbour Institute",
        ("en", "pt"),
        ("4.3.c",),
        "free",
    ),
    (
        "publication",
        "Handbook on electronic evidence across borders",
        "Quay Laboratory",
        ("en", "es"),
        ("4.3.c",),
        "free",
    ),
)
_FORENSICS = ("digital forensics", "training")
EXPERTS: Final = (
    ("Ana Reis", _FORENSICS, (("pt", "native"), ("en", "C1")), "PT", "investigator"),
    ("Bruno Matos", (*_FORENSICS, "mobile forensics"), (("pt", "native"), ("fr", "B2")), "PT", "police-analyst"),
    ("Carla Nunes", _FORENSICS, (("pt", "C2"), ("es", "native")), "ES", "investigator"),
    ("Davi Costa", _FORENSICS, (("pt", "native"),), "BR", "police-analyst"),
    ("Elisa Mondlane", _FORENSICS, (("pt", "native"), ("en", "B2")), "MZ", "investigator"),
    ("Frida Holm", ("financial investigation", "training"), (("en", "C2"), ("sv", "native")), "SE", "police-analyst"),
    ("Gil Amado", _FORENSICS, (("pt", "native"), ("en", "C1")), "PT", "police-analyst"),
)
SERIES: Final = (
    ("demo.law", "Cybercrime offences that the law names", "percent", 1),
    ("demo.units", "Investigators trained, of those who should be", "percent", 1),
    ("demo.net", "Inhabitants who use the Internet", "percent", 1),
    ("demo.loss", "Loss to cybercrime of what the economy makes", "percent", -1),
)
META: Final = b"""iCode,Type,Parent,Weight,iName
NEED,Aggregate,,1,Need for capacity
demo.law,Indicator,NEED,2,Law
demo.units,Indicator,NEED,2,Units
demo.net,Indicator,NEED,1,Net
demo.loss,Indicator,NEED,1,Loss
"""
PROPOSED: Final = (
    (
        "Ransomware against hospitals",
        "Operations are put off and people die; the same few groups do it in every country.",
    ),
    (
        "Fraud by telephone in the bank's name",
        "The losses of households are the greatest, and calls cross two borders.",
    ),
    ("Recruiting of money mules among the young", "Without mules no group turns a theft into money."),
    ("Sexual extortion of children", "Reports double each year, and victims do not tell."),
    ("Infostealers sold as a service", "They begin most of the other crimes."),
)


def live(people: Mapping[str, Viewer]) -> None:
    """Let the officer, the assessors, the police and the office act; each step once, where loading goes on."""
    today = datetime.now(UTC).date()
    told = [*list(model().aspects)[:ASPECTS], *OF_TRAINING]
    facts = truth(SEED, ASSESSED, list(dict.fromkeys(told)))
    steps: tuple[tuple[type[Model], Callable[[], None]], ...] = (
        (IndicatorEvidence, lambda: _prove(facts, people, today)),
        (Resource, lambda: _register(facts, people, today)),
        (Channel, lambda: _channels(people["police-analyst"], today)),
        (Statistic, lambda: _needs(people, today)),
        (Call, lambda: _call(people, today)),
        (Round, lambda: _rounds(people, today)),
    )
    for table, step in steps:
        if not table._default_manager.using("owner").exists():
            step()


def _prove(facts: dict[tuple[str, str], Fact], people: Mapping[str, Viewer], today: date) -> None:
    prove(facts, people["capacity-officer"], [people["trainer"], people["investigator"]], today)
    gaps.aim(
        by=people["secretary"], aspects=list(model().aspects), stage=AIMED, why=f"{SOURCE}: agreed at the assembly."
    )


def prove(facts: Mapping[tuple[str, str], Fact], by: Viewer, reviewers: Sequence[Viewer], today: date) -> None:
    """Tell of the evidence that makes the facts so, and let two others accept it. Of what is unknown nothing is told;
    of what does not reach the first stage, that one of its indicators does not hold."""
    told = []
    for (country, aspect), fact in facts.items():
        if fact.stage is None:
            continue
        held = model().aspects[aspect].indicators
        wanted = [(each, True) for each in held if each.stage <= fact.stage]
        for each, holds in wanted or [(held[0], False)]:
            told.append(Told(country, each.id, holds, each.evidence[0], f"{SOURCE}: {each.id} in {country}", today))
    for reference in assessments.add_all(by=by, told=told):
        for reviewer in reviewers:
            assessments.review(by=reviewer, evidence=reference, accepted=True)


def programmes_of(facts: dict[tuple[str, str], Fact], by: Viewer, today: date) -> None:
    """Put the programmes that make the facts so into the register, and let the time for objections pass."""
    for work in programmes(facts, today):
        draft = ResourceDraft(
            "programme", work.title, provider=work.provider, countries=(work.country,), aspects=work.aspects,
            starts=work.starts, ends=work.ends, evidence=SOURCE, language="en",
        )  # fmt: skip
        register.propose(by=by, draft=draft, another=True)
    _listed()


def _listed() -> None:
    Resource.objects.using("owner").filter(state="review").update(review_until=datetime.now(UTC) - timedelta(minutes=1))
    register.calendar_due()


def _register(facts: dict[tuple[str, str], Fact], people: Mapping[str, Viewer], today: date) -> None:
    for kind, title, provider, tongues, aspects, cost in HELP:
        draft = ResourceDraft(
            kind, title, provider=provider, languages=tongues, aspects=aspects, cost=cost, everywhere=True,
            evidence=SOURCE, language=tongues[0],
        )  # fmt: skip
        register.propose(by=people["capacity-officer"], draft=draft, another=True)
    programmes_of(facts, people["capacity-officer"], today)
    for name, skills, speaks, home, role in EXPERTS:
        made = experts.propose(by=people[role], draft=ExpertDraft(
            name, about=f"{SOURCE}.", skills=skills, speaks=speaks, home=home, everywhere=True, worked_in=("AO",),
            shown_to="alliance", consent_by=name, consent_how=f"{SOURCE}: by letter",
            free=((today, today + timedelta(days=500)),), aspects=("4.3.a",),
        ))  # fmt: skip
        if name == "Gil Amado":
            experts.declare(by=people[role], resource=made, why="Advised its ministry until this year.", country="MZ")
    assert Expert.objects.using("owner").count() == len(EXPERTS)  # noqa: S101 - a demonstration that lacks some is broken


def _channels(by: Viewer, today: date) -> None:
    for country, kind, name in (
        ("KE", "24/7", "24/7 point of contact of Kenya"), ("MZ", "authority", "Central authority for legal assistance"),
        ("GH", "cert", "National CERT of Ghana"),
    ):  # fmt: skip
        channels.add(by=by, told=channels.Told(
            country, kind, name, SOURCE, today, how="By encrypted mail.", email=f"contact@{country.lower()}.example",
            languages=("en",) if country != "MZ" else ("pt", "en"), requests=("preservation",),
        ))  # fmt: skip


def _needs(people: Mapping[str, Viewer], today: date) -> None:
    office, rng = people["secretary"], random.Random(f"needs {SEED}")
    codes = sorted(
        {each.code for each in COUNTRIES} | set(ASSESSED) | {"AO", "CV", "GW", "SN", "NE", "TD", "BD", "NP", "FJ"}
    )
    poor = strata.strata()["ldc"].countries
    level = {code: rng.uniform(0.15, 0.45) if code in poor else rng.uniform(0.45, 1) for code in codes}
    for code, name, scale, direction in SERIES:
        needs.begin(by=office, series=needs.Series(code, name, scale, direction, SOURCE, licence="CC0"))
        lines = [
            f"{country},{today.year - 1},{'' if rng.random() < 0.1 else round(_number(rng, at, direction), 1)}"
            for country, at in level.items()
        ]
        needs.load(by=office, code=code, raw="\n".join(["country,year,value", *lines]).encode())
    index = needs.define(by=office, name="Need for capacity against cybercrime", meta=META)
    run = needs.run(by=office, index=index, year=today.year)
    first = NeedRun.objects.using("owner").get(reference=run).told["units"][0]["code"]
    needs.consult(by=people["police-analyst"], run=run, country=first, decision="confirmed",
                  reasons=f"{SOURCE}: our liaison officers see the same.")  # fmt: skip


def _number(rng: random.Random, level: float, direction: int) -> float:
    share = min(1.0, max(0.02, level + rng.gauss(0, 0.1)))
    return 100 * share if direction == 1 else 8 * (1.02 - share)


def _call(people: Mapping[str, Viewer], today: date) -> None:
    starts = today + timedelta(days=90)
    call = clearing.draft(by=people["capacity-officer"], asked=clearing.Asked(
        "KE", "Two trainers in financial investigation", about=f"{SOURCE}: two weeks at the police college.",
        aspects=["4.3.a"], answer_by=today + timedelta(days=30),
    ))  # fmt: skip
    clearing.add_places(by=people["capacity-officer"], call=call, asked=clearing.PlaceAsked(
        starts, starts + timedelta(days=11), skills=["financial investigation"], languages={"en": "C1"}, times=2,
    ))  # fmt: skip
    clearing.open_call(by=people["capacity-officer"], call=call)
    frida = Resource.objects.using("owner").get(title="Frida Holm").reference
    clearing.offer(by=people["police-analyst"], call=call, resource=frida, no_conflict=True, note=f"{SOURCE}.")


def _rounds(people: Mapping[str, Viewer], today: date) -> None:
    """One round that was held, whose days and ballots lie in the past and so are written as they were; one open."""
    office, police, bank = people["secretary"], people["police-analyst"], people["analyst"]
    past = Round.objects.using("owner").create(
        title=f"What comes first in {today.year}", question="Which crimes should the alliance put first this year?",
        chambers=["law-enforcement", "private-sector"], top=3, discuss_on=today - timedelta(30),
        vote_on=today - timedelta(20), close_on=today - timedelta(1), organisation=office.organisation or 0,
        person=office.person or 0,
    )  # fmt: skip
    for number, (title, why) in enumerate(PROPOSED, start=1):
        by = police if number % 2 else bank
        Proposal.objects.using("owner").create(
            round=past, number=number, title=title, why=why, aspects=["4.3.a"] if number < 3 else [],
            countries=["KE"] if number == 2 else [], organisation=by.organisation or 0, person=by.person or 0,
        )  # fmt: skip
    rng = random.Random(f"ballots {SEED}")
    with viewer(office):
        bodies = list(Organisation.objects.filter(state="vetted").order_by("pk"))
    for body in bodies:
        chamber = KINDS[body.kind]
        if chamber not in past.chambers or rng.random() < 0.3:
            continue
        liked = (1, 4, 2, 5, 3) if chamber == "law-enforcement" else (2, 5, 1, 3, 4)
        order = sorted(liked, key=lambda number: liked.index(number) + rng.gauss(0, 1.2))
        Ballot.objects.using("owner").create(
            round=past, organisation=body.pk, person=office.person or 0, chamber=chamber,
            ranks={str(number): rank for rank, number in enumerate(order, start=1)},
        )  # fmt: skip
    priorities.count(by=office, of=past.reference)
    opened = priorities.open_round(by=office, opening=priorities.Opening(
        f"What comes first in {today.year + 1}", "Which crimes should the alliance put first next year?",
        ["law-enforcement", "private-sector"], top=3,
        discuss_on=today + timedelta(20), vote_on=today + timedelta(40), close_on=today + timedelta(54),
    ))  # fmt: skip
    for by, (title, why) in zip((police, bank), (PROPOSED[4], PROPOSED[2]), strict=True):
        priorities.propose(by=by, of=opened, told=priorities.Proposed(title, why))

"""The simulated alliance put into an installation: members through the members desk, files through the real intake."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import asdict, dataclass
from datetime import date
from multiprocessing import get_context
from pathlib import Path

from django.db import connection, connections

from hueandcry.exchange import actions as exchange
from hueandcry.exchange import warnings
from hueandcry.exchange.handling import Handling, from_json
from hueandcry.exchange.publication import actions as publication
from hueandcry.linkage.crimes import nightly
from hueandcry.members import actions as members
from hueandcry.members import actions_circle
from hueandcry.members.models import ALLIANCE, EVERYONE, Circle, Organisation, Person
from hueandcry.members.viewer import Viewer, identify, viewer
from hueandcry.world import (
    lived,
    lived_academy,
    lived_capacity,
    lived_linkage,
    lived_picture,
    lived_programmes,
    simulation,
    tables,
)
from hueandcry.world.simulation import World, WorldFile

LANES = 2  # files go in side by side, those of one organisation in their order


@dataclass(frozen=True, slots=True)
class Account:
    """Whom to sign in as: one for each kind of user."""

    role: str
    email: str
    password: str
    token: str
    organisation: str


def accounts_file(folder: Path) -> Path:
    """Where the accounts are kept, at 0600: passwords are random, and a token is shown once."""
    return folder / "demo.json"


def load(
    folder: Path, *, operator: Viewer, seed: int, size: simulation.Size, until: date,
    told: Callable[[int, int], None], noise: float = 1.0,
) -> list[Account]:  # fmt: skip
    """Fill the installation; run again it goes on where it stopped, or gives the accounts of before.

    ``told`` hears (reports in, reports expected) as it goes.
    """
    kept = accounts_file(folder)
    if kept.exists():
        content = json.loads(kept.read_text(encoding="utf-8"))
        if content["loaded"]:
            return [Account(**a) for a in content["accounts"]]
    world = simulation.generate(seed, size, until, noise)
    senders = _members(operator, world)
    accounts = [Account(**a) for a in json.loads(kept.read_text())["accounts"]] if kept.exists() else _accounts(world)
    _keep(kept, accounts, loaded=False)
    lived.before(_people(accounts))
    _files(world, senders, told)
    for body in world.organisations:
        if body.state != "vetted":
            _settle(operator, body.slug, body.state)
    _hurry()
    publication.publish()
    nightly.rebuild_all()
    lived_linkage.live(_people(accounts))
    lived.live(_people(accounts))
    lived_picture.live(_people(accounts), until)
    lived_capacity.live(_people(accounts))
    lived_academy.live(_people(accounts))
    lived_programmes.live()
    connection.close()
    _keep(kept, accounts, loaded=True)
    return accounts


def _people(accounts: list[Account]) -> dict[str, Viewer]:
    """Who acts for each role of the demonstration, as at a page."""
    people = dict(Person.objects.values_list("email", "pk"))
    return {one.role: identify(people[one.email], channel="web") for one in accounts}


def _keep(path: Path, accounts: list[Account], *, loaded: bool) -> None:
    draft = path.with_suffix(".new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump({"loaded": loaded, "accounts": [asdict(a) for a in accounts]}, file)
    draft.replace(path)


def _members(operator: Viewer, world: World) -> dict[str, Viewer]:
    """Organisations, circles and people, where they are not there yet; who sends for each organisation."""
    with viewer(operator):
        held = dict(Organisation.objects.values_list("slug", "pk"))
        circles = set(Circle.objects.values_list("slug", flat=True))
        emails = set(Person.objects.values_list("email", flat=True))
    for body in world.organisations:
        if body.slug not in held:
            made = members.add_organisation(
                by=operator, name=body.name, kind=body.kind, country=body.country, sector=body.sector,
                tier=body.tier, slug=body.slug, handling={"tlp": "GREEN", "recipients": [ALLIANCE]},
            )  # fmt: skip
            held[body.slug] = made.pk
            # Everybody is in good standing while their files go in; who is suspended in the end is so afterwards.
            members.change_state(by=operator, organisation=made.pk, state="vetted")
            if body.secretariat:
                members.appoint_secretariat(by=operator, organisation=made.pk)
    for circle in world.circles:
        if circle.slug not in circles:
            actions_circle.add_circle(
                by=operator, name=circle.name, purpose=circle.purpose, slug=circle.slug,
                organisations=[held[slug] for slug in circle.members],
            )  # fmt: skip
    for person in world.people:
        if person.email not in emails:
            members.add_person(
                by=operator, organisation=held[person.organisation], email=person.email, name=person.name,
                roles=person.roles,
            )  # fmt: skip
    people = dict(Person.objects.values_list("email", "pk"))
    senders = {email: identify(people[email], channel="command line") for email in world.senders.values()}
    _mappings(world, senders)
    return senders


def _mappings(world: World, senders: Mapping[str, Viewer]) -> None:
    """Who sends tables has said once how they are to be read."""
    for body in world.organisations:
        if body.slug in world.senders and simulation.format_of(body) == "csv":
            content = tables.mapping(body)
            exchange.save_mapping(
                by=senders[world.senders[body.slug]],
                name=content["name"],
                header=[column["name"] for column in content["columns"]],
                content=content,
            )


def _accounts(world: World) -> list[Account]:
    made = []
    for person in world.people:
        if person.role:
            found = Person.objects.get(email=person.email)
            password = secrets.token_urlsafe(12)
            found.set_password(password)
            found.save(update_fields=["password"])
            by = identify(found.pk, channel="command line")
            token = members.add_token(by=by, name="demonstration", scopes=["read", "submit", "export"], days=366)
            made.append(Account(person.role, person.email, password, token, person.organisation))
    return made


def _settle(operator: Viewer, slug: str, state: str) -> None:
    with viewer(operator):
        body = Organisation.objects.get(slug=slug)
    if body.state == state:
        return
    if state == "applicant":
        members.change_state(by=operator, organisation=body.pk, state="left")
    members.change_state(by=operator, organisation=body.pk, state=state)


def _files(world: World, senders: Mapping[str, Viewer], told: Callable[[int, int], None]) -> None:
    """Every file through the intake, in lanes: an organisation's files stay in one lane and so in order.

    Lanes are processes forked from this one, because threads would wait for each other's Python.
    """
    principals = _principals()
    warnings.index()  # read once, before the fork, for all of them
    connections.close_all()  # no two processes may speak on one connection
    lanes = [ProcessPoolExecutor(1, get_context("fork"), initializer=_hurry) for _ in range(LANES)]
    waiting: list[Future[int]] = []
    done = 0
    try:
        for file in simulation.files(world):
            recipients = [principals[kind, slug] for kind, slug in file.handling["recipients"]]
            handling = from_json(file.handling | {"recipients": recipients})
            lane = lanes[sum(file.organisation_slug.encode()) % LANES]
            waiting.append(lane.submit(_receive, file, senders[file.person_email], handling))
            if len(waiting) >= 40 * LANES:
                done += sum(f.result() for f in waiting)
                waiting = []
                told(done, simulation.REPORTS[world.size])
        done += sum(f.result() for f in waiting)
        told(done, simulation.REPORTS[world.size])
    finally:
        for lane in lanes:
            lane.shutdown(cancel_futures=True)


def _hurry() -> None:
    """This lane's commits need not wait for the disk: a demonstration that a power cut undoes is loaded again."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")


def _principals() -> dict[tuple[str, str], int]:
    """The principal behind each (kind, slug or address) that a world's file names."""
    operator = identify(Person.objects.values_list("pk", flat=True).get(email=members.OPERATOR_EMAIL))
    with viewer(operator):
        found = {("everyone", ""): EVERYONE, ("alliance", ""): ALLIANCE}
        found |= {("organisation", s): p for s, p in Organisation.objects.values_list("slug", "principal")}
        found |= {("circle", s): p for s, p in Circle.objects.values_list("slug", "principal")}
        found |= {("person", e): p for e, p in Person.objects.values_list("email", "principal")}
    return found


def _receive(file: WorldFile, by: Viewer, handling: Handling) -> int:
    """One file in; gives about how many reports it held. Raises RuntimeError where the intake could not read it."""
    got = exchange.receive(
        by=by, raw=file.raw, filename=file.name, handling=handling, at_once=True, received_at=file.received_at,
        publish=False,
    )  # fmt: skip
    if got.state != "done":
        raise RuntimeError(f"{file.name} ended as {got.state}")
    return _reports(file)


def _reports(file: WorldFile) -> int:
    """About how many reports a file holds, for the progress bar."""
    if file.format == "csv":
        return max(1, file.raw.count(b"\n") - 1)
    if file.format == "stix":
        return max(1, file.raw.count(b'"type":"incident"') or file.raw.count(b'"type": "incident"'))
    return max(1, file.raw.count(b'"Event"')) if file.format == "misp" else 1

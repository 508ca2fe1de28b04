"""Who there is in the TAXII benchmark, and what they hold. Imported inside an installation only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connections
from django.utils.text import slugify

from bench.taxii_client import Target
from hueandcry.exchange import actions
from hueandcry.exchange.handling import Handling
from hueandcry.exchange.publication import actions as publication
from hueandcry.members import actions as members
from hueandcry.members.models import Circle, CircleMember, Organisation, Person, Principal
from hueandcry.members.viewer import identify, viewer

ROOT = "/taxii2/alliance/"


@dataclass
class People:
    """A sender and a reader who share one circle; somebody outside it who is sent little; who posts into the alliance."""

    sender: Person
    reader: Person
    few: Person
    circle: Circle


def _principal(kind: str) -> int:
    made = Principal(kind=kind)
    made.save(using="owner")
    return int(made.pk)


def _member(name: str) -> Person:
    body = Organisation(
        principal_id=_principal("organisation"), slug=slugify(name), name=name, kind="business", country="PT",
        state="vetted",
    )  # fmt: skip
    body.save(using="owner")
    made = Person(
        principal_id=_principal("person"), email=f"{slugify(name)}@bench.example", name=name, organisation_id=body.pk,
        roles=["analyst"],
    )  # fmt: skip
    made.set_unusable_password()
    made.save(using="owner")
    return made


def people() -> People:
    """The members of this benchmark."""
    sender, reader, few = (_member(name) for name in ("Sender", "Reader", "Few"))
    circle = Circle(principal_id=_principal("circle"), slug="large", name="Large")
    circle.save(using="owner")
    CircleMember.objects.using("owner").bulk_create(
        CircleMember(circle_id=circle.pk, organisation_id=one.organisation_id) for one in (sender, reader)
    )
    return People(sender, reader, few, circle)


def fill(who: People, many: Iterator[bytes], few: Iterator[bytes]) -> None:
    """Take objects in for the circle, and some for the one outside; publish them."""
    by = identify(who.sender.pk, channel="command line")
    for bundles, principal in ((many, who.circle.principal_id), (few, who.few.organisation.principal_id)):
        shared = Handling(tlp="AMBER", recipients=(principal,))
        for raw in bundles:
            got = actions.receive(by=by, raw=raw, filename="bench.json", handling=shared, at_once=True)
            if got.state != "done":
                raise RuntimeError(f"not taken: {got}")
    publication.publish()
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def targets(who: People, url: str) -> tuple[Target, Target, Target]:
    """The circle's collection for the reader, the inbox of the one outside, the circle's for its sender."""
    tokens = {
        one: members.add_token(by=identify(one.pk), name="bench", scopes=["read", "submit"])
        for one in (who.sender, who.reader, who.few)
    }

    def target(person: Person, alias: str) -> Target:
        from hueandcry.exchange.taxii import collections

        by = identify(person.pk)
        with viewer(by):
            found = next(c for c in collections.visible(by, frozenset()) if c.alias.startswith(alias))
        return Target(url, f"{ROOT}collections/{found.reference}/", person.email, tokens[person])

    return target(who.reader, "circle"), target(who.few, "inbox"), target(who.sender, "circle")


def widen(who: People, audiences: int) -> None:
    """Spread the first 100,000 objects of the circle over so many audiences that its readers are in."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "WITH p AS (INSERT INTO members_principal (kind) SELECT 'person' FROM generate_series(1, %s) RETURNING id)"
            " SELECT hueandcry_intern(ARRAY[id, %s]::bigint[]) FROM p",
            [audiences, who.circle.principal_id],
        )
        made = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            "UPDATE exchange_object SET audience = (%s::integer[])[1 + id %% %s]"
            " WHERE id <= (SELECT min(id) + 100000 FROM exchange_object)",
            [made, len(made)],
        )
        cursor.execute("VACUUM ANALYZE exchange_object")

"""Short builders of what tests need. They write as the owner of the tables, past every rule but the constraints."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any

from django.test import Client
from django.utils.text import slugify

from hueandcry.members.models import Circle, CircleMember, Organisation, Person, Principal
from hueandcry.members.viewer import Viewer, identify

PASSWORD = "correct horse battery staple"
_numbers = count(1)


def organisation(
    name: str = "",
    kind: str = "business",
    country: str = "PT",
    state: str = "vetted",
    secretariat: bool = False,
    **more: Any,
) -> Organisation:
    """A member in good standing, unless told otherwise."""
    name = name or f"Example Bank {next(_numbers)}"
    body = Organisation(
        principal_id=_principal("organisation"),
        slug=slugify(name),
        name=name,
        kind=kind,
        country=country,
        state=state,
        secretariat=secretariat,
        **more,
    )
    body.save(using="owner")
    return body


def office(name: str = "Secretariat", country: str = "BE") -> Organisation:
    """The organisation that runs the alliance's office."""
    return organisation(name, kind="non-profit", country=country, secretariat=True)


def person(
    organisation: Organisation | None,
    roles: Sequence[str] = ("analyst",),
    *,
    email: str = "",
    name: str = "",
    password: str | None = None,
    active: bool = True,
) -> Person:
    """Somebody of this organisation. With no password they cannot sign in with one; ``signed_in`` needs none."""
    number = next(_numbers)
    made = Person(
        principal_id=_principal("person"),
        email=email or f"person{number}@example.org",
        name=name or f"Person {number}",
        organisation_id=organisation.pk if organisation else None,
        roles=sorted(roles),
        is_active=active,
    )
    made.set_password(password)
    made.save(using="owner")
    return made


def circle(name: str, organisations: Sequence[Organisation] = ()) -> Circle:
    """A circle of these organisations."""
    made = Circle(principal_id=_principal("circle"), slug=slugify(name), name=name)
    made.save(using="owner")
    CircleMember.objects.using("owner").bulk_create(
        CircleMember(circle_id=made.pk, organisation_id=each.pk) for each in organisations
    )
    return made


def as_viewer(person: Person | None, channel: str = "web") -> Viewer:
    """On whose behalf this person reads, as the application itself finds out; None is nobody."""
    return identify(person.pk if person else None, channel=channel)


def signed_in(person: Person) -> Client:
    """A browser in which this person has signed in."""
    client = Client()
    client.force_login(person)
    return client


def _principal(kind: str) -> int:
    made = Principal(kind=kind)
    made.save(using="owner")
    return int(made.pk)

"""The viewer: on whose behalf something is read. There is no other way to a protected row.

``with viewer(v):`` opens the outermost transaction and tells PostgreSQL whose principals its policies shall match;
without it, nothing is seen. See docs/decisions/0002-row-level-security.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection, transaction

from hueandcry.members.models import EVERYONE
from hueandcry.web.statements import prepared


@dataclass(frozen=True, slots=True)
class Viewer:
    """The set of principals on whose behalf something is read, and who that is for the audit record."""

    person: int | None = None
    organisation: int | None = None
    principals: tuple[int, ...] = (EVERYONE,)
    roles: frozenset[str] = frozenset()
    state: str = ""  # of the organisation's membership: applicant, vetted, suspended, left, "" none
    secretariat: bool = False  # the organisation runs the alliance's office
    channel: str = "web"
    purpose: str = ""
    name: str = ""  # of the organisation, for the shell of the pages
    country: str = ""
    token: int | None = None  # the token of a program
    use: str = ""  # what the program does with what it reads: passive, active; "" is a person at a page

    def may(self, *roles: str) -> bool:
        """Whether the viewer holds at least one of these roles in a member organisation."""
        return bool(self.roles.intersection(roles))

    @property
    def vetted(self) -> bool:
        """Whether the viewer's organisation is a member in good standing."""
        return self.state == "vetted"


ANYONE = Viewer()


def identify(person: int | None, *, channel: str = "web") -> Viewer:
    """Who this person is, asked of the database in one query; ANYONE for nobody, inactive or suspended people."""
    if person is None:
        return replace(ANYONE, channel=channel)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT organisation, state, roles, secretariat, principals, name, country FROM hueandcry_identify(%s)",
            [person],
        )
        row = cursor.fetchone()
    return identified(person, row, channel=channel)


def identified(person: int, row: Sequence[Any], *, channel: str) -> Viewer:
    """The viewer that a row of hueandcry_identify tells of."""
    organisation, state, roles, secretariat, principals, name, country = row
    return Viewer(
        person,
        organisation,
        tuple(principals),
        frozenset(roles),
        state,
        secretariat,
        channel,
        name=name,
        country=country,
    )


_ENTER = "SELECT hueandcry_enter(%s::bigint, %s::bigint, %s::bigint[], %s::text[], %s::boolean)"
_ENTER_ONE_PLAN = _ENTER + ", set_config('plan_cache_mode', 'force_generic_plan', true)"


@contextmanager
def viewer(who: Viewer, *, one_plan: bool = False) -> Iterator[Viewer]:
    """Everything inside is read and written on behalf of ``who``, in one transaction.

    With ``one_plan`` each prepared statement is planned once for all values, not for the values of each call: for
    statements that have one good plan and take longer to plan than to run.

    Raises RuntimeError when entered inside another transaction: a viewer inside a viewer would leave the outer one
    with the inner one's sight.
    """
    with transaction.atomic(durable=True):
        prepared(
            _ENTER_ONE_PLAN if one_plan else _ENTER,
            [who.person, who.organisation, list(who.principals), sorted(who.roles), who.secretariat],
        )
        yield who

"""What the migrations leave: protection that is really on, and a written list of tables that have none."""

from __future__ import annotations

import pytest
from django.db import connections

pytestmark = pytest.mark.usefixtures("database")

# Tables without row-level security, and why. A table that is neither here nor protected fails.
EXEMPT = {
    "members_person": "sign-in reads it before there is a viewer; queries.people narrows it",
    "members_principal": "numbers and their kind only",
    "members_invitation": "read before sign-in, by digest",
    "members_token": "read before sign-in, by digest",
    "members_audience": "no rights for the application at all",
    "members_audienceprincipal": "no rights for the application at all",
    "audit_seal": "digests only",
    "audit_head": "one digest only",
}
FOREIGN = ("account_", "auth_", "django_", "mfa_", "procrastinate_")  # of packages: no report, no observable in them


def tables() -> dict[str, tuple[bool, bool, int]]:
    """Each of our tables: is row-level security on, is it forced, how many policies."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT relname, relrowsecurity, relforcerowsecurity,"
            " (SELECT count(*) FROM pg_policy WHERE polrelid = c.oid AND polname NOT IN ('owner_all', 'blind_read'))"
            " FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        )
        return {name: (on, forced, n) for name, on, forced, n in cursor.fetchall() if not name.startswith(FOREIGN)}


def test_each_table_is_protected_or_exempt_for_a_reason() -> None:
    bare = {name for name, (on, forced, _n) in tables().items() if not (on and forced)}
    assert {name for name in bare if name.split("_")[0] in ("members", "audit")} == set(EXEMPT)


def test_no_policy_stands_on_a_table_whose_protection_is_off() -> None:
    assert [name for name, (on, forced, n) in tables().items() if n and not (on and forced)] == []


def test_the_application_has_no_rights_on_audiences() -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT has_table_privilege('members_audience', 'SELECT'),"
            " has_table_privilege('members_audienceprincipal', 'SELECT')"
        )
        assert cursor.fetchone() == (False, False)

"""What the migrations of every desk leave: protection that is really on, and a written list of tables with none."""

from __future__ import annotations

import pytest
from django.db import connections

from hueandcry.project.protection import FOREIGN, UNPROTECTED

pytestmark = pytest.mark.usefixtures("database")


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
    assert bare == set(UNPROTECTED)


def test_no_policy_stands_on_a_table_whose_protection_is_off() -> None:
    assert [name for name, (on, forced, n) in tables().items() if n and not (on and forced)] == []


def test_the_application_has_no_rights_on_audiences() -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT has_table_privilege('members_audience', 'SELECT'),"
            " has_table_privilege('members_audienceprincipal', 'SELECT')"
        )
        assert cursor.fetchone() == (False, False)

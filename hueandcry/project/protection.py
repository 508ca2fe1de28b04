"""Which tables row-level security does not protect, and why: what the doctor and the tests hold the database to."""

from __future__ import annotations

from typing import Final

# A table that is neither named here nor protected is a fault, in whichever desk it is.
UNPROTECTED: Final = {
    "members_person": "sign-in reads it before there is a viewer; queries.people narrows it",
    "members_principal": "numbers and their kind only",
    "members_invitation": "read before sign-in, by digest",
    "members_token": "read before sign-in, by digest",
    "members_audience": "no rights for the application at all",
    "members_audienceprincipal": "no rights for the application at all",
    "audit_seal": "digests only",
    "audit_head": "one digest only",
}
# Of packages: no report and no observable is in them.
FOREIGN: Final = ("account_", "auth_", "django_", "mfa_", "procrastinate_")

# Each table of ours: its name, and whether row-level security is on and binds its owner as well.
TABLES: Final = """
SELECT relname, relrowsecurity AND relforcerowsecurity
  FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') ORDER BY relname
"""


def bare(tables: list[tuple[str, bool]]) -> list[str]:
    """The tables, of what TABLES gives, that ought to be protected and are not."""
    return [name for name, on in tables if not on and name not in UNPROTECTED and not name.startswith(FOREIGN)]

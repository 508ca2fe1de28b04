"""Applies a desk's SQL file as a migration step, with the names of the four database roles filled in.

The roles carry the database's name (``hueandcry_app``), so that several databases can share one cluster; a migration
therefore cannot name them literally. See docs/decisions/0002-row-level-security.md.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import migrations

# What every protected table gets. FORCE binds the owner too, whose own policy keeps data migrations working.
PROTECT = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON {table} TO {owner} USING (true) WITH CHECK (true);
CREATE POLICY blind_read ON {table} FOR SELECT TO {blind} USING (true);
GRANT SELECT ON {table} TO {blind};
"""

# What the linker works on: it reads and writes across audiences, and only by saying SET ROLE.
LINKED = """
CREATE POLICY linker_all ON {table} TO {linker} USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {linker};
"""

# A blind function looks across audiences: it belongs to the blind role, and only the app login may call it.
BLIND = """
REVOKE ALL ON FUNCTION {function} FROM PUBLIC;
GRANT EXECUTE ON FUNCTION {function} TO {app};
ALTER FUNCTION {function} OWNER TO {blind};
"""


def role_names(schema_editor: Any) -> dict[str, str]:
    """The quoted names of owner, app, blind and linker for the database being migrated."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT current_database(), current_user")
        database, user = cursor.fetchone()
    return {
        "owner": _quoted(user),
        "app": _quoted(f"{database}_app"),
        "blind": _quoted(f"{database}_blind"),
        "linker": _quoted(f"{database}_linker"),
    }


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _fill(text: str, names: dict[str, str]) -> str:
    for key, name in names.items():
        text = text.replace("{" + key + "}", name)
    return text


def step(
    path: Path, *, protect: tuple[str, ...] = (), blind: tuple[str, ...] = (), linked: tuple[str, ...] = ()
) -> migrations.RunPython:
    """A migration operation: run the SQL file at ``path``, protect the tables named, hand the functions to blind.

    ``linked`` names those of the protected tables that the linker reads and writes; ``blind`` names functions with
    their argument types, as ALTER FUNCTION wants them.
    """

    def run(apps: Any, schema_editor: Any) -> None:
        names = role_names(schema_editor)
        statements = [_fill(PROTECT, names | {"table": table}) for table in protect]
        statements += [_fill(LINKED, names | {"table": table}) for table in linked]
        statements.append(_fill(path.read_text(encoding="utf-8"), names))
        statements.append(f"GRANT CREATE ON SCHEMA public TO {names['blind']};")
        statements += [_fill(BLIND, names | {"function": function}) for function in blind]
        statements.append(f"REVOKE CREATE ON SCHEMA public FROM {names['blind']};")
        with schema_editor.connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)  # no parameters: percent signs in the SQL stay as they are

    return migrations.RunPython(run, _forward_only)


_forward_only: Callable[[Any, Any], None] = migrations.RunPython.noop

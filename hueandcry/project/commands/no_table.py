"""How commands that take a table of somebody's own say that a file holds none."""

from __future__ import annotations

import click


class NoTable(click.ClickException):
    """A file that holds no such table; the message says where. The command ends with 2."""

    exit_code = 2

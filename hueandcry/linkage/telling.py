"""The round that tells organisations that others share telling values with their reports: daily, in one notice.

A blind function says which organisations changed reports may concern; whether they do is then asked as each of them,
under row-level security, so that what an organisation may not see is neither told nor counted here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hueandcry.exchange.models import Report
from hueandcry.exchange.statements import named
from hueandcry.linkage.words import SOME
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.notices.actions import tell
from hueandcry.web import locks

SQL = named(Path(__file__).parent / "sql" / "telling.sql")
CHUNK = 5_000  # changes looked at in one go
EVERY = timedelta(days=1)
_NAME = "linked"
_LOCK = 4  # key of the advisory lock: one process tells


def tell_linked_due() -> None:
    """Tell what was linked since the day before. Outside any viewer; does nothing until a day has passed."""
    with locks.alone(_LOCK) as alone:
        if not alone:
            return
        looked, at = _looked()
        if at is None:
            _looked(_latest())  # an installation begins by telling nothing of what was there
        elif datetime.now(UTC) - at >= EVERY:
            _tell_since(looked)


def _tell_since(looked: int) -> None:
    found: dict[int, set[int]] = {}
    viewers: dict[int, Viewer] = {}
    while (chunk := _changed(looked)) is not None:
        looked, reports = chunk
        for organisation, principals, concerned in _concerned(reports):
            by = viewers[organisation] = Viewer(
                organisation=organisation, principals=tuple(principals), state="vetted", channel="worker"
            )
            found.setdefault(organisation, set()).update(linked(by, concerned))
    links = {organisation: _link(viewers[organisation], own) for organisation, own in found.items() if own}
    with transaction.atomic(durable=True):  # told and noted as told in one
        for organisation, link in links.items():
            _tell(organisation, len(found[organisation]), link)
        _looked(looked)


def linked(by: Viewer, reports: Sequence[int]) -> list[int]:
    """The reports of ``by``'s organisation that share a telling value with one of these that it may see."""
    with viewer(by), connection.cursor() as cursor:
        cursor.execute(SQL["linked"], {"reports": list(reports), "organisation": by.organisation, "some": SOME})
        return [row[0] for row in cursor.fetchall()]


def _link(by: Viewer, own: set[int]) -> str:
    if len(own) > 1:
        return reverse("exchange:reports") + "?own=1"
    with viewer(by):
        return reverse("linkage:report", args=[Report.objects.get(pk=min(own)).reference]) + "?part=links"


def _tell(organisation: int, count: int, link: str) -> None:
    title = ngettext(
        "%(count)s of your reports shares telling values with new reports of others",
        "%(count)s of your reports share telling values with new reports of others",
        count,
    )
    tell(
        kind="linked",
        title=title % {"count": count},
        text=_("Others reported since yesterday what holds the same values. Each report's page shows which."),
        link=link,
        organisations=[organisation],
    )


def _looked(upto: int | None = None) -> tuple[int, datetime | None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT looked, at FROM hueandcry_looked(%s, %s)", [_NAME, upto])
        looked, at = cursor.fetchone()
    return looked or 0, at


def _latest() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT hueandcry_latest_change()")
        return int(cursor.fetchone()[0])


def _changed(after: int) -> tuple[int, list[int]] | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT last, reports FROM hueandcry_changed(%s, %s)", [after, CHUNK])
        last, reports = cursor.fetchone()
    return None if last is None else (last, reports)


def _concerned(reports: Sequence[int]) -> list[tuple[int, list[int], list[int]]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT organisation, principals, reports FROM hueandcry_standing_organisations(%s)", [list(reports)]
        )
        return list(cursor.fetchall())

"""What this desk lets others link to: reports, crimes, operations, values, case rooms and threads.

Each is found by its reference under row-level security, so that a link tells nothing that its reader may not see. A
crime and an operation have no name of their own: theirs is computed from the reports that the viewer sees.
"""

from __future__ import annotations

import re
from itertools import pairwise
from uuid import UUID

from django.db import connection
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hueandcry.chain import things
from hueandcry.chain.things import Shown, Thing
from hueandcry.exchange.models import Observable, Report
from hueandcry.linkage import asked
from hueandcry.linkage.analysis import queries as analysis
from hueandcry.linkage.models import Crime, Operation, Room, Thread
from hueandcry.members.viewer import Viewer

# Kinds that a person can point at by the address of their page: its first part, and the word of the kind.
PAGES = {"reports": "report", "crimes": "crime", "operations": "operation", "rooms": "room", "forum": "thread"}


def register() -> None:
    """Make this desk's things known; called when Django is ready."""
    things.register("report", Thing(gettext_lazy("report"), "file-text", _report))
    things.register("crime", Thing(gettext_lazy("crime"), "layers-intersect", _crime))
    things.register("operation", Thing(gettext_lazy("operation"), "sitemap", _operation))
    things.register("value", Thing(gettext_lazy("value"), "hash", _value))
    things.register("room", Thing(gettext_lazy("case room"), "users-group", _room))
    things.register("thread", Thing(gettext_lazy("thread"), "messages", _thread))


_NUMBER = re.compile(r"-?[0-9]{1,19}")
NOTHING = UUID(int=0)  # the reference of no thing


def _uuid(text: str) -> UUID:
    return asked.reference(text) or NOTHING


def _report(viewer: Viewer, reference: str) -> Shown | None:
    found = Report.objects.filter(reference=_uuid(reference)).only("title", "tlp", "reference").first()
    if found is None:
        return None
    return Shown(found.title, reverse("linkage:report", args=[found.reference]), found.tlp)


# The earliest title among reports that the viewer sees, and its TLP. Each report is looked up by its key, see
# operations/queries.py.
_TITLE = (
    "SELECT r.title, r.tlp FROM {reports} CROSS JOIN LATERAL ("
    "SELECT * FROM exchange_report x WHERE x.id = o.report OFFSET 0) r ORDER BY r.reported_at, r.id LIMIT 1"
)
_OF_CRIME = _TITLE.replace("{reports}", "(SELECT c.report FROM linkage_crimereport c WHERE c.crime = %s) o")
_OF_OPERATION = _TITLE.replace("{reports}", "hueandcry_operations_seen(ARRAY[%s]::bigint[]) o")


def _title(statement: str, thing: int) -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [thing])
        return cursor.fetchone() or ("", "")


def _crime(viewer: Viewer, reference: str) -> Shown | None:
    found = Crime.objects.filter(reference=_uuid(reference)).first()
    if found is None:
        return None
    title, tlp = _title(_OF_CRIME, found.merged_into or found.pk)
    return Shown(title or _("A crime"), f"/crimes/{found.reference}/", tlp)


def _operation(viewer: Viewer, reference: str) -> Shown | None:
    found = Operation.objects.filter(reference=_uuid(reference)).first()
    if found is None:
        return None
    title, tlp = _title(_OF_OPERATION, found.merged_into or found.pk)
    called = analysis.names(viewer, [found.pk]).get(found.pk)  # what those call it who sit at one table with the viewer
    said = called[0][0] if called else _("the one around “%(title)s”") % {"title": title} if title else _("Operation")
    return Shown(said, f"/operations/{found.reference}/", tlp)


def _value(viewer: Viewer, reference: str) -> Shown | None:
    """A value by its number in the hub; what it says stands in the hub alone."""
    if not _NUMBER.fullmatch(reference) or abs(int(reference)) >= 2**63:
        return None
    found = Observable.objects.filter(pk=int(reference)).first()
    if found is None:
        return None
    return Shown(found.value, f"{reverse('exchange:reports')}?{urlencode({'q': found.value})}")


def _room(viewer: Viewer, reference: str) -> Shown | None:
    found = Room.objects.filter(reference=_uuid(reference), record__in=viewer.principals).first()
    return Shown(found.name, reverse("linkage:room", args=[found.reference]), found.ceiling) if found else None


def _thread(viewer: Viewer, reference: str) -> Shown | None:
    found = Thread.objects.filter(reference=_uuid(reference)).first()
    return Shown(found.title, reverse("linkage:thread", args=[found.reference]), found.tlp) if found else None


def pointed_at(viewer: Viewer, address: str) -> tuple[str, str] | None:
    """The thing (kind, reference) that somebody means by the address of a page of ours, pasted whole or in part, or by
    a value as the hub holds it; None where it is nothing that the viewer may see."""
    parts = [part for part in address.strip().split("?")[0].split("/") if part]
    for page, name in pairwise(parts):
        kind, reference = PAGES.get(page, ""), _uuid(name)
        if kind and reference != NOTHING:
            key = (kind, str(reference))
            return key if things.find(viewer, *key) else None
    return _value_pointed_at(address)


def _value_pointed_at(words: str) -> tuple[str, str] | None:
    from hueandcry.exchange import observables
    from hueandcry.exchange.staging import hash64

    value = observables.guess(words)
    found = Observable.objects.filter(pk=hash64(value.type, value.value)).first() if words.strip() else None
    return ("value", str(found.pk)) if found else None

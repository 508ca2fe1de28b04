"""Writes of saved searches by the people they belong to; what the worker does with them is in look."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, connection
from django.http import QueryDict
from django.utils.translation import gettext as _

from hueandcry.audit import actions as audit
from hueandcry.exchange import listing
from hueandcry.exchange import queries as reports
from hueandcry.exchange.models import Alert, Collection, Object
from hueandcry.exchange.publication import actions as publication
from hueandcry.members.actions import Refused
from hueandcry.members.viewer import Viewer, viewer

MOST = 100  # saved searches of one person
LONGEST = 4_000  # characters of a query
FILLED = 10_000  # reports that a search served as a collection holds from the start

PAGING = ("after", "before")


def tidy(address: str) -> str:
    """The query of a list's address without the place in the list; what makes no sense narrows nothing."""
    query = QueryDict(address.lstrip("?")[:LONGEST], mutable=True)
    for name in PAGING:
        query.pop(name, None)
    return query.urlencode()


def wanted(alert: Alert) -> listing.Wanted:
    """What a saved search asks for."""
    return listing.wanted({name: [str(v) for v in values] for name, values in QueryDict(alert.query).lists()})


def save(*, by: Viewer, name: str, query: str, often: str, served: bool = False) -> UUID:
    """Save a search of the list of reports; it tells of what changes from now on. Raises Refused."""
    _check(by, often)
    try:
        with viewer(by):
            if Alert.objects.count() >= MOST:
                raise Refused(_("You have %(most)s saved searches, as many as there can be.") % {"most": MOST})
            with connection.cursor() as cursor:
                cursor.execute("SELECT hueandcry_latest_change()")
                latest = cursor.fetchone()[0]
            made = Alert.objects.create(
                organisation=by.organisation or 0,
                person=by.person or 0,
                name=name,
                query=tidy(query),
                often=often,
                looked=latest,
            )
            audit.record(by=by, verb="add", kind="alert", thing=made.pk)
            if served:
                _serve(by, made)
    except IntegrityError:
        raise Refused(_("You have a saved search of this name already.")) from None
    return made.reference


def change(*, by: Viewer, reference: UUID, name: str, often: str, served: bool) -> None:
    """Change what a saved search is called, how often it tells and whether it is a collection.

    Raises Alert.DoesNotExist, Refused.
    """
    _check(by, often)
    try:
        with viewer(by):
            alert = Alert.objects.select_for_update().get(reference=reference)
            alert.name, alert.often = name, often
            alert.save(update_fields=["name", "often"])
            audit.record(by=by, verb="change", kind="alert", thing=alert.pk)
            if served and not alert.served:
                _serve(by, alert)
            elif alert.served and not served:
                Collection.objects.filter(alert=alert.pk).delete()
                Alert.objects.filter(pk=alert.pk).update(served=False)
    except IntegrityError:
        raise Refused(_("You have a saved search of this name already.")) from None


def delete(*, by: Viewer, reference: UUID) -> None:
    """Delete a saved search, and the collection it was served as. Raises Alert.DoesNotExist."""
    with viewer(by):
        alert = Alert.objects.get(reference=reference)
        audit.record(by=by, verb="delete", kind="alert", thing=alert.pk)
        Collection.objects.filter(alert=alert.pk).delete()
        alert.delete()


def enter(alert: Alert, found: list[int]) -> None:
    """Enter the objects of these reports into the collection that a saved search is served as. Last in its
    transaction: everybody's publishing waits for it."""
    collection = Collection.objects.filter(alert=alert.pk).values_list("pk", flat=True).first()
    objects = list(Object.objects.filter(report__in=found).order_by("pk").values_list("pk", flat=True))
    if collection is not None and objects:
        publication.enter(collection, objects)


def _serve(by: Viewer, alert: Alert) -> None:
    Alert.objects.filter(pk=alert.pk).update(served=True)
    Collection.objects.create(kind=Collection.Kind.SEARCH, organisation=by.organisation, alert=alert.pk)
    found = reports.report_ids(by, wanted(alert), most=FILLED)
    enter(alert, found)


def _check(by: Viewer, often: str) -> None:
    if not by.vetted:
        raise Refused(_("Your organisation is not a member in good standing."))
    if often not in Alert.Often.values:
        raise Refused(_("Choose how often you are told."))

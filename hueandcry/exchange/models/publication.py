"""What can be followed: collections with their entries, and the numbered record of changes to reports.

Both are numbered by one publisher under a lock, after what they tell of has been committed: whoever reads forward from
the last number seen misses nothing that commits late, and meets nothing twice.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Collection(models.Model):
    """What a TAXII client follows: all objects that one principal may see, or that one saved search finds."""

    class Kind(models.TextChoices):
        EVERYONE = "everyone", _("public")
        ALLIANCE = "alliance", _("the alliance")
        CIRCLE = "circle", _("a circle")
        ORGANISATION = "organisation", _("an organisation's inbox")
        SEARCH = "search", _("a saved search")

    id = models.AutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    kind = models.TextField(choices=Kind.choices)
    principal = models.BigIntegerField(null=True, unique=True)  # of all kinds but a saved search
    organisation = models.BigIntegerField(null=True)  # whose saved search it is
    alert = models.BigIntegerField(null=True, unique=True)  # the saved search
    last_entry = models.BigIntegerField(default=0)  # the number of its latest entry
    last_added = models.DateTimeField(null=True)  # the time of its latest entry

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    kind="search", principal__isnull=True, alert__isnull=False, organisation__isnull=False
                )
                | models.Q(principal__isnull=False, alert__isnull=True, organisation__isnull=True)
                & ~models.Q(kind="search"),
                name="collection_has_one_source",
            )
        ]


class Entry(models.Model):
    """One version of one object in one collection. ``number`` and ``added`` both grow strictly within a collection, so
    that a client can go on from either."""

    pk = models.CompositePrimaryKey("collection", "number")
    collection = models.IntegerField()
    number = models.BigIntegerField()
    key = models.BigIntegerField()  # the object's hash: hashtextextended(its STIX id, 0)
    version = models.DateTimeField(null=True)  # NULL where the object has none: its version is then ``added``
    kind = models.TextField()  # the STIX type
    spec = models.SmallIntegerField(default=21)  # STIX 2.1 or 2.0
    object = models.BigIntegerField()
    added = models.DateTimeField()
    latest = models.BooleanField(default=True)  # no newer version is in the collection
    gate = models.SmallIntegerField(default=0)  # what must be opened first; see exchange/recall/gates.py
    # In an inbox: the person by name whom alone it is for (TLP:RED), as a principal; NULL is the whole organisation.
    seer = models.BigIntegerField(null=True)

    class Meta:
        # Unique on (collection, key, version, seer) and an index on object are made in SQL: NULLs count as equal there.
        indexes = [models.Index(fields=["collection", "added"], name="entry_added")]


class Change(models.Model):
    """Something happened to a report. Written in the transaction of what happened; numbered after its commit."""

    class Kind(models.TextChoices):
        ADDED = "added", _("added")  # new report, or new objects of one
        CORRECTED = "corrected", _("corrected")
        WITHDRAWN = "withdrawn", _("withdrawn")
        RESTORED = "restored", _("restored")
        SUPERSEDED = "superseded", _("superseded")
        HANDLED = "handled", _("handling changed")  # handling, grants: who may see it
        ERASED = "erased", _("erased")
        GONE = "gone", _("objects deleted")  # for the publisher alone, which lets go of it: nobody sees one

    id = models.BigAutoField(primary_key=True)
    number = models.BigIntegerField(null=True, unique=True)  # NULL until published
    kind = models.TextField(choices=Kind.choices)
    report = models.BigIntegerField()
    reference = models.UUIDField()  # of the report; an erased report has nothing else left
    organisation = models.BigIntegerField()
    person = models.BigIntegerField(null=True)
    audience = models.IntegerField()  # who may hear of it: the report's audience then
    first_object = models.BigIntegerField(null=True)  # ids of the objects it brought, from
    last_object = models.BigIntegerField(null=True)  # and to; others' objects may lie in between
    size = models.IntegerField(
        default=0
    )  # how many objects it brought, or touches: the publisher's measure of its turn
    at = models.DateTimeField(db_default=Now())
    rendered = models.BooleanField(default=False)  # nothing is left to be written as STIX for it

    class Meta:
        indexes = [
            models.Index(fields=["id"], name="change_waiting", condition=models.Q(number__isnull=True)),
            models.Index(
                fields=["id"], name="change_unrendered", condition=models.Q(number__isnull=True, rendered=False)
            ),
            models.Index(fields=["report", "id"], name="change_report"),
        ]

"""The record of who did what, and the chain over it. Append-only: the app login may insert acts and nothing else."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Act(models.Model):
    """One audited act: a write, a read of non-public content, a sign-in. Holds ids and keyed hashes, never values."""

    id = models.BigAutoField(primary_key=True)
    # xid: which transaction wrote it, so that the sealer can read below the horizon (column added in SQL: type xid8)
    at = models.DateTimeField(db_default=Now())
    person = models.BigIntegerField(null=True)
    organisation = models.BigIntegerField(null=True)
    channel = models.TextField()  # web, api, command line, job, system
    verb = models.TextField()  # submit, read, search, export, grant, ...
    kind = models.TextField()  # what sort of thing: report, submission, person, ...
    thing = models.TextField(blank=True)  # its id, or "" where the act is about many
    count = models.IntegerField(default=1)  # of how many things
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "-id"], name="audit_act_organisation"),
            models.Index(fields=["kind", "thing", "-id"], name="audit_act_thing"),
            models.Index(fields=["person", "-id"], name="audit_act_person"),
        ]


class Seal(models.Model):
    """One link of the chain: digest = sha256(digest before || bytes of the act). Written by the sealer alone."""

    position = models.BigIntegerField(primary_key=True)
    act = models.BigIntegerField(unique=True)
    digest = models.BinaryField()


class Head(models.Model):
    """How far the sealer has come: one row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    position = models.BigIntegerField(default=0)
    digest = models.BinaryField(default=bytes(32))
    # horizon: transactions below it are sealed (column added in SQL: type xid8)
    at = models.DateTimeField(db_default=Now())

"""Other servers: TAXII collections and MISP feeds we read, nodes of Hue & Cry we share a circle with."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Remote(models.Model):
    """A server that is read from or pushed to at an interval, on behalf of one person of one organisation."""

    class Kind(models.TextChoices):
        TAXII = "taxii", _("TAXII 2.1 collection")
        MISP = "misp", _("MISP feed")
        NODE = "node", _("node of Hue & Cry")

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    kind = models.TextField(choices=Kind.choices)
    name = models.TextField()
    url = models.TextField()
    credentials = models.BinaryField(null=True)  # encrypted; see exchange/remotes/credentials.py
    every = models.IntegerField(default=900)  # seconds
    pulls = models.BooleanField(default=True)
    pushes = models.BooleanField(default=False)
    circle = models.BigIntegerField(null=True)  # principal of the circle that is shared or filled
    filter = models.JSONField(default=dict)
    handling = models.JSONField(default=dict)  # how its handling is read as ours
    position = models.JSONField(default=dict)  # where reading and pushing stopped
    node = models.UUIDField(null=True)  # of a node: who it was at the first connection, made of its public key
    passes_on = models.BooleanField(default=False)  # what came from this node may go on to a third one
    paused = models.BooleanField(default=False)
    failures = models.IntegerField(default=0)
    next_at = models.DateTimeField(db_default=Now())
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="remote_name_once")]
        indexes = [models.Index(fields=["next_at"], name="remote_due", condition=models.Q(paused=False))]


class RemoteRun(models.Model):
    """One time a remote was read or pushed to: what came, how long it took, why it failed."""

    id = models.BigAutoField(primary_key=True)
    remote = models.ForeignKey(Remote, on_delete=models.CASCADE, related_name="runs")
    started_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)
    pulled = models.BigIntegerField(default=0)
    pushed = models.BigIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["remote", "-id"], name="remote_run_page")]


class Envelope(models.Model):
    """One change of one report on its way between nodes, by origin node and the origin's own number.

    It lies with the remote through which its report came first, whichever way it came itself, so that one organisation
    holds the report here and hears of all its changes in their order.
    """

    id = models.BigAutoField(primary_key=True)
    remote = models.ForeignKey(Remote, on_delete=models.CASCADE, related_name="envelopes")
    origin = models.UUIDField()  # the node it comes from
    number = models.BigIntegerField()  # the origin's number of it
    kind = models.TextField()
    report = models.UUIDField()
    content = models.TextField(blank=True)  # emptied once applied, unless it may go on to a third node
    passes_on = models.BooleanField(default=False)
    received_at = models.DateTimeField(db_default=Now())
    applied_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["remote", "origin", "number"], name="envelope_once")]
        indexes = [
            models.Index(fields=["remote", "id"], name="envelope_waiting", condition=models.Q(applied_at__isnull=True)),
            models.Index(fields=["origin", "number"], name="envelope_number"),
            models.Index(fields=["origin", "report", "id"], name="envelope_report"),
        ]

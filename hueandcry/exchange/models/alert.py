"""Saved searches that tell when something new is found, and what came of a report."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Alert(models.Model):
    """A saved search of one person; told at once, daily or weekly, or not at all."""

    class Often(models.TextChoices):
        NEVER = "never", _("only when I look")
        AT_ONCE = "at once", _("at once")
        DAILY = "daily", _("once a day")
        WEEKLY = "weekly", _("once a week")

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    name = models.TextField()
    query = models.TextField()  # the address of the search, as the list of reports writes it
    often = models.TextField(choices=Often.choices, default=Often.DAILY)
    served = models.BooleanField(default=False)  # as a TAXII collection too
    created_at = models.DateTimeField(db_default=Now())
    looked = models.BigIntegerField(default=0)  # the last change looked at
    told = models.BigIntegerField(default=0)  # the last match that was told
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "organisation", "name"], name="alert_name_once")]


class AlertMatch(models.Model):
    """A report that a saved search found."""

    id = models.BigAutoField(primary_key=True)
    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="matches")
    report = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["alert", "report"], name="alert_match_once")]
        indexes = [models.Index(fields=["alert", "id"], name="alert_match_page")]


class Look(models.Model):
    """How far a round has come that looks at what changed."""

    name = models.TextField(primary_key=True)
    looked = models.BigIntegerField(default=0)  # the last change looked at
    at = models.DateTimeField(db_default=Now())


class Outcome(models.Model):
    """What came of a report, said by police or a CERT who may see it; shown to all who may."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("a case was opened")
        ARRESTED = "arrested", _("somebody was arrested")
        TAKEN_DOWN = "taken down", _("it was taken down")
        RECOVERED = "recovered", _("money was recovered")
        GUIDANCE = "guidance", _("guidance was published")
        NOTHING = "nothing", _("nothing further")

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    report = models.ForeignKey("exchange.Report", on_delete=models.CASCADE, related_name="outcomes")
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    kind = models.TextField(choices=Kind.choices)
    words = models.TextField(blank=True)
    at = models.DateTimeField(db_default=Now())

"""Who got what, what must be asked before anything goes on, and news that follows what was given."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Delivery(models.Model):
    """Something left by some way out to somebody: one report, a stretch of a collection, or all that was visible."""

    id = models.BigAutoField(primary_key=True)
    organisation = models.BigIntegerField(null=True)  # who got it; NULL is a stranger to the alliance
    person = models.BigIntegerField(null=True)
    token = models.BigIntegerField(null=True)
    remote = models.BigIntegerField(null=True)  # the other node or server it was pushed to
    channel = models.TextField()  # page, export, taxii, misp, rest, e-mail, webhook, node
    report = models.BigIntegerField(null=True)
    collection = models.IntegerField(null=True)
    first_entry = models.BigIntegerField(null=True)
    last_entry = models.BigIntegerField(null=True)
    everything = models.BooleanField(default=False, db_default=False)
    principals = ArrayField(models.BigIntegerField(), default=list)  # of the viewer then: circles change
    mask = models.SmallIntegerField(default=0, db_default=0)  # gates that were closed to it; see recall/gates.py
    at = models.DateTimeField(db_default=Now())
    last_at = models.DateTimeField(db_default=Now())  # of one report: when it went out by the same way again

    class Meta:
        # One report is noted once for each recipient and way. A range index over stretches is made in SQL:
        # (collection, first to last) that cover an entry.
        constraints = [
            models.UniqueConstraint(
                fields=["report", "organisation", "person", "token", "remote", "channel"],
                condition=models.Q(report__isnull=False),
                name="delivery_once",
                nulls_distinct=False,
            )
        ]
        indexes = [
            models.Index(fields=["at"], name="delivery_everything", condition=models.Q(everything=True)),
        ]


class Permission(models.Model):
    """What one organisation has to do before a report may leave the system by its hand: ask (H2), acknowledge (H3)."""

    class Code(models.TextChoices):
        H1 = "H1", _("use as evidence")
        H2 = "H2", _("pass on")
        H3 = "H3", _("further restriction")

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    report = models.ForeignKey("exchange.Report", on_delete=models.CASCADE, related_name="permissions")
    code = models.TextField(choices=Code.choices)
    organisation = models.BigIntegerField()  # who asks
    person = models.BigIntegerField()
    reason = models.TextField(blank=True)
    asked_at = models.DateTimeField(db_default=Now())
    answer_by = models.DateField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.BigIntegerField(null=True)
    allowed = models.BooleanField(null=True)  # NULL: not answered yet; H3 is allowed by acknowledging
    conditions = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["report", "code", "organisation"],
                condition=~models.Q(allowed=False),
                name="permission_once",
            )
        ]


class Recall(models.Model):
    """News about a report that has been given away: withdrawn, corrected, restricted, erased; signed.

    It names the report by its reference and says what happened and what to do; never what the report says.
    """

    class Kind(models.TextChoices):
        WITHDRAWN = "withdrawn", _("withdrawn")
        CORRECTED = "corrected", _("corrected")
        RESTORED = "restored", _("restored")
        SUPERSEDED = "superseded", _("superseded")
        HANDLED = "handled", _("handling changed")  # for those who still see it
        RESTRICTED = "restricted", _("no longer for you")  # for those who do not
        ERASED = "erased", _("erased")

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    report = models.BigIntegerField()
    report_reference = models.UUIDField()
    organisation = models.BigIntegerField()  # the owner
    person = models.BigIntegerField(null=True)  # where the report is this person's and not the organisation's (RED)
    change = models.BigIntegerField()  # the number of the change it tells of
    kind = models.TextField(choices=Kind.choices)
    revision = models.IntegerField(null=True)  # in the report's history, where those who see the report read why
    at = models.DateTimeField(db_default=Now())  # when it happened
    due_on = models.DateField()
    statement = models.TextField()  # canonical JSON, what was signed
    signature = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["change", "kind"], name="recall_once")]
        indexes = [models.Index(fields=["organisation", "-id"], name="recall_page")]


class RecallReceipt(models.Model):
    """One recipient's side of a recall: told by which way, when it was seen, what was done."""

    id = models.BigAutoField(primary_key=True)
    recall = models.ForeignKey(Recall, on_delete=models.CASCADE, related_name="receipts")
    owner = models.BigIntegerField()  # of the report
    sender = models.BigIntegerField(null=True)  # the recall's person
    organisation = models.BigIntegerField(null=True)  # NULL: strangers to the alliance
    person = models.BigIntegerField(null=True)  # where the report was for this person alone
    remote = models.BigIntegerField(null=True)
    channel = models.TextField()
    told_at = models.DateTimeField(null=True)
    fetched_at = models.DateTimeField(null=True)  # its program took the news by the same way
    acted_at = models.DateTimeField(null=True)
    acted_by = models.BigIntegerField(null=True)
    note = models.TextField(blank=True, db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["recall", "organisation", "person", "remote", "channel"],
                name="receipt_once",
                nulls_distinct=False,
            )
        ]
        indexes = [
            models.Index(fields=["organisation", "-id"], name="receipt_page"),
            models.Index(
                fields=["id"],
                name="receipt_not_fetched",
                condition=models.Q(fetched_at__isnull=True, acted_at__isnull=True),
            ),
        ]


class RecallPosition(models.Model):
    """Up to which change recalls have been told. One row."""

    id = models.SmallIntegerField(primary_key=True)
    number = models.BigIntegerField(default=0)

"""Who got what, what must be asked before anything goes on, and news that follows what was given."""

from __future__ import annotations

import uuid

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
    everything = models.BooleanField(default=False)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(
                fields=["report", "organisation"], name="delivery_report", condition=models.Q(report__isnull=False)
            ),
            models.Index(
                fields=["collection", "last_entry"],
                name="delivery_stretch",
                condition=models.Q(collection__isnull=False),
            ),
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
    """News about a report that has been given away: withdrawn, corrected, restricted, relaxed, erased; signed."""

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    report = models.BigIntegerField()
    report_reference = models.UUIDField()
    organisation = models.BigIntegerField()  # the owner
    change = models.BigIntegerField(unique=True)  # the change it tells of
    kind = models.TextField()
    reason = models.TextField(blank=True)
    at = models.DateTimeField(db_default=Now())
    due_on = models.DateField()
    statement = models.TextField()  # canonical JSON, what was signed
    signature = models.BinaryField()


class RecallReceipt(models.Model):
    """One recipient's side of a recall: told by which way, when it was seen, what was done."""

    id = models.BigAutoField(primary_key=True)
    recall = models.ForeignKey(Recall, on_delete=models.CASCADE, related_name="receipts")
    organisation = models.BigIntegerField(null=True)
    remote = models.BigIntegerField(null=True)
    channel = models.TextField()
    told_at = models.DateTimeField(null=True)
    fetched_at = models.DateTimeField(null=True)  # its program took the news by the same way
    acted_at = models.DateTimeField(null=True)
    acted_by = models.BigIntegerField(null=True)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["recall", "organisation", "remote", "channel"], name="receipt_once", nulls_distinct=False
            )
        ]

"""Which crimes share means and so look like one operation. It never reduces the count of crimes."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Operation(models.Model):
    """A group of crimes tied together by shared means. Its attributes are computed from what the viewer sees."""

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True, db_default=models.Func(function="gen_random_uuid"))
    formed_at = models.DateTimeField(db_default=Now())
    merged_into = models.BigIntegerField(null=True)  # the operation that took its crimes; its address leads there


class OperationCrime(models.Model):
    """This crime belongs to this operation, by these values."""

    crime = models.BigIntegerField(primary_key=True)
    operation = models.BigIntegerField()
    via = ArrayField(models.BigIntegerField(), default=list)  # observables that tie it, the most telling first
    weight = models.FloatField()  # the sum of what ties it
    run = models.BigIntegerField(null=True)  # NULL: it was attached as it came
    since = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["operation"], name="operationcrime_operation")]


class OperationEvent(models.Model):
    """Operations that were merged or split by a run."""

    class Kind(models.TextChoices):
        MERGED = "merged", _("merged")
        SPLIT = "split", _("split")

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_default=Now())
    kind = models.TextField(choices=Kind.choices)
    operation = models.BigIntegerField()  # what the crimes are in now
    other = models.BigIntegerField()  # what they came out of
    crimes = ArrayField(models.BigIntegerField(), default=list)  # those that moved
    run = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["operation", "-id"], name="operationevent_operation"),
            models.Index(fields=["other", "-id"], name="operationevent_other"),
        ]

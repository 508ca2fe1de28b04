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
    # Crimes of one part are tied by values; parts are taken for one operation by their manner (operations/manner.py).
    part = models.IntegerField(default=0, db_default=0)
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


class OperationValue(models.Model):
    """What a value held by several crimes tells, as the last run found: by it new crimes find their operation at once.

    Only what is shared is here; how many hold a value else is asked of the observations.
    """

    observable = models.BigIntegerField(primary_key=True)
    operation = models.BigIntegerField(null=True)  # the one that it speaks for; NULL: it tells nothing of anybody
    strength = models.FloatField()  # 0 to 1: of its type, how widely it is shared, whether those who share it agree
    crimes = models.IntegerField()  # that hold it

    class Meta:
        indexes = [models.Index(fields=["operation"], name="operationvalue_operation")]


class OperationSuggestion(models.Model):
    """A crime that came points to a second operation as well: perhaps the two are one. The nightly run decides."""

    id = models.BigAutoField(primary_key=True)
    operation = models.BigIntegerField()  # what the crime was attached to
    other = models.BigIntegerField()
    crime = models.BigIntegerField()
    shared = models.IntegerField()  # values of the crime that speak for the other
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["crime", "other"], name="operationsuggestion_once")]
        indexes = [
            models.Index(fields=["operation"], name="operationsuggestion_operation"),
            models.Index(fields=["other"], name="operationsuggestion_other"),
        ]

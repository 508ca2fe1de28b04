"""Numbers from outside about countries, indexes made of them, their runs, and what law enforcement said when asked."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Statistic(models.Model):
    """A series of numbers about countries: what it is, its scale, which way is better, where it is from."""

    id = models.BigAutoField(primary_key=True)
    code = models.TextField(unique=True)
    name = models.TextField()
    scale = models.TextField()  # a word of capacity/needs/scales.py
    unit = models.TextField(blank=True, default="")
    direction = models.SmallIntegerField()  # 1: more is better, -1: less is better
    source = models.TextField()
    url = models.TextField(blank=True, default="")
    licence = models.TextField(blank=True, default="")
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(direction__in=[1, -1]), name="statistic_direction_known"),
            models.CheckConstraint(condition=~models.Q(source=""), name="statistic_has_a_source"),
        ]


class StatisticValue(models.Model):
    """One country's number in one year. What is not known has no row: unknown is never zero."""

    id = models.BigAutoField(primary_key=True)
    statistic = models.ForeignKey(Statistic, on_delete=models.CASCADE, related_name="told")
    country = models.CharField(max_length=2)
    year = models.SmallIntegerField()
    value = models.FloatField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["statistic", "country", "year"], name="statisticvalue_once")]


class NeedIndex(models.Model):
    """How need is made out of series: which, in which groups, with which public weights. Retired, never changed."""

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    name = models.TextField(unique=True)
    indicators = models.JSONField()  # [{code, name, group, direction, weight, low, high}]
    groups = models.JSONField()  # [{code, name, parent, weight}]
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    created_at = models.DateTimeField(db_default=Now())
    retired_at = models.DateTimeField(null=True)


class NeedRun(models.Model):
    """One computation of an index, with all that is needed to make it again: inputs, choices, digest."""

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    index = models.ForeignKey(NeedIndex, on_delete=models.PROTECT, related_name="runs")
    year = models.SmallIntegerField()
    choices = models.JSONField()  # of capacity/index/computed.py, with the seed
    inputs = models.JSONField()  # countries, values and their years (null: unknown)
    told = models.JSONField()  # what came out
    digest = models.TextField()  # SHA-256 of index, inputs and choices
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    made_at = models.DateTimeField(db_default=Now())


class Consultation(models.Model):
    """What law enforcement said of a country's place when asked: recorded beside the index, never in it."""

    class Decision(models.TextChoices):
        CONFIRMED = "confirmed", _("need confirmed")
        RAISED = "raised", _("need is greater than the index says")
        LOWERED = "lowered", _("need is less than the index says")

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(NeedRun, on_delete=models.CASCADE, related_name="consultations")
    country = models.CharField(max_length=2)
    decision = models.TextField(choices=Decision.choices)
    reasons = models.TextField()
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(reasons=""), name="consultation_has_reasons")]

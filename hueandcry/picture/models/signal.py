"""Signals: a rise that is out of the ordinary, for horizon and guidance to take up."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Now

from hueandcry.picture.models.freeze import Freeze


class Signal(models.Model):
    """One series of the picture whose level changed. Found again in a later freeze, it stays the same signal."""

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True, db_default=models.Func(function="gen_random_uuid"))
    freeze = models.ForeignKey(Freeze, on_delete=models.SET_NULL, null=True)  # in which it was last seen
    series = models.TextField()  # the question's address (question.Question.address), canonical
    since = models.CharField(max_length=7)  # the month in which the level changed
    direction = models.TextField()  # up, down
    ratio = models.FloatField()  # new level over old, after seasons, delay and exposure are taken out
    low = models.FloatField()
    high = models.FloatField()
    false_alarms = models.FloatField()  # expected in a year under no change, as calibrated
    found_at = models.DateTimeField(db_default=Now())
    gone_at = models.DateTimeField(null=True)  # a later freeze no longer shows it
    dismissed_at = models.DateTimeField(null=True)
    dismissed_by = models.BigIntegerField(null=True)
    dismissed_why = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["series", "since", "direction"], name="signal_once")]

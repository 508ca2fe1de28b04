"""Freezes: what counted at one moment, kept as Parquet; and what was estimated from them."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Freeze(models.Model):
    """One repeatable-read snapshot of what counts. Its row shows to the alliance; its files to the linker alone."""

    class Reason(models.TextChoices):
        NIGHT = "night", _("each night")
        HAND = "hand", _("by hand")
        RELEASE = "release", _("for a release")

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True, db_default=models.Func(function="gen_random_uuid"))
    at = models.DateTimeField()  # the moment of the snapshot
    reason = models.TextField(choices=Reason.choices)
    person = models.BigIntegerField(null=True)  # who asked for it; NULL: the clock
    version = models.TextField()  # of the program
    reports = models.BigIntegerField()
    crimes = models.BigIntegerField()
    sha256 = models.TextField()  # of the manifest, which names each file's own
    manifest = models.JSONField()  # files with sha256 and rows, linkage run and its measured error, what was left out

    class Meta:
        indexes = [models.Index(fields=["-at"], name="freeze_latest")]


class FreezeFile(models.Model):
    """One table of a freeze as the bytes of a Parquet file."""

    id = models.BigAutoField(primary_key=True)
    freeze = models.ForeignKey(Freeze, on_delete=models.CASCADE, related_name="files")
    name = models.TextField()  # reports, crimes, organisations, ...
    sha256 = models.TextField()
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["freeze", "name"], name="freezefile_once")]


class Estimate(models.Model):
    """What was estimated from a freeze for one question: kept, as a bootstrap takes seconds."""

    id = models.BigAutoField(primary_key=True)
    freeze = models.ForeignKey(Freeze, on_delete=models.CASCADE, related_name="estimates")
    question = models.TextField()  # its address (question.Question.address), which is canonical
    at = models.DateTimeField(db_default=Now())
    content = models.JSONField()  # mse/estimate.py: estimate, low, high, lower_bound, models, refused, reason

    class Meta:
        constraints = [models.UniqueConstraint(fields=["freeze", "question"], name="estimate_once")]

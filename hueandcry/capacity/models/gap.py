"""What the alliance aims at for an aspect: by which the gap board tells a gap. The board itself is computed."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Target(models.Model):
    """The stage aimed at for an aspect, in one country or (country empty) in all; the newest row counts."""

    id = models.BigAutoField(primary_key=True)
    model = models.TextField()
    country = models.CharField(max_length=2, blank=True, default="")
    aspect = models.TextField()
    stage = models.SmallIntegerField()
    why = models.TextField()
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(stage__gte=1) & models.Q(stage__lte=5), name="target_stage_known")
        ]
        indexes = [models.Index(fields=["model", "aspect", "country"], name="target_place")]

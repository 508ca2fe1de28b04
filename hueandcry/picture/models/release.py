"""Releases: published, numbered, frozen, reproducible sets of figures."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from hueandcry.picture.models.freeze import Freeze


class Release(models.Model):
    """One set of figures. Published, it has a number and never changes (by trigger); a later one may correct it."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        DROPPED = "dropped", _("dropped")  # a draft that was given up

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True, db_default=models.Func(function="gen_random_uuid"))
    number = models.IntegerField(unique=True, null=True)  # given on publishing, without gaps
    title = models.TextField()
    state = models.TextField(choices=State.choices, default=State.DRAFT)
    freeze = models.ForeignKey(Freeze, on_delete=models.PROTECT)
    version = models.TextField()  # of the program that made the files
    method = models.TextField()  # of the figures, e.g. "2026-11"; its note is docs/picture-method.md
    first = models.CharField(max_length=7)  # month, in
    last = models.CharField(max_length=7)
    settings = models.JSONField(
        default=dict
    )  # all that the figures hang on: tables, thresholds, seeds, earlier releases
    manifest = models.JSONField(default=dict)  # files with media type, sha256 and size
    sha256 = models.TextField(blank=True)  # of the manifest
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="corrected_by")
    correction = models.TextField(blank=True)  # why, and what is other
    created_at = models.DateTimeField(db_default=Now())
    created_by = models.BigIntegerField(null=True)
    published_at = models.DateTimeField(null=True)
    published_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="published", number__isnull=False, published_at__isnull=False)
                | ~models.Q(state="published") & models.Q(number__isnull=True),
                name="release_numbered_when_published",
            ),
            models.CheckConstraint(
                condition=models.Q(corrects__isnull=True) | ~models.Q(correction=""), name="release_correction_says_why"
            ),
        ]


class ReleaseFile(models.Model):
    """One file of a release, as it is downloaded."""

    id = models.BigAutoField(primary_key=True)
    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="files")
    name = models.TextField()
    media = models.TextField()
    sha256 = models.TextField()
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["release", "name"], name="releasefile_once")]

"""Frameworks of competences that somebody imported; those that come with the program are files of it."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Now


class FrameworkVersion(models.Model):
    """One version of a framework, as its document: it never changes, what is corrected is another version."""

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    code = models.TextField()
    version = models.TextField()
    title = models.TextField()
    digest = models.TextField()  # sha256 of the document
    document = models.BinaryField()  # frameworks/model.py writes and reads it
    roles = models.IntegerField()
    relations = models.IntegerField()
    audience = models.IntegerField()
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="framework_version_once")]

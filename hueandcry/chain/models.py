"""Links: this thing and that thing belong together, in such a way. A thing is named by its kind and its reference."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Now


class Link(models.Model):
    """One typed link between two things of any desks. It holds references, never a title or a value."""

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    from_kind = models.TextField()
    from_reference = models.TextField()
    to_kind = models.TextField()
    to_reference = models.TextField()
    relation = models.TextField()  # a word of relations.py
    audience = models.IntegerField()
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            # For each organisation, so that nobody learns by being refused that somebody else has linked the two.
            models.UniqueConstraint(
                fields=[
                    "from_kind",
                    "from_reference",
                    "to_kind",
                    "to_reference",
                    "relation",
                    "audience",
                    "organisation",
                ],
                name="link_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(from_kind=models.F("to_kind"), from_reference=models.F("to_reference")),
                name="link_of_two",
            ),
        ]
        indexes = [models.Index(fields=["to_kind", "to_reference", "-id"], name="link_back")]

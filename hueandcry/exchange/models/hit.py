"""Hit or no hit, and asking for what was hit."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Lookup(models.Model):
    """One question: up to 10,000 values, with the purpose they are asked for."""

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    channel = models.TextField()
    purpose = models.TextField()
    case = models.TextField(blank=True)  # the asker's own file number
    asked = models.IntegerField()
    hits = models.IntegerField(default=0)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["organisation", "-id"], name="lookup_page")]


class LookupAnswer(models.Model):
    """What was learnt of one value. Only hits are kept, for as long as they can be asked for."""

    id = models.BigAutoField(primary_key=True)
    lookup = models.ForeignKey(Lookup, on_delete=models.CASCADE, related_name="answers")
    observable = models.BigIntegerField()
    type = models.TextField()
    value = models.TextField()
    organisations = models.IntegerField()
    kinds = ArrayField(models.TextField(), default=list)  # kinds of those organisations
    names = ArrayField(models.TextField(), default=list)  # of those who let themselves be named
    last_seen = models.DateField(null=True)


class Ask(models.Model):
    """A request that the owners of what was hit disclose it."""

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    organisation = models.BigIntegerField()  # who asks
    person = models.BigIntegerField()
    observable = models.BigIntegerField(null=True)
    type = models.TextField(blank=True)
    value = models.TextField(blank=True)
    purpose = models.TextField()
    case = models.TextField(blank=True)
    words = models.TextField(blank=True)
    at = models.DateTimeField(db_default=Now())
    answer_by = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["organisation", "-id"], name="ask_page")]


class AskPart(models.Model):
    """One owner's part of a request. The asker sees it without the owner's name, unless the owner allows that."""

    class State(models.TextChoices):
        OPEN = "open", _("waiting for an answer")
        GRANTED = "granted", _("granted")
        PARTLY = "partly", _("granted in part")
        REFUSED = "refused", _("refused")
        TAKEN_BACK = "taken back", _("taken back")

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    ask = models.ForeignKey(Ask, on_delete=models.CASCADE, related_name="parts")
    owner = models.BigIntegerField()  # organisation
    named = models.BooleanField(default=False)  # the asker may know who the owner is
    state = models.TextField(choices=State.choices, default=State.OPEN)
    reports = ArrayField(models.BigIntegerField(), default=list)  # what was hit; only the owner sees them
    granted = ArrayField(models.BigIntegerField(), default=list)
    conditions = models.TextField(blank=True)
    until = models.DateField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ask", "owner"], name="ask_part_once")]
        indexes = [models.Index(fields=["owner", "state", "id"], name="ask_part_page")]

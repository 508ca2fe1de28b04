"""The clearing house: a country or agency asks, others offer, the asker chooses, what came of it is recorded."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Call(models.Model):
    """What somebody asks for: for which country, to do what."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        OPEN = "open", _("open")
        MATCHED = "matched", _("matched")
        AGREED = "agreed", _("agreed")
        DONE = "done", _("done")
        WITHDRAWN = "withdrawn", _("withdrawn")

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    state = models.TextField(choices=State.choices, default=State.DRAFT)
    audience = models.IntegerField()
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    country = models.CharField(max_length=2)
    title = models.TextField()
    about = models.TextField(blank=True, default="")
    aspects = ArrayField(models.TextField(), default=list)
    parties = ArrayField(models.TextField(), default=list)  # names of others concerned, for conflicts of interest
    created_at = models.DateTimeField(db_default=Now())
    opened_at = models.DateTimeField(null=True)
    answer_by = models.DateField(null=True)
    closed_at = models.DateTimeField(null=True)
    outcome = models.TextField(blank=True, default="")
    rating = models.SmallIntegerField(null=True)  # 1 to 5, by the asker

    class Meta:
        indexes = [models.Index(fields=["audience", "-id"], name="call_page")]


class Place(models.Model):
    """One place of a call that wants to be filled."""

    id = models.BigAutoField(primary_key=True)
    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="places")
    number = models.SmallIntegerField()
    skills = ArrayField(models.TextField(), default=list)
    languages = ArrayField(models.TextField(), default=list)
    language_level = models.TextField(default="B2")  # CEFR
    starts = models.DateField()
    ends = models.DateField()
    days = models.IntegerField()
    on_site = models.BooleanField(default=True)
    from_elsewhere = models.BooleanField(default=True)  # nobody of the asking country

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call", "number"], name="place_once"),
            models.CheckConstraint(condition=models.Q(ends__gte=models.F("starts")), name="place_ends_after_start"),
        ]


class Offer(models.Model):
    """An organisation offers one of its experts or courses to a call."""

    id = models.BigAutoField(primary_key=True)
    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="offers")
    audience = models.IntegerField()  # asker and offerer
    resource = models.BigIntegerField()  # of the register
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    note = models.TextField(blank=True, default="")
    no_conflict = models.BooleanField()  # declared on behalf of who is offered
    at = models.DateTimeField(db_default=Now())
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "resource"], name="offer_once")]


class Assignment(models.Model):
    """Who fills a place: proposed by matching or chosen by the asker, confirmed by their organisation."""

    class State(models.TextChoices):
        CHOSEN = "chosen", _("chosen")
        CONFIRMED = "confirmed", _("confirmed")
        DECLINED = "declined", _("declined")
        DONE = "done", _("done")
        FAILED = "failed", _("did not take place")

    id = models.BigAutoField(primary_key=True)
    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="assignments")
    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="assignments")
    audience = models.IntegerField()
    resource = models.BigIntegerField()
    provider = models.BigIntegerField()  # organisation that sends
    state = models.TextField(choices=State.choices, default=State.CHOSEN)
    reasons = models.JSONField(default=list)  # why, as matching said
    differs = models.TextField(blank=True, default="")  # why the asker chose otherwise
    person = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())
    answered_at = models.DateTimeField(null=True)
    days = models.IntegerField(null=True)  # delivered
    outcome = models.TextField(blank=True, default="")
    rating = models.SmallIntegerField(null=True)  # 1 to 5, by the provider

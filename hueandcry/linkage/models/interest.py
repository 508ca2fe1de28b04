"""What a law-enforcement agency works on, so that it and another at it learn of each other, and nobody else.

What a side may know of the other is not in the rows it can read: it comes out of a blind function, as the other chose.
"""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Interest(models.Model):
    """Somebody of an agency works on a crime, an operation or values, until a day."""

    class Tells(models.TextChoices):
        MEETING = "meeting", _("only that somebody is there, and a place to write")
        CONTACT = "contact", _("our name and contact")
        NOTE = "note", _("our name, contact and note")

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    title = models.TextField()  # for one's own list; told to nobody
    case = models.TextField(blank=True)  # one's own reference; told to nobody
    contact = models.TextField(blank=True)
    note = models.TextField(blank=True)
    tells = models.TextField(choices=Tells.choices, default=Tells.CONTACT)
    crime = models.BigIntegerField(null=True)
    operation = models.BigIntegerField(null=True)
    action_at = models.DateTimeField(null=True)  # when arrests or searches are to be made; told to nobody
    action_zone = models.TextField(blank=True)  # the time zone it was said in
    until = models.DateField()
    at = models.DateTimeField(db_default=Now())
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["organisation", "-id"], name="interest_page")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(crime__isnull=True) | models.Q(operation__isnull=True), name="interest_in_one_thing"
            )
        ]


class InterestValue(models.Model):
    """A value that an agency works on: its own copy, and the keyed hash by which two are compared."""

    id = models.BigAutoField(primary_key=True)
    interest = models.BigIntegerField()
    organisation = models.BigIntegerField()
    type = models.TextField()
    value = models.TextField()
    hash = models.TextField()
    observable = models.BigIntegerField()  # by which it is found inside crimes and operations

    class Meta:
        indexes = [models.Index(fields=["hash"], name="interestvalue_hash")]
        constraints = [models.UniqueConstraint(fields=["interest", "hash"], name="interestvalue_once")]


class InterestSpend(models.Model):
    """How many values an organisation registered when; taking an interest back gives nothing back."""

    id = models.BigAutoField(primary_key=True)
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())
    amount = models.IntegerField()
    guessable = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["organisation", "at"], name="interestspend_at")]


class Overlap(models.Model):
    """Two interests of two agencies that meet. Nobody reads it: each side has a row of its own."""

    id = models.BigAutoField(primary_key=True)
    left = models.BigIntegerField()  # interest; the smaller id of the two
    right = models.BigIntegerField()
    things = ArrayField(models.TextField(), default=list)  # what they have in common, as one-way marks
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(left__lt=models.F("right")), name="overlap_in_order"),
            models.UniqueConstraint(fields=["left", "right"], name="overlap_once"),
        ]
        indexes = [models.Index(fields=["right"], name="overlap_right")]


class OverlapSide(models.Model):
    """One agency's side of an overlap: what of its own met, what it says to it, and how it ended for it."""

    class Kind(models.TextChoices):
        VALUE = "value", _("a value of ours is theirs too")
        CRIME = "crime", _("the same crime")
        OPERATION = "operation", _("the same operation")
        INSIDE = "inside", _("a value lies inside a crime or an operation")

    class Stand(models.TextChoices):
        GO = "go on", _("go on")
        TALK = "talk first", _("talk first")

    class Outcome(models.TextChoices):
        TOGETHER = "together", _("we work together")
        STOOD_BACK = "stood back", _("we stood back")
        HANDED_OVER = "handed over", _("we handed over or took over")
        NONE = "no conflict", _("there was no conflict")

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True, db_default=models.Func(function="gen_random_uuid"))
    overlap = models.BigIntegerField()
    organisation = models.BigIntegerField()
    interest = models.BigIntegerField()
    kinds = ArrayField(models.TextField(), default=list)
    values = ArrayField(models.BigIntegerField(), default=list)  # of one's own interest, those that met
    at = models.DateTimeField(db_default=Now())
    urgent_at = models.DateTimeField(null=True)  # since when an action day of either side is near
    stand = models.TextField(choices=Stand.choices, blank=True)
    stand_at = models.DateTimeField(null=True)
    outcome = models.TextField(choices=Outcome.choices, blank=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["organisation", "-id"], name="overlapside_page")]
        constraints = [models.UniqueConstraint(fields=["overlap", "organisation"], name="overlapside_once")]


class OverlapMessage(models.Model):
    """What one side writes to the other. Who of it wrote stands in that side's record alone."""

    id = models.BigAutoField(primary_key=True)
    overlap = models.BigIntegerField()
    side = models.BigIntegerField()
    words = models.TextField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["overlap", "id"], name="overlapmessage_page")]

"""Hit or no hit, and asking for what was hit. See docs/hits.md and docs/decisions/0014-hits.md."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Purpose(models.TextChoices):
    """What somebody may ask for; a report answers only where its own purposes hold this one."""

    INVESTIGATION = "investigation", _("investigate a crime")
    PREVENTION = "prevention", _("prevent a crime")


class Lookup(models.Model):
    """One question: up to 10,000 values, with the purpose they are asked for. No value that was no hit is kept."""

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    channel = models.TextField()
    purpose = models.TextField(choices=Purpose.choices)
    words = models.TextField(blank=True)
    case = models.TextField(blank=True)  # the asker's own file number
    asked = models.IntegerField()
    guessable = models.IntegerField(default=0)  # of these, values that could be tried one after the other
    repeated = models.IntegerField(default=0)  # lines that gave a value which had come before
    hits = models.IntegerField(default=0)
    unread = models.JSONField(default=list)  # lines that are no value: [line, text, reason]; kept as long as answers
    flagged = models.BooleanField(default=False)  # looks like trying values one after the other
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["organisation", "-id"], name="lookup_page")]


class LookupAnswer(models.Model):
    """What was learnt of one value: written by the database alone, kept for as long as it can be asked for.

    ``organisations`` 0: nobody else holds it whom the asker may not see anyway.
    """

    id = models.BigAutoField(primary_key=True)
    lookup = models.ForeignKey(Lookup, on_delete=models.CASCADE, related_name="answers")
    observable = models.BigIntegerField()
    type = models.TextField()
    value = models.TextField()
    organisations = models.IntegerField()  # 1, 2, or rounded down to 3, 5, 10, 20, 50, 100
    kinds = ArrayField(models.TextField(), default=list)  # of those organisations, where three members are of that kind
    names = ArrayField(models.TextField(), default=list)  # of those who let themselves be named
    last_seen = models.DateField(null=True)
    exact = models.BooleanField(default=False)  # last_seen is a day; otherwise the first of a month

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lookup", "observable"], name="lookup_answer_once")]


class LookupNotice(models.Model):
    """What an owner learns of a lookup that hit its report: who asked, for what purpose, for which value."""

    id = models.BigAutoField(primary_key=True)
    lookup = models.UUIDField()  # its reference: several values of one question belong together
    asker = models.BigIntegerField()  # organisation
    purpose = models.TextField()
    owner = models.BigIntegerField()  # organisation
    person = models.BigIntegerField(null=True)  # the only one to be told, where the report is TLP:RED
    report = models.BigIntegerField()
    observable = models.BigIntegerField()
    told = models.BooleanField(default=False)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["owner", "-id"], name="lookup_notice_page"),
            models.Index(fields=["id"], name="lookup_notice_due", condition=models.Q(told=False)),
        ]


class LookupSpend(models.Model):
    """What somebody took out of the budget, by which door: ``values``, ``report`` or ``psi``, ``ask``."""

    id = models.BigAutoField(primary_key=True)
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    door = models.TextField()
    amount = models.IntegerField()
    guessable = models.IntegerField()
    thing = models.BigIntegerField(null=True)  # the report, where looking at it was paid for
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["organisation", "door", "at"], name="lookup_spend_window")]


class LookupBlock(models.Model):
    """How many values of one neighbourhood (a thousand numbers in a row) an organisation asked for in one day.

    ``block`` is a keyed hash: nobody reads numbers out of it.
    """

    id = models.BigAutoField(primary_key=True)
    organisation = models.BigIntegerField()
    block = models.BigIntegerField()
    day = models.DateField()
    asked = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "day", "block"], name="lookup_block_once")]


class Ask(models.Model):
    """A request that the owners of what was hit disclose it."""

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    organisation = models.BigIntegerField()  # who asks
    person = models.BigIntegerField()
    purpose = models.TextField(choices=Purpose.choices)
    case = models.TextField(blank=True)
    words = models.TextField()
    at = models.DateTimeField(db_default=Now())
    answer_by = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["organisation", "-id"], name="ask_page")]


class AskValue(models.Model):
    """One value that a request is about. Only the asker reads these rows: an owner learns of its own values alone."""

    id = models.BigAutoField(primary_key=True)
    ask = models.ForeignKey(Ask, on_delete=models.CASCADE, related_name="values")
    observable = models.BigIntegerField()
    type = models.TextField()
    value = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ask", "observable"], name="ask_value_once")]


class AskPart(models.Model):
    """One owner's part of a request: its owner's row. The asker reads of it what a blind function gives."""

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
    person = models.BigIntegerField(null=True)  # the only one it is for, where what was hit is TLP:RED
    named = models.BooleanField(default=False)  # the asker may know who the owner is
    state = models.TextField(choices=State.choices, default=State.OPEN)
    observables = ArrayField(models.BigIntegerField(), default=list)  # of the values asked for, those that it holds
    reports = ArrayField(models.BigIntegerField(), default=list)  # what was hit; only the owner sees them
    granted = ArrayField(models.BigIntegerField(), default=list)
    conditions = models.TextField(blank=True)
    until = models.DateField(null=True)
    question = models.TextField(blank=True)  # what the owner wants to know before it answers
    reply = models.TextField(blank=True)  # what the asker says to that
    answered_at = models.DateTimeField(null=True)
    answered_by = models.BigIntegerField(null=True)
    told = models.BooleanField(default=False)  # its owner has been told of it

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ask", "owner", "person"], nulls_distinct=False, name="ask_part_once")
        ]
        indexes = [models.Index(fields=["owner", "state", "id"], name="ask_part_page")]

"""Where money comes from: fees with their invoices, the bank's statements, calls with bids, interests of donors, and
money elsewhere that could be redirected."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from hueandcry.programmes.models.ledger import Entry


class Fee(models.Model):
    """What members of a tier pay for a year. The newest row counts."""

    id = models.BigAutoField(primary_key=True)
    tier = models.TextField()  # of members.Organisation.Tier
    kind = models.TextField(blank=True, default="")  # of members.Organisation.Kind; empty: any
    year = models.SmallIntegerField()
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    person = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(amount__gte=0), name="fee_amount")]


class Invoice(models.Model):
    """A member's fee for a year. What is open of it, the ledger says."""

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    number = models.TextField(unique=True)  # the year and a count without gaps
    organisation = models.BigIntegerField()
    tier = models.TextField()
    year = models.SmallIntegerField()
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    issued = models.DateField()
    due = models.DateField()
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="invoice")
    reminders = models.SmallIntegerField(default=0)
    reminded = models.DateField(null=True)
    person = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "year"], name="invoice_once_a_year"),
            models.CheckConstraint(condition=models.Q(due__gte=models.F("issued")), name="invoice_due"),
        ]


class BankLine(models.Model):
    """A line of a bank's statement, as the bank told it: kept once, matched with an entry or set aside."""

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    bank = models.TextField()  # the account, by its IBAN or number
    key = models.TextField()  # the bank's own reference of the line
    day = models.DateField()
    amount = models.BigIntegerField()  # into the account positive
    currency = models.CharField(max_length=3)
    party = models.TextField(blank=True, default="")
    words = models.TextField(blank=True, default="")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, null=True, related_name="bank_lines")
    aside = models.TextField(blank=True, default="")  # why no entry belongs to it
    person = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bank", "key"], name="bankline_once")]
        indexes = [models.Index(fields=["-day", "-id"], name="bankline_by_day")]


class Call(models.Model):
    """A funder's call for proposals, with what it asks for and by when."""

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    title = models.TextField()
    funder = models.TextField()
    url = models.TextField(blank=True, default="")
    budget = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    countries = ArrayField(models.CharField(max_length=2), default=list)
    aspects = ArrayField(models.TextField(), default=list)
    criteria = models.JSONField(default=list)  # [{"name", "weight" of 100, "words"}]
    deadline = models.DateField()
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())


class Bid(models.Model):
    """A programme put to a call: how it meets each criterion, and what was answered."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("submitted")
        WON = "won", _("won")
        LOST = "lost", _("lost")
        WITHDRAWN = "withdrawn", _("withdrawn")

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="bids")
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="bids")
    asked = models.BigIntegerField()
    answers = models.JSONField(default=dict)  # criterion -> words
    state = models.TextField(choices=State.choices, default=State.DRAFT)
    answered = models.TextField(blank=True, default="")  # what the funder said
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "programme"], name="bid_once")]


class Interest(models.Model):
    """What a donor would pay for, before there is a fund: set against open gaps."""

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    giver = models.TextField()
    organisation = models.BigIntegerField()  # who records it: the donor, or the office
    countries = ArrayField(models.CharField(max_length=2), default=list)
    aspects = ArrayField(models.TextField(), default=list)
    most = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    words = models.TextField(blank=True, default="")
    person = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)


class Redirection(models.Model):
    """Money that others spend elsewhere and that could do more: which programme of the register, how much, and why."""

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    resource = models.UUIDField()  # in the register of resources
    amount = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    country = models.CharField(max_length=2)  # where it would do more
    aspect = models.TextField(blank=True, default="")
    why = models.TextField()
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

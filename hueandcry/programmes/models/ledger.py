"""The ledger: double entry, append-only, in whole numbers of the smallest unit of each currency.

A posting has an amount in the currency that was paid and a value in the currency of its fund. Values balance for each
fund in each entry; what the database refuses otherwise stands in migrations/0001_programmes.sql.
"""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Fund(models.Model):
    """Money with one giver and one set of restrictions. Restrictions are the giver's and never change."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        CLOSED = "closed", _("closed")

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    code = models.TextField(unique=True)
    name = models.TextField()
    giver = models.TextField()  # in words, as its papers name it
    donor = models.BigIntegerField(null=True)  # the organisation, where it is a member
    currency = models.CharField(max_length=3)  # ISO 4217
    countries = ArrayField(models.CharField(max_length=2), default=list)  # empty: any
    aspects = ArrayField(models.TextField(), default=list)  # of capacity; empty: any
    opens = models.DateField()  # the days it may be spent
    closes = models.DateField(null=True)
    overhead = models.SmallIntegerField(default=100)  # at most so many percent of what it pays may be overheads
    share = models.SmallIntegerField(default=100)  # at most so many percent of a programme; less than 100: matched
    running = models.BooleanField(default=False)  # may also pay what the alliance's office costs
    terms = models.TextField(blank=True, default="")
    state = models.TextField(choices=State.choices, default=State.OPEN)
    person = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(overhead__gte=0, overhead__lte=100), name="fund_overhead"),
            models.CheckConstraint(condition=models.Q(share__gte=1, share__lte=100), name="fund_share"),
            models.CheckConstraint(condition=models.Q(currency__regex=r"^[A-Z]{3}$"), name="fund_currency"),
            models.CheckConstraint(
                condition=models.Q(closes__isnull=True) | models.Q(closes__gte=models.F("opens")), name="fund_days"
            ),
        ]


class Account(models.Model):
    """An account of the chart: the same for every fund. Written by migrations alone."""

    class Kind(models.TextChoices):
        ASSET = "asset", _("asset")
        LIABILITY = "liability", _("liability")
        INCOME = "income", _("income")
        EXPENSE = "expense", _("expense")
        MEMORANDUM = "memorandum", _("memorandum")  # commitments: promised, not yet owed

    code = models.TextField(primary_key=True)
    name = models.TextField()
    kind = models.TextField(choices=Kind.choices)


class Rate(models.Model):
    """One unit of ``currency`` in units of ``base``, on a day, and who says so. Append-only; the newest row counts."""

    id = models.BigAutoField(primary_key=True)
    day = models.DateField()
    currency = models.CharField(max_length=3)
    base = models.CharField(max_length=3)
    rate = models.DecimalField(max_digits=24, decimal_places=12)
    source = models.TextField()
    person = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(rate__gt=0), name="rate_positive"),
            models.CheckConstraint(condition=~models.Q(currency=models.F("base")), name="rate_of_two"),
        ]
        indexes = [models.Index(fields=["currency", "base", "-day", "-id"], name="rate_newest")]


class Close(models.Model):
    """The books are closed up to a day: no entry is dated on it or before it any more."""

    id = models.BigAutoField(primary_key=True)
    until = models.DateField(unique=True)
    digest = models.TextField()  # SHA-256 of the trial balance on that day
    person = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())


class Entry(models.Model):
    """One thing that happened to money, with its postings. Never changed: reversed by another."""

    class Kind(models.TextChoices):
        FEE = "fee", _("membership fee charged")
        PLEDGE = "pledge", _("pledge")
        RECEIPT = "receipt", _("receipt")
        COMMITMENT = "commitment", _("commitment")
        DISBURSEMENT = "disbursement", _("disbursement")
        RUNNING = "running", _("running cost")
        REFUND = "refund", _("refund")
        RELEASE = "release", _("commitment released")
        EXCHANGE = "exchange", _("exchange difference")
        WRITE_OFF = "write-off", _("write-off")
        REVERSAL = "reversal", _("reversal")

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    key = models.TextField(unique=True)  # the same thing told twice is booked once
    kind = models.TextField(choices=Kind.choices)
    day = models.DateField()
    words = models.TextField()
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, null=True, related_name="entries")
    component = models.ForeignKey("programmes.Component", on_delete=models.PROTECT, null=True, related_name="entries")
    party = models.TextField(blank=True, default="")  # who paid or was paid
    organisation = models.BigIntegerField(null=True)  # the same, where it is a member
    document = models.TextField(blank=True, default="")  # the number or address of the paper behind it
    settles = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="settled")
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed")
    rate = models.ForeignKey(Rate, on_delete=models.PROTECT, null=True, related_name="entries")
    act = models.BigIntegerField(default=0)  # the transaction that wrote it: its postings come with it
    person = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["-day", "-id"], name="entry_by_day"),
            models.Index(fields=["programme", "id"], name="entry_programme"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="reversal", reverses__isnull=False)
                | (~models.Q(kind="reversal") & models.Q(reverses__isnull=True)),
                name="entry_reversal_names_it",
            ),
            models.CheckConstraint(
                condition=models.Q(component__isnull=True) | models.Q(programme__isnull=False),
                name="entry_component_of_programme",
            ),
        ]


class Posting(models.Model):
    """A line of an entry: debits are positive, credits negative."""

    id = models.BigAutoField(primary_key=True)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="postings")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="postings")
    amount = models.BigIntegerField()  # of the smallest unit of the currency
    currency = models.CharField(max_length=3)
    value = models.BigIntegerField()  # of the smallest unit of the fund's currency

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(models.Q(amount__gt=0, value__gte=0) | models.Q(amount__lt=0, value__lte=0))
                | (models.Q(amount=0) & ~models.Q(value=0)),
                name="posting_one_side",
            ),
            models.CheckConstraint(condition=models.Q(currency__regex=r"^[A-Z]{3}$"), name="posting_currency"),
            models.CheckConstraint(
                condition=models.Q(amount__gte=-(10**15), amount__lte=10**15, value__gte=-(10**15), value__lte=10**15),
                name="posting_size",
            ),
        ]
        indexes = [models.Index(fields=["fund", "account"], name="posting_fund")]


class Balance(models.Model):
    """What stands on an account of a fund for a component: the sum of its postings, kept up by the database."""

    id = models.BigAutoField(primary_key=True)
    fund = models.BigIntegerField()
    account = models.TextField()
    programme = models.BigIntegerField()  # 0: none
    component = models.BigIntegerField()  # 0: none
    overhead = models.BooleanField()
    value = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["fund", "account", "programme", "component"], name="balance_place")
        ]

"""What the board decides: who sits on it, portfolios, ballots and votes with their dissent."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from hueandcry.programmes.models.programme import Programme


class Seat(models.Model):
    """An organisation's seat on the board: one vote, by a person of it who holds the role ``board``."""

    id = models.BigAutoField(primary_key=True)
    organisation = models.BigIntegerField()
    since = models.DateField()
    until = models.DateField(null=True)
    person = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], condition=models.Q(until__isnull=True), name="seat_one_each"
            )
        ]


class Portfolio(models.Model):
    """One answer of the allocation, with all that is needed to make it again. Never changed."""

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    title = models.TextField()
    year = models.SmallIntegerField()
    currency = models.CharField(max_length=3)
    question = models.JSONField()  # as docs/programmes-allocation.md writes it
    answer = models.JSONField()
    digest = models.TextField()  # SHA-256 of question and answer
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())


class Ballot(models.Model):
    """A question to the board: one programme, or a portfolio. Its outcome is counted by the database."""

    class Outcome(models.TextChoices):
        OPEN = "open", _("open")
        ADOPTED = "adopted", _("adopted")
        REJECTED = "rejected", _("rejected")
        NO_QUORUM = "no-quorum", _("no quorum")

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, null=True, related_name="ballots")
    portfolio = models.ForeignKey(Portfolio, on_delete=models.PROTECT, null=True, related_name="ballots")
    words = models.TextField(blank=True, default="")
    closes = models.DateField()
    outcome = models.TextField(choices=Outcome.choices, default=Outcome.OPEN)
    counted_at = models.DateTimeField(null=True)
    person = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(programme__isnull=True, portfolio__isnull=False)
                | models.Q(programme__isnull=False, portfolio__isnull=True),
                name="ballot_about_one",
            ),
            models.UniqueConstraint(
                fields=["programme"], condition=models.Q(outcome="open"), name="ballot_programme_one_open"
            ),
            models.UniqueConstraint(
                fields=["portfolio"], condition=models.Q(outcome="open"), name="ballot_portfolio_one_open"
            ),
        ]


class Vote(models.Model):
    """An organisation's vote, with its reason; who votes against says why: that is the dissent on record."""

    class Choice(models.TextChoices):
        FOR = "for", _("for")
        AGAINST = "against", _("against")
        ABSTAIN = "abstain", _("abstain")

    id = models.BigAutoField(primary_key=True)
    ballot = models.ForeignKey(Ballot, on_delete=models.PROTECT, related_name="votes")
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    choice = models.TextField(choices=Choice.choices)
    reason = models.TextField(blank=True, default="")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ballot", "organisation"], name="vote_one_each"),
            models.CheckConstraint(
                condition=~models.Q(choice="against") | ~models.Q(reason=""), name="vote_dissent_has_a_reason"
            ),
        ]

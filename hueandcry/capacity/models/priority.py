"""Common priorities: rounds in which two or more chambers, each with one voice, agree what comes first."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Round(models.Model):
    """One round: its question, chambers, phases and, once closed, its frozen result."""

    class Phase(models.TextChoices):
        PROPOSE = "propose", _("proposals")
        DISCUSS = "discuss", _("discussion")
        VOTE = "vote", _("voting")
        RESULT = "result", _("result")
        CANCELLED = "cancelled", _("cancelled")

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    title = models.TextField()
    question = models.TextField()
    chambers = ArrayField(models.TextField())  # words of priorities/chambers.py
    ballots = models.TextField(default="secret")  # after the result: secret, or published by organisation
    top = models.SmallIntegerField(default=5)  # how many are adopted
    phase = models.TextField(choices=Phase.choices, default=Phase.PROPOSE)
    discuss_on = models.DateField()
    vote_on = models.DateField()
    close_on = models.DateField()  # the last day of voting
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    opened_at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True)
    result = models.JSONField(null=True)
    digest = models.TextField(blank=True, default="")  # SHA-256 of the ballots it was computed from

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(discuss_on__lte=models.F("vote_on")) & models.Q(vote_on__lte=models.F("close_on")),
                name="round_days_in_order",
            )
        ]


class Proposal(models.Model):
    """What a member proposes as a priority."""

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="proposals")
    number = models.SmallIntegerField()
    title = models.TextField()
    why = models.TextField()
    aspects = ArrayField(models.TextField(), default=list)
    countries = ArrayField(models.CharField(max_length=2), default=list)
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())
    merged_into = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="merged")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "number"], name="proposal_number_once")]


class ProposalComment(models.Model):
    """What somebody says of a proposal."""

    id = models.BigAutoField(primary_key=True)
    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="comments")
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    text = models.TextField()
    at = models.DateTimeField(db_default=Now())
    withdrawn_at = models.DateTimeField(null=True)


class Ballot(models.Model):
    """One organisation's ballot; replaced until voting ends."""

    id = models.BigAutoField(primary_key=True)
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="cast")
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    chamber = models.TextField()
    ranks = models.JSONField(default=dict)  # proposal's number -> rank from 1
    opinions = models.JSONField(default=dict)  # proposal's number -> agree, disagree, pass
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "organisation"], name="ballot_once")]


class Dissent(models.Model):
    """What a member holds against a result, published beside it."""

    id = models.BigAutoField(primary_key=True)
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="dissents")
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    text = models.TextField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "organisation"], name="dissent_once")]


class Priority(models.Model):
    """A proposal that was adopted, until it is reviewed."""

    class State(models.TextChoices):
        CURRENT = "current", _("current")
        RENEWED = "renewed", _("renewed")
        ENDED = "ended", _("ended")

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    proposal = models.OneToOneField(Proposal, on_delete=models.PROTECT, related_name="priority")
    place = models.SmallIntegerField()  # 1 comes first
    state = models.TextField(choices=State.choices, default=State.CURRENT)
    adopted_on = models.DateField()
    review_on = models.DateField()
    review = models.TextField(blank=True, default="")

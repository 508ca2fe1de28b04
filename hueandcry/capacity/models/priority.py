"""Common priorities: rounds in which two or more chambers, each with one voice, agree what comes first."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Round(models.Model):
    """One round: its question, chambers and days; once counted, its frozen result. Its phase follows from its days
    (capacity/priorities/phases.py)."""

    class Ballots(models.TextChoices):
        SECRET = "secret", _("secret for good")
        PUBLISHED = "published", _("published with the result, by organisation")

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    title = models.TextField()
    question = models.TextField()
    chambers = ArrayField(models.TextField())
    ballots = models.TextField(choices=Ballots.choices, default=Ballots.SECRET)
    top = models.SmallIntegerField(default=5)  # how many are adopted
    discuss_on = models.DateField()
    vote_on = models.DateField()
    close_on = models.DateField()  # the last day of voting
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    opened_at = models.DateTimeField(db_default=Now())
    cancelled_at = models.DateTimeField(null=True)
    cancelled_why = models.TextField(blank=True, default="")
    voting_told_at = models.DateTimeField(null=True)  # its chambers were told that voting has begun
    counted_at = models.DateTimeField(null=True)
    result = models.JSONField(null=True)
    digest = models.TextField(blank=True, default="")  # SHA-256 of the ballots it was counted from

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(discuss_on__lte=models.F("vote_on")) & models.Q(vote_on__lte=models.F("close_on")),
                name="round_days_in_order",
            ),
            models.CheckConstraint(condition=models.Q(top__gte=1, top__lte=50), name="round_top_known"),
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
    merged_why = models.TextField(blank=True, default="")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "number"], name="proposal_number_once")]

    @property
    def stands(self) -> bool:
        """Whether it is neither put to another nor taken back."""
        return self.withdrawn_at is None and self.merged_into_id is None


class ProposalComment(models.Model):
    """What somebody says of a proposal."""

    id = models.BigAutoField(primary_key=True)
    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="comments")
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    text = models.TextField()
    at = models.DateTimeField(db_default=Now())


class Ballot(models.Model):
    """One organisation's ballot, replaced until voting ends; nobody else reads it."""

    id = models.BigAutoField(primary_key=True)
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="cast")
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    chamber = models.TextField()
    ranks = models.JSONField(default=dict)  # proposal's number -> rank from 1
    opinions = models.JSONField(default=dict)  # proposal's number -> 1 agree, -1 disagree, 0 pass
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
    reminded_at = models.DateTimeField(null=True)  # the office was told that its review is due

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(review_on__gt=models.F("adopted_on")), name="priority_review_follows"
            )
        ]

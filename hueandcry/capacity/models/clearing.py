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
        OPEN = "open", _("open for offers")
        AGREED = "agreed", _("agreed")
        DONE = "done", _("done")
        WITHDRAWN = "withdrawn", _("withdrawn")

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    state = models.TextField(choices=State.choices, default=State.DRAFT)
    audience = models.IntegerField()  # a draft: who asks; open: the alliance, or law enforcement and who asks
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    country = models.CharField(max_length=2)
    title = models.TextField()
    about = models.TextField(blank=True, default="")
    aspects = ArrayField(models.TextField(), default=list)
    parties = ArrayField(models.TextField(), default=list)  # names of others concerned, for conflicts of interest
    closed = models.BooleanField(default=False)  # for law enforcement alone
    answer_by = models.DateField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    opened_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(state="done") | ~models.Q(outcome=""), name="call_done_says_how")
        ]
        indexes = [models.Index(fields=["audience", "-id"], name="call_page")]


class Place(models.Model):
    """One place of a call that wants to be filled, by an expert or a course."""

    class Kind(models.TextChoices):
        EXPERT = "expert", _("expert")
        COURSE = "course", _("course")

    id = models.BigAutoField(primary_key=True)
    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="places")
    number = models.SmallIntegerField()
    kind = models.TextField(choices=Kind.choices, default=Kind.EXPERT)
    skills = ArrayField(models.TextField(), default=list)  # all of them
    useful = ArrayField(models.TextField(), default=list)  # welcome
    languages = models.JSONField(default=dict)  # ISO 639-1 -> least CEFR level
    any_language = models.BooleanField(default=False)  # one of the languages is enough
    starts = models.DateField()
    ends = models.DateField()
    from_elsewhere = models.BooleanField(default=True)  # nobody of the asking country

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call", "number"], name="place_once"),
            models.CheckConstraint(condition=models.Q(ends__gte=models.F("starts")), name="place_ends_after_start"),
        ]


class Invitation(models.Model):
    """Who asks asked the keeper of a resource to offer it."""

    id = models.BigAutoField(primary_key=True)
    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="invitations")
    audience = models.IntegerField()  # asker and provider
    resource = models.BigIntegerField()
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "resource"], name="invitation_once")]


class Offer(models.Model):
    """An organisation offers one of its experts or courses to a call."""

    id = models.BigAutoField(primary_key=True)
    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="offers")
    audience = models.IntegerField()  # asker and provider
    resource = models.BigIntegerField()  # of the register
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    note = models.TextField(blank=True, default="")
    no_conflict = models.BooleanField()  # declared on behalf of who is offered
    at = models.DateTimeField(db_default=Now())
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["call", "resource"], condition=models.Q(withdrawn_at=None), name="offer_once"
            ),
            models.CheckConstraint(condition=models.Q(no_conflict=True), name="offer_declares_no_conflict"),
        ]


class Assignment(models.Model):
    """Who fills a place: chosen by the asker, confirmed by who sends them."""

    class State(models.TextChoices):
        CHOSEN = "chosen", _("chosen")
        CONFIRMED = "confirmed", _("confirmed")
        DECLINED = "declined", _("declined")
        RELEASED = "released", _("choice taken back")
        DONE = "done", _("took place")
        FAILED = "failed", _("did not take place")

    id = models.BigAutoField(primary_key=True)
    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="assignments")
    # places are taken out of drafts alone, which have no assignments: nothing is to be looked for and deleted with one
    place = models.ForeignKey(Place, on_delete=models.DO_NOTHING, related_name="assignments")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="assignments")
    audience = models.IntegerField()  # asker and provider
    resource = models.BigIntegerField()
    organisation = models.BigIntegerField()  # who asks
    provider = models.BigIntegerField()  # who sends
    person = models.BigIntegerField()
    state = models.TextField(choices=State.choices, default=State.CHOSEN)
    reasons = models.JSONField(default=list)  # [[word, about]] what spoke for it, or against it, when it was chosen
    differs = models.TextField(blank=True, default="")  # why the asker chose what matching refuses
    at = models.DateTimeField(db_default=Now())
    answered_at = models.DateTimeField(null=True)
    days = models.IntegerField(null=True)  # delivered
    outcome = models.TextField(blank=True, default="")
    rating = models.SmallIntegerField(null=True)  # 1 to 5, by the asker

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["place"],
                condition=models.Q(state__in=["chosen", "confirmed", "done"]),
                name="assignment_place_once",
            ),
            models.CheckConstraint(
                condition=models.Q(rating=None) | models.Q(rating__gte=1, rating__lte=5), name="assignment_rating_known"
            ),
            models.CheckConstraint(
                condition=models.Q(days=None) | models.Q(days__gte=0, days__lte=1000), name="assignment_days_known"
            ),
        ]

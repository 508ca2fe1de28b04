"""Evidence for indicators of a maturity model, reviews of it, the country's answer;
and where it stands with each treaty. No stage is kept: it is computed (capacity/assessment/stages.py)."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

_TLP = ["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"]


class IndicatorEvidence(models.Model):
    """A dated, sourced statement that an indicator holds, or not, in a country. Never changed; withdrawn."""

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    model = models.TextField()  # id and version of the maturity model
    country = models.CharField(max_length=2)
    indicator = models.TextField()
    holds = models.BooleanField()
    kind = models.TextField()  # a kind of evidence of the model
    source = models.TextField()
    url = models.TextField(blank=True, default="")
    quote = models.TextField(blank=True, default="")
    dated = models.DateField()  # the day that the source speaks of
    expires = models.DateField()  # dated and as many months as the model allows
    tlp = models.TextField(default="GREEN")
    audience = models.IntegerField()
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    recorded_at = models.DateTimeField(db_default=Now())
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_why = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(tlp__in=_TLP), name="evidence_tlp_known"),
            models.CheckConstraint(condition=~models.Q(source=""), name="evidence_has_a_source"),
            models.CheckConstraint(condition=models.Q(expires__gt=models.F("dated")), name="evidence_expires_later"),
        ]
        indexes = [models.Index(fields=["country", "model", "indicator"], name="evidence_place")]


class EvidenceReview(models.Model):
    """What somebody of another organisation says of one piece of evidence; their newest counts."""

    class Verdict(models.TextChoices):
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused")

    id = models.BigAutoField(primary_key=True)
    evidence = models.ForeignKey(IndicatorEvidence, on_delete=models.CASCADE, related_name="reviews")
    audience = models.IntegerField()
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    verdict = models.TextField(choices=Verdict.choices)
    reason = models.TextField(blank=True, default="")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["evidence", "at"], name="evidencereview_of")]


class CountryAnswer(models.Model):
    """What a country's own government or law enforcement says of what is held of it; beside it, never in its place."""

    id = models.BigAutoField(primary_key=True)
    model = models.TextField()
    country = models.CharField(max_length=2)
    aspect = models.TextField()
    indicator = models.TextField(blank=True, default="")
    text = models.TextField()
    audience = models.IntegerField()
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["country", "model"], name="countryanswer_country")]


class TreatyStatus(models.Model):
    """What a country did with a treaty or a provision on a day, with its source. Rows are added, not changed."""

    class Status(models.TextChoices):
        SIGNED = "signed", _("signed")
        RATIFIED = "ratified", _("ratified or acceded")
        IN_LAW = "in law", _("in law")
        IN_FORCE = "in force", _("in force")
        DENOUNCED = "denounced", _("denounced")
        NOT_IN_LAW = "not in law", _("not in law")

    id = models.BigAutoField(primary_key=True)
    country = models.CharField(max_length=2)
    treaty = models.TextField()
    provision = models.TextField(blank=True, default="")
    status = models.TextField(choices=Status.choices)
    day = models.DateField()
    law = models.TextField(blank=True, default="")  # act and article
    note = models.TextField(blank=True, default="")  # a reservation or declaration
    source = models.TextField()
    audience = models.IntegerField()
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    recorded_at = models.DateTimeField(db_default=Now())
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(source=""), name="treatystatus_has_a_source")]
        indexes = [models.Index(fields=["country", "treaty"], name="treatystatus_country")]

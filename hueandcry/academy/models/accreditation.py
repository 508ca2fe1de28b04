"""Accreditation of providers, courses and examiners against a published standard, by people of other countries."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Accreditation(models.Model):
    """One application and what became of it."""

    class Kind(models.TextChoices):
        PROVIDER = "provider", _("provider")
        COURSE = "course", _("course")
        EXAMINER = "examiner", _("examiner")

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        APPLIED = "applied", _("applied")
        REVIEW = "review", _("under review")
        CORRECTIVE = "corrective", _("awaits correction")
        DECISION = "decision", _("before the panel")
        ACCREDITED = "accredited", _("accredited")
        REFUSED = "refused", _("refused")
        APPEALED = "appealed", _("appealed")
        UPHELD = "upheld", _("refusal upheld")
        SUSPENDED = "suspended", _("suspended")
        WITHDRAWN = "withdrawn", _("withdrawn")
        EXPIRED = "expired", _("expired")
        ABANDONED = "abandoned", _("abandoned")

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    kind = models.TextField(choices=Kind.choices)
    state = models.TextField(choices=State.choices, default=State.DRAFT)
    organisation = models.BigIntegerField()  # the applicant
    person = models.BigIntegerField()
    country = models.CharField(max_length=2)  # of the applicant
    course = models.BigIntegerField(null=True)
    examiner = models.BigIntegerField(null=True)  # the person
    scope = ArrayField(models.TextField(), default=list)  # codes of schemes
    standard = models.TextField()  # code and version of the published standard
    answers = models.JSONField(default=dict)  # requirement -> how it is met, with evidence
    reason = models.TextField(blank=True, default="")  # of the last decision
    appeal = models.TextField(blank=True, default="")
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    index = models.IntegerField(null=True)  # its place in the status list
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state__in=["accredited", "suspended", "withdrawn", "expired"])
                | models.Q(valid_from__isnull=False, valid_until__isnull=False),
                name="accreditation_dated",
            ),
            models.UniqueConstraint(fields=["index"], name="accreditation_place_once"),
        ]


class Part(models.Model):
    """Somebody's part in an accreditation: assessor, panel, appeal. Taken up by declaring that there is no conflict."""

    class Kind(models.TextChoices):
        ASSESSOR = "assessor", _("assessor")
        PANEL = "panel", _("panel")
        APPEAL = "appeal", _("appeal panel")

    id = models.BigAutoField(primary_key=True)
    accreditation = models.ForeignKey(Accreditation, on_delete=models.CASCADE, related_name="parts")
    kind = models.TextField(choices=Kind.choices)
    person = models.BigIntegerField()
    organisation = models.BigIntegerField()
    country = models.CharField(max_length=2)
    asked_by = models.BigIntegerField()
    no_conflict = models.BooleanField(null=True)  # declared by themselves; none of them acts before
    conflict = models.TextField(blank=True, default="")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["accreditation", "person"], name="part_one_each")]


class Visit(models.Model):
    """What assessors looked at: documents, a visit, a lesson observed."""

    class How(models.TextChoices):
        DOCUMENTS = "documents", _("documents")
        VISIT = "visit", _("visit")
        OBSERVATION = "observation", _("observation of a lesson or examination")

    id = models.BigAutoField(primary_key=True)
    accreditation = models.ForeignKey(Accreditation, on_delete=models.CASCADE, related_name="visits")
    how = models.TextField(choices=How.choices)
    day = models.DateField()
    notes = models.TextField()
    person = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())


class Finding(models.Model):
    """A requirement that is not met: answered by the applicant, closed by an assessor."""

    class Grade(models.TextChoices):
        MAJOR = "major", _("major")
        MINOR = "minor", _("minor")

    id = models.BigAutoField(primary_key=True)
    accreditation = models.ForeignKey(Accreditation, on_delete=models.CASCADE, related_name="findings")
    requirement = models.TextField()
    grade = models.TextField(choices=Grade.choices)
    text = models.TextField()
    person = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())
    answer = models.TextField(blank=True, default="")
    answered_at = models.DateTimeField(null=True)
    closed_by = models.BigIntegerField(null=True)
    closed_at = models.DateTimeField(null=True)


class Reminder(models.Model):
    """What the calendar has told once: of which certificate or accreditation, what, and of which end."""

    id = models.BigAutoField(primary_key=True)
    machine = models.TextField()
    thing = models.BigIntegerField()
    what = models.TextField()
    until = models.DateField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["machine", "thing", "what", "until"], name="reminder_once")]

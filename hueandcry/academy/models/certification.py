"""Certification of people: scheme, questions, candidacy, paper, marks, certificate; the keys that sign; recognition."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Scheme(models.Model):
    """What somebody is certified for, and how: a role at an EQF level, a blueprint, a pass mark, how long it holds."""

    id = models.BigAutoField(primary_key=True)
    code = models.TextField(unique=True)
    title = models.TextField()
    framework = models.TextField()
    framework_version = models.TextField()
    role = models.TextField()
    level = models.SmallIntegerField()  # EQF
    blueprint = models.JSONField()  # competence -> share of the points, in percent; together 100
    pass_percent = models.SmallIntegerField(default=60)
    least_percent = models.SmallIntegerField(default=40)  # of the points of each competence
    months = models.SmallIntegerField(default=36)
    cpd_hours = models.SmallIntegerField(default=60)  # of continuing development, to be certified again
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pass_percent__gte=1, pass_percent__lte=100, least_percent__gte=0,
                                   least_percent__lte=100, level__gte=1, level__lte=8, months__gte=1, months__lte=120),
                name="scheme_bounds",
            )
        ]  # fmt: skip


class Question(models.Model):
    """One of the bank: its text, and what earns its points."""

    class Kind(models.TextChoices):
        CHOICE = "choice", _("choice")
        OPEN = "open", _("open")
        TASK = "task", _("practical task")

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        READY = "ready", _("ready")
        RETIRED = "retired", _("retired")

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="questions")
    body = models.BigIntegerField()  # the organisation whose bank it is
    state = models.TextField(choices=State.choices, default=State.DRAFT)
    kind = models.TextField(choices=Kind.choices)
    competence = models.TextField()
    text = models.TextField()
    options = ArrayField(models.TextField(), default=list)
    key = models.SmallIntegerField(null=True)  # of a choice: which option, from 0
    guide = models.TextField(blank=True, default="")  # what earns how many points
    points = models.SmallIntegerField()
    author = models.BigIntegerField()
    reviewer = models.BigIntegerField(null=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(points__gte=1, points__lte=100), name="question_points"),
            models.CheckConstraint(
                condition=models.Q(reviewer=None) | ~models.Q(reviewer=models.F("author")), name="question_two_people"
            ),
        ]


class Candidacy(models.Model):
    """Somebody wants a certificate: from application to decision and appeal."""

    class State(models.TextChoices):
        APPLIED = "applied", _("applied")
        ELIGIBLE = "eligible", _("eligible")
        INELIGIBLE = "ineligible", _("not eligible")
        SITTING = "sitting", _("being examined")
        EXAMINED = "examined", _("examined")
        MARKED = "marked", _("marked")
        CERTIFIED = "certified", _("certified")
        REFUSED = "refused", _("refused")
        APPEALED = "appealed", _("appealed")
        UPHELD = "upheld", _("refusal upheld")
        LEFT = "left", _("left")

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="candidacies")
    state = models.TextField(choices=State.choices, default=State.APPLIED)
    person = models.BigIntegerField()
    organisation = models.BigIntegerField()  # whence they come
    body = models.BigIntegerField()  # the accredited provider that examines
    reason = models.TextField(blank=True, default="")  # of the last decision
    appeal = models.TextField(blank=True, default="")
    decided_by = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    attempt = models.SmallIntegerField(default=1)  # a second one where an appeal says so
    renews = models.BigIntegerField(null=True)  # the certificate that it is to follow
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "person"],
                condition=models.Q(state__in=["applied", "eligible", "sitting", "examined", "marked", "appealed"]),
                name="candidacy_one_open",
            )
        ]


class PaperItem(models.Model):
    """A question of somebody's paper, and what they answered."""

    id = models.BigAutoField(primary_key=True)
    candidacy = models.ForeignKey(Candidacy, on_delete=models.CASCADE, related_name="items")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="items")
    attempt = models.SmallIntegerField(default=1)
    number = models.SmallIntegerField()
    text = models.TextField(blank=True, default="")
    choice = models.SmallIntegerField(null=True)
    ai_use = models.TextField(blank=True, default="")  # which tools they used, as they declare

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["candidacy", "attempt", "number"], name="paperitem_once"),
            models.UniqueConstraint(fields=["candidacy", "question"], name="paperitem_question_once"),
        ]


class Mark(models.Model):
    """What one marker gives one answer; markers do not see each other's before both have marked."""

    id = models.BigAutoField(primary_key=True)
    item = models.ForeignKey(PaperItem, on_delete=models.CASCADE, related_name="marks")
    candidacy = models.BigIntegerField()
    marker = models.BigIntegerField()
    points = models.DecimalField(max_digits=6, decimal_places=2)
    note = models.TextField(blank=True, default="")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "marker"], name="mark_once")]


class Certificate(models.Model):
    """What somebody was certified for; the signed credential is made of it and kept."""

    class State(models.TextChoices):
        VALID = "valid", _("valid")
        SUSPENDED = "suspended", _("suspended")
        WITHDRAWN = "withdrawn", _("withdrawn")
        EXPIRED = "expired", _("expired")

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    candidacy = models.OneToOneField(Candidacy, on_delete=models.PROTECT, related_name="certificate")
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="certificates")
    state = models.TextField(choices=State.choices, default=State.VALID)
    person = models.BigIntegerField()
    organisation = models.BigIntegerField()
    body = models.BigIntegerField()
    country = models.CharField(max_length=2)  # of the holder's organisation
    since = models.DateField()
    until = models.DateField()
    index = models.IntegerField(unique=True)  # its place in the status list
    reason = models.TextField(blank=True, default="")
    named = models.BooleanField(default=False)  # the holder agreed to be named in it
    public = models.BooleanField(default=False)  # and in the public register
    credential = models.JSONField(null=True)
    key = models.TextField(blank=True, default="")  # the did that signed
    issued_at = models.DateTimeField(db_default=Now())


class Development(models.Model):
    """Continuing development of who holds a certificate."""

    id = models.BigAutoField(primary_key=True)
    certificate = models.ForeignKey(Certificate, on_delete=models.CASCADE, related_name="development")
    person = models.BigIntegerField()
    day = models.DateField()
    hours = models.SmallIntegerField()
    what = models.TextField()
    evidence = models.TextField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(hours__gte=1, hours__lte=200), name="cpd_hours")]


class SigningKey(models.Model):
    """A key that signs for an organisation; the private half is sealed for this installation (AES-256-GCM)."""

    class State(models.TextChoices):
        ACTIVE = "active", _("in use")
        RETIRED = "retired", _("retired")
        REVOKED = "revoked", _("revoked")

    id = models.BigAutoField(primary_key=True)
    organisation = models.BigIntegerField()
    did = models.TextField(unique=True)
    sealed = models.BinaryField()
    root = models.BooleanField(default=False)  # the alliance's
    state = models.TextField(choices=State.choices, default=State.ACTIVE)
    made_by = models.BigIntegerField()
    made_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "root"], condition=models.Q(state="active"), name="signingkey_one_active"
            )
        ]


class Recognition(models.Model):
    """A country says how far it recognises the certificates of a scheme that another country's bodies issue."""

    class How(models.TextChoices):
        FULL = "full", _("fully")
        PART = "part", _("partly")
        NOT = "not", _("not")

    id = models.BigAutoField(primary_key=True)
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="recognitions")
    country = models.CharField(max_length=2)  # who recognises
    other = models.CharField(max_length=2)  # whose
    how = models.TextField(choices=How.choices)
    missing = ArrayField(models.TextField(), default=list)  # competences to be shown beside it
    why = models.TextField()
    until = models.DateField()
    audience = models.IntegerField()
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "country", "other"], condition=models.Q(withdrawn_at=None), name="recognition_once"
            )
        ]

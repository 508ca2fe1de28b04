"""What exists anywhere that helps, from organisations and experts to programmes."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Resource(models.Model):
    """One resource: what it is, whom it serves, who said so, when it was last confirmed."""

    class Kind(models.TextChoices):
        ORGANISATION = "organisation", _("organisation")
        EXPERT = "expert", _("expert")
        COURSE = "course", _("course")
        TOOL = "tool", _("tool")
        PUBLICATION = "publication", _("publication")
        LABORATORY = "laboratory", _("laboratory")
        FUND = "fund", _("fund")
        PROGRAMME = "programme", _("programme")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        REVIEW = "review", _("under no-objection review")
        LISTED = "listed", _("listed")
        FADING = "fading", _("fading")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Cost(models.TextChoices):
        UNKNOWN = "unknown", _("not told")
        FREE = "free", _("free")
        AT_COST = "at cost", _("at cost")
        PAID = "paid", _("paid")

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    kind = models.TextField(choices=Kind.choices)
    state = models.TextField(choices=State.choices, default=State.PROPOSED)
    audience = models.IntegerField()
    organisation = models.BigIntegerField()  # who said so
    person = models.BigIntegerField()
    title = models.TextField()
    about = models.TextField(blank=True)
    language = models.TextField(default="en")  # of title and about: ISO 639-1
    provider = models.TextField(blank=True)  # its name, as told
    identifier = models.TextField(blank=True)  # its provider's own: an IATI identifier, a DOI, an ISBN
    countries = ArrayField(models.CharField(max_length=2), default=list)  # served; ISO 3166-1 alpha-2
    everywhere = models.BooleanField(default=False)  # serves any country
    home = models.CharField(max_length=2, blank=True)  # where it is
    languages = ArrayField(models.TextField(), default=list)  # served in: ISO 639-1
    aspects = ArrayField(models.TextField(), default=list)  # of the maturity model
    cost = models.TextField(choices=Cost.choices, default=Cost.UNKNOWN)
    amount = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, blank=True)  # ISO 4217
    url = models.TextField(blank=True)
    contact = models.TextField(blank=True)
    evidence = models.TextField(blank=True)  # what shows that it is and that it works
    source = models.TextField(default="form")  # form, csv, iati, rest
    details = models.JSONField(default=dict)  # what its kind alone has: sums, shares, documents of a programme
    starts = models.DateField(null=True)
    ends = models.DateField(null=True)
    review_until = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(db_default=Now())
    listed_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)  # who said so was told that it fades soon

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends__isnull=True)
                | models.Q(starts__isnull=True)
                | models.Q(ends__gte=models.F("starts")),
                name="resource_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=["organisation", "identifier"],
                condition=~models.Q(identifier=""),
                name="resource_identifier_once",
            ),
        ]
        indexes = [models.Index(fields=["audience", "-id"], name="resource_page")]


class Expert(models.Model):
    """What is told of a resource that is a person, shown to whom they agreed and for as long as they agree."""

    resource = models.OneToOneField(Resource, on_delete=models.CASCADE, primary_key=True, related_name="expert")
    person_named = models.BigIntegerField(null=True)  # a person of the alliance
    skills = ArrayField(models.TextField(), default=list)
    speaks = models.JSONField(default=dict)  # ISO 639-1 -> CEFR level
    worked_in = ArrayField(models.CharField(max_length=2), default=list)
    nationalities = ArrayField(models.CharField(max_length=2), default=list)
    employer = models.BigIntegerField(null=True)  # an organisation of the alliance
    at_once = models.IntegerField(default=1)  # missions at one time
    consent_to = models.TextField(default="secretariat")  # alliance, law-enforcement, secretariat, organisations
    consent_organisations = ArrayField(models.BigIntegerField(), default=list)
    consent_by = models.TextField(blank=True)  # who gave it
    consent_how = models.TextField(blank=True)
    consent_at = models.DateTimeField(null=True)
    consent_withdrawn_at = models.DateTimeField(null=True)


class Availability(models.Model):
    """A time in which an expert is free."""

    id = models.BigAutoField(primary_key=True)
    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="free")
    starts = models.DateField()
    ends = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends__gte=models.F("starts")), name="availability_ends_after_start"
            )
        ]


class Conflict(models.Model):
    """Why an expert may not be sent: towards an organisation of the alliance, a country, or a name."""

    id = models.BigAutoField(primary_key=True)
    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="conflicts")
    organisation = models.BigIntegerField(null=True)
    country = models.CharField(max_length=2, blank=True)
    party = models.TextField(blank=True)  # a company, an agency: by name
    why = models.TextField()
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    declared_by = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())


class Objection(models.Model):
    """A member's reason why a resource should not be listed, and what was answered."""

    id = models.BigAutoField(primary_key=True)
    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="objections")
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    reason = models.TextField()
    at = models.DateTimeField(db_default=Now())
    upheld = models.BooleanField(null=True)
    answer = models.TextField(blank=True, default="")
    answered_by = models.BigIntegerField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["resource", "organisation"], name="objection_once")]


class Confirmation(models.Model):
    """Somebody says that it is still so."""

    id = models.BigAutoField(primary_key=True)
    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="confirmations")
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    note = models.TextField(blank=True, default="")
    at = models.DateTimeField(db_default=Now())


class ResourceShown(models.Model):
    """How often a resource was in front of somebody, and asked for: what ranking is corrected by. Nobody's name."""

    resource = models.OneToOneField(Resource, on_delete=models.CASCADE, primary_key=True, related_name="shown")
    times = models.BigIntegerField(default=0, db_default=0)
    looks = models.FloatField(default=0, db_default=0)  # sum of the propensity of being looked at where it stood
    asked = models.BigIntegerField(default=0, db_default=0)


class ResourceEvent(models.Model):
    """What happened to a resource, and what an edit changed."""

    id = models.BigAutoField(primary_key=True)
    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="events")
    kind = models.TextField()  # proposed, edited, listed, fading, withdrawn, objected, answered, confirmed, consent ...
    organisation = models.BigIntegerField(null=True)  # null: the calendar
    person = models.BigIntegerField(null=True)
    before = models.JSONField(default=dict)  # by field, of an edit
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["resource", "-id"], name="resource_event_page")]


class ResourceDuplicate(models.Model):
    """Two resources that are presumably one; ``same`` is what somebody said."""

    id = models.BigAutoField(primary_key=True)
    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="duplicates")
    other = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="duplicated_by")
    bits = models.FloatField()  # match weight, see register/duplicates.py
    same = models.BooleanField(null=True)
    said_by = models.BigIntegerField(null=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["resource", "other"], name="resource_duplicate_once")]


class ResourceImport(models.Model):
    """A file that was read into the register, and its receipt."""

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    filename = models.TextField(blank=True)
    format = models.TextField()  # csv, iati
    sha256 = models.BinaryField()
    stored = models.IntegerField(default=0)
    known = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    remarks = models.JSONField(default=list)  # [[place, reason, refused or lost]], the first thousand
    at = models.DateTimeField(db_default=Now())

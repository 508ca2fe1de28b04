"""Organisations, people, circles and what they are as principals. Invariants are constraints of the database."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

# The principals that always exist; ids are fixed by migrations (of law enforcement: linkage/migrations/0006_rooms.sql).
EVERYONE, ALLIANCE, LAW_ENFORCEMENT = 1, 2, 3


class Principal(models.Model):
    """Anything that can be allowed to see something."""

    class Kind(models.TextChoices):
        EVERYONE = "everyone", _("everyone")
        ALLIANCE = "alliance", _("the alliance")
        CIRCLE = "circle", _("a circle")
        ORGANISATION = "organisation", _("an organisation")
        PERSON = "person", _("a person")

    id = models.BigAutoField(primary_key=True)
    kind = models.TextField(choices=Kind.choices)


class Audience(models.Model):
    """An interned set of principals. Only the blind functions read it; a row elsewhere carries its id."""

    id = models.AutoField(primary_key=True)
    principals = ArrayField(models.BigIntegerField(), unique=True)  # sorted, without repeats


class AudiencePrincipal(models.Model):
    """The audience turned about: which audiences hold this principal."""

    pk = models.CompositePrimaryKey("principal", "audience")
    principal = models.BigIntegerField()
    audience = models.IntegerField()


class Organisation(models.Model):
    """A member, partner or observer of the alliance."""

    class Kind(models.TextChoices):
        BUSINESS = "business", _("business")
        LAW_ENFORCEMENT = "law-enforcement", _("law enforcement")
        GOVERNMENT = "government", _("government")
        CERT = "cert", _("CERT")
        ACADEMIA = "academia", _("academia")
        NON_PROFIT = "non-profit", _("non-profit")

    class State(models.TextChoices):
        APPLICANT = "applicant", _("applicant")
        VETTED = "vetted", _("vetted")
        SUSPENDED = "suspended", _("suspended")
        LEFT = "left", _("left")

    class Tier(models.TextChoices):
        MEMBER = "member", _("member")
        PARTNER = "partner", _("partner")
        OBSERVER = "observer", _("observer")

    id = models.BigAutoField(primary_key=True)
    principal = models.OneToOneField(Principal, on_delete=models.PROTECT)
    slug = models.SlugField(unique=True, max_length=80)
    name = models.TextField()
    kind = models.TextField(choices=Kind.choices)
    country = models.CharField(max_length=2)  # ISO 3166-1 alpha-2
    sector = models.CharField(max_length=1, blank=True)  # NACE Rev. 2.1 section
    tier = models.TextField(choices=Tier.choices, default=Tier.MEMBER)
    state = models.TextField(choices=State.choices, default=State.APPLICANT)
    secretariat = models.BooleanField(default=False)
    about = models.TextField(blank=True)
    contact = models.EmailField(blank=True)
    handling = models.JSONField(default=dict)  # the default for what it sends; see exchange/handling.py
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name"], name="organisation_name_once"),
            models.CheckConstraint(
                condition=models.Q(country__regex=r"^[A-Z]{2}$"), name="organisation_country_is_alpha2"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Agreement(models.Model):
    """One version of the alliance's agreement, accepted by one organisation."""

    id = models.BigAutoField(primary_key=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="agreements")
    version = models.TextField()
    accepted_at = models.DateTimeField(db_default=Now())
    accepted_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "version"], name="agreement_once")]


class PersonManager(BaseUserManager["Person"]):
    """Makes people with their principal; used by sign-in, which knows no viewer yet."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Person:
        principal = Principal.objects.create(kind=Principal.Kind.PERSON)
        person = self.model(email=self.normalize_email(email).lower(), principal=principal, **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser):
    """Somebody who signs in; holds roles in one organisation."""

    class Role(models.TextChoices):
        ADMINISTRATOR = "administrator", _("administrator")
        ANALYST = "analyst", _("analyst")
        REPORTER = "reporter", _("reporter")
        READER = "reader", _("reader")
        SECRETARY = "secretary", _("secretary")
        DPO = "dpo", _("data-protection officer")
        INTEGRATOR = "integrator", _("integrator")
        OFFICER = "officer", _("capacity-building officer")
        ASSESSOR = "assessor", _("assessor")
        TRAINER = "trainer", _("trainer")
        EXAMINER = "examiner", _("examiner")
        TREASURER = "treasurer", _("treasurer")
        BOARD = "board", _("board member")

    id = models.BigAutoField(primary_key=True)
    principal = models.OneToOneField(Principal, on_delete=models.PROTECT)
    email = models.EmailField(unique=True)
    name = models.TextField(blank=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="people")
    roles = ArrayField(models.TextField(choices=Role.choices), default=list)
    language = models.CharField(max_length=10, default="en-gb")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now())

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[PersonManager] = PersonManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    roles__contained_by=[
                        "administrator",
                        "analyst",
                        "reporter",
                        "reader",
                        "secretary",
                        "dpo",
                        "integrator",
                        "officer",
                        "assessor",
                        "trainer",
                        "examiner",
                        "treasurer",
                        "board",
                    ]
                ),
                name="person_roles_known",
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email


class Circle(models.Model):
    """A named group of organisations that share with each other."""

    id = models.BigAutoField(primary_key=True)
    principal = models.OneToOneField(Principal, on_delete=models.PROTECT)
    slug = models.SlugField(unique=True, max_length=80)
    name = models.TextField(unique=True)
    purpose = models.TextField(blank=True)
    created_at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class CircleMember(models.Model):
    """One organisation in one circle."""

    id = models.BigAutoField(primary_key=True)
    circle = models.ForeignKey(Circle, on_delete=models.CASCADE, related_name="members")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="circles")
    since = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["circle", "organisation"], name="circle_member_once")]


class Invitation(models.Model):
    """An offer to one address to join one organisation; the token is shown once and kept as a digest."""

    id = models.BigAutoField(primary_key=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    roles = ArrayField(models.TextField(choices=Person.Role.choices), default=list)
    digest = models.BinaryField(unique=True)
    invited_by = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class Token(models.Model):
    """An API token: shown once, stored as a digest, scoped, expiring, revocable."""

    class Scope(models.TextChoices):
        READ = "read", _("read reports")
        SUBMIT = "submit", _("submit files")
        EXPORT = "export", _("export")

    class Use(models.TextChoices):
        PASSIVE = "passive", _("compares and shows (passive)")
        ACTIVE = "active", _("blocks, probes or answers by itself (active)")

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="tokens")
    name = models.TextField()
    hint = models.CharField(max_length=12)  # the first characters, so that its owner can tell tokens apart
    digest = models.BinaryField(unique=True)
    scopes = ArrayField(models.TextField(choices=Scope.choices))
    # what its program does with what it reads; PAP:AMBER goes to passive use only
    use = models.TextField(choices=Use.choices, default=Use.PASSIVE, db_default=Use.PASSIVE)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

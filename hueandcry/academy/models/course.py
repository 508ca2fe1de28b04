"""Courses in a standard form, their sessions, who takes part, what they thought of it and what came of it."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class MoveRule(models.Model):
    """One line of the table of moves (life.py), for the triggers."""

    id = models.BigAutoField(primary_key=True)
    machine = models.TextField()
    before = models.TextField()
    after = models.TextField()
    who = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["machine", "before", "after", "who"], name="moverule_once")]


class Move(models.Model):
    """A move that was made: written by the triggers, for the history of a thing."""

    id = models.BigAutoField(primary_key=True)
    machine = models.TextField()
    thing = models.BigIntegerField()
    before = models.TextField()
    after = models.TextField()
    person = models.BigIntegerField(null=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["machine", "thing"], name="move_thing")]


class Course(models.Model):
    """What is taught, in the standard form. Published it does not change: a new version follows it."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        RETIRED = "retired", _("retired")

    class Mode(models.TextChoices):
        CLASSROOM = "classroom", _("classroom")
        ONLINE = "online", _("online")
        BLENDED = "blended", _("blended")

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    state = models.TextField(choices=State.choices, default=State.DRAFT)
    audience = models.IntegerField()  # a draft: the provider; published: the alliance
    organisation = models.BigIntegerField()  # the provider
    person = models.BigIntegerField()
    version = models.IntegerField(default=1)
    follows = models.BigIntegerField(null=True)  # the version before
    title = models.TextField()
    about = models.TextField(blank=True, default="")
    country = models.CharField(max_length=2)
    languages = ArrayField(models.TextField(), default=list)
    mode = models.TextField(choices=Mode.choices, default=Mode.CLASSROOM)
    hours = models.IntegerField()  # workload, 25 to 30 of them an ECTS credit
    framework = models.TextField(default="hueandcry-le")
    roles = ArrayField(models.TextField(), default=list)  # of the framework
    teaches = models.JSONField(default=dict)  # competence -> EQF level
    requires = models.JSONField(default=dict)  # competence -> EQF level
    outcomes = models.TextField(blank=True, default="")
    trainer_material = models.TextField(blank=True, default="")
    student_material = models.TextField(blank=True, default="")
    assessment = models.TextField(blank=True, default="")
    marking = models.TextField(blank=True, default="")
    pilot = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(db_default=Now())
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(hours__gte=1, hours__lte=5000), name="course_hours")]
        indexes = [models.Index(fields=["audience", "-id"], name="course_page")]


class Session(models.Model):
    """A course is given: when, where, in which language, for how many."""

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        OPEN = "open", _("open for enrolment")
        HELD = "held", _("held")
        CANCELLED = "cancelled", _("cancelled")

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="sessions")
    state = models.TextField(choices=State.choices, default=State.PLANNED)
    audience = models.IntegerField()  # that of its course
    organisation = models.BigIntegerField()
    starts = models.DateField()
    ends = models.DateField()
    country = models.CharField(max_length=2)
    place = models.TextField(blank=True, default="")
    language = models.TextField()
    places = models.IntegerField()
    cost = models.BigIntegerField(default=0)  # in minor units of the currency
    currency = models.CharField(max_length=3, default="EUR")
    trainers = ArrayField(
        models.BigIntegerField(), default=list
    )  # people who teach: they examine and decide for nobody here

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(ends__gte=models.F("starts")), name="session_ends_after_start"),
            models.CheckConstraint(condition=models.Q(places__gte=1, places__lte=1000), name="session_places"),
            models.CheckConstraint(condition=models.Q(cost__gte=0), name="session_cost"),
        ]
        indexes = [models.Index(fields=["audience", "starts"], name="session_calendar")]


class Enrolment(models.Model):
    """Somebody takes part, where the agency they come from agrees."""

    class State(models.TextChoices):
        ASKED = "asked", _("awaits the agency")
        APPROVED = "approved", _("approved")
        REFUSED = "refused", _("refused by the agency")
        PLACED = "placed", _("has a place")
        WAITING = "waiting", _("on the waiting list")
        ATTENDED = "attended", _("attended")
        ABSENT = "absent", _("absent")
        WITHDRAWN = "withdrawn", _("withdrawn")

    id = models.BigAutoField(primary_key=True)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="enrolments")
    person = models.BigIntegerField()
    organisation = models.BigIntegerField()  # whence they come
    provider = models.BigIntegerField()
    state = models.TextField(choices=State.choices, default=State.ASKED)
    reason = models.TextField(blank=True, default="")  # why they want it; why it was refused
    at = models.DateTimeField(db_default=Now())
    approved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "person"], condition=~models.Q(state__in=["withdrawn", "refused"]),
                name="enrolment_once",
            )
        ]  # fmt: skip


class Evaluation(models.Model):
    """What came of it, at one of four levels (Kirkpatrick): reaction, learning, conduct at work, result."""

    class Level(models.IntegerChoices):
        REACTION = 1, _("what they thought of it")
        LEARNING = 2, _("what they learnt")
        CONDUCT = 3, _("what they do differently")
        RESULT = 4, _("what it changed")

    id = models.BigAutoField(primary_key=True)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="evaluations")
    level = models.SmallIntegerField(choices=Level.choices)
    score = models.SmallIntegerField()  # 1 to 5
    text = models.TextField(blank=True, default="")
    person = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "level"], name="evaluation_once"),
            models.CheckConstraint(condition=models.Q(score__gte=1, score__lte=5), name="evaluation_score"),
            models.CheckConstraint(condition=models.Q(level__gte=1, level__lte=4), name="evaluation_level"),
        ]

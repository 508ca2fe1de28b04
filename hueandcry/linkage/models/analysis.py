"""What analysts add to an operation: hypotheses with their evidence, notes, tasks, a name. Each has an audience.

The audience is interned as a report's is: one's own organisation, or one circle that it is in (a case room has one).
Who leaves the circle sees no more of what was written into it, their own words included: they belong to the circle.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Written(models.Model):
    """What each of them carries: about which operation, by whom, for whom, and when."""

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    operation = models.BigIntegerField()
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    audience = models.IntegerField()
    principal = models.BigIntegerField()  # the one that the audience stands for: an organisation or a circle
    at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        abstract = True


class Hypothesis(Written):
    """What may be behind an operation, how likely its authors hold it to be, and on how good a ground."""

    class Likelihood(models.TextChoices):
        """The seven terms of ICD 203; linkage/analysis/likelihood.py has their bands."""

        REMOTE = "remote", _("almost no chance")
        VERY_UNLIKELY = "very-unlikely", _("very unlikely")
        UNLIKELY = "unlikely", _("unlikely")
        EVEN = "even", _("roughly even chance")
        LIKELY = "likely", _("likely")
        VERY_LIKELY = "very-likely", _("very likely")
        ALMOST_CERTAIN = "almost-certain", _("almost certain")

    class Confidence(models.TextChoices):
        LOW = "low", _("low confidence")
        MODERATE = "moderate", _("moderate confidence")
        HIGH = "high", _("high confidence")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        HELD = "held", _("held to be true")
        DROPPED = "dropped", _("dropped")

    statement = models.TextField()
    likelihood = models.TextField(choices=Likelihood.choices)
    confidence = models.TextField(choices=Confidence.choices)
    state = models.TextField(choices=State.choices, default=State.OPEN)

    class Meta:
        indexes = [models.Index(fields=["operation", "audience", "id"], name="hypothesis_page")]


class Evidence(models.Model):
    """What one report or one value says about one hypothesis, as one organisation sees it."""

    class Bearing(models.TextChoices):
        FOR = "for", _("speaks for it")
        AGAINST = "against", _("speaks against it")
        NEITHER = "neither", _("fits either way")

    id = models.BigAutoField(primary_key=True)
    hypothesis = models.ForeignKey(Hypothesis, on_delete=models.CASCADE, related_name="evidence")
    report = models.BigIntegerField(null=True)
    observable = models.BigIntegerField(null=True)
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    bearing = models.TextField(choices=Bearing.choices)
    words = models.TextField(blank=True)  # why
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(report__isnull=True) ^ models.Q(observable__isnull=True),
                name="evidence_is_one_thing",
            ),
            models.UniqueConstraint(
                fields=["hypothesis", "organisation", "report", "observable"],
                name="evidence_once",
                nulls_distinct=False,
            ),
        ]
        indexes = [models.Index(fields=["report"], name="evidence_report")]  # erasing a report looks here


class Note(Written):
    """What an analyst wrote about an operation: plain text."""

    words = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["operation", "audience", "-id"], name="note_page")]


class Task(Written):
    """What is to be done about an operation, by which organisation, by whom there, until when."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        DOING = "doing", _("being done")
        DONE = "done", _("done")
        DROPPED = "dropped", _("dropped")

    title = models.TextField()
    words = models.TextField(blank=True)
    assignee = models.BigIntegerField()  # organisation
    assignee_person = models.BigIntegerField(null=True)  # of that organisation; it alone says who
    due_on = models.DateField(null=True)
    state = models.TextField(choices=State.choices, default=State.OPEN)

    class Meta:
        indexes = [
            models.Index(fields=["operation", "audience", "id"], name="task_page"),
            models.Index(fields=["assignee", "state", "due_on"], name="task_of"),
        ]


class OperationName(Written):
    """What an organisation or a circle calls an operation. Nobody else knows the name."""

    name = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["operation", "audience"], name="operationname_once"),
        ]


class AnalysisRevision(models.Model):
    """What one of these said before it was changed, for those who could read it then."""

    class Kind(models.TextChoices):
        HYPOTHESIS = "hypothesis", _("hypothesis")
        NOTE = "note", _("note")
        TASK = "task", _("task")
        NAME = "name", _("name")

    id = models.BigAutoField(primary_key=True)
    kind = models.TextField(choices=Kind.choices)
    thing = models.BigIntegerField()
    audience = models.IntegerField()
    organisation = models.BigIntegerField()  # who changed it
    person = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())
    before = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["kind", "thing", "-id"], name="analysisrevision_page")]

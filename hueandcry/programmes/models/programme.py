"""A programme of assistance: what it is for, what it is made of, who does what, what it is judged by, and its life."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Programme(models.Model):
    """A national (NCAP) or international (ICAP) cybercrime assistance programme."""

    class Kind(models.TextChoices):
        NCAP = "NCAP", _("national programme (NCAP)")
        ICAP = "ICAP", _("international programme (ICAP)")

    class State(models.TextChoices):
        IDEA = "idea", _("idea")
        DRAFT = "draft", _("draft")
        APPRAISAL = "appraisal", _("under appraisal")
        APPRAISED = "appraised", _("appraised")
        APPROVED = "approved", _("approved")
        AGREED = "agreed", _("agreed with the country")
        RUNNING = "running", _("running")
        SUSPENDED = "suspended", _("suspended")
        CLOSED = "closed", _("closed")
        EVALUATED = "evaluated", _("evaluated")
        DROPPED = "dropped", _("dropped")

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    code = models.TextField(unique=True)  # NCAP-KE-2026-1
    kind = models.TextField(choices=Kind.choices)
    title = models.TextField()
    state = models.TextField(choices=State.choices, default=State.IDEA)
    objective = models.TextField(blank=True, default="")
    theory = models.TextField(blank=True, default="")  # of change: why these components move these indicators
    countries = ArrayField(models.CharField(max_length=2))
    aspect = models.TextField(blank=True, default="")  # the gap it began with
    priority = models.UUIDField(null=True)  # the agreed priority it serves
    request = models.UUIDField(null=True)  # the request of the clearing house it answers
    starts = models.DateField(null=True)
    ends = models.DateField(null=True)
    currency = models.CharField(max_length=3)
    builds_on = ArrayField(models.UUIDField(), default=list)  # other programmes
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    reason = models.TextField(blank=True, default="")  # of the last move that gives one
    agreed = models.JSONField(default=dict)  # {"name", "office", "day", "words"}: who agreed for the country
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(countries__len__gte=1), name="programme_somewhere"),
            models.CheckConstraint(
                condition=~models.Q(kind="NCAP") | models.Q(countries__len=1), name="programme_ncap_one_country"
            ),
            models.CheckConstraint(
                condition=models.Q(ends__isnull=True) | models.Q(ends__gte=models.F("starts")), name="programme_days"
            ),
        ]


class Component(models.Model):
    """A part of a programme: what it costs, what gap it closes by how much, what it takes, and from whom it comes."""

    class Kind(models.TextChoices):
        COURSE = "course", _("course")
        EXPERT = "expert", _("expert")
        EQUIPMENT = "equipment", _("equipment")
        RESOURCE = "resource", _("resource of the register")
        LEGISLATION = "legislation", _("help with legislation")
        MENTORING = "mentoring", _("mentoring")
        OVERHEAD = "overhead", _("overhead")

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="components")
    kind = models.TextField(choices=Kind.choices)
    title = models.TextField()
    aspect = models.TextField(blank=True, default="")
    country = models.CharField(max_length=2, blank=True, default="")  # of an ICAP: empty means all of its countries
    reduces = models.FloatField(default=0)  # stages of the gap
    people = models.IntegerField(default=0)  # to be trained and certified
    cost = models.BigIntegerField()  # of the smallest unit of the programme's currency
    course = models.UUIDField(null=True)  # of the academy
    scheme = models.TextField(blank=True, default="")  # of certification
    resource = models.UUIDField(null=True)  # of the register
    must = models.BooleanField(default=False)
    builds_on = ArrayField(models.UUIDField(), default=list)  # other components of it
    takes = models.JSONField(default=dict)  # who -> how many days of theirs
    starts = models.DateField(null=True)
    ends = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(cost__gte=0, cost__lte=10**15), name="component_cost"),
            models.CheckConstraint(condition=models.Q(reduces__gte=0, reduces__lte=4), name="component_reduces"),
            models.CheckConstraint(condition=models.Q(people__gte=0, people__lte=100_000), name="component_people"),
            models.CheckConstraint(
                condition=models.Q(ends__isnull=True) | models.Q(ends__gte=models.F("starts")), name="component_days"
            ),
        ]
        indexes = [models.Index(fields=["programme", "id"], name="component_programme")]


class Partner(models.Model):
    """Who takes part, in which role."""

    class Role(models.TextChoices):  # IATI code list OrganisationRole
        FUNDING = "funding", _("funding")
        ACCOUNTABLE = "accountable", _("accountable")
        EXTENDING = "extending", _("extending")
        IMPLEMENTING = "implementing", _("implementing")

    id = models.BigAutoField(primary_key=True)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="partners")
    role = models.TextField(choices=Role.choices)
    name = models.TextField()
    organisation = models.BigIntegerField(null=True)  # where it is a member

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "role", "name"], name="partner_once")]


class Milestone(models.Model):
    """Something that is done by a day, with its evidence, seen by somebody else."""

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="milestones")
    component = models.ForeignKey(Component, on_delete=models.CASCADE, null=True, related_name="milestones")
    title = models.TextField()
    due = models.DateField()
    done = models.DateField(null=True)
    evidence = models.TextField(blank=True, default="")
    told_by = models.BigIntegerField(null=True)
    seen_by = models.BigIntegerField(null=True)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(done__isnull=True) | ~models.Q(evidence=""), name="milestone_done_has_evidence"
            )
        ]


class Risk(models.Model):
    """What could go wrong, or whom it could harm, and what is done about it."""

    class Kind(models.TextChoices):
        DELIVERY = "delivery", _("delivery")
        HUMAN_RIGHTS = "human-rights", _("human rights")
        DATA_PROTECTION = "data-protection", _("data protection")
        CORRUPTION = "corruption", _("corruption")
        CONFLICT = "conflict-of-interest", _("conflict of interest")
        SECURITY = "security", _("security")

    id = models.BigAutoField(primary_key=True)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="risks")
    kind = models.TextField(choices=Kind.choices)
    words = models.TextField()
    likelihood = models.SmallIntegerField()  # 1 to 5
    harm = models.SmallIntegerField()  # 1 to 5
    answer = models.TextField()  # what is done about it

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(likelihood__gte=1, likelihood__lte=5, harm__gte=1, harm__lte=5), name="risk_scale"
            )
        ]


class Indicator(models.Model):
    """What a programme is judged by: where it stood, where it should stand, and of what it is read."""

    class Source(models.TextChoices):
        STAGE = "stage", _("stage of an aspect")
        CERTIFIED = "certified", _("people certified")
        PICTURE = "picture", _("figure of the picture")
        TOLD = "told", _("told by the programme")

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="indicators")
    component = models.ForeignKey(Component, on_delete=models.CASCADE, null=True, related_name="indicators")
    source = models.TextField(choices=Source.choices)
    title = models.TextField()
    unit = models.TextField(blank=True, default="")
    country = models.CharField(max_length=2, blank=True, default="")
    aspect = models.TextField(blank=True, default="")  # of a stage
    scheme = models.TextField(blank=True, default="")  # of people certified
    figure = models.TextField(blank=True, default="")  # of the picture: a class of crime
    better = models.SmallIntegerField(default=1)  # 1: more is better, -1: less is better
    baseline = models.FloatField(null=True)
    baseline_day = models.DateField(null=True)
    target = models.FloatField(null=True)
    target_day = models.DateField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(better__in=[1, -1]), name="indicator_better")]


class Reading(models.Model):
    """An indicator read on a day: its value with what is known of its uncertainty, and where it is from."""

    id = models.BigAutoField(primary_key=True)
    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="readings")
    day = models.DateField()
    value = models.FloatField()
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    words = models.TextField()  # how it is known
    link = models.TextField(blank=True, default="")  # where it can be seen
    person = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["indicator", "day"], name="reading_once_a_day"),
            models.CheckConstraint(
                condition=(models.Q(low__isnull=True) | models.Q(low__lte=models.F("value")))
                & (models.Q(high__isnull=True) | models.Q(high__gte=models.F("value"))),
                name="reading_within",
            ),
        ]


class Appraisal(models.Model):
    """What somebody of another organisation says of a draft, having declared that they have no conflict of interest."""

    class Verdict(models.TextChoices):
        SOUND = "sound", _("sound")
        RETURNED = "returned", _("to be done again")

    id = models.BigAutoField(primary_key=True)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="appraisals")
    round = models.SmallIntegerField()  # how often it was put up
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    verdict = models.TextField(choices=Verdict.choices)
    answers = models.JSONField(default=dict)  # question -> words
    words = models.TextField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "round", "organisation"], name="appraisal_one_each")
        ]


class Overlap(models.Model):
    """A programme of others at the same thing, and what was judged of it: shown before approval, counted once."""

    class Verdict(models.TextChoices):
        APART = "apart", _("something else")
        COMPLEMENTS = "complements", _("complements it")
        COUNTED = "counted", _("the same activity: counted once")
        DUPLICATES = "duplicates", _("does the same: mend the plan")

    id = models.BigAutoField(primary_key=True)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="overlaps")
    resource = models.UUIDField()  # in the register of resources
    verdict = models.TextField(choices=Verdict.choices)
    words = models.TextField()
    person = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "resource"], name="programme_overlap_once")]


class Lesson(models.Model):
    """What was learnt, for whoever does it next."""

    id = models.BigAutoField(primary_key=True)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="lessons")
    words = models.TextField()
    aspect = models.TextField(blank=True, default="")
    person = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())


class Evaluation(models.Model):
    """What somebody who had no part in it found a year after it ended, by the criteria of OECD/DAC (2019), 1 to 4."""

    id = models.BigAutoField(primary_key=True)
    programme = models.OneToOneField(Programme, on_delete=models.CASCADE, related_name="evaluation")
    grades = models.JSONField()  # criterion -> 1 to 4
    words = models.TextField()
    advice = models.TextField(blank=True, default="")
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())


class MoveRule(models.Model):
    """The table of moves, as hueandcry/programmes/life.py tells it. Written by migrations alone."""

    id = models.BigAutoField(primary_key=True)
    before = models.TextField()
    after = models.TextField()
    who = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["before", "after", "who"], name="programme_moverule_once")]


class Move(models.Model):
    """A move that a programme made, by whom. Written by the database."""

    id = models.BigAutoField(primary_key=True)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="moves")
    before = models.TextField()
    after = models.TextField()
    person = models.BigIntegerField(null=True)
    reason = models.TextField(blank=True, default="")
    at = models.DateTimeField(db_default=Now())

"""Which reports tell of one crime: what is compared, what was found, and what changed.

Facts, runs and models belong to the linker alone (a role of the database that links across audiences); which crime a
report tells of shows to whoever may see the report.
"""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy as _


def _values() -> ArrayField[list[int], list[int]]:
    return ArrayField(models.BigIntegerField(), default=list)


class Fact(models.Model):
    """What linkage compares of one current report of an incident: narrow, without names or text. Derived, kept up."""

    report = models.BigIntegerField(primary_key=True)
    organisation = models.BigIntegerField()
    source_kind = models.TextField()
    leaf = models.BooleanField()  # its owner keeps it hidden: it may join a crime and never ties two others together
    occurred = models.DateField(null=True)
    occurred_to = models.DateField(null=True)
    reported = models.DateField()
    day = models.GeneratedField(
        expression=Coalesce("occurred", "reported"), output_field=models.DateField(), db_persist=True
    )
    amount = models.FloatField(null=True)
    currency = models.TextField()
    country = models.TextField()  # of the victim; "" unknown, as in all that follow
    sector = models.TextField()
    size = models.TextField()
    area = models.TextField()  # postal area of the victim
    reference = models.TextField()  # keyed hash of a reference that victim, bank and police share
    main_class = models.TextField()
    classes = ArrayField(models.TextField(), default=list)  # all of them, sorted
    labels = _values()  # hashes of the sender's own words for it, so that two that use the same word are seen to
    sketch = _values()  # minhash of the account's words; empty where there is none
    exact = _values()  # observables peculiar to one deed: URLs with a path, payments, messages
    money = _values()  # where money goes: IBANs, wallets, accounts
    contact = _values()  # telephone numbers, e-mail addresses, handles
    infrastructure = _values()  # domains, addresses, hashes of files
    victims = _values()  # observables in the role of the victim


class Model(models.Model):
    """One estimate of how telling each comparison is: comparers with their levels, m, u and weight, readable."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_default=Now())
    settings = models.TextField()  # name and version of the settings it was learnt under
    content = models.JSONField()  # see matching/model.py
    reports = models.BigIntegerField()  # learnt from so many
    current = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["settings"], condition=models.Q(current=True), name="model_current_once")
        ]


class Run(models.Model):
    """One estimation of all crimes or operations: what went in, what came out, what it cost."""

    class Kind(models.TextChoices):
        CRIMES = "crimes", _("crimes")
        OPERATIONS = "operations", _("operations")

    id = models.BigAutoField(primary_key=True)
    kind = models.TextField(choices=Kind.choices)
    engine = models.TextField()  # duckdb, spark
    model = models.BigIntegerField(null=True)
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    figures = models.JSONField(default=dict)  # counts (reports, pairs, crimes, ...), seconds by step, peak in MiB
    error = models.TextField(blank=True)


class Crime(models.Model):
    """What really happened once, as far as linkage can tell. Its attributes are computed from what the viewer sees, so
    that nothing stands here: not even when it was formed, which would tell of the first report."""

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True, db_default=models.Func(function="gen_random_uuid"))
    merged_into = models.BigIntegerField(null=True)  # the crime that took its reports; its address leads there


class CrimeReport(models.Model):
    """This report tells of this crime. How strongly is told by its evidence, of reports that the viewer sees."""

    report = models.BigIntegerField(primary_key=True)
    crime = models.BigIntegerField()
    run = models.BigIntegerField(null=True)  # NULL: it was matched as it came, or by a judgement
    since = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["crime"], name="crimereport_crime")]


class CrimeEvent(models.Model):
    """A report that came from one crime into another, by a run, a judgement or as its facts changed. Each report has a
    row of its own, which shows to whoever sees the report; rows of one moment and two crimes are one event."""

    class Kind(models.TextChoices):
        MERGED = "merged", _("merged")  # the other crime was taken in whole
        SPLIT = "split", _("split")  # this crime came out of the other
        MOVED = "moved", _("moved")  # both were there before and go on

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_default=Now())
    kind = models.TextField(choices=Kind.choices)
    crime = models.BigIntegerField()  # what the report is in now
    other = models.BigIntegerField()  # what it came out of
    report = models.BigIntegerField()
    run = models.BigIntegerField(null=True)
    judgement = models.BigIntegerField(null=True)  # the judgement that did it
    undone_at = models.DateTimeField(null=True)
    undone_by = models.BigIntegerField(null=True)  # person

    class Meta:
        indexes = [
            models.Index(fields=["crime", "-id"], name="crimeevent_crime"),
            models.Index(fields=["other", "-id"], name="crimeevent_other"),
            models.Index(fields=["report"], name="crimeevent_report"),
        ]

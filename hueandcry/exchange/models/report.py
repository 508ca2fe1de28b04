"""Submissions, reports, objects, observables and observations."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from hueandcry.members.models import Organisation, Person


class Submission(models.Model):
    """Bytes exactly as received, and what became of them: the receipt."""

    class State(models.TextChoices):
        RECEIVED = "received", _("received")
        READING = "reading", _("being read")
        DONE = "done", _("read")
        UNREADABLE = "unreadable", _("could not be read")
        FAILED = "failed", _("failed for a fault of ours")
        ERASED = "erased", _("erased")

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    audience = models.IntegerField()
    sha256 = models.BinaryField()
    size = models.BigIntegerField()
    filename = models.TextField(blank=True)
    claimed = models.TextField(blank=True)  # the format its sender claimed
    format = models.TextField(blank=True)  # the format it was found to be
    channel = models.TextField()
    handling = models.JSONField(default=dict)
    mapping = models.JSONField(null=True)  # CSV: how columns were read
    received_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    state = models.TextField(choices=State.choices, default=State.RECEIVED)
    place = models.TextField(blank=True)  # where reading stopped, when unreadable
    reason = models.TextField(blank=True)
    consumed = models.BigIntegerField(default=0)  # drafts already merged: a killed reading goes on from here
    total = models.BigIntegerField(default=0)  # objects expected, for the progress bar; 0 where not known
    read = models.BigIntegerField(default=0)
    stored = models.BigIntegerField(default=0)
    known = models.BigIntegerField(default=0)
    refused = models.BigIntegerField(default=0)
    reports = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(read=models.F("stored") + models.F("known") + models.F("refused")),
                name="submission_adds_up",
            ),
            models.UniqueConstraint(
                fields=["organisation", "person", "sha256"],
                condition=~models.Q(state="erased"),
                name="submission_same_bytes_once",
            ),
        ]
        indexes = [models.Index(fields=["audience", "-id"], name="submission_page")]


class SubmissionKey(models.Model):
    """The key one submission is encrypted with. Destroying the row erases the bytes; backups leave this table out."""

    submission = models.OneToOneField(Submission, on_delete=models.CASCADE, primary_key=True)
    key = models.BinaryField()


class SubmissionChunk(models.Model):
    """A mebibyte of a submission, encrypted."""

    id = models.BigAutoField(primary_key=True)
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="chunks")
    number = models.IntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["submission", "number"], name="chunk_once")]


class Remark(models.Model):
    """One line of a receipt: an object refused, or something a conversion could not carry."""

    class Kind(models.TextChoices):
        REFUSAL = "refusal", _("refused")
        LOSS = "loss", _("not carried")

    id = models.BigAutoField(primary_key=True)
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="remarks")
    kind = models.TextField(choices=Kind.choices)
    place = models.TextField()
    reason = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["submission", "kind", "id"], name="remark_page")]


class Report(models.Model):
    """One account of one cybercrime or piece of intelligence by one organisation."""

    class State(models.TextChoices):
        CURRENT = "current", _("current")
        SUPERSEDED = "superseded", _("superseded")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Kind(models.TextChoices):
        INCIDENT = "incident", _("incident")
        INTELLIGENCE = "intelligence", _("intelligence")

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT)
    audience = models.IntegerField()
    key = models.TextField()  # the sender's own id for it
    version = models.DateTimeField(null=True)
    state = models.TextField(choices=State.choices, default=State.CURRENT)
    superseded_by = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="supersedes")
    kind = models.TextField(choices=Kind.choices, default=Kind.INCIDENT)
    source_kind = models.TextField()  # the kind of organisation, as it was when it reported
    title = models.TextField()
    account = models.TextField(blank=True)
    language = models.CharField(max_length=8, blank=True)
    classes = ArrayField(models.TextField(), default=list)  # Common Taxonomy "class" or "class/type", first is main
    main_class = models.TextField(blank=True)
    techniques = ArrayField(models.TextField(), default=list)
    labels = ArrayField(models.TextField(), default=list)  # the sender's own words
    occurred_from = models.DateTimeField(null=True)
    occurred_to = models.DateTimeField(null=True)
    reported_at = models.DateTimeField()  # when the sender recorded it; else when it arrived
    created_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(db_default=Now())
    victim_countries = ArrayField(models.CharField(max_length=2), default=list)
    victim_sector = models.CharField(max_length=1, blank=True)
    victim_size = models.TextField(blank=True)
    victim_area = models.TextField(blank=True, default="", db_default="")  # postal area: the code's first characters
    # Keyed hash of a reference that several reporters of one crime hold (a payment, a case of the police): never it.
    victim_reference = models.TextField(blank=True, default="", db_default="")
    loss_amount = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    loss_currency = models.CharField(max_length=3, blank=True)
    objects_count = models.IntegerField(default=0)
    holds = ArrayField(models.TextField(), default=list)  # types of its observables, so that a list can filter by them
    # handling; the audience above is derived from it
    tlp = models.TextField()
    pap = models.TextField(blank=True)
    codes = ArrayField(models.TextField(), default=list)  # Europol handling codes
    source_grade = models.CharField(max_length=1, blank=True)  # 4x4
    information_grade = models.CharField(max_length=1, blank=True)
    discoverability = models.TextField()
    purpose = ArrayField(models.TextField(), default=list)
    legal_basis = models.TextField(blank=True)
    review_on = models.DateField(null=True)
    restriction = models.TextField(blank=True, default="", db_default="")  # the text that H3 stands for
    recipients = ArrayField(models.BigIntegerField(), default=list)  # principals chosen, before the ceiling
    document = SearchVectorField(null=True)  # generated in SQL

    class Meta:
        indexes = [
            models.Index(fields=["audience", "-id"], name="report_page"),
            models.Index(fields=["audience", "-reported_at", "-id"], name="report_by_date"),
            models.Index(fields=["organisation", "key"], name="report_key"),
            models.Index(fields=["submission"], name="report_submission"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(tlp__in=["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"]), name="report_tlp_known"
            ),
            models.CheckConstraint(
                condition=models.Q(discoverability__in=["hidden", "anonymous", "named"]),
                name="report_discoverability_known",
            ),
            models.CheckConstraint(
                condition=models.Q(loss_amount__isnull=True) | models.Q(loss_amount__gte=0), name="report_loss_positive"
            ),
            models.CheckConstraint(
                condition=models.Q(occurred_to__isnull=True) | models.Q(occurred_to__gte=models.F("occurred_from")),
                name="report_occurred_in_order",
            ),
        ]


class Object(models.Model):
    """One element of a submission, as the text received."""

    id = models.BigAutoField(primary_key=True)
    organisation = models.BigIntegerField()
    submission = models.BigIntegerField()
    # No constraint in the database: checking it costs a lock of the report per object. Deletions are ours or Django's,
    # and whoever adds objects to a report that was there locks it first (see merge.sql, removal.py).
    report = models.ForeignKey(
        Report, on_delete=models.CASCADE, related_name="objects_held", db_constraint=False, db_index=False
    )
    audience = models.IntegerField()
    key = models.TextField()
    # What copies of one object are found by: an index on numbers is a third of one on texts, and quicker.
    hash = models.GeneratedField(
        expression=models.Func(models.F("key"), models.Value(0), function="hashtextextended"),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    kind = models.TextField()
    version = models.DateTimeField(null=True)
    digest = models.BinaryField()  # of the canonical content, so that the same content in other clothes is known
    revoked = models.BooleanField(default=False)
    place = models.TextField()
    spec = models.SmallIntegerField(default=21, db_default=21)  # STIX 2.1 or 2.0 (21, 20); 0: it is not STIX
    ours = models.BooleanField(default=False, db_default=False)  # written by us; see publication/rendering.py
    text = models.TextField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["report", "id"], name="object_report"),
            models.Index(fields=["hash"], name="object_hash"),
            models.Index(fields=["audience", "id"], name="object_page"),
            models.Index(fields=["report", "audience"], name="object_ours", condition=models.Q(ours=True)),
        ]


class Observable(models.Model):
    """A value in canonical form: the hub that ties reports together. ``id`` is 64 bits of a hash of type and value."""

    id = models.BigIntegerField(primary_key=True)
    type = models.TextField()
    value = models.TextField()
    weight = models.FloatField()  # how telling a shared value of this kind is, 0 to 1, warning lists counted in
    warnings = ArrayField(models.TextField(), default=list)  # names of the warning lists that hold it

    class Meta:
        indexes = [models.Index(fields=["type"], name="observable_type")]


class Observation(models.Model):
    """This report contains this observable, in this role, then and then."""

    id = models.BigAutoField(primary_key=True)
    report = models.ForeignKey(  # no constraint in the database, as with objects; observation_once serves as its index
        Report, on_delete=models.CASCADE, related_name="observations", db_constraint=False, db_index=False
    )
    organisation = models.BigIntegerField()
    audience = models.IntegerField()
    observable = models.BigIntegerField()
    role = models.TextField(default="unknown")
    first_seen = models.DateTimeField(null=True)
    last_seen = models.DateTimeField(null=True)
    claimed = models.TextField(blank=True)  # the type claimed for a value that failed its own checksum
    # 64 bits of a hash of the key of the object that tells it: a new version of that object replaces it
    told_by = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "observable", "role", "told_by"], name="observation_once")
        ]
        indexes = [models.Index(fields=["observable", "audience", "report"], name="observation_hub")]


class Grant(models.Model):
    """One principal more who may see a report, by its owner's decision."""

    id = models.BigAutoField(primary_key=True)
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="grants")
    principal = models.BigIntegerField()
    granted_by = models.BigIntegerField()
    granted_at = models.DateTimeField(db_default=Now())
    reason = models.TextField(blank=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["report", "principal"], condition=models.Q(revoked_at__isnull=True), name="grant_once"
            )
        ]


class Revision(models.Model):
    """What a report said before a correction, withdrawal or change of handling."""

    id = models.BigAutoField(primary_key=True)
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="revisions")
    number = models.IntegerField()
    at = models.DateTimeField(db_default=Now())
    person = models.BigIntegerField(null=True)
    act = models.TextField()  # corrected, withdrawn, superseded, handled, resent
    reason = models.TextField(blank=True)
    before = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "number"], name="revision_number_once")]


class Mapping(models.Model):
    """A way of reading somebody's CSV, saved to be used again."""

    id = models.BigAutoField(primary_key=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE)
    name = models.TextField()
    header = ArrayField(models.TextField())
    content = models.JSONField()
    saved_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="mapping_name_once")]

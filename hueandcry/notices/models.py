"""What people are told, and the ways they are told it."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from hueandcry.notices.kinds import KINDS


class Notice(models.Model):
    """One thing one person is told: a line, a few words, and where to read more. Holds no content of a report."""

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    person = models.BigIntegerField()
    organisation = models.BigIntegerField()
    kind = models.TextField()
    title = models.TextField()
    text = models.TextField(blank=True)
    link = models.TextField(blank=True)  # a path of this site
    at = models.DateTimeField(db_default=Now())
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["person", "-id"], name="notice_page"),
            models.Index(
                fields=["at"], name="notice_to_mail", condition=models.Q(mailed_at__isnull=True, read_at__isnull=True)
            ),
        ]


class Preference(models.Model):
    """How one person wants to be told by e-mail."""

    class Mail(models.TextChoices):
        NEVER = "never", _("never")
        AT_ONCE = "at once", _("at once")
        DAILY = "daily", _("in one letter a day")
        WEEKLY = "weekly", _("in one letter a week")

    person = models.BigIntegerField(primary_key=True)
    mail = models.TextField(choices=Mail.choices, default=Mail.DAILY)
    muted = ArrayField(models.TextField(), default=list)  # kinds that are not mailed
    feed = models.BinaryField(null=True, unique=True)  # digest of the secret in the address of the Atom feed
    mailed_at = models.DateTimeField(null=True)
    failures = models.IntegerField(default=0)  # letters that could not be sent since the last that could
    next_at = models.DateTimeField(null=True)  # after a failure: not before then


class Webhook(models.Model):
    """An address of one organisation's that is told by a signed POST."""

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    name = models.TextField()
    url = models.TextField()
    secret = models.BinaryField()  # encrypted: it signs what is sent
    kinds = ArrayField(models.TextField(), default=list)  # empty: all
    paused = models.BooleanField(default=False)
    failures = models.IntegerField(default=0)  # tries that failed since the last that did not
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="webhook_name_once")]

    @property
    def tells(self) -> str:
        """Of what it tells, in words."""
        return ", ".join(str(said) for kind, said in KINDS.items() if kind in self.kinds) or now("everything")


class WebhookCall(models.Model):
    """One message to one address, tried until it is taken or given up."""

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="calls")
    kind = models.TextField()
    link = models.TextField(blank=True)  # a path of this site: what decides whether the title may be sent
    body = models.TextField()
    tries = models.IntegerField(default=0)
    next_at = models.DateTimeField(null=True, db_default=Now())  # NULL: taken, or given up
    taken_at = models.DateTimeField(null=True)
    status = models.IntegerField(null=True)
    error = models.TextField(blank=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["next_at"], name="webhook_due", condition=models.Q(next_at__isnull=False)),
            models.Index(fields=["webhook", "-id"], name="webhook_history"),
        ]

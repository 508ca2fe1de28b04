"""E-mail as a way in."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Mailbox(models.Model):
    """A maildir or an IMAP folder that is read for reports; the operator's."""

    class Kind(models.TextChoices):
        MAILDIR = "maildir", _("a maildir")
        IMAP = "imap", _("an IMAP folder")

    id = models.BigAutoField(primary_key=True)
    name = models.TextField(unique=True)
    kind = models.TextField(choices=Kind.choices)
    place = models.TextField()  # path of the maildir, or imaps://host:port/folder
    credentials = models.BinaryField(null=True)  # encrypted: login, line feed, password
    done_folder = models.TextField(blank=True, default="")  # where letters that were read are moved to; "" leaves them
    validity = models.BigIntegerField(default=0)  # IMAP's UIDVALIDITY: with another, the numbers below mean nothing
    last_uid = models.BigIntegerField(default=0)  # the last letter read
    every = models.IntegerField(default=60)  # seconds
    paused = models.BooleanField(default=False)
    failures = models.IntegerField(default=0)
    next_at = models.DateTimeField(db_default=Now())
    error = models.TextField(blank=True)


class Sender(models.Model):
    """An address from which e-mail is taken as a report, and for whom: otherwise a person's own address."""

    id = models.BigAutoField(primary_key=True)
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()  # on whose behalf it is taken
    address = models.TextField(unique=True)
    dkim_required = models.BooleanField(default=True)
    added_at = models.DateTimeField(db_default=Now())


class Letter(models.Model):
    """One e-mail that came, and what became of it."""

    class State(models.TextChoices):
        TAKING = "taking", _("being taken")
        TAKEN = "taken", _("taken")
        REFUSED = "refused", _("refused")
        FAILED = "failed", _("failed for a fault of ours")

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="letters")
    sha256 = models.BinaryField()
    sender = models.TextField(blank=True)
    organisation = models.BigIntegerField(null=True)
    person = models.BigIntegerField(null=True)
    dkim = models.TextField(blank=True)  # pass of which domain, fail, none, not checked
    submission = models.BigIntegerField(null=True)
    state = models.TextField(choices=State.choices)
    reason = models.TextField(blank=True)
    received_at = models.DateTimeField(db_default=Now())
    answer = models.BooleanField(default=False)  # it wants an answer: known, proven, and no machine's
    message_id = models.TextField(blank=True, default="")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailbox", "sha256"], name="letter_once")]
        indexes = [
            models.Index(fields=["organisation", "-id"], name="letter_page"),
            models.Index(
                fields=["id"], name="letter_answer_due", condition=models.Q(answer=True, answered_at__isnull=True)
            ),
        ]

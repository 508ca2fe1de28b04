"""What REST remembers of calls: answers that a repeated call gets again, and how often a token has called."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class KeptAnswer(models.Model):
    """The answer to one call with an Idempotency-Key, kept for a day: who repeats the call gets it again."""

    id = models.BigAutoField(primary_key=True)
    token = models.BigIntegerField()
    person = models.BigIntegerField()
    key = models.TextField()
    digest = models.BinaryField()  # of method, address and body: another call under the same key is a mistake
    started_at = models.DateTimeField(db_default=Now())
    status = models.SmallIntegerField(null=True)  # NULL while the first call runs
    media = models.TextField(blank=True, default="")
    body = models.BinaryField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="answer_once")]
        indexes = [models.Index(fields=["started_at"], name="answer_age")]


class CallCount(models.Model):
    """How many calls of one kind a token has made in the current minute. Unlogged: a crash forgets it, and it costs no
    write to the log."""

    pk = models.CompositePrimaryKey("token", "kind")
    token = models.BigIntegerField()
    kind = models.TextField()  # read, write, export
    minute = models.BigIntegerField()  # since 1970
    used = models.IntegerField()

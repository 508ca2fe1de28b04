"""The forum: threads within a circle, a case room or the law enforcement of the alliance, and files with handling.

A thread and all that hangs on it carry one audience of one principal; row-level security goes by that alone. What is
searched for (a column of words, generated) is in linkage/migrations/0007_forum.sql alone.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

_TLP = ["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"]


class Thread(models.Model):
    """A conversation within one group. What it is about is a link of the chain."""

    class Scope(models.TextChoices):
        CIRCLE = "a circle", _("a circle")
        ROOM = "a case room", _("a case room")
        ENFORCEMENT = "law enforcement", _("law enforcement of the alliance")

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    scope = models.TextField(choices=Scope.choices)
    principal = models.BigIntegerField()  # whose conversation it is
    audience = models.IntegerField()  # exactly that principal
    room = models.BigIntegerField(null=True)
    title = models.TextField()
    tlp = models.TextField()
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())
    pinned = models.BooleanField(default=False, db_default=False)
    closed_at = models.DateTimeField(null=True)
    posts = models.IntegerField(default=0, db_default=0)  # kept up by a trigger, as are the next two
    last_post = models.BigIntegerField(default=0, db_default=0)
    last_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(tlp__in=_TLP), name="thread_tlp_known")]
        indexes = [
            models.Index(fields=["audience", "-last_at", "-id"], name="thread_page"),
            models.Index(fields=["room"], condition=models.Q(room__isnull=False), name="thread_room"),
        ]


class Post(models.Model):
    """What somebody said in a thread. Withdrawn, the place stays and the words are gone."""

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="said")
    audience = models.IntegerField()
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    text = models.TextField()
    at = models.DateTimeField(db_default=Now())
    edited_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["thread", "id"], name="post_page")]


class PostRevision(models.Model):
    """What a post said before it was edited."""

    id = models.BigAutoField(primary_key=True)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="revisions")
    audience = models.IntegerField()
    person = models.BigIntegerField()
    before = models.TextField()
    at = models.DateTimeField(db_default=Now())


class Reading(models.Model):
    """How far somebody has read a thread, and whether they follow it. Theirs alone."""

    id = models.BigAutoField(primary_key=True)
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="readings")
    person = models.BigIntegerField()
    post = models.BigIntegerField(default=0)  # the last that they have read
    following = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thread", "person"], name="reading_once")]


class Attachment(models.Model):
    """A file of a post or of a room, with handling. Its bytes are encrypted with a key of its own."""

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    audience = models.IntegerField()
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="attachments", null=True)
    room = models.BigIntegerField(null=True)  # where it hangs on no post, or on one of a room's threads
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    filename = models.TextField()
    kind = models.TextField()  # what its first bytes say it is
    size = models.BigIntegerField()
    sha256 = models.BinaryField()
    tlp = models.TextField()
    at = models.DateTimeField(db_default=Now())
    erased_at = models.DateTimeField(null=True)
    erased_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(tlp__in=_TLP), name="attachment_tlp_known"),
            models.CheckConstraint(
                condition=models.Q(post__isnull=False) | models.Q(room__isnull=False), name="attachment_hangs_somewhere"
            ),
        ]
        indexes = [models.Index(fields=["room", "-id"], condition=models.Q(room__isnull=False), name="attachment_room")]


class AttachmentKey(models.Model):
    """The key one file is encrypted with. Destroying the row erases the bytes."""

    attachment = models.OneToOneField(Attachment, on_delete=models.CASCADE, primary_key=True)
    key = models.BinaryField()


class AttachmentChunk(models.Model):
    """A mebibyte of a file, encrypted."""

    id = models.BigAutoField(primary_key=True)
    attachment = models.ForeignKey(Attachment, on_delete=models.CASCADE, related_name="chunks")
    number = models.IntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["attachment", "number"], name="attachment_chunk_once")]

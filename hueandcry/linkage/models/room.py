"""Case rooms: named people of several organisations around one operation, crime or report, with a circle of their own.

Who is in a room decides what they see, so the application writes none of these tables but the last: blind functions do,
each with the rule of who may (linkage/migrations/0006_rooms.sql).
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Room(models.Model):
    """One case room. Two principals stand for it: that of its circle, by which reports and notes are shared, ends when
    it closes; that of its record, by which what was said in it shows, ends when somebody leaves."""

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    name = models.TextField()
    purpose = models.TextField()
    legal_basis = models.TextField()
    ceiling = models.TextField()  # TLP: what is stricter does not come in
    circle = models.BigIntegerField(unique=True)  # its row among the circles
    principal = models.BigIntegerField(unique=True)  # of the circle
    record = models.BigIntegerField(unique=True)  # principal of its record
    audience = models.IntegerField()  # of the record
    organisation = models.BigIntegerField()  # that opened it
    person = models.BigIntegerField()
    opened_at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True)
    closed_by = models.BigIntegerField(null=True)
    closing = models.TextField(blank=True, default="", db_default="")  # words said on closing

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ceiling__in=["GREEN", "AMBER", "AMBER+STRICT", "RED"]), name="room_ceiling_known"
            )
        ]
        indexes = [models.Index(fields=["audience", "-id"], name="room_page")]


class RoomOrganisation(models.Model):
    """One organisation's part in a room: asked, in it, or no more. It is in it only once it has accepted."""

    class State(models.TextChoices):
        INVITED = "invited", _("invited")
        JOINED = "joined", _("in it")
        DECLINED = "declined", _("declined")
        UNINVITED = "uninvited", _("invitation taken back")
        LEFT = "left", _("left")
        REMOVED = "removed", _("removed")

    id = models.BigAutoField(primary_key=True)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="organisations")
    audience = models.IntegerField()
    organisation = models.BigIntegerField()
    state = models.TextField(choices=State.choices)
    words = models.TextField(blank=True)  # said with the invitation
    invited_by = models.BigIntegerField()  # person
    invited_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    changed_at = models.DateTimeField(db_default=Now())
    changed_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "organisation"], name="room_organisation_once")]
        indexes = [models.Index(fields=["organisation", "state"], name="roomorganisation_theirs")]


class RoomPerson(models.Model):
    """Somebody who is in a room: named by their organisation, and only while they are in that organisation."""

    class Role(models.TextChoices):
        LEAD = "lead", _("lead")
        MEMBER = "member", _("member")

    id = models.BigAutoField(primary_key=True)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="people")
    audience = models.IntegerField()
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    role = models.TextField(choices=Role.choices, default=Role.MEMBER)
    since = models.DateTimeField(db_default=Now())
    named_by = models.BigIntegerField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["room", "person"], condition=models.Q(left_at__isnull=True), name="room_person_once"
            )
        ]
        indexes = [
            models.Index(fields=["person"], condition=models.Q(left_at__isnull=True), name="roomperson_principals")
        ]


class RoomEvent(models.Model):
    """One line of what happened in a room, for those in it. The audit record is kept apart from it."""

    id = models.BigAutoField(primary_key=True)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="events")
    audience = models.IntegerField()
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    act = models.TextField()  # a word of rooms/words.py
    about = models.BigIntegerField(null=True)  # the organisation or person it was done to
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["room", "-id"], name="roomevent_page")]

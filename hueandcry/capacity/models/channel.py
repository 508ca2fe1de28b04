"""Official channels of a country, member or not: whom to reach, for what, how; and how fast they answer."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Channel(models.Model):
    """One official way into one country, for some kinds of request."""

    class Kind(models.TextChoices):
        CONTACT_24_7 = "24/7", _("24/7 point of contact")
        AUTHORITY = "authority", _("competent authority")
        CERT = "cert", _("national CERT")
        INTERPOL = "interpol", _("Interpol national central bureau")
        EUROPOL = "europol", _("Europol national unit")
        LIAISON = "liaison", _("liaison officer")

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    country = models.CharField(max_length=2)
    kind = models.TextField(choices=Kind.choices)
    name = models.TextField()
    requests = ArrayField(models.TextField(), default=list)  # words of channels/requests.py
    may_send = models.TextField(blank=True)  # what may be sent, and what not
    how = models.TextField(blank=True)  # how it is sent
    languages = ArrayField(models.TextField(), default=list)
    basis = models.TextField(blank=True)  # the treaty or law
    hours = models.TextField(blank=True)
    email = models.TextField(blank=True)
    phone = models.TextField(blank=True)
    url = models.TextField(blank=True)
    source = models.TextField()  # where it is published
    source_day = models.DateField()
    audience = models.IntegerField()  # contact details may be for law enforcement alone
    organisation = models.BigIntegerField()  # who said so
    person = models.BigIntegerField()
    confirmed_at = models.DateTimeField(db_default=Now())
    withdrawn_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["country", "kind"], name="channel_country")]


class ChannelUse(models.Model):
    """One request over a channel, as who asked lived it: their organisation's alone, others learn sums."""

    id = models.BigAutoField(primary_key=True)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="uses")
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    request = models.TextField()
    sent_on = models.DateField()
    answered_on = models.DateField(null=True)
    outcome = models.TextField(default="waiting")  # waiting, answered, refused, no answer
    note = models.TextField(blank=True, default="")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(answered_on__isnull=True) | models.Q(answered_on__gte=models.F("sent_on")),
                name="channeluse_answered_after_sent",
            )
        ]

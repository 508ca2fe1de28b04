"""Figures from elsewhere that the operator loads, each with its source: rates, inhabitants, enterprises."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class ExchangeRate(models.Model):
    """How many units of a currency one euro bought on a day. The row loaded last counts; earlier ones stay."""

    id = models.BigAutoField(primary_key=True)
    currency = models.CharField(max_length=3)  # ISO 4217
    day = models.DateField()
    per_euro = models.DecimalField(max_digits=20, decimal_places=8)
    source = models.TextField()
    loaded_at = models.DateTimeField(db_default=Now())
    person = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(per_euro__gt=0), name="exchangerate_positive"),
            models.UniqueConstraint(fields=["currency", "day"], name="exchangerate_once"),
        ]


class Denominator(models.Model):
    """How many inhabitants or enterprises a country had in a year, in all or of one sector or size."""

    class Kind(models.TextChoices):
        INHABITANTS = "inhabitants", _("inhabitants")
        ENTERPRISES = "enterprises", _("enterprises")

    id = models.BigAutoField(primary_key=True)
    kind = models.TextField(choices=Kind.choices)
    country = models.CharField(max_length=2)  # ISO 3166-1 alpha-2
    sector = models.CharField(max_length=1, blank=True, default="", db_default="")  # NACE section; "" all
    size = models.TextField(blank=True, default="", db_default="")  # "" all
    year = models.IntegerField()
    value = models.BigIntegerField()
    source = models.TextField()
    loaded_at = models.DateTimeField(db_default=Now())
    person = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(value__gt=0), name="denominator_positive"),
            models.UniqueConstraint(fields=["kind", "country", "sector", "size", "year"], name="denominator_once"),
        ]

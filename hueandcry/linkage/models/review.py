"""Clerical review: pairs drawn at random for people to read, so that linkage's own error can be estimated."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Now

from hueandcry.linkage.models.judgement import Judgement


class ReviewRound(models.Model):
    """One sample of pairs, drawn out of what one organisation may see, and read by its people."""

    id = models.BigAutoField(primary_key=True)
    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())
    model = models.BigIntegerField()  # that weighed the pairs
    seed = models.BigIntegerField()  # of the draw, so that it can be repeated
    reports = models.IntegerField()  # that pairs were made of
    left_out = models.JSONField(default=dict)  # counts: reports older than those, pairs judged before
    share = models.FloatField()  # of pairs that two people read whatever the first says; 0: one reader alone
    closed_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)  # from then on all members read what came of it
    figures = models.JSONField(default=dict)  # what came of it, as it was when it was closed

    class Meta:
        indexes = [models.Index(fields=["organisation", "-id"], name="reviewround_page")]
        constraints = [
            models.CheckConstraint(condition=models.Q(share__gte=0, share__lte=1), name="reviewround_share"),
        ]


class ReviewStratum(models.Model):
    """Pairs of one kind in a round: linked or not, of match weights between two bounds."""

    id = models.BigAutoField(primary_key=True)
    round = models.ForeignKey(ReviewRound, on_delete=models.CASCADE, related_name="strata")
    number = models.IntegerField()  # in the order of the page
    linked = models.BooleanField()
    low = models.FloatField(
        null=True
    )  # bits, from here on; NULL: linked through other reports alone, or no lower bound
    high = models.FloatField(null=True)  # bits, below this; NULL: no bound
    through = models.BooleanField(default=False)  # linked through other reports: by itself it was not even compared
    pairs = models.BigIntegerField()
    drawn = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "number"], name="reviewstratum_once")]


class SampledPair(models.Model):
    """A pair that a round drew. Shows, as its readings do, to its organisation while it sees both reports."""

    id = models.BigAutoField(primary_key=True)
    round = models.ForeignKey(ReviewRound, on_delete=models.CASCADE, related_name="sampled")
    stratum = models.ForeignKey(ReviewStratum, on_delete=models.CASCADE, related_name="sampled")
    place = models.IntegerField()  # in the order of reading, which is random
    left = models.BigIntegerField()  # report; the smaller id of the two
    right = models.BigIntegerField()
    twice = models.BooleanField()  # chosen at random to be read by two

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "place"], name="sampledpair_place_once"),
            models.CheckConstraint(condition=models.Q(left__lt=models.F("right")), name="sampledpair_in_order"),
        ]


class PairReading(models.Model):
    """What one person said of a sampled pair, without knowing its weight or what another said."""

    id = models.BigAutoField(primary_key=True)
    pair = models.ForeignKey(SampledPair, on_delete=models.CASCADE, related_name="readings")
    number = models.SmallIntegerField()  # first, second; a third decides
    person = models.BigIntegerField()
    verdict = models.TextField(choices=Judgement.Verdict.choices)
    reason = models.TextField(blank=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pair", "number"], name="pairreading_once"),
            models.CheckConstraint(condition=models.Q(number__gte=1, number__lte=3), name="pairreading_number"),
        ]

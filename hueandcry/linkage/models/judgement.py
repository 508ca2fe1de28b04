"""What people say of pairs of reports. It binds every later run, and is what precision and recall are estimated by."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Judgement(models.Model):
    """Somebody who sees both reports says whether they tell of one crime."""

    class Verdict(models.TextChoices):
        SAME = "same", _("the same crime")
        DIFFERENT = "different", _("different crimes")
        UNSURE = "unsure", _("unsure")

    id = models.BigAutoField(primary_key=True)
    left = models.BigIntegerField()  # report; the smaller id of the two
    right = models.BigIntegerField()
    verdict = models.TextField(choices=Verdict.choices)
    organisation = models.BigIntegerField()
    person = models.BigIntegerField()
    reason = models.TextField(blank=True)
    sample = models.BigIntegerField(null=True)  # the pair of a clerical review that asked for it
    at = models.DateTimeField(db_default=Now())
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(left__lt=models.F("right")), name="judgement_in_order"),
            models.UniqueConstraint(
                fields=["left", "right", "organisation"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="judgement_once",
            ),
        ]
        indexes = [models.Index(fields=["right"], name="judgement_right")]

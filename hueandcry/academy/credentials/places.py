"""Places in status lists: drawn at random, so that a place says nothing of when somebody was certified."""

from __future__ import annotations

import secrets

from django.db.models import Model

from hueandcry.academy.credentials.trust import PLACES


def free_place(model: type[Model]) -> int:
    """A place that the viewer sees nobody hold; that none is held twice, the database says once more."""
    held = set(model._default_manager.exclude(index=None).values_list("index", flat=True))
    while True:
        place = secrets.randbelow(PLACES)
        if place not in held:
            return place

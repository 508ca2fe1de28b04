"""Jobs of releases."""

from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app

from hueandcry.members.viewer import identify
from hueandcry.picture.releases import actions


@app.task(name="make_release")
def make_release(reference: str, person: int) -> None:
    """Make the figures of a draft on behalf of who asked for it."""
    actions.make(by=identify(person, channel="job"), reference=UUID(reference))

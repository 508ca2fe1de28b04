"""Jobs of the picture."""

from __future__ import annotations

import logging

from procrastinate.contrib.django import app

from hueandcry.picture.releases import tasks as releases

__all__ = ["estimate_question", "releases", "take_freeze"]  # that of releases registers by being imported
log = logging.getLogger(__name__)


@app.task(name="estimate_question")
def estimate_question(freeze: int, question: str, lock: str = "") -> None:
    """Estimate one question (its address) of a freeze and keep the answer. ``lock`` tells apart what waits. Does
    nothing where the freeze is gone or the answer is there."""
    from hueandcry.picture import estimates
    from hueandcry.picture.freezes import reader
    from hueandcry.picture.question import addressed

    try:
        frozen = reader.numbered(freeze)
    except LookupError:
        return
    estimates.keep(frozen, addressed(question))


@app.task(name="take_freeze")
def take_freeze(person: int) -> None:
    """Take a freeze on behalf of whoever asked for it. Does nothing where another process is at it."""
    from hueandcry.members.viewer import identify
    from hueandcry.picture.freezes import actions

    try:
        actions.take("hand", by=identify(person, channel="job"))
    except actions.Busy:
        log.info("a freeze is being taken by another process")

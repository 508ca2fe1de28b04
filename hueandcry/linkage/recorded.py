"""Where the things are that acts of this desk name by a number in the audit record."""

from __future__ import annotations

from hueandcry.audit.things import as_part_of, nowhere, pages
from hueandcry.audit.things import register as say
from hueandcry.linkage import models


def register() -> None:
    """Make them known; called when Django is ready."""
    say("crime", pages(models.Crime, "linkage:crime"))
    say("crime event", as_part_of("crime", models.CrimeEvent, "crime"))
    say("operation", pages(models.Operation, "linkage:operation"))
    say("hypothesis", pages(models.Hypothesis, "linkage:hypothesis"))
    say("evidence", as_part_of("hypothesis", models.Evidence, "hypothesis"))
    say("note", pages(models.Note, "linkage:note"))
    say("task", pages(models.Task, "linkage:task"))
    say("name", as_part_of("operation", models.OperationName, "operation"))
    say("judgement", as_part_of("report", models.Judgement, "left"))
    say("review round", pages(models.ReviewRound, "linkage:review-round"))
    say("sampled pair", pages(models.SampledPair, "linkage:review-read", "round__reference", "place"))
    say("interest", pages(models.Interest, "linkage:interest"))
    say("overlap", pages(models.OverlapSide, "linkage:overlap"))
    say("room", pages(models.Room, "linkage:room"))
    say("thread", pages(models.Thread, "linkage:thread"))
    say("post", pages(models.Post, "linkage:post"))
    say("attachment", as_part_of("post", models.Attachment, "post"))
    say("model", nowhere("read as a list only"))
    say("lake", nowhere("a folder of the operator's"))

"""What a page of a programme offers to whom, by the table of moves and what belongs to each state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _

from hueandcry.academy.acting import Act, Reason
from hueandcry.members.viewer import Viewer
from hueandcry.programmes import life
from hueandcry.programmes.ledger import money as amounts
from hueandcry.programmes.models import Appraisal, Programme
from hueandcry.programmes.plan import actions, outlines, queries
from hueandcry.programmes.plan import forms as told
from hueandcry.web.clock import today


def offers(by: Viewer, row: Programme) -> list[Act]:
    """What the viewer can do now, by the table of moves and what belongs to each state. The database decides."""
    key, mine = row.reference, queries.who_am_i(row)
    made: list[Act] = []
    if "owner" in mine and row.state in life.PLANNED:
        made += _planning(by, row)
    if "appraiser" in mine and row.state == "appraisal":
        turn = row.moves.filter(after="appraisal").count()
        if not Appraisal.objects.filter(programme=row, round=turn, organisation=by.organisation or 0).exists():
            made.append(
                Act("appraise", _("Appraise it"), _appraising(by, key), _("Thank you."), told.AppraiseForm, main=True)
            )
    if mine & {"owner", "appraiser", "office"} and row.state in ("idea", "draft", "appraisal", "appraised"):
        for other, said in queries.overlaps(by, row):
            first = {"verdict": said.verdict, "words": said.words} if said else None
            made.append(
                Act(
                    f"overlap-{other.reference}",
                    _("Say how it stands to this"),
                    _judging(by, key, other.reference),
                    _("Noted."),
                    told.OverlapForm,
                    first,
                )
            )
    if "country" in mine and row.state == "approved":
        made.append(
            Act(
                "agree",
                _("Agree for the country"),
                lambda v: actions.agree(by=by, programme=key, **v),
                _("Agreed."),
                told.AgreeForm,
                main=True,
            )
        )
    if "owner" in mine and row.state in ("running", "suspended", "closed"):
        made += _running(by, row)
    for point in row.milestones.filter(seen_by=None).exclude(done=None):
        if mine & {"appraiser", "office", "country"} and point.told_by != by.person:
            made.append(
                Act(f"seen-{point.pk}", _("I have seen that it is so"), _seeing(by, key, point.pk), _("Noted."))
            )
    if "evaluator" in mine and row.state == "closed" and row.ends and (today() - row.ends).days >= 365:
        made.append(
            Act("evaluate", _("Evaluate it"), _evaluating(by, key), _("Thank you."), told.EvaluateForm, main=True)
        )
    for after in life.MOVES.states(life.MACHINE):
        if after in ("agreed", "evaluated", "appraised") or (
            row.state == "appraisal" and after == "draft" and "owner" not in mine
        ):
            continue
        if any(life.MOVES.may(life.MACHINE, row.state, after, each) for each in mine):
            made.append(_move(by, row, after))
    return made


def _planning(by: Viewer, row: Programme) -> list[Act]:
    key = row.reference
    courses = [(str(each.reference), each.title) for each in queries.courses_for(by, row.aspect)]
    component = told.component_form(row.currency, courses)
    made = [
        Act(
            "edit",
            _("Edit the text"),
            lambda v: actions.edit(by=by, programme=key, values=v),
            _("Kept."),
            told.EditForm,
            {name: getattr(row, name) for name in ("title", "objective", "theory", "starts", "ends")},
        ),
        Act(
            "component",
            _("Add a component"),
            _adding(by, key, "component"),
            _("Added."),
            component,
            {"aspect": row.aspect},
        ),
        Act("milestone", _("Add a milestone"), _adding(by, key, "milestone"), _("Added."), told.MilestoneForm),
        Act(
            "indicator",
            _("Add an indicator"),
            _adding(by, key, "indicator"),
            _("Added."),
            told.IndicatorForm,
            {"country": row.countries[0], "aspect": row.aspect, "target_day": row.ends},
        ),
        Act("partner", _("Add a partner"), _adding(by, key, "partner"), _("Added."), told.PartnerForm),
        Act("risk", _("Add a risk"), _adding(by, key, "risk"), _("Added."), told.RiskForm),
    ]
    for part in row.components.order_by("pk"):
        first = {
            name: getattr(part, name)
            for name in ("kind", "title", "aspect", "reduces", "people", "scheme", "must", "starts", "ends")
        }
        first |= {"cost": amounts.decimal(part.cost, row.currency), "course": str(part.course or "")}
        made.append(Act(f"alter-{part.pk}", _("Change it"), _altering(by, key, part.pk), _("Kept."), component, first))
    for name, rows in (
        ("component", row.components),
        ("milestone", row.milestones),
        ("indicator", row.indicators),
        ("partner", row.partners),
        ("risk", row.risks),
    ):
        made.extend(
            Act(f"remove-{name}-{each.pk}", _("Take it out"), _removing(by, key, name, each.pk), _("Taken out."))
            for each in rows.order_by("pk")
        )
    return made


def _running(by: Viewer, row: Programme) -> list[Act]:
    key = row.reference
    made = [
        Act(
            "lesson",
            _("Keep a lesson"),
            lambda v: actions.learn(by=by, programme=key, words=v["words"]),
            _("Kept."),
            told.LessonForm,
        )
    ]
    if row.indicators.exclude(source="told").exists():
        made.append(
            Act(
                "read",
                _("Read the indicators now"),
                lambda _v: actions.read(by=by, programme=key),
                _("Read."),
                main=True,
            )
        )
    reached = (
        Act(f"done-{point.pk}", _("It is reached"), _doing(by, key, point.pk), _("Noted."), told.DoneForm)
        for point in row.milestones.filter(done=None)
    )
    tellable = (
        Act(f"tell-{each.pk}", _("Tell what it says"), _telling(by, key, each.pk), _("Kept."), told.ReadingForm)
        for each in row.indicators.filter(source="told")
    )
    return [*made, *reached, *tellable]


Done = Callable[[dict[str, Any]], object]


def _appraising(by: Viewer, key: UUID) -> Done:
    return lambda v: actions.appraise(
        by=by, programme=key, verdict=v["verdict"], words=v["words"], answers={k: v[k] for k in outlines.questions()}
    )


def _judging(by: Viewer, key: UUID, resource: UUID) -> Done:
    return lambda v: actions.judge(by=by, programme=key, resource=resource, verdict=v["verdict"], words=v["words"])


def _seeing(by: Viewer, key: UUID, point: int) -> Done:
    return lambda _v: actions.seen(by=by, programme=key, milestone=point)


def _doing(by: Viewer, key: UUID, point: int) -> Done:
    return lambda v: actions.done(by=by, programme=key, milestone=point, day=v["day"], evidence=v["evidence"])


def _telling(by: Viewer, key: UUID, indicator: int) -> Done:
    return lambda v: actions.tell_reading(by=by, programme=key, indicator=indicator, **v)


def _evaluating(by: Viewer, key: UUID) -> Done:
    return lambda v: actions.evaluate(
        by=by, programme=key, grades={k: v[k] for k in outlines.criteria()}, words=v["words"], advice=v["advice"]
    )


def _adding(by: Viewer, key: UUID, part: str) -> Done:
    return lambda v: actions.add(by=by, programme=key, part=part, values=v)


def _altering(by: Viewer, key: UUID, part: int) -> Done:
    return lambda v: actions.alter(by=by, programme=key, part="component", key=part, values=v)


def _removing(by: Viewer, key: UUID, part: str, row: int) -> Done:
    return lambda _v: actions.remove(by=by, programme=key, part=part, key=row)


def _move(by: Viewer, row: Programme, after: str) -> Act:
    words = {
        "draft": _("Take it back to the draft") if row.state != "idea" else _("Begin the draft"),
        "appraisal": _("Put it up for appraisal"),
        "approved": _("Approve it, as the board adopted"),
        "running": _("Begin") if row.state == "agreed" else _("Go on"),
        "suspended": _("Suspend"),
        "closed": _("Close"),
        "dropped": _("Drop it"),
    }

    def done(values: dict[str, Any]) -> None:
        actions.move(by=by, programme=row.reference, state=after, reason=values.get("reason", ""))

    form = Reason if after in ("dropped", "suspended") else forms.Form
    return Act(after, words[after], done, _("Done."), form, main=after in ("appraisal", "approved", "running"))

"""Pages of certification that everybody uses: schemes, candidacies, certificates, register, recognition. HTTP only."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Case, Value, When
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hueandcry.academy import life
from hueandcry.academy.acting import Act, Reason, offered, take
from hueandcry.academy.certification import actions, queries
from hueandcry.academy.certification import forms as told
from hueandcry.academy.certification.papers import Bank, covered
from hueandcry.academy.frameworks import shipped
from hueandcry.academy.models import Candidacy, Certificate, Mark, Move, Recognition, Scheme
from hueandcry.audit import actions as audit
from hueandcry.capacity import choices
from hueandcry.members.access import member, public, role, secretariat
from hueandcry.members.actions import Refused
from hueandcry.members.models import Person
from hueandcry.members.queries import organisation_names
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.members.views import acted, csv_file, found, who

recogniser = role("officer", "administrator")
OPEN = ("applied", "eligible", "sitting", "examined", "marked", "appealed")


def _titles() -> dict[str, str]:
    return {each.code: each.title for each in shipped.law_enforcement().elements}


@require_safe
@member
def schemes(request: HttpRequest) -> HttpResponse:
    """What people can be certified for; one's own candidacies and certificates; those of one's body."""
    by = who(request)
    with viewer(by):
        rows = list(Scheme.objects.order_by("code"))
        at = Case(When(state__in=OPEN, then=Value(0)), default=Value(1))  # what waits for somebody comes first
        candidacies = list(Candidacy.objects.select_related("scheme").order_by(at, "-pk")[:200])
        certificates = list(Certificate.objects.select_related("scheme").order_by("-pk")[:100])
        people = {row.person for row in candidacies} | {row.person for row in certificates}
        names = dict(Person.objects.filter(pk__in=people).values_list("pk", "name"))
    titles = _titles()
    context = {
        "schemes": [(row, titles.get(row.role, row.role)) for row in rows],
        "candidacies": [(row, names.get(row.person, "") if row.person != by.person else "") for row in candidacies],
        "certificates": [(row, names.get(row.person, "") if row.person != by.person else "") for row in certificates],
        "office": by.secretariat and by.may("secretary"),
        "examiner": by.may("examiner"),
        "keeper": by.may("examiner", "administrator", "secretary"),
    }
    return render(request, "academy/certification/schemes.html", context)


@secretariat
@require_http_methods(["GET", "HEAD", "POST"])
def scheme_new(request: HttpRequest) -> HttpResponse:
    """Publish a scheme."""
    form = told.SchemeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.write_scheme(by=who(request), told=actions.Wanted(**form.cleaned_data))
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, _("Published. Providers can be accredited for it now."))
            return redirect("academy:schemes")
    context = {"form": form, "title": _("Publish a scheme"), "button": _("Publish"), "back": reverse("academy:schemes")}
    return render(request, "academy/form.html", context, status=422 if form.errors else 200)


@member
@require_http_methods(["GET", "HEAD", "POST"])
def scheme(request: HttpRequest, code: str) -> HttpResponse:
    """A scheme: what is asked, who examines; apply here."""
    by = who(request)
    with viewer(by):
        row = found(lambda: Scheme.objects.get(code=code))
        bodies = queries.bodies(row)
        held = Certificate.objects.filter(scheme=row, person=by.person or 0, state="valid").order_by("-pk").first()
    form = told.ApplyForm(request.POST or None, bodies=bodies)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.apply(
                by=by, scheme=row.code, body=form.cleaned_data["body"], renews=held.reference if held else None
            )
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, _("Applied. The body says whether you can be examined."))
            return redirect("academy:candidacy", made)
    known = shipped.law_enforcement().by_code
    context = {
        "row": row,
        "bodies": bodies,
        "form": form,
        "held": held,
        "role": _titles().get(row.role, row.role),
        "blueprint": [(code, known.get(code), share) for code, share in row.blueprint.items()],
    }
    return render(request, "academy/certification/scheme.html", context, status=422 if form.errors else 200)


@require_safe
@public
def register(request: HttpRequest) -> HttpResponse:
    """The public register: only what its holders agreed to show."""
    with viewer(who(request)):
        rows = queries.register()
    words = request.GET.get("q", "").strip().lower()[:100]
    shown = [row for row in rows if words in " ".join(str(value).lower() for value in row.values())]
    states = dict(Certificate.State.choices)
    lines = [row | {"word": states[row["state"]], "good": row["state"] == "valid"} for row in shown]
    return render(request, "academy/certification/register.html", {"rows": lines, "all": len(rows), "q": words})


@require_safe
@public
def register_csv(request: HttpRequest) -> HttpResponse:
    """The same, as a file."""
    with viewer(who(request)):
        rows = queries.register()
    return csv_file("register", queries.RECORD, [list(row.values()) for row in rows])


@member
@require_http_methods(["GET", "HEAD", "POST"])
def recognition(request: HttpRequest) -> HttpResponse:
    """Who recognises whose certificates, and how far; say it for one's own country."""
    by = who(request)
    may = by.may("officer", "administrator")
    form = told.RecogniseForm((request.POST or None) if may else None)
    if request.method == "POST" and may and form.is_valid():
        given = form.cleaned_data
        try:
            actions.recognise(
                by=by, **(given | {"missing": [each.strip() for each in given["missing"].split() if each]})
            )
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, _("Every member sees it now."))
            return redirect("academy:recognition")
    with viewer(by):
        rows = list(Recognition.objects.filter(withdrawn_at=None).select_related("scheme").order_by("country", "other"))
    today = datetime.now(UTC).date()
    standing = [row for row in rows if row.until > today]
    others = sorted({row.other for row in standing})
    by_pair: dict[tuple[str, str], list[Recognition]] = {}
    for row in standing:
        by_pair.setdefault((row.country, row.other), []).append(row)
    matrix = [
        (own, [by_pair.get((own, other), []) for other in others]) for own in sorted({row.country for row in standing})
    ]
    context = {
        "matrix": matrix,
        "others": others,
        "rows": rows,
        "form": form if may else None,
        "mine": by.organisation,
        "today": today,
    }
    return render(request, "academy/certification/recognition.html", context, status=422 if form.errors else 200)


@recogniser
@require_POST
def recognition_withdraw(request: HttpRequest, key: int) -> HttpResponse:
    """Take a recognition back."""
    acted(request, lambda: actions.withdraw_recognition(by=who(request), recognition=key), _("Withdrawn."))
    return redirect("academy:recognition")


@require_safe
@member
def candidacy(request: HttpRequest, reference: UUID) -> HttpResponse:
    """One candidacy: for the candidate with the paper, for examiners with the answers to mark."""
    return _page(request, reference)


@member
@require_POST
def act(request: HttpRequest, reference: UUID, act: str) -> HttpResponse:
    """Something is done with a candidacy."""
    by = who(request)
    with viewer(by):
        row = found(lambda: Candidacy.objects.select_related("scheme").get(reference=reference))
        acts = _acts(by, row)
    if act == "answers" and row.person == by.person:
        acted(request, lambda: _answered(by, row, request.POST), _("Kept. You can still change your answers."))
        return redirect("academy:candidacy", reference)
    if act == "mark":
        return _marked(request, by, row)
    return take(
        request,
        acts,
        act,
        lambda: reverse("academy:candidacy", args=[reference]),
        lambda failed: _page(request, reference, failed),
    )


def _answered(by: Viewer, row: Candidacy, given: QueryDict) -> None:
    with viewer(by):
        asked = queries.paper(row)
    for each in asked:
        choice = given.get(f"choice-{each.item}", "")
        actions.write_answer(
            by=by,
            item=each.item,
            text=given.get(f"text-{each.item}", ""),
            choice=int(choice) if choice.isascii() and choice.isdigit() and len(choice) < 3 else None,
            ai_use=given.get("ai_use", ""),
        )


def _marked(request: HttpRequest, by: Viewer, row: Candidacy) -> HttpResponse:
    form = told.MarkForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give points as a number, from 0 to those of the question."))
        return redirect("academy:candidacy", row.reference)
    given = form.cleaned_data
    acted(
        request,
        lambda: actions.mark(by=by, item=given["item"], points=given["points"], note=given["note"]),
        _("Marked."),
    )
    return redirect("academy:candidacy", row.reference)


def _page(request: HttpRequest, reference: UUID, failed: tuple[str, forms.Form] | None = None) -> HttpResponse:
    by = who(request)
    with viewer(by):
        row = found(lambda: Candidacy.objects.select_related("scheme").get(reference=reference))
        own = row.person == by.person
        asked = queries.paper(row) if own else []
        items = [] if own else list(queries.items(by, row))
        over = row.state in ("certified", "refused", "appealed", "upheld")
        score = queries.score(row) if over or (not own and row.state == "marked") else []
        agreed = None if own else queries.agreed(by, row)
        moves = list(Move.objects.filter(machine="candidacy", thing=row.pk).order_by("pk"))
        certificate = Certificate.objects.filter(candidacy=row).first()
        people = {row.person, *(each.person for each in moves if each.person)}
        people |= {mark.marker for each in items for mark in each.marks.all()}
        names = dict(Person.objects.filter(pk__in=people).values_list("pk", "name"))
        bodies = organisation_names(by, [row.body, row.organisation])
        acts = _acts(by, row)
        audit.record(by=by, verb="read", kind="candidacy", thing=row.pk)
    states, known = dict(Candidacy.State.choices), shipped.law_enforcement().by_code
    paper = [
        Bank(each.question_id, each.question.competence, each.question.kind, each.question.points) for each in items
    ]
    context = {
        "row": row,
        "own": own,
        "asked": asked,
        "sits": own and row.state == "sitting",
        "ai_use": asked[0].ai_use if asked else "",
        "name": names.get(row.person, ""),
        "body": bodies.get(row.body, ""),
        "home": bodies.get(row.organisation, ""),
        "certificate": certificate,
        "items": [
            (each, _own_mark(each.marks.all(), by), [(one, names.get(one.marker, "")) for one in each.marks.all()])
            for each in items
        ],
        "marks": not own and row.state == "examined",
        "agreed": agreed,
        "covered": covered(paper, row.scheme.blueprint).items() if paper else [],
        "score": [
            (
                code,
                known[code].title if code in known else "",
                points,
                out_of,
                round(100 * points / out_of) if out_of else 0,
            )
            for code, points, out_of in score
        ],
        "total": _total(score),
        "moves": [
            (states[each.before], states[each.after], "" if own else names.get(each.person or 0, ""), each.at)
            for each in moves
        ],
        "offered": offered(acts, lambda word: reverse("academy:candidacy-act", args=[reference, word]), failed),
    }
    return render(request, "academy/certification/candidacy.html", context, status=422 if failed else 200)


def _own_mark(marks: Any, by: Viewer) -> Mark | None:
    return next((each for each in marks if each.marker == by.person), None)


def _total(score: list[tuple[str, float, float]]) -> int | None:
    out_of = sum(line[2] for line in score)
    return round(100 * sum(line[1] for line in score) / out_of) if out_of else None


def _acts(by: Viewer, row: Candidacy) -> list[Act]:
    """What the viewer can try now: by the table of moves; what keeps people apart the database says."""
    is_who = {"candidate"} if row.person == by.person else set()
    if row.person != by.person and by.may("examiner"):
        is_who |= {"body", "marker", "decider", "appeal"} if row.body == by.organisation else set()
        is_who |= {"appeal"} if by.secretariat else set()
    titles = {
        "eligible": _("Find eligible"),
        "ineligible": _("Find not eligible"),
        "left": _("Leave"),
        "sitting": _("Open the paper"),
        "examined": _("Hand the paper in"),
        "marked": _("End the marking"),
        "certified": _("Certify"),
        "refused": _("Refuse"),
        "appealed": _("Appeal"),
        "upheld": _("Uphold the refusal"),
    }

    def moved(after: str) -> Act:
        needs = after in (*actions.DECISIONS, "appealed") or (row.state == "appealed" and after == "eligible")
        title = _("Grant another attempt") if row.state == "appealed" and after == "eligible" else titles[after]
        return Act(
            after,
            title,
            lambda v: actions.move(by=by, candidacy=row.reference, state=after, **v),
            _("Done."),
            Reason if needs else forms.Form,
            main=after in ("eligible", "sitting", "examined", "marked", "certified"),
        )

    made = [
        moved(after)
        for after in life.MOVES.states("candidacy")
        if any(life.MOVES.may("candidacy", row.state, after, each) for each in is_who)
    ]
    if "body" in is_who and row.state == "eligible" and not row.items.filter(attempt=row.attempt).exists():
        made = [each for each in made if each.word != "sitting"]
        made.insert(
            0,
            Act(
                "paper",
                _("Draw a paper from the bank"),
                lambda v: actions.set_paper(by=by, candidacy=row.reference),
                _("Drawn."),
                main=True,
            ),
        )
    return made


@require_safe
@member
def certificate(request: HttpRequest, reference: UUID) -> HttpResponse:
    """A certificate: what it says, as which files, its life."""
    return _certificate(request, reference)


def _certificate(request: HttpRequest, reference: UUID, failed: tuple[str, forms.Form] | None = None) -> HttpResponse:
    by = who(request)
    with viewer(by):
        row = found(lambda: Certificate.objects.select_related("scheme", "candidacy").get(reference=reference))
        development = list(row.development.order_by("-day"))
        bodies = organisation_names(by, [row.body])
        name = Person.objects.values_list("name", flat=True).get(pk=row.person)
        audit.record(by=by, verb="read", kind="certificate", thing=row.pk)
    acts, known = _certificate_acts(by, row), shipped.law_enforcement().by_code
    context = {
        "row": row,
        "own": row.person == by.person,
        "name": name,
        "body": bodies.get(row.body, ""),
        "shows": [(code, known[code].title if code in known else "") for code in row.scheme.blueprint],
        "development": development,
        "hours": sum(each.hours for each in development),
        "offered": offered(acts, lambda word: reverse("academy:certificate-act", args=[reference, word]), failed),
    }
    return render(request, "academy/certification/certificate.html", context, status=422 if failed else 200)


@member
@require_POST
def act_certificate(request: HttpRequest, reference: UUID, act: str) -> HttpResponse:
    """Something is done with a certificate."""
    by = who(request)
    with viewer(by):
        row = found(lambda: Certificate.objects.get(reference=reference))
    return take(
        request,
        _certificate_acts(by, row),
        act,
        lambda: reverse("academy:certificate", args=[reference]),
        lambda failed: _certificate(request, reference, failed),
    )


def _certificate_acts(by: Viewer, row: Certificate) -> list[Act]:
    key, made = row.reference, []
    if row.person == by.person:
        made = [
            Act(
                "show",
                _("Say who may see it"),
                lambda v: actions.show(by=by, certificate=key, **v),
                _("Kept."),
                told.ShowForm,
                {"named": row.named, "public": row.public},
            ),
            Act(
                "develop",
                _("Note continuing development"),
                lambda v: actions.develop(by=by, certificate=key, **v),
                _("Noted."),
                told.DevelopForm,
            ),
        ]
    elif by.may("examiner") and (row.body == by.organisation or by.secretariat):
        if row.credential is None and row.body == by.organisation:
            made = [
                Act(
                    "sign",
                    _("Sign the credential"),
                    lambda v: actions.sign(by=by, certificate=key),
                    _("Signed."),
                    main=True,
                )
            ]
        words = {
            "suspended": _("Suspend"),
            "valid": _("Put in force again"),
            "withdrawn": _("Withdraw"),
            "expired": _("Note that it has ended"),
        }
        for after in ("suspended", "valid", "withdrawn", "expired"):
            if after == "expired" and row.until > datetime.now(UTC).date():
                continue
            if any(life.MOVES.may("certificate", row.state, after, each) for each in ("decider", "body", "appeal")):
                done = partial(_move_certificate, by, key, after)
                made.append(Act(after, words[after], done, _("Done."), forms.Form if after == "expired" else Reason))
    return made


def _move_certificate(by: Viewer, key: UUID, after: str, values: dict[str, Any]) -> None:
    actions.move_certificate(by=by, certificate=key, state=after, **values)


@require_safe
@member
def certificate_file(request: HttpRequest, reference: UUID, what: str, ending: str) -> HttpResponse:
    """A signed certificate as a file: the credential, a badge with it inside, or paper with a code."""
    from hueandcry.academy.credentials import badges  # draws: loaded by who asks

    by = who(request)
    with viewer(by):
        row = found(lambda: Certificate.objects.select_related("scheme").get(reference=reference))
        body = organisation_names(by, [row.body]).get(row.body, "")
        if what != "face":  # what the page itself shows is no export
            audit.record(by=by, verb="export", kind="certificate", thing=row.pk, detail={"as": ending})
    if row.credential is None or (what, ending) not in (
        ("face", "svg"),
        ("credential", "json"),
        ("badge", "png"),
        ("badge", "svg"),
        ("certificate", "pdf"),
    ):
        raise Http404
    drawn = badges.Drawn(row.scheme.title, body, row.since, row.until, choices.country(row.country))
    kinds: dict[str, tuple[str, Callable[[], bytes]]] = {
        "json": ("application/json", lambda: json.dumps(row.credential, ensure_ascii=False, indent=2).encode()),
        "png": ("image/png", lambda: badges.png(drawn, row.credential)),
        "svg": ("image/svg+xml", lambda: badges.svg(drawn, None if what == "face" else row.credential).encode()),
        "pdf": ("application/pdf", lambda: badges.pdf(drawn, row.credential, request.build_absolute_uri("/verify/"))),
    }
    kind, content = kinds[ending]
    headers = {
        "Content-Disposition": f'attachment; filename="{what}-{row.scheme.code}.{ending}"',
        "Cache-Control": "no-store",
    }
    return HttpResponse(content(), content_type=kind, headers=headers)

"""Pages of releases: the list and each release for everybody, drafts for the alliance's office, files to download."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings as site
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from hueandcry.audit import actions as audit
from hueandcry.members.access import ViewerRequest, public, secretariat
from hueandcry.members.actions import Refused
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.members.views import found, who
from hueandcry.notices import feeds
from hueandcry.picture.models import Release
from hueandcry.picture.releases import actions, queries, tasks, words
from hueandcry.picture.releases import method as note

YEAR = 31_536_000  # seconds: a published file never changes
MONTHS = {"pattern": "(19|20)[0-9]{2}-(0[1-9]|1[0-2])", "placeholder": "2025-01", "inputmode": "numeric"}


class DraftForm(forms.Form):
    """What a new release is called, and of which months it tells."""

    title = forms.CharField(
        label=gettext_lazy("Title"), max_length=actions.LONGEST_TITLE,
        help_text=gettext_lazy("What it tells of, such as: Cybercrime in 2025."),
    )  # fmt: skip
    first = forms.CharField(label=gettext_lazy("First month"), widget=forms.TextInput(attrs=MONTHS))
    last = forms.CharField(
        label=gettext_lazy("Last month"), widget=forms.TextInput(attrs=MONTHS),
        help_text=gettext_lazy("By the time of the crime. Both months are in."),
    )  # fmt: skip


class CorrectForm(forms.Form):
    """Why a release is corrected."""

    why = forms.CharField(
        label=gettext_lazy("Why, and what is other"), max_length=actions.LONGEST_WHY,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Everybody reads it, at both releases."),
    )  # fmt: skip


@public
@require_safe
def releases(request: ViewerRequest) -> HttpResponse:
    """What is published; for the office its drafts too."""
    with viewer(request.viewer) as by:
        listed, drafts = queries.published(), queries.drafts()
        audit.record(by=by, verb="list", kind="release", count=len(listed))
    context = _shell(by) | {
        "releases": listed, "drafts": [_draft(each) for each in drafts], "may_draft": _office(by), "form": DraftForm(),
        "cited": words.OWN_TITLE,
    }  # fmt: skip
    return render(request, "picture/releases/releases.html", context)


@public
@require_safe
def release(request: ViewerRequest, number: int) -> HttpResponse:
    """One published release: what it says, its corrections, its files."""
    with viewer(request.viewer) as by:
        held = found(lambda: queries.numbered(number))
        context = _said(held, by) | {"corrected_by": queries.corrected_by(held)}
        audit.record(by=by, verb="read", kind="release", thing=held.pk)
    return render(request, "picture/releases/release.html", context)


@public
@require_safe
def file(request: ViewerRequest, number: int, name: str) -> HttpResponse:
    """One file of a published release. It never changes, so whoever holds it need not ask again."""
    with viewer(request.viewer) as by:
        held = found(lambda: queries.numbered(number))
        said = next((each for each in held.manifest["files"] if each["name"] == name), None)
        if said is None:
            raise Http404
        etag = f'"{said["sha256"]}"'
        if etag in [part.strip().removeprefix("W/") for part in request.headers.get("If-None-Match", "").split(",")]:
            response: HttpResponse = HttpResponseNotModified()
        else:
            response = _download(held, name)
            audit.record(by=by, verb="export", kind="release", thing=held.pk, detail={"file": name})
    response["ETag"] = etag
    response["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return response


@public
@require_safe
def feed(request: ViewerRequest) -> HttpResponse:
    """Releases as an Atom feed, for everybody."""
    with viewer(request.viewer):
        listed = queries.published()[: feeds.MOST]
    entries = [
        feeds.Entry(
            f"urn:uuid:{each.release.reference}", words.entry(each.release), words.address(each.release),
            each.release.published_at, "correction" if each.release.corrects else "release",
        )
        for each in listed if each.release.published_at
    ]  # fmt: skip
    where = site.PUBLIC_URL + reverse("picture:releases")
    content = feeds.atom(id=where, title=_("Releases of the picture"), link=where, entries=entries)
    response = feeds.answer(request, content)
    response.headers["Cache-Control"] = "public, no-cache"
    return response


@public
@require_safe
def method(request: ViewerRequest) -> HttpResponse:
    """The method note. It is the program's own text, the same for everybody."""
    lead, sections = note.sections()
    context = _shell(request.viewer) | {"lead": lead, "sections": sections}
    return render(request, "picture/releases/method.html", context)


@secretariat
@require_POST
def new(request: HttpRequest) -> HttpResponse:
    """Begin a draft; a job makes its figures."""
    form = DraftForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give a title, and the first and the last month as 2025-01."))
        return redirect("picture:releases")
    return _begin(request, lambda by: actions.draft(by=by, **form.cleaned_data), "picture:releases")


@secretariat
@require_POST
def correct(request: HttpRequest, number: int) -> HttpResponse:
    """Begin a draft that corrects a release."""
    form = CorrectForm(request.POST)
    why = form.cleaned_data["why"] if form.is_valid() else ""
    return _begin(request, lambda by: actions.correct(by=by, number=number, why=why), "picture:release", number)


def _begin(request: HttpRequest, act: Any, back: str, *where: object) -> HttpResponse:
    by = who(request)
    try:
        made = found(lambda: act(by))
    except Refused as refusal:
        messages.error(request, refusal.reason)
        return redirect(back, *where)
    _defer(made, by)
    return redirect("picture:release-draft", made.reference)


def _defer(release: Release, by: Viewer) -> None:
    tasks.make_release.defer(reference=str(release.reference), person=by.person or 0)


@secretariat
@require_safe
def draft(request: ViewerRequest, reference: UUID) -> HttpResponse:
    """A draft as it would be published: looked at before it is."""
    with viewer(request.viewer) as by:
        held = found(lambda: queries.draft(reference))
        context = _draft(held) | (_said(held, by) if held.manifest else _shell(by)) | {"release": held}
        audit.record(by=by, verb="read", kind="release", thing=held.pk, detail={"state": held.state})
    return render(request, "picture/releases/draft.html", context)


@secretariat
@require_safe
def progress(request: ViewerRequest, reference: UUID) -> HttpResponse:
    """How far the making of a draft is."""
    with viewer(request.viewer):
        held = found(lambda: queries.draft(reference))
    return render(request, "picture/releases/progress.html", _draft(held) | {"release": held})


@secretariat
@require_safe
def draft_file(request: ViewerRequest, reference: UUID, name: str) -> HttpResponse:
    """One file of a draft, to look at."""
    with viewer(request.viewer) as by:
        held = found(lambda: queries.draft(reference))
        response = _download(held, name)
        audit.record(by=by, verb="export", kind="release", thing=held.pk, detail={"file": name})
    response["Cache-Control"] = "private, no-store"
    return response


@secretariat
@require_POST
def publish(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Publish a draft."""
    try:
        made = found(lambda: actions.publish(by=who(request), reference=reference))
    except Refused as refusal:
        messages.error(request, refusal.reason)
        return redirect("picture:release-draft", reference)
    messages.success(request, _("Published as release %(number)s. All members are told.") % {"number": made.number})
    return redirect("picture:release", made.number)


@secretariat
@require_POST
def again(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Make the figures of a draft anew, from the same freeze."""
    by = who(request)
    held = found(lambda: actions.anew(by=by, reference=reference))
    _defer(held, by)
    return redirect("picture:release-draft", reference)


@secretariat
@require_POST
def drop(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Give a draft up."""
    try:
        actions.drop(by=who(request), reference=reference)
    except Release.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, _("The draft is dropped. Nothing of it was published."))
    return redirect("picture:releases")


def _download(release: Release, name: str) -> HttpResponse:
    held = found(lambda: queries.content(release, name))
    response = HttpResponse(bytes(held.content), content_type=held.media)
    response["Content-Disposition"] = f'attachment; filename="{words.file_name(release, name)}"'
    return response


def _office(by: Viewer) -> bool:
    return by.secretariat and by.may("secretary", "administrator")


def _shell(by: Viewer) -> dict[str, Any]:
    """Members read releases in the shell of their pages, everybody else on a page of its own."""
    return {"shell": f"picture/releases/{'inside' if by.person else 'outside'}.html", "may_draft": _office(by)}


def _said(release: Release, by: Viewer) -> dict[str, Any]:
    observations = queries.observations(release)
    facts = queries.facts(release, release.freeze, site.PUBLIC_URL)
    said = release.settings["said"]
    return _shell(by) | {
        "release": release,
        "figures": words.headline(observations, said),
        "sentence": words.sentence(observations),
        "charts": words.charts(release, observations, queries.turns(release)),
        "files": words.files(release),
        "citation": words.citation(facts),
        "said": said,
        "correct_form": CorrectForm(),
        "method_url": words.METHOD_URL,
    }


def _draft(release: Release) -> dict[str, Any]:
    said = release.settings
    return {
        "release": release, "done": said.get("done", 0), "steps": words.STEPS, "failed": said.get("failed", ""),
        "made": bool(release.manifest),
    }  # fmt: skip

"""Acts on a resource: propose, edit, send, confirm, withdraw, object, decide, tell apart. HTTP only."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from hueandcry.capacity.models import Resource
from hueandcry.capacity.register import actions, queries
from hueandcry.capacity.register.drafts import Unfit
from hueandcry.capacity.register.forms import ObjectForm, ResourceForm
from hueandcry.capacity.register.state import REVIEW, WRITERS
from hueandcry.members.access import role, secretariat
from hueandcry.members.actions import Refused
from hueandcry.members.viewer import viewer
from hueandcry.members.views import found, who

writer = role(*WRITERS)


def fault(form: Form, error: Refused | Unfit) -> None:
    """Put what is wrong beside its field, or above the form."""
    part = error.part if isinstance(error, Unfit) and error.part in form.fields else None
    form.add_error(part, error.reason)


@writer
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Propose a resource; ``?kind=``, ``?countries=`` and ``?aspects=`` fill in what it is and whom it serves."""
    start: dict[str, object] = {"kind": request.GET.get("kind", "course")}
    start |= {name: request.GET.getlist(name) for name in ("countries", "aspects")}
    form = ResourceForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.propose(by=who(request), draft=form.draft())
        except (Refused, Unfit) as error:
            fault(form, error)
        else:
            with viewer(who(request)) as by:
                waits = queries.one(by, made).state == Resource.State.PROPOSED
            if waits:
                messages.warning(request, _("It is presumably in the register already: look below before it goes on."))
            else:
                messages.success(
                    request, _("It is before the alliance for %(n)s days; then it is listed.") % {"n": REVIEW.days}
                )
            return redirect("capacity:resource", made)
    return render(request, "capacity/register/new.html", {"form": form}, status=422 if form.errors else 200)


@writer
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Change what is told of a resource."""
    with viewer(who(request)) as by:
        one = found(lambda: queries.one(by, reference))
    form = ResourceForm(request.POST or None, initial=ResourceForm.told(one))
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit(by=who(request), resource=reference, draft=form.draft())
        except (Refused, Unfit) as error:
            fault(form, error)
        else:
            messages.success(request, _("Changed. What it said before stays in its history."))
            return redirect("capacity:resource", reference)
    context = {"form": form, "resource": one}
    return render(request, "capacity/register/new.html", context, status=422 if form.errors else 200)


def done(request: HttpRequest, reference: UUID, act: Callable[[], object], said: str) -> HttpResponse:
    """Do it, say what came of it, and back to the page of the resource."""
    try:
        act()
    except (Refused, Unfit) as error:
        messages.error(request, error.reason)
    except ObjectDoesNotExist as error:
        raise Http404 from error
    else:
        messages.success(request, said)
    with viewer(who(request)):
        there = Resource.objects.filter(reference=reference).exists()
    return redirect("capacity:resource", reference) if there else redirect("capacity:resources")


@writer
@require_POST
def send(request: HttpRequest, reference: UUID) -> HttpResponse:
    """It is another than what is alike: before the alliance with it."""
    said = _("It is before the alliance for %(n)s days; then it is listed.") % {"n": REVIEW.days}
    return done(request, reference, lambda: actions.send(by=who(request), resource=reference), said)


@writer
@require_POST
def confirm(request: HttpRequest, reference: UUID) -> HttpResponse:
    """It is still so."""
    words = request.POST.get("words", "")
    return done(
        request,
        reference,
        lambda: actions.confirm(by=who(request), resource=reference, words=words),
        _("Confirmed: it stays fresh for a year."),
    )


@writer
@require_POST
def withdraw(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Take it out of the register."""
    return done(
        request, reference, lambda: actions.withdraw(by=who(request), resource=reference), _("It is withdrawn.")
    )


@writer
@require_POST
def object_to(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Say why it should not be listed."""
    form = ObjectForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    return done(
        request,
        reference,
        lambda: actions.object_to(by=who(request), resource=reference, reason=reason),
        _("Your objection stands beside it. The secretariat decides, and you are told."),
    )


@secretariat
@require_POST
def answer(request: HttpRequest, reference: UUID, objection: int) -> HttpResponse:
    """Decide on an objection."""
    upheld = request.POST.get("upheld") == "yes"
    words = request.POST.get("words", "")
    return done(
        request,
        reference,
        lambda: actions.answer_objection(
            by=who(request), objection=objection if objection < 2**63 else 0, upheld=upheld, words=words
        ),
        _("Decided. Both sides are told."),
    )


@writer
@require_POST
def same(request: HttpRequest, reference: UUID, duplicate: int) -> HttpResponse:
    """Say whether two resources are one."""
    one = request.POST.get("same") == "yes"
    return done(
        request,
        reference,
        lambda: actions.say_same(by=who(request), duplicate=duplicate if duplicate < 2**63 else 0, same=one),
        _("The one of your organisation is withdrawn.") if one else _("They are kept apart."),
    )

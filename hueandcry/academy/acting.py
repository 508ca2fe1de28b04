"""Acts of a page: each a form with a button, in one shape for courses, accreditation and certification."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hueandcry.members.actions import Refused

DAY = {"type": "date"}


class Reason(forms.Form):
    """A decision or an appeal gives its reason."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=8_000, widget=forms.Textarea(attrs={"rows": 3}))


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody can do on a page: the word of its address, its title, the form, and what is done with it.

    ``done`` gets the cleaned values; ``words`` are said when it worked; the ``main`` acts stand out."""

    word: str
    title: str
    done: Callable[[dict[str, Any]], object]
    words: str
    form: type[forms.Form] = forms.Form  # where nothing more is asked
    initial: Mapping[str, Any] | None = None
    main: bool = False


@dataclass(frozen=True, slots=True)
class Offered:
    """An act as the page draws it."""

    act: Act
    url: str
    form: forms.Form
    open: bool


def offered(acts: list[Act], url: Callable[[str], str], failed: tuple[str, forms.Form] | None = None) -> list[Offered]:
    """The acts of a page with their forms; the one that failed as it was filled in."""
    made = []
    for act in acts:
        wrong = failed is not None and failed[0] == act.word
        form = failed[1] if wrong and failed else act.form(initial=dict(act.initial or {}), auto_id=f"{act.word}-%s")
        made.append(Offered(act, url(act.word), form, wrong))
    return made


def take(
    request: HttpRequest,
    acts: list[Act],
    word: str,
    after: Callable[[], str],
    again: Callable[[tuple[str, forms.Form]], HttpResponse],
) -> HttpResponse:
    """Do an act that was posted: on to ``after``, or the page ``again`` with what is wrong. Raises Http404 where
    the page does not offer it."""
    act = next((each for each in acts if each.word == word), None)
    if act is None:
        messages.error(request, _("This is not yours to do, or not now."))
        return redirect(after())
    form = act.form(request.POST, auto_id=f"{act.word}-%s")
    if not form.is_valid():
        return again((word, form))
    try:
        act.done(form.cleaned_data)
    except Refused as refusal:
        if not form.fields:
            messages.error(request, refusal.reason)
            return redirect(after())
        form.add_error(None, refusal.reason)
        return again((word, form))
    except ObjectDoesNotExist:
        raise Http404 from None
    messages.success(request, act.words)
    return redirect(after())

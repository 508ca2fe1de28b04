"""Recipients as programs write them: alliance, everyone, circle:<slug>, organisation:<slug>, person:<e-mail>."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from hueandcry.exchange.rest.errors import wrong
from hueandcry.members.models import ALLIANCE, EVERYONE, Circle, Organisation, Person
from hueandcry.members.viewer import Viewer

_FIXED = {"alliance": ALLIANCE, "everyone": EVERYONE}


def principals(by: Viewer, written: Sequence[str], *, field: str, kept: Iterable[int] = ()) -> tuple[int, ...]:
    """The principals written so, inside a viewer. ``kept`` may be named by number: those already there, whose name the
    viewer may not see. Stops with 422 at one that is not known."""
    known = set(kept)
    found = []
    for word in written:
        principal = _FIXED.get(word) or _named(by, word, known)
        if principal is None:
            raise wrong(field, _("nobody is known to you as %(word)s") % {"word": word[:100]})
        found.append(principal)
    return tuple(dict.fromkeys(found))


def _named(by: Viewer, word: str, kept: set[int]) -> int | None:
    kind, _colon, name = word.partition(":")
    if kind == "circle":
        return Circle.objects.filter(slug=name).values_list("principal", flat=True).first()
    if kind == "organisation":
        return Organisation.objects.filter(slug=name).values_list("principal", flat=True).first()
    if kind == "person":
        own = Person.objects.filter(email=name.lower(), organisation=by.organisation, is_active=True)
        return own.values_list("principal", flat=True).first()
    number = int(name) if kind == "principal" and name.isascii() and name.isdecimal() and len(name) < 19 else 0
    return number if number in kept else None


def written(by: Viewer, found: Sequence[int]) -> list[str]:
    """Principals as ``principals`` reads them, inside a viewer."""
    words = {number: word for word, number in _FIXED.items()}
    for kind, model in (("circle", Circle), ("organisation", Organisation)):
        rows = model.objects.filter(principal__in=found).values_list("principal", "slug")
        words |= {principal: f"{kind}:{slug}" for principal, slug in rows}
    own = Person.objects.filter(principal__in=found, organisation=by.organisation)
    words |= {principal: f"person:{email}" for principal, email in own.values_list("principal", "email")}
    return [words.get(principal, f"principal:{principal}") for principal in found]

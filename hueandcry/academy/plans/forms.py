"""Forms of profiles and plans. They are asked by GET, so that what was asked stands in the address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from hueandcry.academy.acting import DAY
from hueandcry.academy.frameworks.model import ROLE, Framework
from hueandcry.academy.plans.plan import Limits
from hueandcry.academy.plans.queries import MOST_PEOPLE, Offers
from hueandcry.capacity import choices

ME, UNIT = "me", "unit"
ANYWHERE, SOME, NOWHERE = "anywhere", "some", "nowhere"
WITHIN = ((30, _("30 days")), (90, _("90 days")), (180, _("half a year")), (365, _("a year")))
_DATE = forms.DateInput(attrs=DAY, format="%Y-%m-%d")
MANY = ("languages", "countries")  # fields of several answers
_TICKS = forms.CheckboxSelectMultiple


class Asked(forms.Form):
    """Against which role, and what counts."""

    role = forms.ChoiceField(label=_("Role"), error_messages={"required": _("Choose a role.")})
    within = forms.TypedChoiceField(label=_("Expiring within"), coerce=int, choices=WITHIN)
    counts = forms.ChoiceField(
        label=_("What counts"), choices=(("both", _("certificates and courses")),
                                         ("certificates", _("certificates only"))),
    )  # fmt: skip
    START: ClassVar[Mapping[str, Sequence[str]]] = {"within": ["90"], "counts": ["both"]}

    def __init__(self, given: QueryDict, *, frameworks: Iterable[Framework], **more: Any) -> None:
        data = with_defaults(given, self.START)
        begun = {name: data.getlist(name) if name in MANY else data.get(name) for name in data}
        super().__init__(data if data.get("role") else None, initial=begun, **more)  # without a role nothing is asked
        self.roles = {f"{found.code}@{found.version}:{each.code}": (found, each)
                      for found in frameworks for each in found.of_kind(ROLE)}  # fmt: skip
        offered: dict[str, list[tuple[str, str]]] = {}
        for key, (found, each) in self.roles.items():
            offered.setdefault(f"{found.title} {found.version}", []).append((key, each.called))
        _choices(self, "role", [("", _("Choose a role")), *offered.items()])


class ProfileForm(Asked):
    """Whose profile against which role."""

    whose = forms.ChoiceField(label=_("Whose"))
    START = {**Asked.START, "whose": [ME]}
    field_order: Iterable[str] | None = ("whose", "role", "within", "counts")

    def __init__(self, given: QueryDict, *, people: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(given, **more)
        _choices(self, "whose", people)
        if all(key != UNIT for key, _name in people):
            self.fields.pop("enough", None)  # asked of a unit alone


class PlanForm(ProfileForm):
    """What whoever learns can do: languages, days, money, travel."""

    enough = forms.IntegerField(
        label=_("How many of them shall hold each competence"), min_value=1, max_value=MOST_PEOPLE, required=False,
        help_text=_("Left empty: everybody."),
    )  # fmt: skip
    languages = forms.MultipleChoiceField(
        label=_("Languages"), widget=_TICKS, error_messages={"required": _("Choose a language at least.")}
    )
    earliest = forms.DateField(label=_("Not before"), widget=_DATE)
    latest = forms.DateField(label=_("Over by"), widget=_DATE)
    budget = forms.DecimalField(
        label=_("Budget a person"), required=False, min_value=Decimal(0), max_value=Decimal(9_999_999),
        decimal_places=2, help_text=_("For all courses together, without travel. Left empty: no limit."),
    )  # fmt: skip
    currency = forms.ChoiceField(label=_("Currency"))
    travel = forms.ChoiceField(
        label=_("Travel"), widget=forms.RadioSelect,
        choices=((ANYWHERE, _("anywhere")), (SOME, _("only to these countries")), (NOWHERE, _("none"))),
    )  # fmt: skip
    countries = forms.MultipleChoiceField(label=_("Countries you travel to"), widget=_TICKS, required=False)
    online = forms.BooleanField(label=_("Courses online will do"), required=False)
    expiring = forms.BooleanField(label=_("Close what is about to expire as well"), required=False)
    field_order = ("whose", "role", "enough", "languages", "earliest", "latest", "budget", "currency", "travel",
                   "countries", "online", "expiring", "within", "counts")  # fmt: skip

    def __init__(self, given: QueryDict, *, today: date, offers: Offers, **more: Any) -> None:
        if "latest" not in given:  # a link from elsewhere: as the form begins, with what the link says
            given = with_defaults(given, {
                "languages": ["en"], "earliest": [today.isoformat()],
                "latest": [(today + timedelta(days=365)).isoformat()], "currency": ["EUR"], "travel": [ANYWHERE],
                "online": ["on"], "expiring": ["on"],
            })  # fmt: skip
        super().__init__(given, **more)
        _choices(self, "languages", choices.language_choices({*offers.languages, "en"}))
        named = [(code, choices.country(code)) for code in offers.countries]
        _choices(self, "countries", sorted(named, key=lambda pair: pair[1]))
        _choices(self, "currency", [(each, each) for each in sorted({*offers.currencies, "EUR"})])

    def clean(self) -> dict[str, Any]:
        """Limits that leave no course at all are named."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        earliest, latest = given.get("earliest"), given.get("latest")
        if earliest and latest and latest < earliest:
            self.add_error("latest", ValidationError(_now("This day is before the first one.")))
        if given.get("travel") == SOME and not given.get("countries") and "countries" not in self.errors:
            self.add_error("countries", ValidationError(_now("Choose the countries, or another answer on travel.")))
        if given.get("travel") == NOWHERE and not given.get("online"):
            self.add_error("online", ValidationError(_now("Without travel and without courses online none is left.")))
        return given

    def limits(self) -> Limits:
        """What was filled in; the budget in cents."""
        given, travel = self.cleaned_data, self.cleaned_data["travel"]
        budget = given["budget"]
        return Limits(
            frozenset(given["languages"]), given["earliest"], given["latest"],
            None if budget is None else int(budget * 100), given["currency"],
            frozenset(given["countries"]) if travel == SOME else frozenset(), travel == ANYWHERE, given["online"],
        )  # fmt: skip


def with_defaults(given: QueryDict, defaults: Mapping[str, Sequence[str]]) -> QueryDict:
    """What was asked, and the default of what was not."""
    made = given.copy()
    for name, values in defaults.items():
        if name not in made:
            made.setlist(name, list(values))
    return made


def _choices(form: forms.Form, name: str, offered: Iterable[Any]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
    field.choices = list(offered)

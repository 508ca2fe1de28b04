"""Forms of the exchange: what a person fills in, turned into what actions take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from hueandcry.exchange import handling as rules
from hueandcry.exchange.formats import OFFERED
from hueandcry.exchange.handling import BadHandling, Handling
from hueandcry.exchange.queries import Addressees
from hueandcry.members import queries as members
from hueandcry.members.models import ALLIANCE, EVERYONE

TLP_WORDS = {
    "CLEAR": gettext_lazy("The world may know it."),
    "GREEN": gettext_lazy("The alliance may know it, not the public."),
    "AMBER": gettext_lazy("Only who needs it: circles and organisations that you name, and their clients."),
    "AMBER+STRICT": gettext_lazy("Only organisations that you name, and nobody beyond them."),
    "RED": gettext_lazy("Only people that you name, each by themselves."),
}
PAP_WORDS = {
    "": gettext_lazy("Not said"),
    "CLEAR": gettext_lazy("PAP:CLEAR. No limit on what may be done with it."),
    "GREEN": gettext_lazy("PAP:GREEN. Active steps are allowed, such as blocking."),
    "AMBER": gettext_lazy("PAP:AMBER. Passive checks only; no contact with the target."),
    "RED": gettext_lazy("PAP:RED. Nothing that the target could notice."),
}
CODE_WORDS = {
    "H0": gettext_lazy("H0. For preventing and fighting crime only."),
    "H1": gettext_lazy("H1. No evidence in court without our permission."),
    "H2": gettext_lazy("H2. Not to be passed on without our permission."),
    "H3": gettext_lazy("H3. Other limits; they stand in the text."),
}
SOURCE_WORDS = {
    "": gettext_lazy("Not graded"),
    "A": gettext_lazy("A. No doubt about the source."),
    "B": gettext_lazy("B. Mostly reliable."),
    "C": gettext_lazy("C. Mostly unreliable."),
    "X": gettext_lazy("X. Cannot be assessed."),
}
INFORMATION_WORDS = {
    "": gettext_lazy("Not graded"),
    "1": gettext_lazy("1. Its accuracy is not in doubt."),
    "2": gettext_lazy("2. The source knows it at first hand; we do not."),
    "3": gettext_lazy("3. The source has it from others; something else confirms it."),
    "4": gettext_lazy("4. The source has it from others; nothing confirms it."),
}
FOUND_WORDS = {
    "": gettext_lazy("As TLP suggests: hidden for RED, else counted without our name"),
    "hidden": gettext_lazy("Hidden. Nobody else learns that it exists."),
    "anonymous": gettext_lazy("Without our name. Others learn that somebody reported the same value."),
    "named": gettext_lazy("With our name. Others learn that we reported the same value."),
}
PURPOSE_WORDS = {
    "prevention": gettext_lazy("Prevention: warn, block, protect"),
    "investigation": gettext_lazy("Investigation by the authorities"),
    "statistics": gettext_lazy("Statistics: it counts in the picture"),
    "research": gettext_lazy("Research"),
}
BASIS_WORDS = {
    "": gettext_lazy("Not said"),
    "consent": gettext_lazy("Consent"),
    "contract": gettext_lazy("Contract"),
    "legal obligation": gettext_lazy("Legal obligation"),
    "vital interests": gettext_lazy("Vital interests"),
    "public task": gettext_lazy("Public task"),
    "legitimate interests": gettext_lazy("Legitimate interests"),
}
ADDRESS_LIMIT = 200  # people that can be named in one go


def list_of(words: dict[str, Any]) -> list[tuple[str, Any]]:
    """Words by code, as the choices of a field."""
    return list(words.items())


def offer(form: forms.BaseForm, name: str, choices: Sequence[tuple[str, Any]]) -> None:
    """Set what a field offers, which depends on who asks."""
    cast(forms.ChoiceField, form.fields[name]).choices = list(choices)


class HandlingForm(forms.Form):
    """How something may be treated and who will see it. ``handling()`` gives it as the rules want it.

    Must be validated inside a viewer: addresses of people are looked up.
    """

    tlp = forms.ChoiceField(
        label=gettext_lazy("Traffic light (TLP)"),
        choices=[(level, level) for level in rules.TLP_ORDER],
        widget=forms.RadioSelect,
    )
    to_everyone = forms.BooleanField(label=gettext_lazy("Everyone, also without signing in"), required=False)
    to_alliance = forms.BooleanField(label=gettext_lazy("The alliance"), required=False)
    to_circles = forms.MultipleChoiceField(
        label=gettext_lazy("Circles"), required=False, widget=forms.CheckboxSelectMultiple
    )
    to_organisations = forms.MultipleChoiceField(
        label=gettext_lazy("Organisations"), required=False, widget=forms.CheckboxSelectMultiple
    )
    to_people = forms.MultipleChoiceField(
        label=gettext_lazy("People of your organisation"), required=False, widget=forms.CheckboxSelectMultiple
    )
    to_addresses = forms.CharField(
        label=gettext_lazy("Other people, by e-mail address"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text=gettext_lazy("One on each line. They need an account here."),
    )
    to_kept = forms.MultipleChoiceField(
        label=gettext_lazy("Named before"), required=False, widget=forms.CheckboxSelectMultiple
    )
    pap = forms.ChoiceField(label=gettext_lazy("What may be done with it (PAP)"), required=False)
    codes = forms.MultipleChoiceField(
        label=gettext_lazy("Handling codes (Europol)"), required=False, widget=forms.CheckboxSelectMultiple
    )
    source_grade = forms.ChoiceField(label=gettext_lazy("The source (4x4)"), required=False)
    information_grade = forms.ChoiceField(label=gettext_lazy("The information (4x4)"), required=False)
    discoverability = forms.ChoiceField(label=gettext_lazy("When others hold the same value"), required=False)
    purpose = forms.MultipleChoiceField(
        label=gettext_lazy("What it may be used for"), required=False, widget=forms.CheckboxSelectMultiple
    )
    legal_basis = forms.ChoiceField(label=gettext_lazy("Legal basis for personal data"), required=False)
    review_on = forms.DateField(
        label=gettext_lazy("Look at it again on"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    restriction = forms.CharField(
        label=gettext_lazy("The restriction, where you chose H3"),
        required=False,
        max_length=rules.LONGEST_RESTRICTION,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "Who receives it reads this first and promises to follow it; only then the report shows."
        ),
    )

    def __init__(
        self, *args: Any, addressees: Addressees, start: Handling, others: Sequence[tuple[int, str]] = (), **kwargs: Any
    ) -> None:
        """``others``: recipients that ``start`` names and ``addressees`` does not, so that none gets lost unasked."""
        kwargs["initial"] = _initial(start, addressees) | {"to_kept": [str(p) for p, _name in others]}
        super().__init__(*args, **kwargs)
        self._found: tuple[int, ...] = ()
        size = addressees.alliance
        self.fields["to_alliance"].label = ngettext(
            "The alliance (%(count)s organisation)", "The alliance (%(count)s organisations)", size
        ) % {"count": size}
        offer(self, "tlp", list(TLP_WORDS.items()))
        for name, words in (
            ("pap", PAP_WORDS),
            ("codes", CODE_WORDS),
            ("source_grade", SOURCE_WORDS),
            ("information_grade", INFORMATION_WORDS),
            ("discoverability", FOUND_WORDS),
            ("purpose", PURPOSE_WORDS),
            ("legal_basis", BASIS_WORDS),
        ):
            offer(self, name, list_of(words))
        offer(self, "to_circles", [(str(p), named_with(name, n)) for p, name, n in addressees.circles])
        offer(self, "to_organisations", [(str(p), name) for p, name in addressees.organisations])
        offer(self, "to_people", [(str(p), name) for p, name in addressees.people])
        offer(self, "to_kept", [(str(p), name) for p, name in others])

    def clean_to_addresses(self) -> str:
        text = str(self.cleaned_data["to_addresses"])
        found: list[int] = []
        unknown: list[str] = []
        for address in dict.fromkeys(text.replace(",", "\n").replace(";", "\n").split()):
            if len(found) + len(unknown) >= ADDRESS_LIMIT:
                raise forms.ValidationError(_("At most %(most)s people at once.") % {"most": ADDRESS_LIMIT})
            person = members.person_by_email(address)
            if person is None or person.organisation_id is None:
                unknown.append(address)
            else:
                found.append(person.principal_id)
        if unknown:
            raise forms.ValidationError(
                _("Nobody here has this address: %(addresses)s. Ask them to join first, or leave it out.")
                % {"addresses": ", ".join(unknown[:10])}
            )
        self._found = tuple(found)
        return text

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if "H3" in given.get("codes", ()) and not given.get("restriction", "").strip():
            self.add_error("restriction", _("H3 stands for a restriction: say which, or leave H3 out."))
        return given

    def handling(self) -> Handling:
        """What was chosen. Raises BadHandling."""
        given = self.cleaned_data
        named = [*given["to_circles"], *given["to_organisations"], *given["to_people"], *given["to_kept"]]
        people = (*(int(p) for p in named), *self._found)
        everyone = (EVERYONE,) if given["to_everyone"] else ()
        alliance = (ALLIANCE,) if given["to_alliance"] else ()
        return rules.checked(
            Handling(
                tlp=given["tlp"],
                recipients=tuple(dict.fromkeys((*everyone, *alliance, *people))),
                pap=given["pap"],
                codes=tuple(given["codes"]),
                source_grade=given["source_grade"],
                information_grade=given["information_grade"],
                discoverability=given["discoverability"],
                purpose=tuple(given["purpose"]),
                legal_basis=given["legal_basis"],
                review_on=given["review_on"],
                restriction=given["restriction"].replace("\0", "").strip() if "H3" in given["codes"] else "",
            )
        )

    @property
    def named_parts(self) -> list[dict[str, Any]]:
        """The lists of recipients to tick that hold anybody, each with how many are ticked."""
        bound = [self[name] for name in ("to_circles", "to_organisations", "to_people", "to_kept")]
        return [{"bound": b, "chosen": len(b.value() or ())} for b in bound if getattr(b.field, "choices", ())]

    @property
    def finer_errors(self) -> bool:
        """Whether something is wrong in the part that is folded away."""
        finer = ("pap", "codes", "purpose", "discoverability", "source_grade", "information_grade", "legal_basis")
        return bool(self.is_bound and set(self.errors) & {*finer, "review_on", "restriction"})

    def blame(self, error: BadHandling) -> None:
        """Show what the rules would not take at the field that it is about."""
        self.add_error(error.part if error.part in self.fields else None, error.reason)


def named_with(name: str, size: int) -> str:
    """A circle by its name and how many organisations are in it."""
    words = ngettext("%(name)s (%(count)s organisation)", "%(name)s (%(count)s organisations)", size)
    return words % {"name": name, "count": size}


def _initial(start: Handling, addressees: Addressees) -> dict[str, Any]:
    chosen = set(start.recipients)
    circles = [str(p) for p, _name, _n in addressees.circles if p in chosen]
    bodies = [str(p) for p, _name in addressees.organisations if p in chosen]
    people = [str(p) for p, _name in addressees.people if p in chosen]
    return {
        "tlp": start.tlp,
        "to_everyone": EVERYONE in chosen,
        "to_alliance": ALLIANCE in chosen,
        "to_circles": circles,
        "to_organisations": bodies,
        "to_people": people,
        "pap": start.pap,
        "codes": list(start.codes),
        "source_grade": start.source_grade,
        "information_grade": start.information_grade,
        "discoverability": start.discoverability,
        "purpose": list(start.purpose),
        "legal_basis": start.legal_basis,
        "review_on": start.review_on,
        "restriction": start.restriction,
    }


class SendForm(forms.Form):
    """What a file is, where somebody knows better than its content shows."""

    claimed = forms.ChoiceField(label=gettext_lazy("Format"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(f.name, f.label) for f in OFFERED]
        offer(self, "claimed", [("", _("Find out from its content")), *known])

"""Forms of what analysts write. Whom it is for is always asked; one's own organisation stands first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hueandcry.linkage.analysis import likelihood
from hueandcry.linkage.analysis.audiences import Table
from hueandcry.linkage.analysis.writing import LINE, LONGEST, STATEMENT, WRITERS
from hueandcry.linkage.models import Evidence, Hypothesis
from hueandcry.members import queries as members
from hueandcry.members.viewer import Viewer


class AudienceForm(forms.Form):
    """Whom something is for; made inside a viewer."""

    principal = forms.TypedChoiceField(
        label=gettext_lazy("For whom"),
        coerce=int,
        help_text=gettext_lazy("They read it, and nobody else. Who leaves a circle reads it no longer."),
    )

    def __init__(self, *args: Any, tables: Sequence[Table] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(t.principal), _("%(name)s alone") % {"name": t.name} if t.own else t.name) for t in tables]
        self.fields["principal"].choices = choices  # type: ignore[attr-defined]

    def without_audience(self) -> None:
        """For what is there already: it stays with those it was written for."""
        del self.fields["principal"]


class HypothesisForm(AudienceForm):
    """A hypothesis."""

    statement = forms.CharField(
        label=gettext_lazy("What do you hold to be the case?"),
        max_length=STATEMENT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One statement that evidence can speak for or against."),
    )
    likelihood = forms.ChoiceField(
        label=gettext_lazy("How likely is it?"),
        help_text=gettext_lazy("The terms and bands of ICD 203, a standard of intelligence analysis."),
    )
    confidence = forms.ChoiceField(
        label=gettext_lazy("On how good a ground?"),
        choices=[(value, capfirst(label)) for value, label in Hypothesis.Confidence.choices],
        help_text=gettext_lazy("How good and how many your sources are; it is not how likely the statement is."),
    )
    state = forms.ChoiceField(
        label=gettext_lazy("State"), choices=[(value, capfirst(label)) for value, label in Hypothesis.State.choices]
    )
    field_order = ("statement", "likelihood", "confidence", "state", "principal")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["likelihood"].choices = likelihood.choices()  # type: ignore[attr-defined]


class EvidenceForm(forms.Form):
    """What one thing says of a hypothesis. ``things`` are (key, label), keys as ``thing`` writes them."""

    thing = forms.ChoiceField(label=gettext_lazy("Which report or value?"))
    bearing = forms.ChoiceField(
        label=gettext_lazy("What does it say?"),
        choices=[(value, capfirst(label)) for value, label in Evidence.Bearing.choices],
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "Ask of each: if the statement were true, how surprising would this be? What fits either way tells nothing."
        ),
    )
    words = forms.CharField(label=gettext_lazy("Why"), required=False, max_length=LINE)

    def __init__(self, *args: Any, things: Sequence[tuple[str, Any]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["thing"].choices = things  # type: ignore[attr-defined]


class NoteForm(AudienceForm):
    """A note: plain text."""

    words = forms.CharField(label=gettext_lazy("Note"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4}))
    field_order = ("words", "principal")


class NameForm(AudienceForm):
    """What an operation is called at one table."""

    name = forms.CharField(
        label=gettext_lazy("What do you call it?"),
        required=False,
        max_length=LINE,
        help_text=gettext_lazy("Leave it empty to take the name away."),
    )
    field_order = ("name", "principal")


class TaskForm(AudienceForm):
    """Something to do, for an organisation at the table, and of one's own organisation for a person."""

    title = forms.CharField(label=gettext_lazy("What is to be done?"), max_length=LINE)
    words = forms.CharField(
        label=gettext_lazy("More about it"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    assignee = forms.TypedChoiceField(
        label=gettext_lazy("Which organisation does it?"), coerce=int, required=False, empty_value=None
    )
    assignee_person = forms.TypedChoiceField(
        label=gettext_lazy("Which person, where it is our own organisation"),
        coerce=int,
        required=False,
        empty_value=None,
    )
    due_on = forms.DateField(
        label=gettext_lazy("Until when"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    field_order = ("title", "words", "principal", "assignee", "assignee_person", "due_on")

    def __init__(self, *args: Any, viewer: Viewer, tables: Sequence[Table] = (), **kwargs: Any) -> None:
        super().__init__(*args, tables=tables, **kwargs)
        bodies = members.organisation_names(viewer, {body for table in tables for body in table.organisations})
        own = bodies.pop(viewer.organisation or 0, viewer.name)
        ordered = sorted(bodies.items(), key=lambda pair: pair[1].casefold())
        self.fields["assignee"].choices = [("", own), *ordered]  # type: ignore[attr-defined]
        people = members.people(viewer, viewer.organisation or 0, roles=WRITERS, active=True).order_by("name", "email")
        self.fields["assignee_person"].choices = [  # type: ignore[attr-defined]
            ("", _("whoever takes it on")),
            *((person.pk, person.name or person.email) for person in people),
        ]

    def clean(self) -> dict[str, Any]:
        """A person goes with one's own organisation."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("assignee") and given.get("assignee_person"):
            self.add_error("assignee_person", _("Which of its people does it, that organisation says itself."))
        return given

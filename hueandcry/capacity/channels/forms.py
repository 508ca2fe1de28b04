"""Forms of official channels."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from hueandcry.capacity.channels.actions import LONG, SHORT, Told
from hueandcry.capacity.channels.requests import REQUESTS
from hueandcry.capacity.choices import country_choices, language_choices
from hueandcry.capacity.models import Channel


class ChannelForm(forms.Form):
    """One official channel."""

    country = forms.ChoiceField(label=_("Country"), choices=lambda: [("", ""), *country_choices()])
    kind = forms.ChoiceField(label=_("What it is"), choices=[("", ""), *Channel.Kind.choices])
    name = forms.CharField(label=_("Its name"), max_length=SHORT)
    requests = forms.MultipleChoiceField(
        label=_("What may be asked there"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(key, each.label) for key, each in REQUESTS.items()],
    )  # fmt: skip
    may_send = forms.CharField(
        label=_("What may be sent, and what not"), required=False, max_length=LONG,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    how = forms.CharField(
        label=_("How it is sent"), required=False, max_length=LONG, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("A form to fill in, a portal, encryption, who signs."),
    )  # fmt: skip
    languages = forms.MultipleChoiceField(label=_("In which languages"), required=False, choices=language_choices)
    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = forms.CharField(label=_("Telephone"), required=False, max_length=60)
    url = forms.URLField(label=_("Page"), required=False, assume_scheme="https")
    hours = forms.CharField(label=_("Hours"), required=False, max_length=SHORT)
    basis = forms.CharField(label=_("Treaty or law it rests on"), required=False, max_length=SHORT)
    source = forms.CharField(label=_("Where this is published"), max_length=SHORT)
    source_day = forms.DateField(label=_("As of"), widget=forms.DateInput(attrs={"type": "date"}))
    closed = forms.BooleanField(
        label=_("Only law enforcement, and we, may see it"), required=False,
        help_text=_("Otherwise every member sees it."),
    )  # fmt: skip

    def told(self) -> Told:
        """What the action takes."""
        return Told(**self.cleaned_data)


class AnswerForm(forms.Form):
    """What came of a request."""

    OUTCOMES = (
        ("waiting", _("no answer yet")),
        ("answered", _("answered")),
        ("refused", _("refused")),
        ("no answer", _("never answered")),
    )
    outcome = forms.ChoiceField(label=_("What came of it"), choices=OUTCOMES)
    answered_on = forms.DateField(
        label=_("Answered on"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


class UseForm(AnswerForm):
    """One request over a channel and how it went."""

    request = forms.ChoiceField(label=_("What you asked for"), choices=[(k, e.label) for k, e in REQUESTS.items()])
    sent_on = forms.DateField(label=_("Sent on"), widget=forms.DateInput(attrs={"type": "date"}))
    note = forms.CharField(
        label=_("Note for your own organisation"), required=False, max_length=LONG,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    field_order = ("request", "sent_on", "outcome", "answered_on", "note")

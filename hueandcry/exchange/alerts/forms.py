"""Forms of saved searches."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from hueandcry.exchange.models import Alert


class AlertForm(forms.Form):
    """What a saved search is called, and how it tells."""

    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("What you are told it by."))
    often = forms.ChoiceField(
        label=_("Tell me"),
        choices=Alert.Often.choices,
        widget=forms.RadioSelect,
        help_text=_("One notice with the number, however many reports it finds."),
    )
    served = forms.BooleanField(
        label=_("Serve it as a TAXII collection"),
        required=False,
        help_text=_("Programs of your organisation follow what it finds; each sees what its token's owner may see."),
    )

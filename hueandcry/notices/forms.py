"""Forms of this desk. They shape input; what may be done is decided by the actions."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from hueandcry.notices.kinds import KINDS
from hueandcry.notices.models import Preference
from hueandcry.notices.outward import LONGEST_URL

_MAIL = {
    Preference.Mail.AT_ONCE: _("at once, within a minute"),
    Preference.Mail.DAILY: _("in one letter a day at most"),
    Preference.Mail.WEEKLY: _("in one letter a week at most"),
    Preference.Mail.NEVER: _("never: I read notices here"),
}


class PreferenceForm(forms.Form):
    """How somebody is told by e-mail."""

    mail = forms.ChoiceField(
        label=_("Letters come"), choices=[(key.value, said) for key, said in _MAIL.items()], widget=forms.RadioSelect
    )
    told = forms.MultipleChoiceField(
        label=_("Letters tell of"),
        choices=list(KINDS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What is not ticked is not mailed; it still stands on this site."),
    )


class WebhookForm(forms.Form):
    """Where a webhook leads and what it tells."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("What calls it, for your colleagues."))
    url = forms.CharField(
        label=_("Address"),
        max_length=LONGEST_URL,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
        help_text=_("A server of yours on the public internet that takes a POST over HTTPS."),
    )
    kinds = forms.MultipleChoiceField(
        label=_("Tells of"),
        choices=list(KINDS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: everything, also what is added later."),
    )

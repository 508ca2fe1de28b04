"""The form about a sender."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from hueandcry.exchange.forms import offer


class SenderForm(forms.Form):
    """An address from which letters are taken, and for whom."""

    address = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        help_text=gettext_lazy("Letters from it become reports of your organisation."),
    )
    person = forms.ChoiceField(
        label=gettext_lazy("On whose behalf?"),
        help_text=gettext_lazy("Their role decides what may be sent; the answer is in their language."),
    )
    dkim_required = forms.BooleanField(
        label=gettext_lazy("Only where DKIM proves the sender"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Without it anybody who writes this address into a letter is taken for you."),
    )

    def __init__(self, *args: Any, people: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "person", [(str(number), name) for number, name in people])

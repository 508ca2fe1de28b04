"""The forms of django-allauth in our words. Only words are changed: what is checked is allauth's."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm, ResetPasswordForm, ResetPasswordKeyForm
from django.forms import Form
from django.utils.translation import gettext as _


def _say(form: Form, **labels: str) -> None:
    """Give fields these labels, and take the placeholders away, which say them once more."""
    for name, label in labels.items():
        form.fields[name].label = label
        form.fields[name].widget.attrs.pop("placeholder", None)


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth ships no types
    """Address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, login=_("E-mail"), password=_("Password"), remember=_("Stay signed in when the browser is closed"))
        self.fields["remember"].help_text = _("Not on a computer that others use.")


class ForgottenForm(ResetPasswordForm):  # type: ignore[misc]
    """The address to which a link for a new password goes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, email=_("E-mail"))


class NewPasswordForm(ResetPasswordKeyForm):  # type: ignore[misc]
    """The new password, twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, password1=_("New password"), password2=_("New password, once more"))

"""The forms of django-allauth in our words. What is checked is allauth's."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm, ResetPasswordForm, ResetPasswordKeyForm
from django.forms import Form
from django.http import HttpRequest
from django.utils.translation import get_language
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
    """The address to which a link for a new password goes.

    The one exception to words: whose address it is, is looked up by a job and not here, so that the time this page
    takes does not tell whether somebody signs in with it.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, email=_("E-mail"))

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"])

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        from hueandcry.members import tasks  # settings name this module before jobs can be

        email = str(self.cleaned_data["email"])
        tasks.forgotten_password.defer(email=email, language=get_language())
        return email


class NewPasswordForm(ResetPasswordKeyForm):  # type: ignore[misc]
    """The new password, twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, password1=_("New password"), password2=_("New password, once more"))

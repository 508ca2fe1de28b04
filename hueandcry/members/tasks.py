"""Jobs of the members desk."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

TRIES = 6  # the last an hour after the first: a mail server that is away comes back


@app.task(name="forgotten_password", retry=RetryStrategy(max_attempts=TRIES, exponential_wait=4))
def forgotten_password(email: str, language: str) -> None:
    """Write to an address that somebody gave as theirs: a link for a new password, or that nobody signs in with it.

    A job in both cases, so that the page that asked takes as long for the one as for the other. The link is made only
    here: none waits in the queue.
    """
    from allauth.account.forms import default_token_generator  # models are not ready when jobs are found
    from allauth.account.utils import filter_users_by_email, user_pk_to_url_str

    with translation.override(language):
        people = filter_users_by_email(email.lower(), is_active=True, prefer_verified=True)
        for person in people:
            names = {"uidb36": user_pk_to_url_str(person), "key": default_token_generator.make_token(person)}
            address = settings.PUBLIC_URL + reverse("account_reset_password_from_key", kwargs=names)
            _write("password_reset_key", person.email, {"user": person, "password_reset_url": address})
        if not people:
            _write("unknown_account", email, {"email": email})


def _write(letter: str, email: str, words: dict[str, Any]) -> None:
    from allauth.account.adapter import get_adapter

    get_adapter().render_mail(f"account/email/{letter}", email, words).send()

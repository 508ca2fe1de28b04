"""After somebody has gone: what the browser keeps of what they saw, and what the log keeps of what opens doors."""

from __future__ import annotations

import logging
from logging.config import DictConfigurator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp_auth
from django.conf import settings
from django.core import mail
from django.test import Client

from hueandcry.exchange.handling import Handling
from hueandcry.members import actions as members
from hueandcry.members import tasks
from hueandcry.members.second_factor import SEALED, SecondFactorAdapter
from hueandcry.notices import actions as notices
from hueandcry.notices import letters
from tests import factory
from tests.exchange import send

pytestmark = pytest.mark.usefixtures("database")


def test_the_browser_keeps_nothing_of_what_was_shown_to_somebody() -> None:
    person = factory.person(factory.organisation(), ("administrator", "analyst"))
    report = send.form(person, "what only we may know", Handling(tlp="RED"))
    token = members.add_token(by=factory.as_viewer(person), name="t", scopes=("read", "export"))
    browser = factory.signed_in(person)
    pages = [
        "/", "/reports/", f"/reports/{report.reference}/", "/reports/export/?format=csv", "/submissions/", "/crimes/",
        "/operations/", "/hits/", "/rooms/", "/forum/", "/picture/", "/organisations/", "/audit/", "/audit/mine/",
        "/notices/", "/account/profile/", "/account/2fa/", "/no-such-page/",
    ]  # fmt: skip
    kept = {address: browser.get(address).headers.get("Cache-Control", "") for address in pages}
    headers: Any = {"Authorization": f"Bearer {token}", "Accept": "application/taxii+json;version=2.1"}
    for address in ("/api/v1/reports", "/api/v1/export?format=stix", "/taxii2/", "/taxii2/alliance/", "/misp/"):
        kept[address] = Client().get(address, headers=headers).headers.get("Cache-Control", "")
    assert {address: said for address, said in kept.items() if "no-store" not in said} == {}


def test_a_copy_of_the_database_makes_nobodys_codes() -> None:
    """Whoever reads the table of second factors in a backup has neither secret nor seed; old ones still work."""
    person = factory.person(factory.organisation())
    secret, old = totp_auth.generate_totp_secret(), totp_auth.generate_totp_secret()
    made = totp_auth.TOTP.activate(person, secret)
    codes = RecoveryCodes.activate(person)
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert codes.instance.data["seed"].startswith(SEALED)
    counter = next(iter(totp_auth.yield_hotp_counters_from_time()))
    assert made.validate_code(totp_auth.format_hotp_value(totp_auth.hotp_value(secret, counter)))
    assert codes.validate_code(codes.get_unused_codes()[0])
    adapter = SecondFactorAdapter()
    assert adapter.decrypt(old) == old
    assert adapter.decrypt(SEALED + "x" * 60) not in ("", secret, old)


def test_what_everybody_may_have_may_be_kept() -> None:
    assert "no-store" not in Client().get("/picture/releases/").headers.get("Cache-Control", "")


def test_no_secret_of_an_address_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Each secret is good, and each request is refused for another reason, which is what gets logged with its path."""
    person = factory.person(factory.organisation(), ("administrator",))
    by = factory.as_viewer(person)
    invitation = members.invite(by=by, organisation=person.organisation_id or 0, email="new@example.org", roles=[])
    feed = notices.new_feed(by=by)
    unsubscribe = letters.unsubscribe_url(person).removeprefix(settings.PUBLIC_URL)
    tasks.forgotten_password(email=person.email, language="en-gb")
    reset = next(line for line in str(mail.outbox[-1].body).split() if "/account/password/reset/key/" in line)
    strict = Client(enforce_csrf_checks=True)
    with caplog.at_level(logging.DEBUG):
        strict.post(f"/invitations/{invitation}/", {"name": "x"})
        strict.post(reset.removeprefix(settings.PUBLIC_URL), {"password1": "x"})
        Client().post(f"/feeds/{feed}/notices.atom")
        Client().delete(unsubscribe)
    logging_: Any = settings.LOGGING
    line = DictConfigurator(logging_).configure_formatter(logging_["formatters"]["line"])
    written = "\n".join(line.format(record) for record in caplog.records)
    assert written.count("(left out)") >= 4
    for secret in (invitation, feed, unsubscribe.split("/")[-2], reset.split("/")[-2]):
        assert secret not in written

"""After somebody has gone: what the browser keeps of what they saw, and what the log keeps of what opens doors."""

from __future__ import annotations

import logging
from logging.config import DictConfigurator  # type: ignore[attr-defined]
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client

from hueandcry.exchange.handling import Handling
from hueandcry.members import actions as members
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


def test_what_everybody_may_have_may_be_kept() -> None:
    assert "no-store" not in Client().get("/picture/releases/").headers.get("Cache-Control", "")


def test_no_secret_of_an_address_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Each secret is good, and each request is refused for another reason, which is what gets logged with its path."""
    person = factory.person(factory.organisation(), ("administrator",))
    by = factory.as_viewer(person)
    invitation = members.invite(by=by, organisation=person.organisation_id or 0, email="new@example.org", roles=[])
    feed = notices.new_feed(by=by)
    unsubscribe = letters.unsubscribe_url(person).removeprefix(settings.PUBLIC_URL)
    Client().post("/account/password/reset/", {"email": person.email})
    reset = next(line for line in str(mail.outbox[-1].body).split() if "/account/password/reset/key/" in line)
    strict = Client(enforce_csrf_checks=True)
    with caplog.at_level(logging.DEBUG):
        strict.post(f"/invitations/{invitation}/", {"name": "x"})
        strict.post(reset.removeprefix("http://testserver"), {"password1": "x"})
        Client().post(f"/feeds/{feed}/notices.atom")
        Client().delete(unsubscribe)
    line = DictConfigurator(settings.LOGGING).configure_formatter(settings.LOGGING["formatters"]["line"])
    written = "\n".join(line.format(record) for record in caplog.records)
    assert written.count("(left out)") >= 4
    for secret in (invitation, feed, unsubscribe.split("/")[-2], reset.split("/")[-2]):
        assert secret not in written

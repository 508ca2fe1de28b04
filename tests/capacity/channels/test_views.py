"""Pages of official channels."""

from __future__ import annotations

from datetime import date

import pytest

from hueandcry.capacity.channels import actions
from hueandcry.capacity.models import Channel, ChannelUse
from tests import factory
from tests.capacity.channels.test_actions import officer, told

pytestmark = pytest.mark.usefixtures("database")


def test_the_list_is_for_members() -> None:
    from django.test import Client

    assert Client().get("/channels/").status_code == 302
    applicant = factory.signed_in(factory.person(factory.organisation(state="applicant"), ("officer",)))
    assert applicant.get("/channels/").status_code == 302


def test_somebody_tells_of_a_channel_and_finds_it() -> None:
    client = factory.signed_in(factory.person(factory.organisation(), ("officer",)))
    page = client.get("/channels/")
    assert "No channel is known yet" in page.content.decode()
    given = {"country": "MZ", "kind": "24/7", "name": "SERNIC", "source": "CoE", "source_day": "2026-03-01",
             "email": "a@example.org", "requests": ["preservation", "emergency"], "languages": ["pt"]}  # fmt: skip
    assert client.post("/channels/new/", given | {"country": ""}).status_code == 422
    made = client.post("/channels/new/", given)
    assert made.status_code == 302
    said = client.get("/channels/?request=emergency&language=pt").content.decode()
    assert "SERNIC" in said and "Portuguese" in said
    assert "SERNIC" not in client.get("/channels/?language=fr").content.decode()
    assert b"SERNIC" in client.get("/channels/channels.csv").content
    assert client.get(made["Location"]).status_code == 200


def test_a_request_is_told_and_answered_on_the_page() -> None:
    body = factory.organisation(kind="law-enforcement")
    client = factory.signed_in(factory.person(body, ("officer",)))
    made = actions.add(by=officer(), told=told())
    path = f"/channels/{made}/"
    wrong = {"request": "police", "sent_on": "2026-05-01", "outcome": "answered", "answered_on": ""}
    assert client.post(path, wrong).status_code == 422
    assert client.post(path, wrong | {"outcome": "waiting"}).status_code == 302
    use = ChannelUse.objects.using("owner").get()
    client.post(f"{path}uses/{use.pk}/", {"outcome": "answered", "answered_on": "2026-05-04"})
    assert ChannelUse.objects.using("owner").get().answered_on == date(2026, 5, 4)
    assert "4 May 2026" in client.get(path).content.decode()
    assert client.post(f"{path}confirm/").status_code == 302
    assert Channel.objects.using("owner").get().confirmed_at < ChannelUse.objects.using("owner").get().at


def test_a_channel_that_one_may_not_see_is_not_there() -> None:
    made = actions.add(by=officer(), told=told(closed=True))
    client = factory.signed_in(factory.person(factory.organisation(), ("officer",)))
    assert client.get(f"/channels/{made}/").status_code == 404
    assert client.post(f"/channels/{made}/withdraw/").status_code == 404

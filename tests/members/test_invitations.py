"""The life of an invitation: sent, shown once, taken up once, run out, revoked."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client

from hueandcry.audit.models import Act
from hueandcry.members import actions
from hueandcry.members import mail as mails
from hueandcry.members.models import Invitation, Person
from hueandcry.members.viewer import ANYONE
from tests import factory

pytestmark = pytest.mark.usefixtures("database")
GOOD = {"name": "Nuno Novo", "password": factory.PASSWORD, "again": factory.PASSWORD}


def invited() -> str:
    """The secret of an invitation for new@example.org to One."""
    administrator = factory.as_viewer(factory.person(factory.organisation("One"), ["administrator"]))
    assert administrator.organisation
    return actions.invite(
        by=administrator, organisation=administrator.organisation, email="New@example.org", roles=["analyst"]
    )


def test_where_letters_leave_only_who_is_invited_gets_the_link(monkeypatch: pytest.MonkeyPatch) -> None:
    """An administrator who held it could take an address that is not theirs. The secretariat may hand it over."""
    monkeypatch.setattr(mails, "delivers", lambda: True)
    one, office = factory.organisation("One"), factory.office()
    for who, shown in ((factory.person(one, ["administrator"]), False), (factory.person(office, ["secretary"]), True)):
        given = {"email": f"new{who.pk}@example.org", "roles": ["analyst"]}
        page = factory.signed_in(who).post("/organisations/one/people/invite/", given, follow=True).content.decode()
        assert ("http://testserver/invitations/" in page) is shown
        assert ("You see the link once, too." in page) is shown
        assert "/invitations/" in str(mail.outbox[-1].body)
    monkeypatch.setattr(mails, "_send", lambda *letter: False)
    client = factory.signed_in(factory.person(one, ["administrator"]))
    page = client.post("/organisations/one/people/invite/", given, follow=True).content.decode()
    assert "could not be sent" in page
    assert "http://testserver/invitations/" not in page


def test_from_the_form_to_the_first_page() -> None:
    one = factory.organisation("One")
    client = factory.signed_in(factory.person(one, ["administrator"]))
    given = {"email": "new@example.org", "roles": ["analyst", "dpo"]}
    page = client.post("/organisations/one/people/invite/", given, follow=True).content.decode()
    link = re.search(r"http://testserver(/invitations/[^/<]+/)", page)
    assert link is not None
    assert link[1] in mail.outbox[0].body
    assert mail.outbox[0].to == ["new@example.org"]
    secret = link[1].split("/")[2]
    assert secret not in client.get("/organisations/one/people/").content.decode()  # shown once
    assert secret.encode() not in bytes(Invitation.objects.get().digest)
    assert all(secret not in str(session.get_decoded()) for session in Session.objects.all())

    guest = Client()
    first = guest.get(link[1])
    assert (first.status_code, first["Referrer-Policy"]) == (200, "strict-origin")
    assert "One" in first.content.decode()
    assert "no-store" in first["Cache-Control"]
    landed = guest.post(link[1], GOOD)
    assert (landed.status_code, landed["Location"]) == (302, "/account/profile/")
    person = Person.objects.get(email="new@example.org")
    assert (person.name, person.organisation_id, person.roles) == ("Nuno Novo", one.pk, ["analyst", "dpo"])
    assert guest.get("/organisations/one/people/").status_code == 200
    verbs = list(Act.objects.using("owner").filter(person=person.pk).order_by("pk").values_list("verb", flat=True))
    assert verbs[:2] == ["accept invitation", "sign in"]
    assert Client().post(link[1], GOOD).status_code == 410


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"again": "something else entirely"}, "not the same"),
        ({"password": "short", "again": "short"}, "too short"),
        ({"password": "new@example.org1", "again": "new@example.org1"}, "too similar"),
        ({"name": ""}, "required"),
    ],
)
def test_what_cannot_be_taken_up_so(change: dict[str, str], said: str) -> None:
    secret = invited()
    answer = Client().post(f"/invitations/{secret}/", GOOD | change)
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not Person.objects.filter(email="new@example.org").exists()
    assert Invitation.objects.get().accepted_at is None


@pytest.mark.parametrize(
    "end",
    [
        {"expires_at": datetime.now(UTC) - timedelta(seconds=1)},
        {"revoked_at": datetime.now(UTC)},
        {"accepted_at": datetime.now(UTC)},
    ],
)
def test_one_that_is_over_opens_nothing(end: dict[str, datetime]) -> None:
    secret = invited()
    Invitation.objects.update(**end)
    assert Client().get(f"/invitations/{secret}/").status_code == 410
    assert Client().post(f"/invitations/{secret}/", GOOD).status_code == 410
    with pytest.raises(actions.Refused):
        actions.accept_invitation(by=ANYONE, secret=secret, name="N", password=factory.PASSWORD)
    assert not Person.objects.filter(email="new@example.org").exists()


def test_an_address_that_signs_in_already_is_told_so() -> None:
    secret = invited()
    factory.person(factory.organisation("Two"), email="new@example.org")
    answer = Client().post(f"/invitations/{secret}/", GOOD)
    assert "signs in with this address already" in answer.content.decode()
    assert Invitation.objects.get().accepted_at is None


def test_revoking_from_the_page() -> None:
    secret = invited()
    administrator = Person.objects.get(roles__contains=["administrator"])
    offer = Invitation.objects.get()
    client = factory.signed_in(administrator)
    client.post(f"/organisations/one/invitations/{offer.pk}/revoke/")
    assert Client().get(f"/invitations/{secret}/").status_code == 410


def test_a_letter_that_cannot_be_sent_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_given: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("hueandcry.members.mail.send_mail", broken)
    client = factory.signed_in(factory.person(factory.organisation("One"), ["administrator"]))
    given = {"email": "new@example.org", "roles": ["reader"]}
    page = client.post("/organisations/one/people/invite/", given, follow=True).content.decode()
    assert "could not be sent" in page
    assert "/invitations/" in page

"""Signing in: recorded, slowed under guessing, with a second factor, ended with the account."""

from __future__ import annotations

import json
import time

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.db import connection
from django.test import Client

from hueandcry.audit.actions import keyed
from hueandcry.audit.models import Act
from hueandcry.members import actions, tasks
from hueandcry.members.models import Organisation, Person
from tests import factory

pytestmark = pytest.mark.usefixtures("database")


def sign_in(client: Client, email: str, password: str, **more: str) -> int:
    """The status of the answer: 302 where it went through."""
    return client.post("/account/login/", {"login": email, "password": password}, **more).status_code  # type: ignore[arg-type]


def verbs() -> list[str]:
    return list(Act.objects.using("owner").order_by("pk").values_list("verb", flat=True))


@pytest.fixture
def ana() -> Person:
    return factory.person(factory.organisation("One"), email="ana@example.org", password=factory.PASSWORD)


def test_in_and_out_are_recorded(ana: Person) -> None:
    client = Client()
    assert sign_in(client, "Ana@Example.org", factory.PASSWORD) == 302
    assert client.get("/account/profile/").status_code == 200
    client.post("/account/logout/")
    assert client.get("/account/profile/").status_code == 302
    assert verbs() == ["sign in", "sign out"]
    acts = Act.objects.using("owner").all()
    assert {(act.person, act.organisation, act.thing) for act in acts} == {(ana.pk, ana.organisation_id, str(ana.pk))}


@pytest.mark.parametrize("email", ["ana@example.org", "nobody@example.org"])
def test_a_failure_is_recorded_without_the_address(ana: Person, email: str) -> None:
    assert sign_in(Client(), email, "wrong") == 200
    act = Act.objects.using("owner").get()
    assert (act.verb, act.person, act.detail) == ("sign in failed", None, {"address": keyed(email)})


def test_guessing_is_slowed(ana: Person) -> None:
    """After five wrong passwords the right one does not help either, from whatever address it comes."""
    for number in range(5):
        assert sign_in(Client(), ana.email, f"wrong {number}", REMOTE_ADDR=f"10.0.0.{number}") == 200
    assert sign_in(Client(), ana.email, factory.PASSWORD, REMOTE_ADDR="10.0.0.9") == 200
    assert verbs() == ["sign in failed"] * 5 + ["sign in slowed"]


def test_guessing_at_many_people_from_one_place_is_slowed(ana: Person) -> None:
    for number in range(10):
        assert sign_in(Client(), f"p{number}@example.org", "wrong", HTTP_X_FORWARDED_FOR=f"10.1.1.{number}") == 200
    assert sign_in(Client(), ana.email, factory.PASSWORD) == 200
    assert verbs()[-1] == "sign in slowed"


def test_a_second_factor_is_asked_for(ana: Person) -> None:
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(ana, secret)
    client = Client()
    assert sign_in(client, ana.email, factory.PASSWORD) == 302
    assert client.get("/account/profile/").status_code == 302
    assert client.post("/account/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert client.get("/account/profile/").status_code == 302
    code = totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))
    assert client.post("/account/2fa/authenticate/", {"code": code}).status_code == 302
    assert client.get("/account/profile/").status_code == 200
    assert verbs() == ["second factor failed", "sign in"]


def test_a_closed_account_ends_its_sessions_and_signs_in_no_more(ana: Person) -> None:
    client = factory.signed_in(ana)
    assert client.get("/account/profile/").status_code == 200
    administrator = factory.as_viewer(factory.person(Organisation.objects.using("owner").get(), ["administrator"]))
    actions.set_active(by=administrator, person=ana.pk, active=False)
    assert client.get("/account/profile/")["Location"].startswith("/account/login/")
    fresh = Client()
    sign_in(fresh, ana.email, factory.PASSWORD)
    assert fresh.get("/account/profile/").status_code == 302
    actions.set_active(by=administrator, person=ana.pk, active=True)
    assert sign_in(fresh, ana.email, factory.PASSWORD) == 302
    assert fresh.get("/account/profile/").status_code == 200


def test_a_changed_password_ends_other_sessions(ana: Person) -> None:
    here, there = Client(), Client()
    for client in (here, there):
        assert sign_in(client, ana.email, factory.PASSWORD) == 302
    new = "another horse, another staple"
    given = {"oldpassword": factory.PASSWORD, "password1": new, "password2": new}
    assert here.post("/account/password/change/", given).status_code == 302
    assert here.get("/account/profile/").status_code == 200
    assert there.get("/account/profile/").status_code == 302
    assert "change password" in verbs()


@pytest.mark.parametrize("state", ["suspended", "left", "applicant"])
def test_people_of_no_member_are_told_so(state: str) -> None:
    person = factory.person(factory.organisation("Out", state=state), ["administrator"], password=factory.PASSWORD)
    client = Client()
    answer = client.post("/account/login/", {"login": person.email, "password": factory.PASSWORD})
    assert answer["Location"] == "/membership/"
    said = {"suspended": "membership is suspended", "left": "has left", "applicant": "has applied"}[state]
    assert said in client.get("/membership/").content.decode().replace("&#x27;", "'")


def written(address: str) -> None:
    """Have the worker's job done that writes to this address."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = 'forgotten_password' ORDER BY id DESC")
        given = json.loads(cursor.fetchone()[0])
    assert given["email"] == address
    tasks.forgotten_password(**given)


def test_a_forgotten_password(ana: Person) -> None:
    """In our words from the first page to the last; who is unknown gets a letter too, which offers no account."""
    client = Client()
    asked = client.get("/account/password/reset/").content.decode()
    assert "Send the link" in asked
    assert "contact us" not in asked
    for address in (ana.email, "nobody@example.org"):
        page = client.post("/account/password/reset/", {"email": address}, follow=True)
        assert "Look in your mailbox" in page.content.decode()
        written(address)
    letter, other = mail.outbox[-2:]
    assert (letter.to, letter.subject) == ([ana.email], "Hue & Cry: Choose a new password")
    assert (other.to, "signup" in other.body) == (["nobody@example.org"], False)
    assert "invitation" in other.body
    link = next(word for word in str(letter.body).split() if "/reset/key/" in word)
    form = client.get(link, follow=True)
    assert "Choose a new password" in form.content.decode()
    new = "another horse, another staple"
    done = client.post(form.redirect_chain[-1][0], {"password1": new, "password2": new}, follow=True)
    assert "Your password is changed" in done.content.decode()
    assert sign_in(Client(), ana.email, new) == 302
    assert "not valid any more" in Client().get(link, follow=True).content.decode()


def test_nobody_signs_up(ana: Person) -> None:
    given = {"email": "me@example.org", "password1": factory.PASSWORD, "password2": factory.PASSWORD}
    Client().post("/account/signup/", given)
    assert not Person.objects.filter(email="me@example.org").exists()


def test_nobody_changes_the_address_they_were_invited_by(ana: Person) -> None:
    client = factory.signed_in(ana)
    assert client.post("/account/email/", {"action_add": "", "email": "boss@example.org"}).status_code == 405

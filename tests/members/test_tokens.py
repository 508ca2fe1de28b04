"""Tokens: made and shown once, and what each header opens or is refused for."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hueandcry.audit.models import Act
from hueandcry.members import actions
from hueandcry.members.models import Person, Token
from hueandcry.members.tokens import TokenError, _parse, token_viewer
from tests import factory

database = pytest.mark.usefixtures("database")


def basic(email: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{email}:{secret}".encode()).decode()


@database
def test_the_life_of_a_token() -> None:
    ana = factory.person(factory.organisation("One"))
    client = factory.signed_in(ana)
    given = {"name": "SIEM", "scopes": ["read"], "days": 30}
    assert client.post("/tokens/", given).status_code == 422  # what it is used for is said by who makes it
    page = client.post("/tokens/", given | {"use": "active"}, follow=True).content.decode()
    assert Token.objects.get().use == "active"
    secret = re.search(r'<code class="value">(hc_[^<]+)</code>', page)
    assert secret is not None
    assert secret[1] not in client.get("/tokens/").content.decode()
    kept = Token.objects.get()
    assert bytes(kept.digest) == actions.digest_of(secret[1])
    assert timedelta(days=29) < kept.expires_at - datetime.now(UTC) <= timedelta(days=30)

    who = token_viewer(f"Bearer {secret[1]}", "read", channel="taxii")
    assert (who.person, who.organisation, who.channel) == (ana.pk, ana.organisation_id, "taxii")
    assert who.principals == factory.as_viewer(ana).principals
    assert token_viewer(basic(ana.email.upper(), secret[1]), "read").person == ana.pk

    client.post(f"/tokens/{kept.pk}/revoke/")
    with pytest.raises(TokenError, match="revoked"):
        token_viewer(f"Bearer {secret[1]}", "read")


@database
def test_last_use_is_noted_once_a_minute() -> None:
    secret = actions.add_token(by=factory.as_viewer(factory.person(factory.organisation())), name="T", scopes=["read"])
    token_viewer(f"Bearer {secret}", "read")
    first = Token.objects.get().last_used_at
    assert first is not None
    token_viewer(f"Bearer {secret}", "read")
    assert Token.objects.get().last_used_at == first
    Token.objects.update(last_used_at=first - timedelta(minutes=2))
    token_viewer(f"Bearer {secret}", "read")
    again = Token.objects.get().last_used_at
    assert again is not None
    assert again >= first


@database
@pytest.mark.parametrize(
    ("spoil", "why", "status"),
    [
        ("expire", "expired", 401),
        ("revoke", "revoked", 401),
        ("close", "closed account", 401),
        ("suspend", "no standing", 403),
        ("leave", "no standing", 403),
        ("scope", "scope", 403),
        ("secret", "unknown", 401),
        ("email", "other person", 401),
    ],
)
def test_what_is_refused_and_recorded(spoil: str, why: str, status: int) -> None:
    body = factory.organisation("One")
    ana = factory.person(body)
    secret = actions.add_token(by=factory.as_viewer(ana), name="T", scopes=["read", "export"])
    scope, header = "read", f"Bearer {secret}"
    if spoil == "expire":
        Token.objects.update(expires_at=datetime.now(UTC))
    elif spoil == "revoke":
        actions.revoke_token(by=factory.as_viewer(ana), token=Token.objects.get().pk)
    elif spoil == "close":
        Person.objects.filter(pk=ana.pk).update(is_active=False)
    elif spoil in ("suspend", "leave"):
        body.state = {"suspend": "suspended", "leave": "left"}[spoil]
        body.save(using="owner")
    elif spoil == "scope":
        scope = "submit"
    elif spoil == "secret":
        header = f"Bearer {secret[:-1]}"
    else:
        header = basic(factory.person(body).email, secret)
    with pytest.raises(TokenError) as refused:
        token_viewer(header, scope)
    assert refused.value.status == status
    act = Act.objects.using("owner").get(verb="refuse")
    assert (act.kind, act.channel, act.detail) == ("token", "api", {"why": why})
    assert secret not in str(act.detail)
    assert act.person == (None if spoil == "secret" else ana.pk)
    assert Token.objects.get().last_used_at is None


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic !!!", "Basic " + base64.b64encode(b"no colon").decode(), basic("", "hc_x"),
     basic("a@example.org", ""), "Digest x", "hc_abc", "Bearer " + "x" * 2_000, "Basic w7bDtg=="],
)  # fmt: skip
def test_headers_that_are_none(header: str) -> None:
    with pytest.raises(TokenError):
        _parse(header)


@given(st.text())
def test_any_header_is_read_or_refused(header: str) -> None:
    try:
        email, secret = _parse(header)
    except TokenError:
        return
    assert secret
    assert isinstance(email, str)


@database
@pytest.mark.parametrize("wrong", [{"name": " "}, {"scopes": []}, {"scopes": ["root"]}, {"days": 0}, {"days": 367}])
def test_tokens_that_cannot_be_made(wrong: dict[str, object]) -> None:
    by = factory.as_viewer(factory.person(factory.organisation()))
    with pytest.raises(actions.Refused):
        actions.add_token(by=by, **{"name": "T", "scopes": ["read"], "days": 30} | wrong)  # type: ignore[arg-type]


@database
def test_an_administrator_revokes_a_token_of_their_people_and_no_others() -> None:
    one = factory.organisation("One")
    actions.add_token(by=factory.as_viewer(factory.person(one)), name="T", scopes=["read"])
    token = Token.objects.get()
    stranger = factory.signed_in(factory.person(factory.organisation("Two"), ["administrator"]))
    assert stranger.post(f"/tokens/{token.pk}/revoke/").status_code == 404
    administrator = factory.signed_in(factory.person(one, ["administrator"]))
    answer = administrator.post(f"/tokens/{token.pk}/revoke/")
    assert answer["Location"] == f"/organisations/one/people/{token.person_id}/"
    token.refresh_from_db()
    assert token.revoked_at is not None

"""The home page: calm for those outside, and for each role what waits."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hueandcry.audit.models import Act
from hueandcry.exchange.models import Submission
from hueandcry.members.actions import AGREEMENT
from hueandcry.members.models import Agreement, Invitation, Organisation, Token
from hueandcry.project import waiting
from hueandcry.project.home import greeting
from tests import factory

pytestmark = pytest.mark.usefixtures("database")


def page(client: Client) -> str:
    answer = client.get("/")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def of(body: Organisation, *roles: str) -> Client:
    return factory.signed_in(factory.person(body, roles))


def settled(**more: object) -> Organisation:
    """A member that has accepted the agreement."""
    body = factory.organisation(**more)  # type: ignore[arg-type]
    Agreement.objects.using("owner").create(organisation_id=body.pk, version=AGREEMENT)
    return body


def test_signed_out() -> None:
    shown = page(Client())
    assert "/account/login/" in shown
    assert "What a business can do here" in shown
    assert "drop" not in shown.split("<footer")[0].split("<main")[0]


@pytest.mark.parametrize(
    ("state", "said"),
    [("applicant", "has applied"), ("suspended", "membership is suspended"), ("left", "has left the alliance")],
)
def test_outside_the_alliance(state: str, said: str) -> None:
    shown = page(of(factory.organisation(state=state), "administrator"))
    assert said in shown
    assert "/membership/" in shown
    assert "What the alliance sees" not in shown
    assert "data-dropzone" not in shown
    assert (AGREEMENT in shown) == (state == "applicant")


@pytest.mark.parametrize(("roles", "sends"), [(["reader"], False), (["analyst"], True), (["dpo"], False)])
def test_nothing_waits(roles: Sequence[str], sends: bool) -> None:
    shown = page(of(settled(), *roles))
    assert ("Nothing waits" in shown) == (roles != ["dpo"])
    assert ("data-dropzone" in shown) == sends
    assert "What the alliance sees" in shown


def test_a_shopkeeper_gets_one_plain_act() -> None:
    shown = page(of(settled(), "reporter"))
    assert "Report what happened" in shown
    assert 'class="btn btn-primary" href="/report/"' in shown


def test_a_file_that_was_refused_in_part_waits_with_its_receipt() -> None:
    body = settled()
    person = factory.person(body)
    reference = uuid.uuid4()
    for refused, at, name in ((2, 0, "fresh.json"), (2, 30, "old.json"), (0, 0, "good.json")):
        Submission.objects.using("owner").create(
            organisation_id=body.pk,
            person_id=person.pk,
            audience=_own(body),
            sha256=uuid.uuid4().bytes,
            size=1,
            channel="web",
            filename=name,
            reference=reference if name == "fresh.json" else uuid.uuid4(),
            state="done",
            read=refused,
            refused=refused,
            received_at=datetime.now(UTC) - timedelta(days=at),
        )
    shown = page(factory.signed_in(person))
    assert "1 thing waits" in shown
    assert "fresh.json" in shown
    assert f"/submissions/{reference}/" in shown
    assert "old.json" not in shown
    assert "good.json" not in shown
    assert "fresh.json" not in page(of(settled(), "analyst")), "another's file waits for nobody else"


def test_the_office_sees_who_applied() -> None:
    factory.organisation(state="applicant")
    office = factory.office()
    shown = page(of(office, "secretary"))
    assert "1 organisation has applied" in shown
    assert "/organisations/?state=applicant" in shown
    assert "has applied" not in page(of(settled(), "administrator"))


def test_an_administrator_sees_what_is_not_in_order() -> None:
    body = factory.organisation()
    person = factory.person(body, ["administrator"], name="Rui Costa")
    soon = datetime.now(UTC) + timedelta(days=3)
    Invitation.objects.using("owner").create(
        organisation_id=body.pk, email="a@example.org", digest=b"1", expires_at=soon
    )
    Token.objects.using("owner").create(
        person_id=person.pk, name="feed", hint="hc_", digest=b"2", scopes=["read"], expires_at=soon
    )
    shown = page(factory.signed_in(person))
    assert "4 things wait" in shown
    for said in (
        "is not accepted yet",
        "1 invitation is open",
        "Your token ends soon: feed",
        "without a second factor",
    ):
        assert said in shown
    assert f"/organisations/{body.slug}/people/" in shown


def test_a_data_protection_officer_sees_the_record() -> None:
    shown = page(of(settled(), "dpo"))
    assert "acts sealed" in shown
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    assert f"/audit/?since={yesterday}&amp;until={yesterday}" in shown


def test_looking_is_recorded() -> None:
    page(of(settled(), "reader"))
    assert Act.objects.using("owner").filter(kind="home", verb="read").count() == 1


def test_what_is_due_stands_first_the_earliest_day_before_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    told = [
        {"text": "Calm", "url": "/", "icon": "key"},
        {"text": "Pressing", "url": "/", "icon": "bell", "urgent": True},
        {"text": "Due later", "url": "/", "icon": "bell", "urgent": True, "due": date(2026, 12, 2)},
        {"text": "Due soon", "url": "/", "icon": "bell", "urgent": True, "due": date(2026, 12, 1)},
    ]
    monkeypatch.setattr(waiting, "TELLERS", ((("reader",), lambda _viewer, _body: told),))
    said = page(of(settled(), "reader"))
    places = [said.index(words) for words in ("Due soon", "Due later", "Pressing", "Calm")]
    assert places == sorted(places)


def test_questions_do_not_grow_with_what_waits() -> None:
    body = settled()
    client = of(body, "analyst", "administrator")
    with CaptureQueriesContext(connection) as few:
        page(client)
    for _ in range(5):
        factory.person(body)
        factory.organisation()
    with CaptureQueriesContext(connection) as many:
        page(client)
    assert len(few) == len(many)


def test_part_of_the_day() -> None:
    assert [greeting(hour) for hour in (0, 4, 5, 11, 12, 17, 18, 23)] == [
        "Hello", "Hello", "Good morning", "Good morning", "Good afternoon", "Good afternoon", "Good evening",
        "Good evening",
    ]  # fmt: skip


def _own(body: Organisation) -> int:
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO members_audience (principals) VALUES (ARRAY[%s]::bigint[]) ON CONFLICT (principals)"
            " DO UPDATE SET principals = excluded.principals RETURNING id",
            [body.principal_id],
        )
        audience = cursor.fetchone()[0]
        cursor.execute(
            "INSERT INTO members_audienceprincipal (principal, audience) VALUES (%s, %s) ON CONFLICT DO NOTHING",
            [body.principal_id, audience],
        )
    return int(audience)

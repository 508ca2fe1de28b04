"""Idempotency keys, rates and cursors: what a call does when it is repeated, raced, hurried or forged."""

from __future__ import annotations

import json
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.test import Client

from hueandcry.audit.models import Act
from hueandcry.exchange.models import KeptAnswer, Report, Revision
from hueandcry.exchange.rest import actions, rate
from hueandcry.members import actions as members
from hueandcry.members.models import Person
from tests import factory
from tests.exchange import send

pytestmark = pytest.mark.usefixtures("database")
API = "/api/v1/"


@pytest.fixture
def bank() -> Person:
    return factory.person(factory.organisation("A Bank"))


def token(person: Person, *scopes: str) -> str:
    scopes = scopes or ("read", "submit", "export")
    return members.add_token(by=factory.as_viewer(person), name=uuid.uuid4().hex, scopes=scopes)


def post(secret: str, path: str, body: Any, key: str = "", method: str = "post") -> Any:
    headers = {"Authorization": f"Bearer {secret}"} | ({"Idempotency-Key": key} if key else {})
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    media = "application/octet-stream" if isinstance(body, bytes) else "application/json"
    return getattr(Client(), method)(API + path, raw, content_type=media, headers=headers)


def get(secret: str, path: str) -> Any:
    return Client().get(API + path, headers={"Authorization": f"Bearer {secret}"})


def test_a_repeated_call_gets_the_first_answer(bank: Person) -> None:
    made, secret = send.form(bank, "A report"), token(bank)
    path, body = f"reports/{made.reference}", {"title": "Another", "reason": "so"}
    first = post(secret, path, body, "one", "patch")
    again = post(secret, path, body, "one", "patch")
    assert (first.status_code, first.content) == (200, again.content)
    assert (again.status_code, again["Idempotent-Replayed"], "Idempotent-Replayed" in first) == (200, "true", False)
    assert Revision.objects.using("owner").count() == 1
    assert Act.objects.using("owner").filter(verb="answer again").count() == 1
    # Undone by hand, the same call under the same key still does nothing: it was made
    Report.objects.using("owner").update(title="By hand")
    post(secret, path, body, "one", "patch")
    assert Report.objects.using("owner").get().title == "By hand"
    assert post(secret, path, body, "two", "patch").status_code == 200
    assert Report.objects.using("owner").get().title == "Another"


def test_another_call_under_the_same_key_is_refused(bank: Person) -> None:
    made, secret = send.form(bank, "A report"), token(bank)
    path = f"reports/{made.reference}"
    assert post(secret, path, {"title": "One", "reason": "so"}, "k", "patch").status_code == 200
    for other_path, body in ((path, {"title": "Two", "reason": "so"}), (f"{path}/withdraw", {"title": "One"})):
        answer = post(secret, other_path, body, "k", "patch" if other_path == path else "post")
        assert (answer.status_code, json.loads(answer.content)["error"]["code"]) == (422, "key")
    assert Report.objects.using("owner").get().title == "One"
    # A key is one's own: another token of the same person, and another person, may use the same word
    for other in (token(bank), token(factory.person(bank.organisation))):
        answer = post(other, path, {"title": "Three", "reason": "so"}, "k", "patch")
        assert answer.status_code == 200


def test_a_file_sent_again_by_a_form_is_the_same_call(bank: Person) -> None:
    """Each try of a form has another boundary; what counts is the file."""
    secret, answers = token(bank), []
    for boundary_no in range(2):
        upload = SimpleUploadedFile("t.csv", b"title,domain\nA shop,shop.pt\n")
        headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": "form"}
        client = Client(REMOTE_PORT=str(boundary_no))
        answers.append(client.post(f"{API}submissions", {"file": upload}, headers=headers))
    assert [a.status_code for a in answers] == [200, 200]
    assert answers[0].content == answers[1].content
    assert json.loads(answers[1].content)["repeat"] is False  # it is the first answer, not a second run
    plain = post(secret, "submissions", b"title,domain\nB shop,other-shop.pt\n", "raw")
    assert plain.content == post(secret, "submissions", b"title,domain\nB shop,other-shop.pt\n", "raw").content


def test_a_failure_lets_its_key_go(bank: Person) -> None:
    secret = token(bank)
    nowhere = f"reports/{uuid.uuid4()}/withdraw"
    for _ in range(2):
        assert post(secret, nowhere, {"reason": "so"}, "k").status_code == 404
    assert KeptAnswer.objects.using("owner").count() == 0
    made = send.form(bank, "A report")
    assert post(secret, f"reports/{made.reference}/withdraw", {"reason": "so"}, "k").status_code == 200


def test_many_at_once_run_one(bank: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    made, secret = send.form(bank, "A report"), token(bank)
    inside = threading.Barrier(6, timeout=20)

    def one(_n: int) -> tuple[int, str]:
        inside.wait()
        try:
            answer = post(secret, f"reports/{made.reference}/withdraw", {"reason": "so"}, "race")
            return answer.status_code, answer.headers.get("Retry-After", "")
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(one, range(6)))
    assert {status for status, _wait in answers} <= {200, 409}
    assert all(wait == "1" for status, wait in answers if status == 409)
    assert any(status == 200 for status, _wait in answers)
    assert Revision.objects.using("owner").count() == 1


def test_a_killed_call_is_taken_up_after_a_while(bank: Person) -> None:
    made, secret = send.form(bank, "A report"), token(bank)
    path, body = f"reports/{made.reference}/withdraw", {"reason": "so"}
    assert post(secret, path, body, "k").status_code == 200
    kept = KeptAnswer.objects.using("owner")
    kept.update(status=None, body=None)  # as if killed before it answered
    assert post(secret, path, body, "k").status_code == 409
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE exchange_keptanswer SET started_at = now() - interval '3 minutes'")
    assert post(secret, path, body, "k").status_code == 200
    assert kept.get().status == 200


def test_answers_are_forgotten_after_a_day(bank: Person) -> None:
    made, secret = send.form(bank, "A report"), token(bank)
    path, body = f"reports/{made.reference}/withdraw", {"reason": "so"}
    post(secret, path, body, "k")
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE exchange_keptanswer SET started_at = now() - interval '25 hours'")
    assert "Idempotent-Replayed" not in post(secret, path, body, "k")
    assert KeptAnswer.objects.using("owner").count() == 1


@pytest.mark.parametrize("key", ["x" * 256, "é"])
def test_keys_have_a_form(bank: Person, key: str) -> None:
    made, secret = send.form(bank, "A report"), token(bank)
    answer = post(secret, f"reports/{made.reference}/withdraw", {"reason": "so"}, key)
    assert (answer.status_code, json.loads(answer.content)["error"]["code"]) == (422, "key")


def test_kept_answers_are_their_persons_own(bank: Person) -> None:
    from hueandcry.members.viewer import viewer

    made, secret = send.form(bank, "A report"), token(bank)
    post(secret, f"reports/{made.reference}/withdraw", {"reason": "so"}, "k")
    assert KeptAnswer.objects.count() == 0  # without a viewer nothing is there
    for person, sees in ((bank, 1), (factory.person(bank.organisation), 0), (factory.person(None), 0)):
        with viewer(factory.as_viewer(person)):
            assert KeptAnswer.objects.count() == sees


def test_a_revoked_token_hears_nothing_again(bank: Person) -> None:
    made, secret = send.form(bank, "A report"), token(bank)
    path, body = f"reports/{made.reference}/withdraw", {"reason": "so"}
    assert post(secret, path, body, "k").status_code == 200
    from hueandcry.members.models import Token

    Token.objects.using("owner").update(revoked_at="2020-01-01T00:00:00Z")
    assert post(secret, path, body, "k").status_code == 401


def test_digests_tell_calls_apart(rf: Any) -> None:
    calls = [
        rf.post("/a", b"1", content_type="text/plain"), rf.post("/a", b"2", content_type="text/plain"),
        rf.post("/a?x=1", b"1", content_type="text/plain"), rf.patch("/a", b"1", content_type="text/plain"),
    ]  # fmt: skip
    assert len({actions.digest_of(call) for call in calls}) == 4
    assert calls[0].read() == b"1"


# Rates


def test_who_calls_too_often_hears_when_to_come_back(bank: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate, "LIMITS", {"read": 3, "write": 1, "export": 1})
    monkeypatch.setattr(rate.time, "time", lambda: 120.0 + 15)
    secret = token(bank)
    left = [get(secret, "whoami")["RateLimit-Remaining"] for _ in range(3)]
    assert left == ["2", "1", "0"]
    for _ in range(2):
        late = get(secret, "reports")
        assert (late.status_code, late["Retry-After"], late["RateLimit-Remaining"]) == (429, "45", "0")
        assert (late["RateLimit-Limit"], late["RateLimit-Reset"]) == ("3", "45")
        assert json.loads(late.content)["error"]["code"] == "rate"
    assert Act.objects.using("owner").filter(verb="refuse", detail={"why": "rate"}).count() == 1  # once a minute
    assert get(token(bank), "reports").status_code == 200  # each token has its own count
    assert post(secret, "submissions", b"words").status_code == 200  # each kind too
    assert post(secret, "submissions", b"words").status_code == 429
    monkeypatch.setattr(rate.time, "time", lambda: 180.0)
    assert get(secret, "reports").status_code == 200


def test_counts_of_many_at_once_miss_none(bank: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate.time, "time", lambda: 60.0)
    by = factory.as_viewer(bank)

    def some(_n: int) -> list[int]:
        try:
            return [rate.count(by, "read").used for _ in range(25)]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        used = [number for numbers in pool.map(some, range(4)) for number in numbers]
    assert sorted(used) == list(range(1, 101))


# Cursors


def test_cursors_are_good_for_their_list_only(bank: Person) -> None:
    for n in range(5):
        send.form(bank, f"report {n}")
        factory.organisation(f"Body {n}")
    secret = token(bank)
    after = json.loads(get(secret, "reports?limit=2").content)["next"]
    assert get(secret, f"reports?limit=3&after={after}").status_code == 200
    other = token(factory.person(bank.organisation))
    forged = after[:-4] + ("aaaa" if not after.endswith("aaaa") else "bbbb")
    for who, path in (
        (secret, f"reports?limit=2&q=report&after={after}"),
        (secret, f"reports?limit=2&tlp=GREEN&after={after}"),
        (secret, f"organisations?after={after}"),
        (secret, f"submissions?after={after}"),
        (other, f"reports?after={after}"),
        (secret, f"reports?after={forged}"),
        (secret, "reports?after=1645"),
        (secret, "reports?after=%00"),
        (secret, f"reports?after={'x' * 5_000}"),
    ):
        answer = get(who, path)
        assert (answer.status_code, json.loads(answer.content)["error"]["field"]) == (422, "after"), path


@pytest.mark.parametrize(
    ("path", "name", "key"),
    [("organisations", "organisations", "slug"), ("circles", "circles", "slug"), ("submissions", "submissions", None)],
)
def test_every_list_brings_each_once(bank: Person, path: str, name: str, key: str | None) -> None:
    for n in range(5):
        body = factory.organisation(f"Body {n}")
        factory.circle(f"Circle {n}", [body, bank.organisation])  # type: ignore[list-item]
        send.form(bank, f"report {n}")
    secret, seen, after = token(bank), [], ""
    for _ in range(10):
        page = json.loads(get(secret, f"{path}?limit=2&after={after}").content)
        assert len(page[name]) <= 2
        seen += [row[key or "submission"] for row in page[name]]
        after = page["next"] or ""
        if not after:
            break
    assert len(seen) == len(set(seen)) == (6 if path == "organisations" else 5)


def test_what_is_at_no_address_is_told_in_the_same_shape(bank: Person) -> None:
    secret = token(bank)
    for answer, status, code in (
        (get(secret, "nothing/here"), 404, "absent"),
        (post(secret, "whoami", {}), 405, "method"),
        (post(secret, "reports", {}), 405, "method"),
    ):
        content = json.loads(answer.content)
        assert (answer.status_code, content["error"]["code"]) == (status, code)
    headers = {"Authorization": f"Bearer {secret}"}
    large = Client().post(f"{API}sightings", b"[" * 6_000_000, content_type="application/json", headers=headers)
    assert (large.status_code, json.loads(large.content)["error"]["code"]) == (413, "large")


def test_handling_with_a_review_date_can_be_changed_again(bank: Person) -> None:
    made, secret = send.form(bank, "A report"), token(bank)
    path = f"reports/{made.reference}/handling"
    for body in ({"review_on": "2027-01-31"}, {"tlp": "AMBER"}, {"review_on": None}):
        assert post(secret, path, {"reason": "so", **body}, method="patch").status_code == 200
    report = Report.objects.using("owner").get()
    assert (report.tlp, report.review_on) == ("AMBER", None)

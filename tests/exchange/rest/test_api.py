"""REST v1: who may call what, one shape of error, absent and forbidden alike, paging, and its own description."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from hueandcry.exchange import actions, actions_report
from hueandcry.exchange.handling import Handling
from hueandcry.exchange.models import Object, Report, Submission
from hueandcry.exchange.rest.api import api
from hueandcry.members import actions as members
from hueandcry.members.models import Person, Token
from hueandcry.members.viewer import viewer
from hueandcry.notices import actions as notices
from hueandcry.notices.models import Notice
from tests import factory
from tests.exchange import send

pytestmark = pytest.mark.usefixtures("database")
TABLE = b"title,date,domain\nA false shop,2026-01-02,false-shop.pt\n"


@pytest.fixture
def bank() -> Person:
    return factory.person(factory.organisation("A Bank"))


def token(person: Person, *scopes: str) -> str:
    return members.add_token(by=factory.as_viewer(person), name="test", scopes=scopes or ("read", "submit", "export"))


def call(secret: str | None, path: str, body: Any = None, **more: Any) -> Any:
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    headers |= more.get("headers", {})
    method = more.get("method") or ("get" if body is None else "post")
    if method == "get":
        return Client().get(f"/api/v1/{path}", headers=headers)
    content = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
    media = "application/octet-stream" if isinstance(body, bytes) else "application/json"
    send_it = getattr(Client(), method)
    return send_it(f"/api/v1/{path}", content, content_type=more.get("content_type", media), headers=headers)


def error(response: Any) -> dict[str, str]:
    """The one shape that every error has."""
    content = json.loads(response.content)
    assert list(content) == ["error"]
    assert {"code", "message"} <= set(content["error"]) <= {"code", "message", "field"}
    assert all(isinstance(words, str) and words for words in content["error"].values())
    assert response["Content-Type"].startswith("application/json")
    return dict(content["error"])


REASON = {"reason": "because"}

# Each operation: method and path, its scope, the path and body of a call that succeeds
OPERATIONS: dict[str, tuple[str, str, Any]] = {
    "post /submissions": ("submit", "submissions", TABLE),
    "get /submissions": ("submit", "submissions", None),
    "get /submissions/{reference}": ("submit", "submissions/{submission}", None),
    "get /submissions/{reference}/reports": ("read", "submissions/{submission}/reports", None),
    "get /reports": ("read", "reports", None),
    "get /reports/{reference}": ("read", "reports/{report}", None),
    "patch /reports/{reference}": ("submit", "reports/{report}", {"title": "Another", **REASON}),
    "get /reports/{reference}/objects": ("read", "reports/{report}/objects", None),
    "get /reports/{reference}/objects/{number}": ("read", "reports/{report}/objects/{object}", None),
    "post /reports/{reference}/withdraw": ("submit", "reports/{report}/withdraw", REASON),
    "post /reports/{reference}/restore": ("submit", "reports/{report}/restore", REASON),
    "post /reports/{reference}/supersede": ("submit", "reports/{report}/supersede", {"successor": "{other}", **REASON}),
    "get /reports/{reference}/handling": ("read", "reports/{report}/handling", None),
    "patch /reports/{reference}/handling": ("submit", "reports/{report}/handling", {"pap": "GREEN", **REASON}),
    "post /reports/{reference}/grants": (
        "submit",
        "reports/{report}/grants",
        {"to": ["organisation:holder"], **REASON},
    ),
    "delete /reports/{reference}/grants/{recipient}": (
        "submit",
        "reports/{report}/grants/organisation:granted?reason=because",
        None,
    ),
    "get /export": ("export", "export", None),
    "post /sightings": ("submit", "sightings", {"report": "{report}"}),
    "get /sightings": ("read", "sightings?report={report}", None),
    "get /notices": ("read", "notices", None),
    "post /notices/{reference}/read": ("submit", "notices/{notice}/read", None),
    "get /alerts": ("read", "alerts", None),
    "get /whoami": ("any", "whoami", None),
    "get /organisations": ("read", "organisations", None),
    "get /organisations/{slug}": ("read", "organisations/a-bank", None),
    "get /circles": ("read", "circles", None),
    "get /circles/{slug}": ("read", "circles/the-ring", None),
}


def test_every_operation_is_tried_here() -> None:
    described = api.get_openapi_schema()
    found = {
        f"{method} {path.removeprefix('/api/v1')}"
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
        # tests/exchange/hits, tests/capacity and tests/academy try those
        if operation["tags"] not in (["hits"], ["resources"], ["academy"])
    }
    assert found == set(OPERATIONS)


def _facts(bank: Person) -> dict[str, str]:
    """A report with all that the operations' paths want, and the words that stand for it."""
    made, other = send.form(bank, "A report"), send.form(bank, "Another report")
    granted, _holder = factory.organisation("Granted"), factory.organisation("Holder")
    factory.circle("The Ring", [bank.organisation])  # type: ignore[list-item]
    notices.tell(kind="alert", title="Something", people=[bank.pk])
    by = factory.as_viewer(bank)
    actions_report.grant(by=by, report=made.pk, principals=[granted.principal_id], reason="so")
    with viewer(by):
        held = Object.objects.filter(report=made).order_by("pk").first()
        assert held is not None
        submission = Submission.objects.get(pk=made.submission_id)
        notice = Notice.objects.get()
    return {
        "report": str(made.reference), "other": str(other.reference), "submission": str(submission.reference),
        "object": str(held.pk), "notice": str(notice.reference),
    }  # fmt: skip


def _filled(body: Any, facts: dict[str, str]) -> Any:
    if isinstance(body, dict):
        return {name: v.format(**facts) if isinstance(v, str) else v for name, v in body.items()}
    return body


@pytest.mark.parametrize("operation", OPERATIONS)
def test_who_may_call(bank: Person, operation: str) -> None:
    scope, path, body = OPERATIONS[operation]
    method = operation.split()[0]
    facts = _facts(bank)
    path, body = path.format(**facts), _filled(body, facts)

    def tried(secret: str | None) -> tuple[int, str]:
        response = call(secret, path, body, method=method)
        return response.status_code, error(response)["message"]

    answer = call(None, path, body, method=method)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="Hue & Cry"')
    assert tried(None)[1].startswith("Send an API token")
    assert tried("hc_never-made")[0] == 401
    if scope != "any":
        others = sorted({"read", "submit", "export"} - {scope})
        assert tried(token(bank, *others)) == (403, f"This token is not for that: it lacks the scope “{scope}”.")
    secret = token(bank, "submit" if scope == "any" else scope)
    right = call(secret, path, body, method=method)
    assert right.status_code == 200, right.content
    assert b"".join(right.streaming_content) if right.streaming else right.content
    assert int(right["RateLimit-Remaining"]) < int(right["RateLimit-Limit"])
    kept = Token.objects.using("owner").get(digest=members.digest_of(secret))
    assert kept.last_used_at is not None
    _closing(bank, kept, secret, tried)


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if "{reference}" in one])
def test_the_wrong_viewer(bank: Person, operation: str) -> None:
    """Whoever may not see a report or submission hears what they would hear of one that is not there."""
    _scope, path, body = OPERATIONS[operation]
    facts = _facts(bank)
    by = factory.as_viewer(bank)
    with viewer(by):
        mine = list(Report.objects.values_list("pk", flat=True))
    for report in mine:
        actions_report.handle(by=by, report=report, handling=Handling(tlp="AMBER"), reason="ours only")
    secret = token(factory.person(factory.organisation("Stranger")))
    nowhere = {name: str(uuid.uuid4()) if name != "object" else "1" for name in facts}
    method = operation.split()[0]
    there = call(secret, path.format(**facts), _filled(body, facts), method=method)
    absent = call(secret, path.format(**nowhere), _filled(body, nowhere), method=method)
    assert (there.status_code, there.content) == (absent.status_code, absent.content)
    assert (there.status_code, error(there)["code"]) == (404, "absent")


def _closing(bank: Person, kept: Token, secret: str, tried: Any) -> None:
    """Every way in which a token that was good stops being so."""
    past = datetime.now(UTC) - timedelta(seconds=1)
    for field, value, said in (
        ("expires_at", past, "This token has expired."),
        ("revoked_at", past, "This token was revoked."),
    ):
        before = getattr(kept, field)
        Token.objects.using("owner").filter(pk=kept.pk).update(**{field: value})
        status, message = tried(secret)
        assert status == 401
        assert message.startswith(said)
        Token.objects.using("owner").filter(pk=kept.pk).update(**{field: before})
    for state in ("suspended", "left", "applicant"):
        type(bank.organisation).objects.using("owner").update(state=state)
        assert tried(secret)[0] == 403
    type(bank.organisation).objects.using("owner").update(state="vetted")
    Person.objects.using("owner").filter(pk=bank.pk).update(is_active=False)
    assert tried(secret)[0] in (401, 403)


def test_sending_and_following(bank: Person) -> None:
    secret = token(bank)
    sent = json.loads(call(secret, "submissions?filename=t.csv&tlp=amber", TABLE).content)
    assert (sent["state"], sent["format"], sent["repeat"]) == ("done", "csv", False)
    assert (sent["read"], sent["stored"], sent["known"], sent["refused"], sent["reports"]) == (1, 1, 0, 0, 1)
    again = json.loads(call(secret, "submissions", TABLE).content)
    assert (again["submission"], again["repeat"]) == (sent["submission"], True)
    assert json.loads(call(secret, f"submissions/{sent['submission']}").content) == sent
    assert Report.objects.using("owner").get().tlp == "AMBER"
    from django.core.files.uploadedfile import SimpleUploadedFile

    upload = SimpleUploadedFile("u.csv", TABLE.replace(b"shop", b"bank"))
    headers = {"Authorization": f"Bearer {secret}"}
    posted = Client().post("/api/v1/submissions", {"file": upload}, headers=headers)
    assert (posted.status_code, json.loads(posted.content)["stored"]) == (200, 1)
    waiting = json.loads(call(secret, "submissions?wait=false", b"only words, later").content)
    assert (waiting["state"], waiting["read"]) == ("received", 0)


def test_what_cannot_be_taken_is_told(bank: Person, settings: Any) -> None:
    secret = token(bank)
    unreadable = json.loads(call(secret, "submissions?format=stix", b"no json").content)
    assert (unreadable["state"], unreadable["place"] != "", unreadable["reason"] != "") == ("unreadable", True, True)
    for path, code, field in (
        ("submissions?tlp=pink", "handling", "tlp"),
        ("reports?limit=many", "misshapen", "query.limit"),
        ("reports/not-a-reference", "misshapen", "path.reference"),
        ("reports?after=nowhere", "misshapen", "after"),
        ("reports?limit=0", "misshapen", "query.limit"),
        ("reports?class=nonsense", "misshapen", "class"),
        ("reports?since=1066-10-14", "misshapen", "since"),
        ("export?format=pdf", "misshapen", "query.format"),
        ("export?countrie=PT", "misshapen", "countrie"),  # passed over, it would give away everything
        ("reports?q=a&Class=fraud", "misshapen", "Class"),
        ("whoami?q=a", "misshapen", "q"),
        ("submissions?format=xlsx", "misshapen", "format"),
    ):
        answer = call(secret, path, TABLE if path.startswith("sub") else None)
        told = error(answer)
        assert (answer.status_code, told["code"], told.get("field")) == (422, code, field), path
    made = send.form(bank, "A report")
    answer = call(secret, f"reports/{made.reference}", {"titel": "Another", **REASON}, method="patch")
    assert (answer.status_code, error(answer)["field"]) == (422, "body.titel")
    settings.SUBMISSION_LIMIT = 1_000
    answer = call(secret, "submissions", b"x" * 1_001)
    assert (answer.status_code, error(answer)["code"]) == (403, "refused")
    reader = factory.person(bank.organisation, ["reader"])
    answer = call(token(reader), "submissions", TABLE)
    assert (answer.status_code, error(answer)["code"]) == (403, "refused")


def test_absent_and_forbidden_are_alike(bank: Person) -> None:
    holder = factory.person(factory.organisation("Holder"))
    hidden = send.form(holder, "hidden", Handling(tlp="RED"))
    with_receipt = actions.receive(by=factory.as_viewer(holder), raw=TABLE, at_once=True)
    secret = token(bank)
    for kind, reference in (("reports", hidden.reference), ("submissions", with_receipt.reference)):
        there, nowhere = call(secret, f"{kind}/{reference}"), call(secret, f"{kind}/{uuid.uuid4()}")
        assert (there.status_code, there.content) == (nowhere.status_code, nowhere.content)
        assert (there.status_code, error(there)["code"]) == (404, "absent")


def test_paging_brings_each_once(bank: Person) -> None:
    sent = {str(send.form(bank, f"report {n}").reference) for n in range(7)}
    secret, seen, after = token(bank), [], ""
    for _ in range(4):
        page = json.loads(call(secret, f"reports?limit=2&after={after}").content)
        seen += [report["reference"] for report in page["reports"]]
        after = page["next"] or ""
        if not after:
            break
    assert (sorted(seen), after) == (sorted(sent), "")
    found = json.loads(call(secret, "reports?q=report").content)
    assert {report["reference"] for report in found["reports"]} == sent


def test_one_report_whole(bank: Person) -> None:
    made = send.form(bank, "A false shop", country="PT", known="false-shop.pt")
    whole = json.loads(call(token(bank), f"reports/{made.reference}").content)
    assert (whole["title"], whole["victim_countries"], whole["tlp"]) == ("A false shop", ["PT"], "GREEN")
    assert [(o["type"], o["value"]) for o in whole["observations"]] == [("domain-name", "false-shop.pt")]
    assert whole["handling"]["tlp"] == "GREEN"
    assert "recipients" not in whole["handling"]  # who else is in the know is not for every reader


def test_export(bank: Person) -> None:
    send.form(bank, "A false shop", known="false-shop.pt")
    stix = call(token(bank, "export"), "export")
    bundle = json.loads(b"".join(stix.streaming_content))
    assert bundle["type"] == "bundle"
    assert any(o.get("name") == "A false shop" for o in bundle["objects"])
    table = call(token(bank, "export"), "export?format=csv")
    assert b"A false shop" in b"".join(table.streaming_content)
    assert table["Content-Type"].startswith("text/csv")


def test_its_description() -> None:
    """OpenAPI 3.1: every reference resolves, every operation is protected and says what it is for."""
    answer = Client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    described = json.loads(answer.content)
    assert described["openapi"].startswith("3.")
    text = json.dumps(described)
    for name in {part.split('"')[0] for part in text.split('"#/components/schemas/')[1:]}:
        assert name in described["components"]["schemas"], name
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"], (path, method)
            assert operation["description"], (path, method)
            assert 200 in map(int, operation["responses"])
    assert "http://" not in text.replace("http://json-schema", "")


def test_no_cookie_opens_it(bank: Person) -> None:
    """A browser that is signed in is nobody here: no form on another site can act for its person."""
    browser = factory.signed_in(bank)
    assert browser.get("/api/v1/reports").status_code == 401
    assert browser.post("/api/v1/submissions", TABLE, content_type="text/csv").status_code == 401

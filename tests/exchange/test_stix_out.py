"""Our reports as STIX: the stix2 library takes every object, and our own reader gets every field back."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson
import pytest
import stix2
from hypothesis import given, settings
from hypothesis import strategies as st

from hueandcry.exchange import observables, stix, stix_out
from hueandcry.exchange.drafts import Marking, ObjectDraft, Observation, Options, Refusal, ReportDraft
from hueandcry.exchange.stix_out import OutOrganisation, OutReport

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
BANK = OutOrganisation(uuid.UUID(int=7, version=4), "A bank", NOON - timedelta(days=300))
SAMPLES = {
    "ipv4-addr": "203.0.113.7",
    "ipv6-addr": "2001:db8::1",
    "ip-range": "203.0.113.0/24",
    "domain-name": "bad.example.org",
    "hostname": "pc-1",
    "url": "http://bad.example.org/x?é=1",
    "email-addr": "mule@example.org",
    "mac-addr": "d2:fb:49:24:37:18",
    "autonomous-system": "AS64496",
    "md5": "9e107d9d372bb6826bd81d3542a419d6",
    "sha1": "ab" * 20,
    "sha224": "ab" * 28,
    "sha256": "ab" * 32,
    "sha512": "ab" * 64,
    "ssdeep": "96:abcdefgh:ijklmnop",
    "tlsh": "T1" + "AB" * 35,
    "file-name": 'Rechnung "März".pdf',
    "file-path": "/tmp/x",  # noqa: S108
    "mutex": "__x__",
    "windows-registry-key": "HKLM\\Software\\Run",
    "x509-sha1": "cd" * 20,
    "x509-sha256": "cd" * 32,
    "x509-serial": "2fa",
    "user-account": "telegram:mule",
    "iban": "DE89370400440532013000",
    "btc-address": "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
    "phone-number": "+442083661177",
    "vulnerability": "CVE-2024-3094",
    "user-agent": "curl/8",
}


def seen(kind: str, raw: str, **more: Any) -> Observation:
    value = observables.canonical(kind, raw)
    return Observation(value.type, value.value, valid=value.valid, claimed=value.claimed, **more)


def full(**more: Any) -> OutReport:
    roles = ("attacker", "victim", "mule", "unknown")
    found = [seen(kind, raw, role=roles[n % 4]) for n, (kind, raw) in enumerate(SAMPLES.items())]
    found += [seen("iban", "DE00370400440532013000", role="mule"), seen("url", "ftp://a.example/", first_seen=NOON)]
    parts: dict[str, Any] = {
        "id": uuid.UUID(int=1, version=4),
        "title": "Invoice fraud — “Müller”",
        "created": NOON,
        "modified": NOON + timedelta(microseconds=1),
        "account": "They wrote.\n\nWe paid.",
        "language": "de",
        "classes": (("fraud", "phishing"), ("fraud", "")),
        "techniques": ("T1566.002", "T0865"),
        "labels": ("ceo-fraud",),
        "occurred_from": NOON - timedelta(days=2),
        "occurred_to": NOON - timedelta(days=1),
        "reported_at": NOON,
        "victim_countries": ("DE", "PL"),
        "victim_sector": "C",
        "victim_size": "small",
        "loss_amount": Decimal("12000.50"),
        "loss_currency": "EUR",
        "marking": Marking(
            tlp="AMBER+STRICT", pap="AMBER", codes=("H1", "H2"), source_grade="B", information_grade="2"
        ),
        "organisation": BANK,
        "observations": tuple(found),
    }
    return OutReport(**(parts | more))


def bundled(*reports: OutReport) -> bytes:
    return b"".join(stix_out.bundle(text for report in reports for text in stix_out.objects(report)))


def back(*reports: OutReport) -> tuple[list[ReportDraft], list[ObjectDraft]]:
    found = list(stix.read(bundled(*reports), Options()))
    assert [one for one in found if isinstance(one, Refusal)] == []
    return [one for one in found if isinstance(one, ReportDraft)], [
        one for one in found if isinstance(one, ObjectDraft)
    ]


TEXTS = ("title", "account", "kind", "language", "labels", "victim_sector", "victim_size", "loss_currency")
FACTS = ("classes", "techniques", "victim_countries", "loss_amount", "marking", "withdrawn", "observations")
SAME = (*TEXTS, *FACTS, "occurred_from", "occurred_to", "reported_at")


@pytest.mark.parametrize("kind", ["incident", "intelligence"])
@pytest.mark.parametrize("withdrawn", [False, True])
def test_everything_comes_back(kind: Any, withdrawn: bool) -> None:
    report = full(kind=kind, withdrawn=withdrawn)
    (draft,), objects = back(report)
    assert {name: getattr(draft, name) for name in SAME} == {name: getattr(report, name) for name in SAME}
    assert draft.key == f"{'incident' if kind == 'incident' else 'report'}--{report.id}"
    assert draft.version == report.modified
    assert {one.reports for one in objects} == {(draft.key,)}
    assert all(one.observations == () for one in objects)  # the report tells them, each with its role


def test_a_bare_report_comes_back() -> None:
    for kind in ("incident", "intelligence"):
        bare = OutReport(uuid.UUID(int=2, version=4), "x", NOON, NOON, kind=kind)  # type: ignore[arg-type]
        (draft,), _ = back(bare)
        assert (draft.title, draft.kind, draft.observations, draft.marking) == ("x", kind, (), Marking())


def test_a_shared_value_keeps_its_role_in_each_report() -> None:
    one = full(observations=(seen("domain-name", "a.example", role="attacker"),))
    two = full(
        id=uuid.UUID(int=3, version=4),
        observations=(seen("domain-name", "a.example", role="victim"),),
        marking=Marking("RED"),
    )
    drafts, objects = back(one, two)
    assert [draft.observations[0].role for draft in drafts] == ["attacker", "victim"]
    told = [draft for draft in objects if draft.kind == "domain-name"]  # twice, as each is marked as its report is
    assert len({draft.key for draft in told}) == 1
    assert {key for draft in told for key in draft.reports} == {draft.key for draft in drafts}


@pytest.mark.parametrize("kind", ["incident", "intelligence"])
def test_stix2_takes_every_object(kind: Any) -> None:
    for text in stix_out.objects(full(kind=kind)):
        stix2.parse(text, allow_custom=False)
    stix2.parse(bundled(full(kind=kind)).decode(), allow_custom=False)


@pytest.mark.parametrize("kind", SAMPLES)
def test_ids_are_those_that_stix2_makes(kind: str) -> None:
    made = stix_out.observable(seen(kind, SAMPLES[kind]))
    if made is None:
        assert kind in {
            "hostname",
            "sha224",
            "file-path",
            "iban",
            "btc-address",
            "phone-number",
            "vulnerability",
            "user-agent",
        }
        return
    parsed = stix2.parse({name: value for name, value in made.items() if name != "id"} | {"id": made["id"]})
    fresh = type(parsed)(**{name: value for name, value in made.items() if name not in ("id", "type", "spec_version")})
    assert fresh["id"] == made["id"]


def test_same_report_same_bytes() -> None:
    assert stix_out.objects(full()) == stix_out.objects(full())


def test_bundle_streams_each_object_once() -> None:
    one = '{"type":"domain-name","id":"domain-name--1"}'
    chunks = list(stix_out.bundle((one for _ in range(3)), uuid.UUID(int=1)))
    assert json.loads(b"".join(chunks))["objects"] == [json.loads(one)]
    assert b"objects" not in b"".join(stix_out.bundle([]))
    many = (f'{{"id":"x--{n}","text":"{"a" * 1000}"}}' for n in range(1000))
    chunks = list(stix_out.bundle(many))
    assert len(orjson.loads(b"".join(chunks))["objects"]) == 1000
    assert max(map(len, chunks)) < 70_000


moments = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
words = st.text(max_size=30)


@given(words, words, st.lists(st.tuples(st.sampled_from([*SAMPLES, "nonsense"]), words), max_size=4), moments, moments)
@settings(max_examples=60, deadline=None)
def test_whatever_people_write_comes_back(
    title: str, account: str, raw: list[tuple[str, str]], one: Any, two: Any
) -> None:
    found = dict.fromkeys(seen(kind, text, first_seen=min(one, two), last_seen=max(one, two)) for kind, text in raw)
    report = full(
        title=title, account=account, observations=tuple(o for o in found if o.value), created=one, modified=two
    )
    (draft,), _ = back(report)
    assert draft.observations == report.observations
    for text in stix_out.objects(report):
        stix2.parse(text, allow_custom=False)

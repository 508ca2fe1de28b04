"""The STIX reader: each element once, each rule with the file that breaks it, and what reports draw from objects."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hueandcry.exchange import stix
from hueandcry.exchange.drafts import Draft, Loss, ObjectDraft, Options, Refusal, ReportDraft, Unreadable
from hueandcry.exchange.stix_handling import TLP_1, TLP_2, TLP_EXTENSION
from hueandcry.exchange.stix_shapes import DOMAIN, OBSERVABLE

MOMENT = "2026-01-31T12:00:00.000Z"


def uid(number: int, version: int = 4) -> str:
    return f"{number:08x}-0000-{version}000-8000-000000000000"


def sdo(kind: str, number: int, /, **more: Any) -> dict[str, Any]:
    common = {
        "type": kind,
        "spec_version": "2.1",
        "id": f"{kind}--{uid(number)}",
        "created": MOMENT,
        "modified": MOMENT,
    }
    return common | more


def sco(kind: str, number: int, /, **more: Any) -> dict[str, Any]:
    return {"type": kind, "spec_version": "2.1", "id": f"{kind}--{uid(number, 5)}"} | more


def indicator(number: int, pattern: str = "[domain-name:value = 'bad.example.org']", **more: Any) -> dict[str, Any]:
    known = {
        "pattern": pattern,
        "pattern_type": "stix",
        "valid_from": MOMENT,
        "indicator_types": ["malicious-activity"],
    }
    return sdo("indicator", number, **(known | more))


def relationship(number: int, source: dict[str, Any], kind: str, target: dict[str, Any]) -> dict[str, Any]:
    return sdo("relationship", number, relationship_type=kind, source_ref=source["id"], target_ref=target["id"])


def bundled(*objects: Any) -> bytes:
    return orjson.dumps({"type": "bundle", "id": f"bundle--{uid(999)}", "objects": list(objects)})


def read(raw: bytes, name: str = "") -> list[Draft]:
    return list(stix.read(raw, Options(filename=name)))


def of(kind: type, drafts: list[Draft]) -> list[Any]:
    return [one for one in drafts if isinstance(one, kind)]


def refusal(raw: bytes) -> Refusal:
    (one,) = of(Refusal, read(raw))
    return one


def values(drafts: list[Draft]) -> list[tuple[str, str, str]]:
    return [(one.type, one.value, one.role) for draft in of(ObjectDraft, drafts) for one in draft.observations]


# -- bookkeeping ---------------------------------------------------------------------------------------------------


def test_text_is_kept_to_the_character() -> None:
    odd = '{ "type":"indicator" ,\n\t"spec_version":"2.1", "x_é":"\\u00e9\\u0000", "created":"2026-01-31T12:00:00Z",'
    odd += '"pattern":"[a:b=1]","pattern_type":"stix","valid_from":"2026-01-31T12:00:00Z",'
    odd += f'"modified":"{MOMENT}","id":"indicator--{uid(1)}"}}'
    (one,) = of(ObjectDraft, read(f'{{"objects" : [ {odd} ],"type":"bundle"}}'.encode()))
    assert one.text == odd
    assert (one.place, one.kind) == ("objects[0]", "indicator")
    assert one.version == datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize("wrap", [lambda one: [one], lambda one: one, lambda one: {"objects": [one]}])
def test_lists_bare_objects_and_envelopes(wrap: Any) -> None:
    found = read(orjson.dumps(wrap(indicator(1))), "mine.json")
    report, one = found
    assert isinstance(report, ReportDraft)
    assert isinstance(one, ObjectDraft)
    assert one.reports == (report.key,)
    assert re.fullmatch("bundle--[0-9a-f-]{36}", report.key)
    assert report.title == "mine.json"


def test_empty_bundle_has_nothing() -> None:
    assert read(b'{"type":"bundle","id":"bundle--%s"}' % uid(1).encode()) == []
    assert read(bundled()) == []


def test_byte_order_mark_and_utf_16_are_read() -> None:
    raw = bundled(indicator(1))
    assert len(of(ObjectDraft, read(b"\xef\xbb\xbf" + raw))) == 1
    assert len(of(ObjectDraft, read(raw.decode().encode("utf-16")))) == 1


def test_same_again_is_yielded_and_other_content_refused() -> None:
    first, other = indicator(1), indicator(1, confidence=5)
    later = indicator(1, modified="2026-02-01T00:00:00.000Z")
    found = read(bundled(first, dict(reversed(first.items())), other, later))
    assert [one.place for one in of(ObjectDraft, found)] == ["objects[0]", "objects[1]", "objects[3]"]
    assert of(Refusal, found) == [Refusal("objects[2]", "same id and modified as objects[0] but different content")]


def test_observable_told_twice_is_kept_twice() -> None:
    one = sco("domain-name", 1, value="a.example")
    found = read(bundled(one, one | {"object_marking_refs": [next(iter(TLP_2))]}))
    assert [draft.place for draft in of(ObjectDraft, found)] == ["objects[0]", "objects[1]"]


# -- what cannot be read -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        (b"", "byte 0"),
        (b" \n", "byte 0"),
        (b"hello", "byte 0"),
        (b'{"type":"bundle","objects":[{"type":"a"', "byte 39"),
        (b'{"type":"bundle","objects":[{"type":"abc', "byte 40"),
        (b'{"type":"bundle","objects":[{"type":"a"]}', "byte 39"),
        (b'{"type":"bundle","objects":[1,,2]}', "byte 30"),
        (b'{"type":"bundle","objects":{"a":1}}', "objects"),
        (b'{"Event":{"info":"a MISP event"}}', "byte 0"),
        (b'{"type":"bundle" "objects":[]}', "byte 17"),
        (b"[" * 20_000, "byte 10000"),
        (b"[1] [2]", "byte 3"),
    ],
)
def test_unreadable_names_the_byte(raw: bytes, place: str) -> None:
    with pytest.raises(Unreadable) as error:
        read(raw)
    assert error.value.place == place
    assert error.value.reason


def test_truncated_anywhere_is_unreadable() -> None:
    raw = bundled(indicator(1), sco("domain-name", 2, value="a.example"))
    for end in range(len(raw) - 1):
        with pytest.raises(Unreadable):
            read(raw[:end])


@pytest.mark.parametrize(
    ("element", "reason"),
    [
        (b"7", "should be an object, and is a number"),
        (b"null", "should be an object, and is null"),
        (b'"text"', "should be an object, and is a text"),
        (b'{"a":NaN}', "not JSON"),
        (b'{"a":-Infinity}', "not JSON"),
        (b'{"a":1e999}', "not JSON"),
        (b'{"a":"\\ud800"}', "half a character"),
        (b'{"a":"\x01"}', "not JSON"),
        (b'{"a":"\xe9"}', "not UTF-8"),
        (b'{"a":1,"b":{"c":1,"c":2}}', "the name 'c' stands twice in one object"),
        (b'{"a":' + b"[" * 200 + b"]" * 200 + b"}", "nested more than 100 deep"),
        (b'{"a":' + b"[" * 3_000 + b"]" * 3_000 + b"}", "nested more than 100 deep"),
        (b'{"a\\\\":' + b'["]\\"]",' * 101 + b"1" + b"]" * 101 + b"}", "nested more than 100 deep"),
        (b'{"a":"' + b"x" * 4_000_001 + b'"}', "longer than 4,000,000 characters"),
        (b"nonsense", "not JSON"),
    ],
    ids=lambda value: repr(value[:14]),
)
def test_one_bad_element_is_refused_and_the_others_kept(element: bytes, reason: str) -> None:
    good = orjson.dumps(indicator(1))
    found = read(b'{"type":"bundle","objects":[%s, %s ,%s]}' % (good, element, orjson.dumps(indicator(2))))
    assert [one.place for one in of(ObjectDraft, found)] == ["objects[0]", "objects[2]"]
    (refused,) = of(Refusal, found)
    assert refused.place == "objects[1]"
    assert reason in refused.reason


def test_brackets_inside_texts_do_not_nest() -> None:
    texts = ["[" * 300, '\\"[{' * 60, "\\\\[", "]}" * 200]
    drafts = read(bundled(indicator(1, description=json.dumps(texts))))
    assert len(of(ObjectDraft, drafts)) == 1 and of(Refusal, drafts) == []


def test_colon_after_a_quote_inside_text_is_no_name() -> None:
    assert of(Refusal, read(bundled(indicator(1, description='he said ":": and "a" : b')))) == []


# -- the rules of the specification --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"type": None}, "type"),
        ({"type": "Bad Type"}, "type"),
        ({"type": "bundle"}, "type"),
        ({"type": "malware"}, "id"),
        ({"id": None}, "id"),
        ({"id": "indicator--1"}, "id"),
        ({"created": None}, "created"),
        ({"modified": None}, "modified"),
        ({"modified": "2026-13-01T00:00:00Z"}, "modified"),
        ({"modified": "2026-01-31"}, "modified"),
        ({"modified": "2026-01-31T12:00:00+01:00"}, "modified"),
        ({"modified": "2020-01-01T00:00:00Z"}, "modified"),
        ({"pattern": None}, "pattern"),
        ({"pattern": 7}, "pattern"),
        ({"pattern_type": None}, "pattern_type"),
        ({"valid_from": "soon"}, "valid_from"),
        ({"valid_until": "2020-01-01T00:00:00Z"}, "valid_until"),
        ({"object_marking_refs": ["red"]}, "object_marking_refs[0]"),
        ({"created_by_ref": "me"}, "created_by_ref"),
    ],
)
def test_broken_rule_names_the_place(change: dict[str, Any], path: str) -> None:
    one = {name: value for name, value in (indicator(1) | change).items() if value is not None}
    assert refusal(bundled(one)).place == f"objects[0].{path}"


def test_reason_is_plain() -> None:
    refused = refusal(bundled(indicator(1, modified="yesterday")))
    assert refused.reason == "not a date such as 2026-01-31T12:00:00Z: 'yesterday'"


@pytest.mark.parametrize("kind", [*DOMAIN, *OBSERVABLE])
def test_every_required_property_is_required(kind: str) -> None:
    for name, _ in (DOMAIN | OBSERVABLE)[kind]:
        one = sdo(kind, 1) if kind in DOMAIN else sco(kind, 1)
        given_all = {"text": "x", "date": MOMENT, "ref": one["id"], "refs": [one["id"]], "count": 1, "flag": True}
        given_all |= {"list": ["x"], "object": {}}
        for other, shape in (DOMAIN | OBSERVABLE)[kind]:
            one[other] = given_all[shape]
        one |= {"is_family": True, "pattern_type": "stix"}
        del one[name]
        assert refusal(bundled(one)) == Refusal(f"objects[0].{name}", "missing")


def test_custom_types_and_old_objects_are_taken() -> None:
    old = {name: value for name, value in indicator(1).items() if name not in ("spec_version", "pattern_type")}
    extended = sco("bank-account", 5, iban="x") | {"id": f"bank-account--{uid(5)}"}
    extended["extensions"] = {f"extension-definition--{uid(6)}": {"extension_type": "new-sco"}}
    found = read(bundled(old, sdo("x-ours", 2), sdo("unheard-of", 3), sco("x-value", 4, value="x"), extended))
    assert len(of(ObjectDraft, found)) == 5
    assert refusal(bundled({"type": "x-ours", "id": f"x-ours--{uid(2)}"})).place == "objects[0].created"


@pytest.mark.parametrize("digits", ["", ".1", ".123", ".1948", ".194951", ".1234567"])
def test_any_precision_of_a_timestamp(digits: str) -> None:
    moment = f"2026-01-31T12:00:00{digits}Z"
    assert of(Refusal, read(bundled(indicator(1, created=moment, modified=moment)))) == []


# -- observations --------------------------------------------------------------------------------------------------

MD5, SHA = "9e107d9d372bb6826bd81d3542a419d6", "ab" * 32


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (sco("domain-name", 1, value="Bad.Example.ORG"), ("domain-name", "bad.example.org")),
        (sco("ipv4-addr", 1, value="203.0.113.7/32"), ("ipv4-addr", "203.0.113.7")),
        (sco("ipv4-addr", 1, value="203.0.113.0/24"), ("ip-range", "203.0.113.0/24")),
        (sco("ipv6-addr", 1, value="2001:DB8::1"), ("ipv6-addr", "2001:db8::1")),
        (sco("url", 1, value="http://bad.example.org/x"), ("url", "http://bad.example.org/x")),
        (sco("email-addr", 1, value="Me@Example.org"), ("email-addr", "me@example.org")),
        (sco("mac-addr", 1, value="D2-FB-49-24-37-18"), ("mac-addr", "d2:fb:49:24:37:18")),
        (sco("mutex", 1, name="__CLEANSWEEP__"), ("mutex", "__CLEANSWEEP__")),
        (sco("autonomous-system", 1, number=15139), ("autonomous-system", "AS15139")),
        (sco("file", 1, hashes={"SHA-256": SHA.upper()}), ("sha256", SHA)),
        (sco("file", 1, hashes={"MD5": MD5}), ("md5", MD5)),
        (sco("file", 1, name="evil.exe"), ("file-name", "evil.exe")),
        (sco("artifact", 1, url="http://a.example/x", hashes={"MD5": MD5}), ("url", "http://a.example/x")),
        (sco("directory", 1, path="/tmp/x"), ("file-path", "/tmp/x")),  # noqa: S108
        (sco("windows-registry-key", 1, key="HKLM\\Run"), ("windows-registry-key", "HKEY_LOCAL_MACHINE\\run")),
        (sco("x509-certificate", 1, serial_number="02:fa"), ("x509-serial", "2fa")),
        (sco("x509-certificate", 1, hashes={"SHA-1": "ab" * 20}), ("x509-sha1", "ab" * 20)),
        (sco("user-account", 1, account_type="telegram", account_login="Mule"), ("user-account", "telegram:mule")),
        (sco("user-account", 1, account_type="unix", user_id="1001"), ("user-account", "1001")),
        (sco("email-message", 1, is_multipart=False, subject="Invoice"), ("email-subject", "Invoice")),
        (sco("network-traffic", 1, protocols=["tcp"], dst_ref=f"ipv4-addr--{uid(1)}", dst_port=4444), ("port", "4444")),
        (
            sco(
                "network-traffic",
                1,
                protocols=["http"],
                src_ref=f"ipv4-addr--{uid(1)}",
                extensions={"http-request-ext": {"request_header": {"User-Agent": "curl/8"}}},
            ),
            ("user-agent", "curl/8"),
        ),
        (sdo("vulnerability", 1, name="CVE-2024-3094"), ("vulnerability", "CVE-2024-3094")),
        (
            sdo(
                "vulnerability",
                1,
                name="xz",
                external_references=[{"source_name": "cve", "external_id": "CVE-2024-3094"}],
            ),
            ("vulnerability", "CVE-2024-3094"),
        ),
        (indicator(1, "[network-traffic:dst_ref.value ISSUBSET '198.51.100.0/24']"), ("ip-range", "198.51.100.0/24")),
        (indicator(1, "[file:hashes.'SHA-256' = '" + SHA + "']"), ("sha256", SHA)),
        (
            indicator(1, "[user-account:account_type = 'telegram' AND user-account:account_login = 'Mule']"),
            ("user-account", "telegram:mule"),
        ),
    ],
    ids=lambda value: value["type"] if isinstance(value, dict) else value[0],
)
def test_observables_of_objects(one: dict[str, Any], expected: tuple[str, str]) -> None:
    found = read(bundled(one))
    assert of(Refusal, found) == []
    assert expected in [(kind, value) for kind, value, _ in values(found)]


def test_indicator_says_who_and_when() -> None:
    hostile, calm = indicator(1, valid_until="2026-03-01T00:00:00Z"), indicator(2, indicator_types=["benign"])
    first, second = of(ObjectDraft, read(bundled(hostile, calm)))
    assert first.observations[0].role == "attacker"
    assert first.observations[0].first_seen == datetime(2026, 1, 31, 12, tzinfo=UTC)
    assert first.observations[0].last_seen == datetime(2026, 3, 1, tzinfo=UTC)
    assert second.observations[0].role == "unknown"


def test_pattern_that_is_none_is_kept_and_told() -> None:
    found = read(bundled(indicator(1, "[file:size = ]"), indicator(2, "rule x {}", pattern_type="yara")))
    assert len(of(ObjectDraft, found)) == 2
    assert [one.place for one in of(Loss, found)] == ["objects[0].pattern", "objects[1].pattern"]
    assert "character 13" in of(Loss, found)[0].what


def test_parts_are_told_by_other_objects() -> None:
    to, relay = sco("email-addr", 1, value="me@example.org"), sco("ipv4-addr", 2, value="203.0.113.7")
    message = sco("email-message", 3, is_multipart=False, to_refs=[to["id"]])
    net = sdo("infrastructure", 4, name="relays")
    seen = sdo(
        "observed-data", 5, first_observed=MOMENT, last_observed=MOMENT, number_observed=1, object_refs=[relay["id"]]
    )
    found = read(bundled(to, relay, message, net, relationship(6, net, "consists-of", relay), seen))
    assert ("email-addr", "me@example.org", "victim") in values(found)
    assert ("ipv4-addr", "203.0.113.7", "attacker") in values(found)
    (address,) = [o for d in of(ObjectDraft, found) for o in d.observations if o.type == "ipv4-addr"]
    assert address.first_seen == datetime(2026, 1, 31, 12, tzinfo=UTC)


def test_observed_data_of_stix_2_0() -> None:
    inside = {
        "0": {"type": "email-addr", "value": "victim@example.org"},
        "1": {"type": "email-message", "is_multipart": False, "to_refs": ["0"], "subject": "Invoice"},
        "2": {"type": "file", "hashes": {"MD5": MD5}},
    }
    one = sdo("observed-data", 1, first_observed=MOMENT, last_observed=MOMENT, number_observed=1, objects=inside)
    del one["spec_version"]
    found = values(read(bundled(one)))
    assert ("email-addr", "victim@example.org", "victim") in found
    assert {("email-subject", "Invoice", "unknown"), ("md5", MD5, "unknown")} <= set(found)


# -- reports -------------------------------------------------------------------------------------------------------


def test_incident_holds_what_it_is_related_to() -> None:
    incident = sdo("incident", 1, name="Fraud", description="They called.", labels=["fraud"], lang="en-GB")
    phish = sdo("attack-pattern", 2, name="Phishing")
    phish["external_references"] = [{"source_name": "mitre-attack", "external_id": "T1566.002"}]
    value = sco("domain-name", 3, value="bad.example.org")
    seen = sdo(
        "observed-data",
        4,
        first_observed="2026-01-01T00:00:00Z",
        last_observed=MOMENT,
        number_observed=1,
        object_refs=[value["id"]],
    )
    victim = sdo("identity", 5, name="A bank", sectors=["financial-services"])
    place = sdo("location", 6, country="pl")
    links = [relationship(10, incident, "related-to", one) for one in (phish, seen)]
    links += [relationship(12, incident, "targets", victim), relationship(13, victim, "located-at", place)]
    found = read(bundled(*links, place, victim, seen, value, phish, incident))
    (report,) = of(ReportDraft, found)
    assert found[0] is report
    assert (report.key, report.title, report.account) == (incident["id"], "Fraud", "They called.")
    assert (report.kind, report.language, report.labels) == ("incident", "en", ("fraud",))
    assert (report.techniques, report.victim_countries, report.victim_sector) == (("T1566.002",), ("PL",), "L")
    assert report.occurred_from == datetime(2026, 1, 1, tzinfo=UTC)
    assert {one.reports for one in of(ObjectDraft, found)} == {(incident["id"],)}


def test_report_and_loose_objects_are_two() -> None:
    held, loose = indicator(1), indicator(2, "[domain-name:value='b.example.org']")
    author = sdo("identity", 3, name="CERT")
    report = sdo("report", 4, name="Weekly", published=MOMENT, object_refs=[held["id"]], created_by_ref=author["id"])
    found = read(bundled(loose, held, report, author), "week.json")
    weekly, rest = of(ReportDraft, found)
    assert (weekly.kind, weekly.reported_at) == ("intelligence", datetime(2026, 1, 31, 12, tzinfo=UTC))
    assert weekly.labels == ("malicious-activity",)
    homes = {one.key: one.reports for one in of(ObjectDraft, found)}
    assert homes[loose["id"]] == (f"bundle--{uid(999)}",) == (rest.key,)
    assert homes[held["id"]] == homes[author["id"]] == homes[report["id"]] == (report["id"],)


def test_supporting_objects_alone_make_no_second_report() -> None:
    incident = sdo("incident", 1, name="Fraud")
    found = read(bundled(sdo("identity", 2, name="Somebody"), incident))
    assert [one.key for one in of(ReportDraft, found)] == [incident["id"]]
    assert {one.reports for one in of(ObjectDraft, found)} == {(incident["id"],)}


def test_refused_report_leaves_its_objects_with_the_loose_ones() -> None:
    held = indicator(1)
    broken = sdo("report", 2, name="x", published="never", object_refs=[held["id"]])
    found = read(bundled(broken, held))
    assert [one.key for one in of(ReportDraft, found)] == [f"bundle--{uid(999)}"]
    assert of(Refusal, found)[0].place == "objects[0].published"


def test_newest_version_makes_the_report_and_withdrawal_shows() -> None:
    old = sdo("incident", 1, name="Old")
    new = sdo("incident", 1, name="New", modified="2026-02-01T00:00:00Z", revoked=True)
    (report,) = of(ReportDraft, read(bundled(new, old)))
    assert (report.title, report.withdrawn) == ("New", True)


@pytest.mark.parametrize(("marking", "level"), [*TLP_1.items(), *TLP_2.items()])
def test_fixed_markings_of_both_tlps(marking: str, level: str) -> None:
    (report,) = of(ReportDraft, read(bundled(indicator(1, object_marking_refs=[marking]))))
    assert report.marking.tlp == level


def test_strictest_marking_wins_wherever_it_stands() -> None:
    green, red = (next(key for key, level in TLP_2.items() if level == word) for word in ("GREEN", "RED"))
    amber = {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": f"marking-definition--{uid(7)}",
        "created": MOMENT,
    }
    amber["extensions"] = {TLP_EXTENSION: {"extension_type": "property-extension", "tlp_2_0": "amber+strict"}}  # type: ignore[assignment]
    held = indicator(1, object_marking_refs=[amber["id"]])
    report = sdo("report", 2, name="x", published=MOMENT, object_refs=[held["id"]], object_marking_refs=[green])
    assert of(ReportDraft, read(bundled(report, held, amber)))[0].marking.tlp == "AMBER+STRICT"
    report["granular_markings"] = [{"selectors": ["name"], "marking_ref": red}]
    assert of(ReportDraft, read(bundled(report, held, amber)))[0].marking.tlp == "RED"


# -- whatever comes ------------------------------------------------------------------------------------------------

leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
anything = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


def kinds() -> Iterator[dict[str, Any]]:
    yield from (
        indicator(1),
        sdo("incident", 2, name="x"),
        sco("file", 3, name="x"),
        sco("user-account", 4, user_id="x"),
    )
    yield sdo("report", 5, name="x", published=MOMENT, object_refs=[indicator(1)["id"]])
    yield sdo("observed-data", 6, first_observed=MOMENT, last_observed=MOMENT, number_observed=1, objects={})
    yield sdo(
        "relationship",
        7,
        relationship_type="targets",
        source_ref=f"incident--{uid(2)}",
        target_ref=f"location--{uid(8)}",
    )
    yield sdo("location", 8, country="PL")
    yield sdo("marking-definition", 9, definition_type="tlp", definition={"tlp": "red"})


@given(st.sampled_from(list(kinds())), st.data())
@settings(max_examples=150, deadline=None)
def test_each_element_comes_out_once_whatever_it_holds(one: dict[str, Any], data: st.DataObject) -> None:
    names = [
        *one,
        "extensions",
        "external_references",
        "hashes",
        "granular_markings",
        "object_refs",
        "labels",
        "sectors",
    ]
    changed = one | {data.draw(st.sampled_from(names)): data.draw(anything)}
    found = read(json.dumps({"type": "bundle", "objects": [changed, one, *kinds()]}).encode())
    assert len(of(ObjectDraft, found)) + len(of(Refusal, found)) == 2 + len(list(kinds()))
    keys: set[str] = set()
    for draft in found:  # a report comes before the first object that names it
        keys |= {draft.key} if isinstance(draft, ReportDraft) else set()
        assert not isinstance(draft, ObjectDraft) or (draft.reports and keys.issuperset(draft.reports))


@given(st.binary(max_size=60) | st.text('{}[]",:\\ aobjects1', max_size=40).map(str.encode))
@settings(deadline=None)
def test_only_unreadable_escapes(raw: bytes) -> None:
    for wrapped in (raw, b'{"type":"bundle","objects":[' + raw + b"]}"):
        try:
            read(wrapped)
        except Unreadable as error:
            assert error.place

"""Reports written as events: what PyMISP says of them, kept ones put together again, and what changes travel as."""

from __future__ import annotations

import json
import uuid
import warnings
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pymisp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymisp import MISPEvent, MISPObject

from hueandcry.exchange import misp, misp_tags, observation
from hueandcry.exchange.classification import TYPES as CLASSES
from hueandcry.exchange.drafts import Marking, ObjectDraft, Observation, Options, Refusal, ReportDraft
from hueandcry.exchange.handling import PAP_ORDER, TLP_ORDER
from hueandcry.exchange.misp_feed import attributes, tags, writing
from hueandcry.exchange.misp_feed.writing import OutEvent, Part
from hueandcry.exchange.observables import TYPES, canonical
from hueandcry.exchange.stix_out import OutOrganisation, OutReport

KEY = uuid.UUID("3e1b7f3a-6d6b-4a53-9d8a-2f6f1f2b8a10")
THEN = datetime(2025, 3, 4, 5, 6, 7, tzinfo=UTC)
LATER = datetime(2025, 6, 1, tzinfo=UTC)
DESCRIBED = json.loads((Path(pymisp.__file__).parent / "data" / "describeTypes.json").read_text())["result"]
TAXONOMIES = Path(__file__).parents[4] / "shared" / "data" / "taxonomies"

# One value of each type, in canonical form
SAMPLES = {
    "ipv4-addr": "203.0.113.7", "ipv6-addr": "2001:db8::7", "ip-range": "203.0.113.0/24",
    "domain-name": "shop.example.org", "hostname": "printer", "url": "https://shop.example.org/pay",
    "email-addr": "a@example.org", "email-subject": "Your invoice", "mac-addr": "00:00:5e:00:53:01",
    "autonomous-system": "AS64500", "port": "8443", "md5": "a" * 32, "sha1": "a" * 40, "sha224": "a" * 56,
    "sha256": "a" * 64, "sha384": "a" * 96, "sha512": "a" * 128, "ssdeep": "3:abc:def", "tlsh": "T1" + "A" * 70,
    "imphash": "b" * 32, "ja3": "c" * 32, "file-name": "invoice.exe", "file-path": "c:\\temp\\invoice.exe",
    "pdb-path": "c:\\a.pdb", "windows-registry-key": "HKEY_LOCAL_MACHINE\\software\\x", "mutex": "Global\\x",
    "user-agent": "Wget/1.2", "x509-sha1": "d" * 40, "x509-sha256": "d" * 64, "x509-serial": "1a2b",
    "vulnerability": "CVE-2024-12345", "btc-address": "1BoatSLRHtKNngkdXEeobR76b53LETtpyT",
    "ltc-address": "LVg2kJoFNg45Nbpy53h7Fe1wKyeXVRhMH9", "doge-address": "DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L",
    "dash-address": "XpESxaUmonkq8RaLLp46Brx2K39ggQe226", "iban": "DE89370400440532013000",
    "eth-address": "0x52908400098527886e0f7030069857d2e4169ee7", "trx-address": "TJRabPrwbZy45sbavfcjinPJC18kjpRTv8",
    "xrp-address": "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh", "bic": "COBADEFF", "payment-card": "411111******1111",
    "phone-number": "+442079460958", "user-account": "telegram:somebody", "person-name": "Ann Example",
    "xmr-address": "44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A",
    "identity-document": "X1234567", "text": "not a value",
}  # fmt: skip
ROLES = ("attacker", "victim", "mule", "unknown")


def event(*seen: Observation, state: str = "current", restriction: str = "", **more: Any) -> OutEvent:
    facts: dict[str, Any] = {
        "id": KEY, "title": "A false shop", "created": THEN, "modified": THEN, "observations": seen,
        "marking": Marking("GREEN", "AMBER", ("H1",), "B", "2"),
    }  # fmt: skip
    report = OutReport(**facts | more)
    return OutEvent(report, str(KEY), state, THEN, restriction=restriction)


def text(made: OutEvent) -> bytes:
    return b"".join(writing.file(writing.written(made)))


def written(made: OutEvent) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text(made))["Event"]
    return found


def pymisp_reads(raw: bytes) -> MISPEvent:
    """As strictly as PyMISP can: its schema, each attribute's type and category, each object by its template."""
    loaded = MISPEvent(strict_validation=True)
    content = json.loads(raw)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        loaded.load(json.dumps(content), validate=True, metadata_only=False)
    for one in [*loaded.attributes, *(part for held in loaded.objects for part in held.attributes)]:
        assert one.type in DESCRIBED["category_type_mappings"][one.category], (one.type, one.category)
    for held in content["Event"].get("Object", []):
        template = MISPObject(held["name"], strict=True)
        shape: dict[str, Any] = template._definition or {}
        assert template.template_uuid.lower() == held["template_uuid"].lower()
        for part in held["Attribute"]:
            definition = shape["attributes"][part["object_relation"]]
            assert definition["misp-attribute"] == part["type"], (held["name"], part)
        wanted = shape.get("requiredOneOf") or []
        assert not wanted or {part["object_relation"] for part in held["Attribute"]} & set(wanted)
    return loaded


def read_back(raw: bytes) -> tuple[ReportDraft, list[Observation]]:
    drafts = list(misp.read(raw, Options()))
    assert not [one for one in drafts if isinstance(one, Refusal)]
    (report,) = (one for one in drafts if isinstance(one, ReportDraft))
    return report, [seen for one in drafts if isinstance(one, ObjectDraft) for seen in one.observations]


def test_there_is_a_sample_and_a_form_for_every_type() -> None:
    assert set(SAMPLES) == set(TYPES) == set(attributes.FORMS) | set(attributes.TEXT)
    assert {kind: canonical(kind, value).value for kind, value in SAMPLES.items()} == SAMPLES


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("kind", SAMPLES)
def test_every_type_in_every_role_is_valid_and_comes_back(kind: str, role: Any) -> None:
    seen = Observation(kind, SAMPLES[kind], role, THEN, LATER)
    raw = text(event(seen))
    pymisp_reads(raw)
    _report, back = read_back(raw)
    # what a value implies (a URL's host) comes with it, as it did when it first came
    assert {(one.type, one.value, one.role) for one in back if one.type == kind} == {(kind, SAMPLES[kind], role)}
    assert {(one.first_seen, one.last_seen) for one in back} == {(THEN, LATER)}


def test_a_value_that_fails_its_own_check_says_so() -> None:
    bad = observation.of([("iban", "DE00370400440532013000")], role="mule")[0]
    (one,) = written(event(bad))["Attribute"]
    assert (one["type"], one["value"], one["to_ids"]) == ("text", bad.value, False)
    assert one["comment"].startswith("claimed to be iban")


def test_detectors_look_for_what_criminals_use_and_is_not_everybodys() -> None:
    def looked_for(kind: str, value: str, role: Any) -> bool:
        made = written(event(Observation(kind, value, role)))
        parts = [*made["Attribute"], *(part for one in made["Object"] for part in one["Attribute"])]
        return any(part["to_ids"] for part in parts)

    assert looked_for("domain-name", "false-shop.net", "attacker")
    assert looked_for("iban", SAMPLES["iban"], "mule")
    assert not looked_for("domain-name", "false-shop.net", "victim")
    assert not looked_for("domain-name", "google.com", "attacker")  # on a warning list
    assert not looked_for("person-name", "Ann Example", "attacker")


def test_facts_of_a_report_come_back() -> None:
    made = event(
        *(Observation("iban", SAMPLES["iban"], "mule"), Observation("ipv4-addr", "203.0.113.7", "attacker")),
        kind="intelligence", account="What happened.\n\nAll of it.", classes=(("fraud", "false-representation"),),
        techniques=("T1566.002",), labels=("rsit:fraud=\"phishing\"", "mule"), victim_countries=("PT", "BE"),
        victim_sector="L", victim_size="small", loss_amount=Decimal("1200.50"), loss_currency="EUR", language="en",
        occurred_from=THEN, organisation=OutOrganisation(uuid.uuid5(KEY, "x"), "Bank", THEN),
    )  # fmt: skip
    raw = text(made)
    loaded = pymisp_reads(raw)
    report, _seen = read_back(raw)
    source = made.report
    assert (report.title, report.account, report.kind) == (source.title, source.account, "intelligence")
    assert (report.victim_countries, report.victim_sector, report.victim_size) == (("PT", "BE"), "L", "small")
    assert (report.loss_amount, report.loss_currency, report.language) == (Decimal("1200.50"), "EUR", "en")
    assert report.marking == source.marking
    assert report.techniques == source.techniques
    assert set(source.classes) <= set(report.classes)
    assert set(source.labels) <= set(report.labels)
    assert report.occurred_from == datetime(2025, 3, 4, tzinfo=UTC)
    assert [one.name for one in loaded.objects] == ["bank-account", "victim", "monetary-impact"]
    assert loaded.Orgc.name == "Bank"
    assert text(made) == raw


@pytest.mark.skipif(not TAXONOMIES.is_dir(), reason="the taxonomies in ../shared/data are not on this machine")
def test_the_tags_stand_in_their_taxonomies() -> None:
    known = set()
    for name in ("tlp", "PAP", "admiralty-scale", "common-taxonomy", "rsit", "europol-incident"):
        content = json.loads((TAXONOMIES / f"{name}.json").read_text())
        spaces = {one["predicate"]: [entry["value"] for entry in one["entry"]] for one in content.get("values", ())}
        for predicate in content["predicates"]:
            known.add(f"{content['namespace']}:{predicate['value']}")
            known |= {f'{content["namespace"]}:{predicate["value"]}="{v}"' for v in spaces.get(predicate["value"], ())}
    made = [tag for tlp in TLP_ORDER for pap in PAP_ORDER[1:] for tag in tags.handling(Marking(tlp, pap))]  # type: ignore[arg-type]
    made += [tag for grade in tags.RELIABILITY for tag in tags.handling(Marking(source_grade=grade))]
    made += tags.classes((one.cls, one.code) for one in CLASSES)
    assert set(made) - known == set()
    assert sum(tag.startswith("rsit:") for tag in made) >= 10
    for tag in tags.handling(Marking("RED", "RED", ("H1", "H3"), "C", "4")):
        assert misp_tags.marking([tag])[0] != Marking(), tag


def test_a_withdrawn_report_takes_every_value_back() -> None:
    raw = text(event(Observation("iban", SAMPLES["iban"], "mule"), Observation("sha256", "a" * 64), state="withdrawn"))
    pymisp_reads(raw)
    report, seen = read_back(raw)
    assert (report.withdrawn, seen) == (True, [])


def test_a_value_told_no_more_is_deleted_whatever_its_role_was() -> None:
    before = written(event(Observation("domain-name", "false-shop.net", "attacker"), Observation("md5", "a" * 32)))
    made = event(Observation("md5", "a" * 32, "attacker"))
    former = (Observation("domain-name", "false-shop.net"), Observation("md5", "a" * 32, "mule"))
    after = written(replace(made, former=former))
    assert {one["value"]: one["deleted"] for one in after["Attribute"]} == {"false-shop.net": True, "a" * 32: False}
    uuids = [{one["value"]: one["uuid"] for one in each["Attribute"]} for each in (before, after)]
    assert uuids[0] == uuids[1]
    two = written(event(*(Observation("md5", "a" * 32, role) for role in ("attacker", "victim"))))
    assert len({one["uuid"] for one in two["Attribute"]}) == 2


def test_a_restriction_goes_with_it() -> None:
    made = written(event(restriction="Only for the case team."))
    assert [(one["name"], one["content"]) for one in made["EventReport"]] == [
        ("Restriction (H3)", "Only for the case team.")
    ]


# Text as members may write it, and what readers make of hostile files
WORDS = st.text(st.characters(codec="utf-8"), max_size=40)
SEEN = st.builds(
    lambda kind, role, first, last, more: Observation(kind, more or SAMPLES[kind], role, first, last),
    st.sampled_from(sorted(SAMPLES)), st.sampled_from(ROLES),
    st.none() | st.datetimes(timezones=st.just(UTC)).filter(lambda when: 1970 < when.year < 9000),
    st.none() | st.just(LATER),
    st.just("") | WORDS.filter(str.strip),
)  # fmt: skip
REPORTS = st.builds(
    event,
    state=st.sampled_from(("current", "withdrawn", "superseded")),
    title=WORDS, account=WORDS, labels=st.lists(WORDS, max_size=4).map(tuple), restriction=WORDS,
    kind=st.sampled_from(("incident", "intelligence")), victim_sector=st.sampled_from(("", "K")),
    classes=st.lists(st.sampled_from([(c.cls, c.code) for c in CLASSES] + [("fraud", "")]), max_size=3).map(tuple),
    victim_countries=st.sampled_from(((), ("PT",))), loss_amount=st.none() | st.decimals(0, 10**9, places=2),
    loss_currency=st.sampled_from(("", "EUR")), observations=st.lists(SEEN, max_size=6).map(tuple),
    marking=st.builds(Marking, st.sampled_from(TLP_ORDER), st.none() | st.sampled_from(PAP_ORDER[1:])),
)  # fmt: skip


@given(REPORTS)
@settings(max_examples=150, deadline=None)
def test_whatever_a_report_says_pymisp_takes_it_and_so_do_we(made: OutEvent) -> None:
    raw = text(made)
    assert raw == text(made)
    pymisp_reads(raw)
    report, _seen = read_back(raw)
    assert report.key == str(KEY)
    assert report.marking.tlp == made.report.marking.tlp
    assert report.withdrawn == made.withdrawn
    entry = writing.entry(writing.written_head(made))
    assert entry["timestamp"] == int(THEN.timestamp())


# -- what came as MISP -------------------------------------------------------------------------------------------------


def kept(given: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An event read by us and put together again, as ``queries`` does it."""
    drafts = list(misp.read(json.dumps({"Event": given}).encode(), Options()))
    header = next(one.text for one in drafts if isinstance(one, ObjectDraft) and one.kind == "misp-event")
    objects = writing.identities(header)
    parts = []
    for one in drafts:
        if isinstance(one, ObjectDraft) and one.kind == "misp-attribute":
            number = one.place.partition("Object[")[2].partition("]")[0]
            parts.append(Part(one.text, objects[int(number)] if number else ""))
    report = next(one for one in drafts if isinstance(one, ReportDraft))
    facts: dict[str, Any] = {
        "id": KEY, "title": report.title, "created": THEN, "modified": THEN, "account": report.account,
        "classes": report.classes, "labels": report.labels, "techniques": report.techniques, "kind": report.kind,
        "occurred_from": report.occurred_from, "marking": report.marking,
    }  # fmt: skip
    outer = {name: more.pop(name) for name in ("state", "touched", "changed", "restriction") if name in more}
    given_outside: dict[str, Any] = {"changed": LATER} | outer
    made = OutEvent(OutReport(**facts | more), report.key, **given_outside)
    found: dict[str, Any] = json.loads(b"".join(writing.kept(made, [header], parts)))
    return found


def given_event(**more: Any) -> dict[str, Any]:
    return {
        "uuid": str(KEY), "info": "A phish", "date": "2025-03-04", "timestamp": "1741000000", "published": True,
        "Orgc": {"uuid": str(uuid.uuid5(KEY, "o")), "name": "CERT"}, "Tag": [{"name": "tlp:green", "id": "7"}],
        "Attribute": [
            {"uuid": str(uuid.uuid5(KEY, "a")), "type": "domain", "category": "Network activity",
             "timestamp": 1741000000, "value": "shop.example.org",
             "Sighting": [{"type": "0", "date_sighting": "1741000500"}]}
        ],
        "Object": [
            "no object",
            {"uuid": str(uuid.uuid5(KEY, "f")), "name": "file", "timestamp": "1741000000", "Attribute": [
                {"uuid": str(uuid.uuid5(KEY, "b")), "type": "md5", "category": "Payload delivery", "value": "a" * 32,
                 "object_relation": "md5", "deleted": True}]},
        ],
    } | more  # fmt: skip


def test_nothing_is_changed_where_nothing_was_done() -> None:
    source = given_event()
    source["Object"].pop(0)
    assert kept(source) == source


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(st.characters(codec="utf-8"), max_size=8),
    lambda one: st.lists(one, max_size=3) | st.dictionaries(st.sampled_from(["name", "uuid", "timestamp", "x"]), one),
    max_leaves=8,
)
NAMES = st.sampled_from(["info", "date", "timestamp", "Tag", "Galaxy", "EventReport", "Orgc", "analysis", "Sighting"])


@given(
    st.dictionaries(NAMES, JSON, max_size=6),
    st.lists(st.dictionaries(st.sampled_from(["uuid", "name", "deleted", "x"]), JSON) | JSON, max_size=3),
    st.sampled_from(("current", "withdrawn")),
    st.sampled_from(TLP_ORDER),
)
@settings(max_examples=200, deadline=None)
def test_whatever_an_event_holds_it_is_put_together_again(
    members: dict[str, Any], objects: list[Any], state: str, tlp: Any
) -> None:
    source = given_event(**members)
    for number, one in enumerate(objects):
        if isinstance(one, dict):
            one["Attribute"] = [{"uuid": str(uuid.uuid5(KEY, f"o{number}")), "type": "md5", "value": "b" * 32}]
    source["Object"] = objects
    made = kept(source, state=state, touched=True, marking=Marking(tlp=tlp))
    assert json.dumps(writing.entry(made))
    assert len(made["Attribute"]) == 1
    opened = [one for one in objects if isinstance(one, dict)]
    assert sum(len(one["Attribute"]) for one in made["Object"]) == len(opened)
    told = misp_tags.marking(misp_tags.of(made))[0].tlp
    assert TLP_ORDER.index(told or "CLEAR") >= TLP_ORDER.index(tlp)
    read_back(json.dumps({"Event": made}).encode())


def test_an_object_that_could_not_be_opened_leaves_the_others_in_their_places() -> None:
    source = given_event()
    again = kept(source)
    assert again["Object"] == source["Object"][1:]


@pytest.mark.parametrize("ours", TLP_ORDER)
@pytest.mark.parametrize("theirs", TLP_ORDER)
def test_handling_gets_stricter_and_never_milder(theirs: Any, ours: Any) -> None:
    made = kept(given_event(Tag=[{"name": f"tlp:{theirs.lower()}"}]), marking=Marking(tlp=ours))
    told = misp_tags.marking([tag["name"] for tag in made["Tag"]])[0].tlp
    assert told == max(theirs, ours, key=TLP_ORDER.index)
    assert sum(tag["name"].startswith("tlp:") for tag in made["Tag"]) == 1


def test_a_correction_made_here_travels_with_a_later_time() -> None:
    source = given_event()
    made = kept(source, touched=True, title="A fraud", labels=("tlp:green", "mule"), classes=(("fraud", ""),))
    assert (made["info"], made["timestamp"]) == ("A fraud", str(int(LATER.timestamp())))
    assert [tag["name"] for tag in made["Tag"]] == ["tlp:green", "mule", "common-taxonomy:fraud"]
    assert made["Attribute"] == source["Attribute"]
    assert kept(source, touched=True) == kept(source)  # touched, but nothing an event tells


def test_a_withdrawal_deletes_what_the_event_holds() -> None:
    made = kept(given_event(), touched=True, state="withdrawn")
    parts = [*made["Attribute"], *made["Object"], *(part for one in made["Object"] for part in one["Attribute"])]
    assert [(one["deleted"], one["timestamp"]) for one in parts] == [(True, str(int(LATER.timestamp())))] * 3
    assert (made["published"], made["deleted"]) == (False, True)
    raw = json.dumps({"Event": made}).encode()
    report, seen = read_back(raw)
    assert (report.withdrawn, seen) == (True, [])


def test_the_document_names_every_loss_and_every_tag_of_ours() -> None:
    document = " ".join((Path(__file__).parents[3] / "docs" / "misp.md").read_text("utf-8").split())
    assert [one for one in writing.LOSSES if one not in document] == []
    for predicate in ("role", "type", "platform", "kind", "state", "information-grade", "victim-country"):
        assert f"`hueandcry:{predicate}=" in document

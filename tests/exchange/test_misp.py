"""MISP events: every element once, in its very characters; real files to the attribute; hostile ones by place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pymisp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hueandcry.exchange import misp, misp_types, observables
from hueandcry.exchange.drafts import Draft, Loss, ObjectDraft, Options, Refusal, ReportDraft, Unreadable

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "misp"
real = pytest.mark.skipif(not DATA.is_dir(), reason="the real MISP events of ../shared/data are not here")
UUID = "5bbe59a6-2e48-4da3-9e01-01550a01621"


def attribute(number: int, kind: str, value: Any, **more: Any) -> dict[str, Any]:
    return {"uuid": f"{number:08d}-2e48-4da3-9e01-01550a016219", "type": kind, "value": value, **more}


def event(*attributes: Any, **more: Any) -> dict[str, Any]:
    return {"uuid": UUID + "9", "info": "A phish", "date": "2025-03-04", "Attribute": list(attributes), **more}


def read(content: Any) -> list[Draft]:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return list(misp.read(raw, Options()))


def of(kind: type, drafts: list[Draft]) -> list[Any]:
    return [draft for draft in drafts if isinstance(draft, kind)]


def test_the_table_has_every_type_that_misp_has() -> None:
    described = json.loads((Path(pymisp.__file__).parent / "data" / "describeTypes.json").read_text())["result"][
        "types"
    ]
    assert [kind for kind in described if not misp_types.is_known(kind)] == []


def test_the_table_names_only_observables_that_exist() -> None:
    kinds = {*misp_types.SINGLE.values(), *(kind for parts in misp_types.COMPOSITE.values() for kind in parts)}
    assert kinds - {"", "ip", "host"} <= set(observables.TYPES)


@real
@pytest.mark.parametrize("path", sorted(DATA.glob("*.json")), ids=lambda path: path.stem)
def test_a_real_event_is_read_to_the_attribute(path: Path) -> None:
    raw = path.read_bytes()
    whole = json.loads(raw)
    source = whole["Event"] if "Event" in whole else whole["response"][0]["Event"]
    attributes = source["Attribute"] + [one for part in source.get("Object", []) for one in part["Attribute"]]

    drafts = read(raw)

    elements = of(ObjectDraft, drafts)
    assert of(Refusal, drafts) == []
    assert len(elements) == 1 + len(attributes)
    assert [json.loads(one.text) for one in elements[1:]] == attributes
    assert all(one.text in raw.decode() for one in elements[1:])
    header = json.loads(elements[0].text)
    assert {name: header[name] for name in header if name != "Object"} == {
        name: source[name] for name in source if name not in ("Attribute", "Object")
    }
    assert [part["uuid"] for part in header.get("Object", [])] == [part["uuid"] for part in source.get("Object", [])]


@real
def test_real_files_share_what_is_known_to_be_shared() -> None:
    def values(name: str) -> set[tuple[str, str]]:
        drafts = read((DATA / name).read_bytes())
        return {(seen.type, seen.value) for one in of(ObjectDraft, drafts) for seen in one.observations if seen.valid}

    assert ("domain-name", "branter.tk") in values("misp-turla-comrat-v4-event.json")
    hashes = [kind for kind, _ in values("misp-machete-event.json") if kind == "sha256"]
    assert len(hashes) == 104


@pytest.mark.parametrize(
    ("shape", "place"),
    [
        (lambda one: {"Event": one}, "Event.Attribute[0]"),
        (lambda one: {"response": [{"Event": one}]}, "response[0].Event.Attribute[0]"),
        (lambda one: {"response": {"Event": one}}, "response.Event.Attribute[0]"),
        (lambda one: {"response": {"Event": [one]}}, "response.Event[0].Attribute[0]"),
        (lambda one: [{"Event": one}], "[0].Event.Attribute[0]"),
        (lambda one: [one], "[0].Attribute[0]"),
        (lambda one: one, "Event.Attribute[0]"),
    ],
    ids=["event", "response list", "response", "response events", "list", "bare list", "pymisp"],
)
def test_each_shape_that_misp_writes_is_read(shape: Any, place: str) -> None:
    drafts = read(shape(event(attribute(1, "domain", "example.org"))))
    assert [one.kind for one in of(ObjectDraft, drafts)] == ["misp-event", "misp-attribute"]
    assert of(ObjectDraft, drafts)[1].place == place


def test_what_pymisp_writes_is_read() -> None:
    made = pymisp.MISPEvent()
    made.info = "Written by PyMISP"
    made.add_attribute("ip-dst|port", "203.0.113.7|443")
    made.add_tag("tlp:amber")
    drafts = read(made.to_json().encode())
    report = of(ReportDraft, drafts)[0]
    assert (report.title, report.marking.tlp, report.key) == ("Written by PyMISP", "AMBER", made.uuid)
    assert [(one.type, one.value) for one in of(ObjectDraft, drafts)[1].observations] == [("ipv4-addr", "203.0.113.7")]


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("filename|md5", "a|b.exe|d41d8cd98f00b204e9800998ecf8427e", {"md5", "file-name"}),
        ("domain|ip", "example.org|203.0.113.7", {"domain-name", "ipv4-addr"}),
        ("regkey|value", "HKLM\\Software\\X|a|b", {"windows-registry-key"}),
        ("hostname|port", "mail.example.org|25", {"domain-name"}),
        ("AS", "64512", {"autonomous-system"}),
        ("comment", "not a value", set()),
    ],
)
def test_composites_are_taken_apart(kind: str, value: str, expected: set[str]) -> None:
    element = of(ObjectDraft, read({"Event": event(attribute(1, kind, value))}))[1]
    assert {seen.type for seen in element.observations} == expected


@pytest.mark.parametrize(
    ("given", "role"),
    [
        (attribute(1, "domain", "example.org", category="Network activity"), "attacker"),
        (attribute(1, "domain", "example.org", category="Other", to_ids=True), "attacker"),
        (attribute(1, "domain", "example.org", category="External analysis"), "unknown"),
        (attribute(1, "target-email", "me@example.org", category="Targeting data"), "victim"),
        (attribute(1, "iban", "DE89370400440532013000", category="Financial fraud"), "mule"),
        (attribute(1, "email-dst", "me@example.org", category="Payload delivery"), "victim"),
        (attribute(1, "email-dst", "drop@example.org", category="Network activity"), "attacker"),
    ],
)
def test_whose_value_it_is(given: dict[str, Any], role: str) -> None:
    assert of(ObjectDraft, read({"Event": event(given)}))[1].observations[0].role == role


def test_a_person_object_says_whose_its_values_are() -> None:
    parts = [
        attribute(1, "phone-number", "+442079460958", category="Person"),
        attribute(2, "text", "Victim", object_relation="role"),
    ]
    drafts = read({"Event": event(Object=[{"name": "person", "uuid": "x", "Attribute": parts}])})
    assert of(ObjectDraft, drafts)[1].observations[0].role == "victim"


def test_the_strictest_label_of_any_part_governs() -> None:
    inner = attribute(1, "domain", "example.org", Tag=[{"name": "tlp:red"}])
    drafts = read({"Event": event(inner, Tag=[{"name": "tlp:green"}, {"name": "PAP:AMBER"}])})
    report = of(ReportDraft, drafts)[0]
    assert (report.marking.tlp, report.marking.pap) == ("RED", "AMBER")
    assert any("attribute alone" in one.what for one in of(Loss, drafts))


def test_galaxies_name_techniques_and_countermeasures_do_not() -> None:
    tags = [
        {"name": 'misp-galaxy:mitre-attack-pattern="Phishing - T1566.002"'},
        {"name": 'misp-galaxy:mitre-enterprise-attack-course-of-action="Mitigation - T1084"'},
        {"name": 'rsit:fraud="phishing"'},
    ]
    report = of(ReportDraft, read({"Event": event(Tag=tags)}))[0]
    assert report.techniques == ("T1566.002",)
    assert report.labels == tuple(tag["name"] for tag in tags)
    assert report.kind == "incident"
    assert ("fraud", "false-representation") in report.classes or (
        "information-gathering",
        "phishing",
    ) in report.classes


def test_deleted_and_dated() -> None:
    given = attribute(
        1, "domain", "example.org", deleted=True, timestamp="1700000000", first_seen="2025-01-02T03:04:05+02:00"
    )
    element = of(ObjectDraft, read({"Event": event(given)}))[1]
    assert element.revoked
    assert element.version is not None
    assert element.version.isoformat() == "2023-11-14T22:13:20+00:00"
    assert element.observations == ()  # a value that its sender deleted is told no more
    kept = of(ObjectDraft, read({"Event": event(given | {"deleted": False})}))[1]
    assert [seen.first_seen and seen.first_seen.isoformat() for seen in kept.observations] == [
        "2025-01-02T01:04:05+00:00"
    ]


def test_what_cannot_be_carried_is_told() -> None:
    drafts = read({"Event": event(distribution="4", sharing_group_id="7", date="31.02.2025", ShadowAttribute=[{}])})
    told = {one.place: one.what for one in of(Loss, drafts)}
    assert "sharing group (7)" in told["Event.distribution"]
    assert "no date" in told["Event.date"]
    assert told["Event.ShadowAttribute"] == "proposals by other organisations: 1"


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ({"type": "md5"}, "without a value"),
        ({"value": "x"}, "without a type"),
        ("text", "should be an object"),
        (None, "should be an object"),
        ({"type": "md5", "value": ["x"]}, "should be a text"),
        ({"type": "comment", "value": "x" * 4_000_001}, "longer than"),
    ],
)
def test_a_bad_attribute_is_refused_by_place_and_the_others_stay(bad: Any, reason: str) -> None:
    drafts = read({"Event": event(attribute(1, "domain", "example.org"), bad, attribute(2, "domain", "example.net"))})
    assert [(one.place, reason in one.reason) for one in of(Refusal, drafts)] == [("Event.Attribute[1]", True)]
    assert len(of(ObjectDraft, drafts)) == 3


def test_depth_is_bounded_for_one_attribute_alone() -> None:
    deep = b'{"uuid":"u","info":"x","Attribute":[{"type":"md5","value":"x","more":%s},{"type":"link","value":"x"}]}'
    drafts = read(deep % (b"[" * 200 + b"]" * 200))
    assert [one.place for one in of(Refusal, drafts)] == ["Event.Attribute[0]"]
    with pytest.raises(Unreadable, match="nested"):
        read(deep % (b"[" * 200_000 + b"]" * 200_000))


def test_the_same_uuid_twice() -> None:
    one, other = attribute(1, "domain", "example.org"), attribute(1, "domain", "example.net")
    drafts = read({"Event": event(one, one, other)})
    assert [draft.place for draft in of(ObjectDraft, drafts)] == ["Event", "Event.Attribute[0]", "Event.Attribute[1]"]
    assert [(draft.place, "Event.Attribute[0]" in draft.reason) for draft in of(Refusal, drafts)] == [
        ("Event.Attribute[2]", True)
    ]


def test_an_attached_picture_is_refused_and_an_attached_file_is_not_kept() -> None:
    png = attribute(1, "attachment", "a.png", data="iVBORw0KGgoAAAANSUhEUg==")
    sample = attribute(2, "malware-sample", "a.exe|d41d8cd98f00b204e9800998ecf8427e", data="UEsDBAoAAAAAAA==")
    drafts = read({"Event": event(png, sample)})
    assert "inhope.org" in of(Refusal, drafts)[0].reason
    assert "data" not in json.loads(of(ObjectDraft, drafts)[1].text)
    assert any("attached file itself" in one.what for one in of(Loss, drafts))


def test_wrong_encoding_refuses_the_attribute_alone() -> None:
    drafts = read(b'{"uuid":"u","info":"x","Attribute":[{"type":"link","value":"a"},{"type":"link","value":"\xff"}]}')
    assert [(one.place, "not UTF-8" in one.reason) for one in of(Refusal, drafts)] == [("Event.Attribute[1]", True)]


def test_half_a_character_is_told_with_its_byte() -> None:
    with pytest.raises(Unreadable, match="byte"):
        read(b'{"uuid":"u","info":"x","Attribute":[{"type":"md5","value":"\\ud800"}]}')


def test_a_file_cut_off_names_the_byte() -> None:
    raw = json.dumps({"Event": event(*(attribute(n, "domain", f"a{n}.example.org") for n in range(50)))}).encode()
    for cut in range(1, 50):
        with pytest.raises(Unreadable) as caught:
            read(raw[: len(raw) * cut // 50])
        assert caught.value.place.startswith("byte ")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
def test_other_encodings_of_unicode_are_read(encoding: str) -> None:
    raw = json.dumps({"Event": event(info="Fälschung")}, ensure_ascii=False).encode(encoding)
    assert of(ReportDraft, read(raw))[0].title == "Fälschung"


def test_a_million_attributes_are_each_answered() -> None:
    raw = b'{"uuid":"u","info":"x","Attribute":[' + b",".join([b"1"] * 200_000) + b"]}"
    assert len(of(Refusal, read(raw))) == 200_000


@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
@settings(max_examples=150, deadline=None)
def test_nothing_but_unreadable_is_raised(raw: bytes) -> None:
    for content in (raw, b'{"Event":' + raw, b'{"Event":{"Attribute":[' + raw + b"]}}"):
        try:
            read(content)
        except Unreadable:
            continue


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
names = st.sampled_from(
    (
        "uuid",
        "info",
        "date",
        "Tag",
        "Galaxy",
        "EventReport",
        "timestamp",
        "deleted",
        "type",
        "value",
        "first_seen",
        "data",
    )
)


@given(st.dictionaries(names, json_values), st.lists(st.dictionaries(names, json_values) | json_values, max_size=4))
@settings(max_examples=150, deadline=None)
def test_each_attribute_is_answered_once_whatever_it_holds(header: dict[str, Any], attributes: list[Any]) -> None:
    header.pop("Object", None)
    drafts = read({"Event": {**header, "Attribute": attributes}})
    answered = of(ObjectDraft, drafts) + of(Refusal, drafts)
    assert sorted(one.place for one in answered) == sorted(
        ["Event", *(f"Event.Attribute[{number}]" for number in range(len(attributes)))]
    )

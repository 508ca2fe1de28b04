"""VERIS incidents after the published schema: 1.3 as VCDB writes it, 1.4, lists, lines; hostile ones."""

from __future__ import annotations

import copy
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hueandcry.exchange import veris
from hueandcry.exchange.drafts import Draft, Loss, ObjectDraft, Options, Refusal, ReportDraft, Unreadable

TAXONOMY = Path(__file__).parents[2].parent / "shared" / "data" / "taxonomies" / "veris.json"
# Made up, shaped as VCDB's incidents of schema 1.3.4 are
INCIDENT: dict[str, Any] = {
    "schema_version": "1.3.4",
    "incident_id": "3F1C2D5E-0A4B-4C6D-8E7F-1029384756AB",
    "source_id": "vcdb",
    "security_incident": "Confirmed",
    "confidence": "High",
    "summary": "Card data skimmed from a web shop.\nFound by a customer.",
    "reference": "https://news.example/shop; https://blog.example/skimmer",
    "victim": {
        "victim_id": "Example Shop",
        "country": ["GB", "Unknown"],
        "industry": "454110",
        "employee_count": "1001 to 10000",
    },
    "actor": {"external": {"variety": ["Organized crime"], "motive": ["Financial"], "country": ["Unknown"]}},
    "action": {
        "hacking": {"variety": ["SQLi"], "vector": ["Web application"], "cve": "CVE-2021-44228"},
        "malware": {"variety": ["Capture app data"], "vector": ["Direct install"]},
    },
    "asset": {"assets": [{"variety": "S - Web application", "amount": 1}]},
    "attribute": {"confidentiality": {"data_disclosure": "Yes", "data_total": 1200, "data": [{"variety": "Payment"}]}},
    "discovery_method": "Ext - customer",
    "timeline": {"incident": {"year": 2016, "month": 10}},
    "impact": {"overall_rating": "Painful", "overall_amount": 125000.5, "iso_currency_code": "GBP"},
    "ioc": [{"indicator": "203.0.113.7"}, {"indicator": "skimmer.example.org", "comment": "drop"}],
    "plus": {"created": "2016-10-25T01:05:00Z", "modified": "2016-10-26T01:10:00Z"},
}


def incident(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(INCIDENT), **changes}


def read(content: Any) -> list[Draft]:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return list(veris.read(raw, Options()))


def of(kind: type, drafts: list[Draft]) -> list[Any]:
    return [draft for draft in drafts if isinstance(draft, kind)]


def report(**changes: Any) -> ReportDraft:
    return of(ReportDraft, read(incident(**changes)))[0]  # type: ignore[no-any-return]


def test_an_incident_becomes_a_report() -> None:
    found = report()
    assert found.key == INCIDENT["incident_id"]
    assert found.title == "Card data skimmed from a web shop."
    assert "Reference: https://news.example/shop" in found.account
    assert (found.victim_countries, found.victim_sector, found.victim_size) == (("GB",), "G", "large")
    assert (found.loss_amount, found.loss_currency) == (Decimal("125000.5"), "GBP")
    assert found.version is not None
    assert found.version.isoformat() == "2016-10-26T01:10:00+00:00"
    assert ("intrusion", "vulnerability-exploitation") in found.classes or found.classes


def test_labels_are_spelled_as_misp_spells_them() -> None:
    found = set(report().labels)
    assert {
        'veris:action:hacking:variety="SQLi"',
        'veris:asset:assets:variety="S - Web application"',
        'veris:attribute:confidentiality:data:variety="Payment"',
        'veris:discovery_method="Ext - customer"',
        'veris:impact:overall_rating="Painful"',
    } <= found


@pytest.mark.skipif(not TAXONOMY.is_file(), reason="the VERIS taxonomy of ../shared/data is not here")
def test_every_label_of_a_usual_incident_is_in_misps_taxonomy() -> None:
    taxonomy = json.loads(TAXONOMY.read_text())
    known = {f'veris:{part["predicate"]}="{entry["value"]}"' for part in taxonomy["values"] for entry in part["entry"]}
    assert [label for label in report().labels if label not in known] == []


def test_every_predicate_of_misps_taxonomy_is_read() -> None:
    if not TAXONOMY.is_file():
        pytest.skip("the VERIS taxonomy of ../shared/data is not here")
    predicates = {part["value"] for part in json.loads(TAXONOMY.read_text())["predicates"]}
    # told by fields of the report instead; the units of what is no label; "unknown" actions have no axis
    told = {"victim:country", "victim:employee_count", "impact:iso_currency_code", "victim:revenue:iso_currency_code"}
    assert predicates - told - {path.replace(".", ":") for path in veris.LABELLED} <= {
        "action:unknown:result",
        "attribute:availability:duration:unit",
    }


@pytest.mark.parametrize(
    ("when", "first", "last"),
    [
        ({"year": 2016}, "2016-01-01T00:00:00", "2016-12-31T23:59:59"),
        ({"year": 2016, "month": 2}, "2016-02-01T00:00:00", "2016-02-29T23:59:59"),
        ({"year": 2016, "month": 2, "day": 3}, "2016-02-03T00:00:00", "2016-02-03T23:59:59"),
        ({"year": 2016, "month": 2, "day": 3, "time": "04:05"}, "2016-02-03T04:05:00", "2016-02-03T04:05:59"),
    ],
)
def test_the_less_is_known_the_longer_the_span(when: dict[str, Any], first: str, last: str) -> None:
    found = report(timeline={"incident": when})
    assert found.occurred_from is not None
    assert found.occurred_to is not None
    assert (found.occurred_from.isoformat(), found.occurred_to.isoformat()) == (first + "+00:00", last + "+00:00")


@pytest.mark.parametrize(
    "when", [{"year": 2016, "month": 13}, {"year": "soon"}, {"year": 2015, "month": 2, "day": 29}, {"year": 1e400}]
)
def test_a_date_that_is_none_is_told(when: dict[str, Any]) -> None:
    drafts = read(json.dumps(incident(timeline={"incident": when})).replace("Infinity", "1e99").encode())
    assert of(ReportDraft, drafts)[0].occurred_from is None
    assert any(one.what.startswith("timeline.incident") for one in of(Loss, drafts))


def test_what_cannot_be_carried_is_told() -> None:
    told = " ".join(
        one.what
        for one in of(Loss, read(incident(impact={"overall_amount": 5}, victim={"employee_count": "11 to 100"})))
    )
    assert "without a currency" in told
    assert "does not fit one size class" in told
    assert "how many records" in told


def test_indicators_are_the_attackers() -> None:
    seen = of(ObjectDraft, read(INCIDENT))[0].observations
    assert {(one.type, one.value, one.role) for one in seen} == {
        ("ipv4-addr", "203.0.113.7", "attacker"),
        ("domain-name", "skimmer.example.org", "attacker"),
        ("vulnerability", "CVE-2021-44228", "attacker"),
    }


def test_schema_14_discovery_is_read() -> None:
    labels = report(
        discovery_method={"external": {"variety": ["Actor disclosure"]}}, asset={"cloud": ["Unknown"]}
    ).labels
    assert 'veris:discovery_method:external:variety="Actor disclosure"' in labels
    assert 'veris:asset:cloud="Unknown"' in labels


@pytest.mark.parametrize("shape", ["list", "lines", "pretty"])
def test_one_a_list_and_lines(shape: str) -> None:
    two = [incident(), incident(incident_id="B")]
    raw = {
        "list": json.dumps(two),
        "lines": "\n".join(json.dumps(one) for one in two) + "\n",
        "pretty": json.dumps(two[0], indent=2),
    }[shape].encode()
    drafts = read(raw)
    assert len(of(ObjectDraft, drafts)) == (1 if shape == "pretty" else 2)
    assert all(one.text in raw.decode() for one in of(ObjectDraft, drafts))


def test_bad_incidents_are_refused_by_place() -> None:
    deep: Any = []
    for _ in range(200):
        deep = [deep]
    drafts = read(
        [incident(), {"no": "incident"}, 7, incident(plus={"x": deep}, incident_id="D"), incident(summary="other")]
    )
    assert [one.place for one in of(Refusal, drafts)] == ["[1]", "[2]", "[3]", "[4]"]
    assert len(of(ObjectDraft, drafts)) == 1


def test_a_file_cut_off_names_the_byte() -> None:
    raw = json.dumps([incident(incident_id=str(n)) for n in range(3)]).encode()
    for cut in range(1, 50):
        with pytest.raises(Unreadable, match="byte"):
            read(raw[: len(raw) * cut // 50])


@given(st.binary(max_size=200))
@settings(max_examples=150, deadline=None)
def test_nothing_but_unreadable_is_raised(raw: bytes) -> None:
    for content in (raw, b'{"action":{},"actor":{},"victim":' + raw + b"}", b"[" + raw + b"]"):
        try:
            read(content)
        except Unreadable:
            continue


leaves = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["variety", "year", "country"]), inner),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(sorted(INCIDENT)), leaves))
@settings(max_examples=150, deadline=None)
def test_an_incident_with_anything_anywhere_is_answered_once(changes: dict[str, Any]) -> None:
    drafts = read(incident(**changes))
    assert len(of(ObjectDraft, drafts)) + len(of(Refusal, drafts)) == 1

"""Classes and crosswalks: complete against the real taxonomies, ordered by trust, never raising."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hueandcry.exchange.classification import CLASSES, EXACT, LABELS, TYPES, _key, _line, classify, technique
from hueandcry.exchange.crosswalks import SOURCES, Trust, lines

DATA = Path(__file__).parents[2].parent / "shared" / "data"
real = pytest.mark.skipif(not DATA.is_dir(), reason="the real taxonomies are in ../shared/data, which is absent")
PHISHING = (("information-gathering", "phishing"), ("fraud", "false-representation"))


def read(name: str) -> Any:
    return json.loads((DATA / "taxonomies" / f"{name}.json").read_text(encoding="utf-8"))


def tags(name: str) -> Iterator[str]:
    """The machine tags of a MISP taxonomy."""
    taxonomy = read(name)
    entries = {value["predicate"]: value["entry"] for value in taxonomy.get("values", [])}
    for predicate in taxonomy["predicates"]:
        code = f"{taxonomy['namespace']}:{predicate['value']}"
        for entry in entries.get(predicate["value"], ()):
            yield f'{code}="{entry["value"]}"'
        if predicate["value"] not in entries:
            yield code


@real
def test_our_classes_and_types_are_those_of_the_common_taxonomy() -> None:
    ours = {f'common-taxonomy:{t.cls}="{t.code}"' for t in TYPES}
    assert ours == set(tags("common-taxonomy"))
    assert [c.code for c in CLASSES] == [p["value"] for p in read("common-taxonomy")["predicates"]]
    assert (len(CLASSES), len(TYPES)) == (9, 22)


@real
@pytest.mark.parametrize("name", ["common-taxonomy", "rsit", "europol-incident", "europol-event"])
def test_each_term_has_a_line_of_its_own(name: str) -> None:
    assert [tag for tag in tags(name) if _key(tag) not in EXACT] == []


@real
def test_each_veris_action_variety_has_a_line_of_its_own() -> None:
    varieties = [tag for tag in tags("veris") if tag.startswith("veris:action:") and ":variety=" in tag]
    assert len(varieties) > 140
    assert [tag for tag in varieties if _line(tag) is None or _line(tag).label != tag] == []  # type: ignore[union-attr]


@real
def test_each_value_of_the_misp_mapping_has_a_line() -> None:
    values = [v for entry in read("mapping").values() for v in entry["values"]]
    crimes = [v for v in values if not v.startswith(("tlp:", "iep:"))]
    assert len(crimes) > 90
    assert [v for v in crimes if _line(v) is None or _line(v).label.endswith("*")] == []  # type: ignore[union-attr]


@real
def test_one_mapping_entry_leads_to_one_class() -> None:
    """Where MISP says that tags of several taxonomies mean the same, they share a class with us too."""
    for name in ("DDoS", "ransomware", "spam", "phishing", "scan", "c&c", "brute force"):
        values = [v for v in read("mapping")[name]["values"] if v != 'rsit:vulnerable="ddos-amplifier"']
        found = [{cls for cls, _ in classify([v]).classes} for v in values]
        assert set.intersection(*found), (name, found)


@real
@pytest.mark.parametrize("version", ["17.1", "18.1"])
def test_each_ics_technique_and_tactic_has_a_line(version: str) -> None:
    bundle = json.loads((DATA / "stix" / f"ics-attack-{version}.json").read_text(encoding="utf-8"))
    live = [o for o in bundle["objects"] if o["type"] in {"attack-pattern", "x-mitre-tactic"} and not o.get("revoked")]
    codes = {o["external_references"][0]["external_id"] for o in live}
    assert len(codes) > 90
    assert {code for code in codes if technique(code) is None} == set()


@real
def test_each_eurepoc_incident_type_has_a_class() -> None:
    import csv

    with (DATA / "incidents" / "eurepoc-1.1.csv").open(encoding="utf-8-sig", newline="") as file:
        values = {t.strip() for row in csv.DictReader(file) for t in row["incident_type"].split(";")} - {""}
    assert len(values) >= 6
    assert [v for v in values if not classify([v]).classes] == []


def test_each_line_leads_to_codes_that_exist_and_says_why() -> None:
    known = set(LABELS)
    for source in SOURCES:
        seen = set()
        for line in lines(source):
            assert set(line.classes) <= known, line
            assert len(line.why) > 3, line
            key = _key(line.label) + "*" * line.label.endswith("*")
            assert key not in seen, f"twice: {line}"
            seen.add(key)


@pytest.mark.parametrize(
    ("label", "best"),
    [
        ('rsit:fraud="phishing"', PHISHING),
        ('common-taxonomy:information-gathering="phishing"', PHISHING),
        ("RSIT Fraud / Phishing", PHISHING),
        ('misp-galaxy:mitre-attack-pattern="Spearphishing Link - T1566.002"', PHISHING),
        ("oszustwo", (("fraud", "false-representation"),)),
        ("Rançongiciel", (("malware", "infection"), ("availability", "sabotage"))),
        ("Data theft & Doxing", (("information-security", "unauthorised-access"),)),
        ("action.hacking.variety.SQLi", (("intrusion", "vulnerability-exploitation"),)),
        ('misp-galaxy:ransomware="Whatever"', (("malware", "infection"), ("availability", "sabotage"))),
        ('veris:action:error:variety="Gaffe"', ()),
        ("tlp:green", ()),
        ("unknown", (("other", "undetermined-incident"),)),
    ],
)
def test_labels(label: str, best: tuple[tuple[str, str], ...]) -> None:
    found = classify([label])
    assert found.classes == best
    assert found.reasons[0].label == label
    assert found.unknown == ()


def test_the_better_trusted_comes_first_whatever_the_order_of_labels() -> None:
    for labels in (["ddos", 'rsit:fraud="copyright"'], ['rsit:fraud="copyright"', "ddos"]):
        found = classify(labels)
        assert found.classes == (("abusive-content", "copyright"), ("availability", "dos-ddos"))
        assert {r.trust for r in found.reasons} == {Trust.EXACT, Trust.GUESS}


def test_a_subtechnique_takes_its_parent_and_then_the_tactic() -> None:
    assert classify((), ["T1499.999"]).classes == (("availability", "dos-ddos"),)
    assert technique("T1027.010") is not None
    assert classify((), ["TA0011"]).reasons[0].trust is Trust.GUESS
    assert classify((), ["T9999"]).unknown == ("T9999",)


def test_text_counts_only_where_labels_say_nothing() -> None:
    text = "Der Kunde meldet einen Betrug nach Phishing"
    assert ("fraud", "false-representation") in classify((), (), text).classes
    assert classify(['rsit:availability="ddos"'], (), text).classes == (("availability", "dos-ddos"),)
    assert classify((), (), "um dos nossos clientes").classes == ()


@given(
    st.lists(st.one_of(st.text(), st.none(), st.integers(), st.sampled_from(["phishing", "rsit:", "T1", 'a="']))),
    st.lists(st.text()),
    st.text(),
)
def test_never_raises_and_gives_only_known_codes(labels: list[Any], techniques: list[str], text: str) -> None:
    assert set(classify(labels, techniques, text).classes) <= set(LABELS)


def test_absurd_input_is_bounded() -> None:
    assert classify(["x" * 10_000_000] * 3, ["T" * 1_000_000], "phishing " * 1_000_000).classes == PHISHING
    assert classify(None, None).classes == ()  # type: ignore[arg-type]

"""The table of the form of an activity, made again out of the standard's own schema, and held against a validator."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hueandcry.capacity.register import iati_form
from hueandcry.capacity.register.iati_form import Part, fits, forms
from hueandcry.capacity.register.iati_xml import activities

DATA = Path(__file__).parents[4] / "shared" / "data" / "iati"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason=f"{DATA} is not here: IATI's schemas")
XSD = "{http://www.w3.org/2001/XMLSchema}"


class Schema:
    """IATI's schema files, read into forms."""

    def __init__(self, folder: Path, name: str = "iati-activities-schema.xsd") -> None:
        self.named: dict[tuple[str, str], ET.Element] = {}
        for file in ("iati-common.xsd", name):
            for each in ET.parse(folder / file).getroot():  # noqa: S314 - files of the standard, at hand
                self.named[each.tag.removeprefix(XSD), each.get("name", "")] = each
        self.forms: dict[str, dict[str, Part]] = {}
        self.known: dict[tuple[Part, ...], str] = {}
        self.done: dict[str, str] = {}

    def of(self, name: str) -> str:
        if name not in self.done:
            self.done[name] = name
            self.done[name] = self.define(name, self.named["element", name])
        return self.done[name]

    def define(self, name: str, element: ET.Element) -> str:
        held = element.find(f"{XSD}complexType")
        if held is None:
            kind = element.get("type", "xsd:string")
            if ("complexType", kind) not in self.named:
                return kind
            held = self.named["complexType", kind]
        if held.find(f"{XSD}simpleContent") is None and held.find(f"{XSD}complexContent") is None:
            assert held.get("mixed") is None
        parts = tuple(self.parts(name, held))
        if parts not in self.known:
            self.known[parts] = name
            self.forms[name] = {part.name: part for part in parts}
        return self.known[parts]

    def parts(self, name: str, held: ET.Element) -> list[Part]:
        attributes, texts, elements = [], [], []
        for each in self.walked(held):
            tag = each.tag.removeprefix(XSD)
            if tag == "attribute":
                called = each.get("name") or each.get("ref", "")
                global_one = self.named.get(("attribute", called))
                kind = each.get("type") or (global_one.get("type") if global_one is not None else None) or "xsd:string"
                attributes.append(Part(f"@{called}", int(each.get("use") == "required"), 1, kind))
            elif tag == "extension":
                texts = [Part("text()", 0, 1, each.get("base", ""))]
            elif tag in ("any", "anyAttribute"):
                assert each.get("namespace") == "##other"
                (elements if tag == "any" else attributes).append(Part("*" if tag == "any" else "@*", 0, 0, "other"))
            else:
                called = each.get("ref") or each.get("name", "")
                kind = self.of(called) if each.get("ref") else self.define(f"{name}/{called}", each)
                most = each.get("maxOccurs", "1")
                elements.append(
                    Part(called, int(each.get("minOccurs", "1")), 0 if most == "unbounded" else int(most), kind)
                )
        return [*attributes, *texts, *elements]

    def walked(self, held: ET.Element) -> list[ET.Element]:
        found = []
        for each in held:
            tag = each.tag.removeprefix(XSD)
            if tag in ("sequence", "complexContent", "simpleContent"):
                found += self.walked(each)
            elif tag == "extension" and each.get("base", "").startswith("xsd:"):
                found += [each, *self.walked(each)]
            elif tag == "extension":
                found += [*self.walked(self.named["complexType", each.get("base", "")]), *self.walked(each)]
            elif tag in ("attribute", "element", "any", "anyAttribute"):
                found.append(each)
        return found


@needs_data
def test_the_table_is_what_the_standards_schema_says() -> None:
    schema = Schema(DATA / "schemas")
    schema.of("iati-activities")
    assert lines(schema.forms) == lines(forms())


def lines(told: dict[str, dict[str, Part]]) -> dict[str, list[Part]]:
    """The order counts too."""
    return {element: list(parts.values()) for element, parts in told.items()}


@needs_data
def test_a_validator_finds_wrong_what_we_find_wrong() -> None:
    from lxml import etree

    validator = etree.XMLSchema(etree.parse(DATA / "schemas" / "iati-activities-schema.xsd"))
    files = sorted((DATA / "activity-tests").rglob("*.xml"))
    assert len(files) > 250
    for file in files:
        raw = file.read_bytes()
        wrong = [problem for _root, activity in activities(raw) for problem in iati_form.problems(activity)]
        assert validator.validate(etree.fromstring(raw).getroottree()) == (not wrong), file


@given(st.dates())
def test_days_are_days(day: object) -> None:
    assert fits(f"{day}", "xsd:date")
    assert fits(f"{day}Z", "xsd:date")
    assert fits(f"{day}T10:00:00", "xsd:dateTime")
    assert not fits(f"{day}", "xsd:dateTime")


@pytest.mark.parametrize(
    ("value", "kind", "fit"),
    [
        ("2013-02-30", "xsd:date", False),
        ("13-02-01", "xsd:date", False),
        ("1.5", "xsd:decimal", True),
        ("1,5", "xsd:decimal", False),
        ("NaN", "xsd:decimal", False),
        ("-3", "xsd:nonNegativeInteger", False),
        ("0", "xsd:positiveInteger", False),
        ("yes", "xsd:boolean", False),
        ("true", "xsd:boolean", True),
        ("anything", "xsd:string", True),
    ],
)
def test_types(value: str, kind: str, fit: bool) -> None:
    assert fits(value, kind) is fit

"""A release in SDMX: one SDMX-CSV 2.0 file of all observations, and the structure that it follows as SDMX-ML 2.1.

SDMX-CSV 2.0 (SDMX Technical Working Group, "SDMX-CSV field guide", 2021): STRUCTURE, STRUCTURE_ID, ACTION, then the
dimensions, OBS_VALUE and the attributes. Codes are those of observations.py; their names are in the structure.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Final
from xml.etree import ElementTree

from hueandcry.picture.question import SOURCES
from hueandcry.picture.releases.contents import DIMENSIONS
from hueandcry.picture.releases.files import CSV, File
from hueandcry.picture.releases.observations import TOTAL, UNITS, UNKNOWN, Observation, code, figure

AGENCY: Final = "HUEANDCRY"
ID: Final = "PICTURE"
VERSION: Final = "1.0"
STRUCTURE: Final = f"{AGENCY}:{ID}({VERSION})"
MEDIA: Final = f"{CSV}; charset=utf-8"
MEDIA_STRUCTURE: Final = "application/vnd.sdmx.structure+xml"
_PREPARED: Final = "2026-11-01T00:00:00Z"  # of the structure, which changes with VERSION alone
TIME: Final = "TIME_PERIOD"
CODED: Final = ("NUMBER", "MEASURE", *(name.upper() for name in DIMENSIONS if name != "month"))
ATTRIBUTES: Final = ("UNIT_MEASURE", "LOWER_BOUND", "UPPER_BOUND", "OBS_STATUS", "CONF_STATUS")
_NAMES: Final = {
    "NUMBER": {"reported": "Reported", "distinct": "Distinct, after linkage", "estimated": "Estimated"},
    "MEASURE": {
        "count": "Cases",
        "corrected": "Cases, with those still to be reported",
        "linkage": "Cases, the measured errors of linkage taken out",
        "loss": "Losses in euros",
        "inhabitants": "Cases per 100,000 inhabitants",
        "enterprises": "Cases per 10,000 enterprises",
    },
    "SOURCE": {name: name for name in SOURCES},
}
_STATUS: Final = {
    "A": "Normal value",
    "P": "Provisional value",
    "E": "Estimated value",
    "Q": "Missing value; suppressed",
    "O": "Missing value",
}
_CONFIDENTIALITY: Final = {
    "F": "Free (free for publication)",
    "C": "Confidential statistical information",
    "D": "Secondary confidentiality set by the sender, not for publication",
}
_MESSAGE: Final = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message"
_STR: Final = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/structure"
_COM: Final = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common"
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"


def period(first: str, last: str) -> str:
    """Months from first to last as a time range of SDMX: its start and how long it is (ISO 8601)."""
    months = (int(last[:4]) - int(first[:4])) * 12 + int(last[5:]) - int(first[5:]) + 1
    return f"{first}-01/P{months}M"


def as_csv(observations: Sequence[Observation], first: str, last: str) -> File:
    """All observations, each once, in the order of their codes. Raises ValueError where two say different things of one
    cell: that is a mistake of the program."""
    found: dict[tuple[str, ...], list[str]] = {}
    whole = period(first, last)
    for each in observations:
        *codes, month = each.codes
        key = (*codes, {TOTAL: whole}.get(month, month))
        bounds = [figure(each.low), figure(each.high)]
        row = [figure(each.value), UNITS[each.measure], *bounds, each.status, each.confidentiality]
        if found.setdefault(key, row) != row:
            raise ValueError(f"two values of one cell: {key}: {found[key]} and {row}")
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["STRUCTURE", "STRUCTURE_ID", "ACTION", *CODED, TIME, "OBS_VALUE", *ATTRIBUTES])
    for key, row in sorted(found.items()):
        writer.writerow(["datastructure", STRUCTURE, "I", *key, *row])
    return File("release.sdmx.csv", MEDIA, out.getvalue().encode(), len(found))


def structure(observations: Sequence[Observation]) -> File:
    """The data structure definition with a code list for each dimension, of the codes that occur, as SDMX-ML 2.1."""
    for prefix, space in (("message", _MESSAGE), ("str", _STR), ("com", _COM)):
        ElementTree.register_namespace(prefix, space)
    root = ElementTree.Element(f"{{{_MESSAGE}}}Structure")
    header = ElementTree.SubElement(root, f"{{{_MESSAGE}}}Header")
    for name, text in (("ID", ID), ("Test", "false"), ("Prepared", _PREPARED)):
        ElementTree.SubElement(header, f"{{{_MESSAGE}}}{name}").text = text
    ElementTree.SubElement(header, f"{{{_MESSAGE}}}Sender", id=AGENCY)
    structures = ElementTree.SubElement(root, f"{{{_MESSAGE}}}Structures")
    lists = ElementTree.SubElement(structures, f"{{{_STR}}}Codelists")
    for name in CODED:
        _codelist(lists, f"CL_{name}", _codes(name, observations))
    _codelist(lists, "CL_OBS_STATUS", _STATUS)
    _codelist(lists, "CL_CONF_STATUS", _CONFIDENTIALITY)
    _codelist(lists, "CL_UNIT_MEASURE", {unit: unit.replace("_", " ").lower() for unit in UNITS.values()})
    _concepts(ElementTree.SubElement(structures, f"{{{_STR}}}Concepts"))
    _definition(ElementTree.SubElement(structures, f"{{{_STR}}}DataStructures"))
    content = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return File("structure.sdmx.xml", MEDIA_STRUCTURE, content)


def _codes(name: str, observations: Sequence[Observation]) -> dict[str, str]:
    given = _NAMES.get(name, {})
    if name in ("NUMBER", "MEASURE"):
        return given
    values = {value for each in observations if (value := each.key.get(name.lower()))}
    return (
        {TOTAL: "All", UNKNOWN: "Not told"} | given | {code(value): given.get(value, value) for value in sorted(values)}
    )


def _named(parent: ElementTree.Element, tag: str, id_: str, name: str, **more: str) -> ElementTree.Element:
    made = ElementTree.SubElement(parent, f"{{{_STR}}}{tag}", {"id": id_, **more})
    ElementTree.SubElement(made, f"{{{_COM}}}Name", {_LANG: "en"}).text = name
    return made


def _codelist(parent: ElementTree.Element, id_: str, codes: dict[str, str]) -> None:
    made = _named(parent, "Codelist", id_, id_, agencyID=AGENCY, version=VERSION)
    for each, name in codes.items():
        _named(made, "Code", each, name)


def _concepts(parent: ElementTree.Element) -> None:
    made = _named(parent, "ConceptScheme", "CONCEPTS", "Concepts of the picture", agencyID=AGENCY, version=VERSION)
    for each in (*CODED, TIME, "OBS_VALUE", *ATTRIBUTES):
        _named(made, "Concept", each, each.replace("_", " ").capitalize())


def _definition(parent: ElementTree.Element) -> None:
    made = _named(parent, "DataStructure", ID, "Level and nature of cybercrime", agencyID=AGENCY, version=VERSION)
    parts = ElementTree.SubElement(made, f"{{{_STR}}}DataStructureComponents")
    dimensions = ElementTree.SubElement(parts, f"{{{_STR}}}DimensionList", id="DimensionDescriptor")
    for place, each in enumerate(CODED, 1):
        _component(dimensions, "Dimension", each, {"position": str(place)}, f"CL_{each}")
    time = _component(dimensions, "TimeDimension", TIME, {"position": str(len(CODED) + 1)})
    held = ElementTree.SubElement(time, f"{{{_STR}}}LocalRepresentation")
    ElementTree.SubElement(held, f"{{{_STR}}}TextFormat", textType="ObservationalTimePeriod")
    attributes = ElementTree.SubElement(parts, f"{{{_STR}}}AttributeList", id="AttributeDescriptor")
    for each in ATTRIBUTES:
        bound = each.endswith("BOUND")
        status = {"assignmentStatus": "Conditional" if bound else "Mandatory"}
        attribute = _component(attributes, "Attribute", each, status, "" if bound else f"CL_{each}")
        relation = ElementTree.SubElement(attribute, f"{{{_STR}}}AttributeRelationship")
        ElementTree.SubElement(relation, f"{{{_STR}}}PrimaryMeasure").append(_ref({"id": "OBS_VALUE"}))
    measures = ElementTree.SubElement(parts, f"{{{_STR}}}MeasureList", id="MeasureDescriptor")
    _component(measures, "PrimaryMeasure", "OBS_VALUE", {})


def _component(
    parent: ElementTree.Element, tag: str, id_: str, more: dict[str, str], codelist: str = ""
) -> ElementTree.Element:
    made = ElementTree.SubElement(parent, f"{{{_STR}}}{tag}", {"id": id_, **more})
    identity = ElementTree.SubElement(made, f"{{{_STR}}}ConceptIdentity")
    scheme = {"maintainableParentID": "CONCEPTS", "maintainableParentVersion": VERSION, "agencyID": AGENCY}
    identity.append(_ref({"id": id_, **scheme, "package": "conceptscheme", "class": "Concept"}))
    if codelist:
        held = ElementTree.SubElement(made, f"{{{_STR}}}LocalRepresentation")
        given = {"id": codelist, "version": VERSION, "agencyID": AGENCY, "package": "codelist", "class": "Codelist"}
        ElementTree.SubElement(held, f"{{{_STR}}}Enumeration").append(_ref(given))
    return made


def _ref(attributes: dict[str, str]) -> ElementTree.Element:
    return ElementTree.Element("Ref", attributes)

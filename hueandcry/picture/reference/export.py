"""The legal crosswalk as files: CSV, JSON, and SKOS in Turtle. Pure."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Final

from hueandcry.exchange.classification import LABELS
from hueandcry.picture.reference import crosswalk
from hueandcry.picture.reference.nature import nature

COLUMNS: Final = (
    "version", "law", "offence", "offence_title", "place", "type", "type_label", "nature", "relation", "counted",
    "reason", "article",
)  # fmt: skip
BASE: Final = "urn:hueandcry:legal-crosswalk:"
_LOCAL = re.compile(r"[^A-Za-z0-9]+")


def _version(version: str) -> crosswalk.Version:
    return next(v for v in crosswalk.versions() if not version or v.version == version) if version else (
        crosswalk.versions()[-1]
    )  # fmt: skip


def type_label(key: str) -> str:
    """The label of a type ``class/type``: "Break-in: Account taken over"."""
    cls, _slash, code = key.partition("/")
    return f"{LABELS.get((cls, ''), cls)}: {LABELS.get((cls, code), code)}"


def as_csv(version: str = "") -> str:
    """One row a line of the crosswalk. Raises ValueError for a version that there is none of."""
    held, titles, told = crosswalk.lines(version), crosswalk.titles(), _version(version)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for line in held:
        offence = titles[line.offence]
        writer.writerow(
            [told.version, offence.law, line.offence, offence.label, offence.place, line.type, type_label(line.type),
             nature("", line.type), line.relation, "yes" if line.counted else "no", line.reason, line.article]
        )  # fmt: skip
    return out.getvalue()


def as_json(version: str = "") -> str:
    """All of it: laws, offences, lines, what nothing reaches, and the version. Raises ValueError likewise."""
    held, told = crosswalk.lines(version), _version(version)
    made = {
        "version": told._asdict(),
        "laws": [law._asdict() for law in crosswalk.laws().values()],
        "offences": [{"law": o.law} | o._asdict() for o in crosswalk.titles().values()],
        "types": [{"key": key, "label": type_label(key), "nature": nature("", key)} for key in crosswalk.types()],
        "lines": [line._asdict() | {"counted": line.counted} for line in held],
        "unreached": [u._asdict() for u in crosswalk.unreached()],
    }
    return json.dumps(made, ensure_ascii=False, indent=1)


def as_turtle(version: str = "") -> str:
    """SKOS: offences and types as concepts, lines as mappings between them. Reasons stand in CSV and JSON, as a mapping
    of SKOS carries none. Raises ValueError likewise."""
    held, told = crosswalk.lines(version), _version(version)
    out = [
        f"@prefix : <{BASE}> .",
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .",
        "@prefix owl: <http://www.w3.org/2002/07/owl#> .",
        "",
        f":types a skos:ConceptScheme ; owl:versionInfo {_text(told.version)} .",
    ]
    out += [
        f":law-{key} a skos:ConceptScheme ; skos:prefLabel {_text(law.label)}@en ."
        for key, law in crosswalk.laws().items()
    ]
    out += [
        f":{_name(o.key)} a skos:Concept ; skos:inScheme :law-{o.law} ; skos:notation {_text(o.key)} ;"
        f" skos:prefLabel {_text(o.label)}@en ."
        for o in crosswalk.titles().values()
    ]
    out += [
        f":{_name(key)} a skos:Concept ; skos:inScheme :types ; skos:notation {_text(key)} ;"
        f" skos:prefLabel {_text(type_label(key))}@en ."
        for key in crosswalk.types()
    ]
    out += [f":{_name(line.type)} skos:{line.relation} :{_name(line.offence)} ." for line in held]
    return "\n".join(out) + "\n"


def _name(key: str) -> str:
    return "n-" + _LOCAL.sub("-", key)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # Turtle's short strings have the escapes of JSON

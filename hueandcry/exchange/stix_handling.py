"""Handling in STIX: marking definitions of TLP 1.0 and 2.0 both ways, and our own property extension.

Sources: STIX 2.1 section 7.2.1.4 (fixed ids of TLP 1.0); OASIS cti-stix-common-objects, extension "TLP 2.0"
(fixed ids of its five marking definitions). TLP 1.0 WHITE is CLEAR in 2.0 and the other names stand for the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

from hueandcry.exchange.drafts import Marking, Pap, Tlp

TLP_EXTENSION: Final = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
TLP_1: Final[dict[str, Tlp]] = {
    "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9": "CLEAR",
    "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da": "GREEN",
    "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82": "AMBER",
    "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed": "RED",
}
TLP_2: Final[dict[str, Tlp]] = {
    "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487": "CLEAR",
    "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb": "GREEN",
    "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421": "AMBER",
    "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003": "AMBER+STRICT",
    "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1": "RED",
}
TLP_ID: Final[dict[str, str]] = {level: marking for marking, level in TLP_2.items()}
# Our own extension: uuid5 of "https://hueandcry.example/stix/report" in the URL namespace
EXTENSION: Final = "extension-definition--1d18d379-39c2-57fe-a60a-44246209d82e"

_BY_NAME: Final[dict[str, Tlp]] = {
    "white": "CLEAR",
    "clear": "CLEAR",
    "green": "GREEN",
    "amber": "AMBER",
    "amber+strict": "AMBER+STRICT",
    "red": "RED",
}
_TLP_ORDER: Final = ("CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED")
_PAP_ORDER: Final = ("CLEAR", "GREEN", "AMBER", "RED")
_CODES: Final = ("H0", "H1", "H2", "H3")


def fixed(marking: str) -> Marking | None:
    """Give what a marking definition of fixed id stands for; None for any other id."""
    level = TLP_1.get(marking) or TLP_2.get(marking)
    return Marking(tlp=level) if level else None


def defined(found: Mapping[str, Any]) -> Marking | None:
    """Read a marking-definition object that carries TLP or PAP in its content, name or extension."""
    level = _name(found.get("name"), "tlp:") or _name(found.get("name"), "pap:")
    is_pap = str(found.get("name", "")).lower().startswith("pap:")
    definition, extensions = found.get("definition"), found.get("extensions")
    if isinstance(definition, dict):
        level = _level(definition.get("tlp")) or level
        if "pap" in definition:
            level, is_pap = _level(definition["pap"]), True
    if isinstance(extensions, dict) and isinstance(extensions.get(TLP_EXTENSION), dict):
        level, is_pap = _level(extensions[TLP_EXTENSION].get("tlp_2_0")) or level, False
    if level is None or (is_pap and level == "AMBER+STRICT"):
        return None
    return Marking(pap=cast(Pap, level)) if is_pap else Marking(tlp=level)


def strictest(markings: Iterable[Marking]) -> Marking:
    """Combine markings: of TLP and PAP the strictest, of the codes all, of each grade the first."""
    result = Marking()
    for one in markings:
        result.tlp = _stricter(_TLP_ORDER, result.tlp, one.tlp)
        result.pap = _stricter(_PAP_ORDER, result.pap, one.pap)
        result.codes = tuple(sorted({*result.codes, *one.codes}))
        result.source_grade = result.source_grade or one.source_grade
        result.information_grade = result.information_grade or one.information_grade
    return result


def of_extension(content: Mapping[str, Any]) -> Marking:
    """Read handling out of our own extension; what is not one of the known words is left out."""
    told = content.get("handling")
    if not isinstance(told, dict):
        return Marking()
    codes = told.get("codes")
    return Marking(
        tlp=_one(told.get("tlp"), _TLP_ORDER),
        pap=_one(told.get("pap"), _PAP_ORDER),
        codes=tuple(code for code in _CODES if isinstance(codes, list) and code in codes),
        source_grade=_one(told.get("source_grade"), ("A", "B", "C", "X")),
        information_grade=_one(told.get("information_grade"), ("1", "2", "3", "4")),
    )


def definition_of(level: Tlp) -> dict[str, Any]:
    """Give the published marking-definition object of a TLP 2.0 level."""
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": TLP_ID[level],
        "created": "2022-10-01T00:00:00.000Z",
        "name": f"TLP:{level}",
        "extensions": {TLP_EXTENSION: {"extension_type": "property-extension", "tlp_2_0": level.lower()}},
    }


def _level(value: object) -> Tlp | None:
    return _BY_NAME.get(value.strip().lower()) if isinstance(value, str) else None


def _name(value: object, prefix: str) -> Tlp | None:
    if isinstance(value, str) and value.lower().startswith(prefix):
        return _level(value[len(prefix) :])
    return None


def _one(value: object, allowed: tuple[str, ...]) -> Any:
    return value if isinstance(value, str) and value in allowed else None


def _stricter(order: tuple[str, ...], one: str | None, two: str | None) -> Any:
    return max((level for level in (one, two) if level), key=order.index, default=None)

"""Whether a crime can be done by computers alone (cyber-dependent) or is an old one made easier (cyber-enabled)."""

from __future__ import annotations

from typing import Final, Literal

from hueandcry.exchange.classification import TYPES

Told = Literal["cyber-dependent", "cyber-enabled", ""]

_OF_TYPE: Final = {f"{t.cls}/{t.code}": t.nature for t in TYPES}


def nature(cls: str, type: str = "") -> Told:  # noqa: A002 - the word of the Common Taxonomy
    """The nature of a class and type of the Common Taxonomy.

    ``type`` is its code, alone ("phishing") or after its class ("information-gathering/phishing"); "" for a class whose
    type is not told, which has a nature where all its types have the same. "" where the type holds both, and for
    classes and types that the taxonomy does not have. Source: the natures kept beside the types in
    ``exchange.classification`` (McGuire and Dowling, Cyber crime: a review of the evidence, Home Office 2013; Europol,
    IOCTA).
    """
    if type:
        held = {_OF_TYPE.get(type if "/" in type else f"{cls}/{type}", "either")}
        if "/" in type and cls and not type.startswith(f"{cls}/"):
            return ""
    else:
        held = {of for key, of in _OF_TYPE.items() if key.startswith(f"{cls}/")}
    if held == {"cyber-dependent"}:
        return "cyber-dependent"
    return "cyber-enabled" if held == {"cyber-enabled"} else ""

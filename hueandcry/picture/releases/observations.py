"""Observations: the cells of a release as its files hold them, with the codes of SDMX. Pure.

Statuses are those of the SDMX cross-domain code lists CL_OBS_STATUS 2.2 (A normal, P provisional, E estimated, Q
missing as suppressed, O missing: an estimate that was refused) and CL_CONF_STATUS 1.0 (F free, C confidential, D
secondary confidentiality set by the sender).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from hueandcry.picture.cells import Withheld
from hueandcry.picture.releases.contents import DIMENSIONS

Status = Literal["A", "P", "E", "Q", "O"]
TOTAL: Final = "_T"  # codes for what is no value of a dimension, as the SDMX guidelines for code lists have them
UNKNOWN: Final = "_U"
CONFIDENTIALITY: Final = {"": "F", "refused": "F", "few": "C", "dominance": "C", "secondary": "D"}
UNITS: Final = {
    "count": "CASES", "corrected": "CASES", "linkage": "CASES", "loss": "EUR",
    "inhabitants": "CASES_100000_INHABITANTS", "enterprises": "CASES_10000_ENTERPRISES",
}  # fmt: skip
_NOT_CODE = re.compile(r"[^A-Za-z0-9_@$-]")


@dataclass(frozen=True, slots=True)
class Observation:
    """One cell: a number of one measure, told apart by ``key`` (dimension to value; what is not in it is summed over).

    ``value`` None is held back and ``withheld`` says why: it is never 0. Losses are in euros.
    """

    number: str
    measure: str
    key: Mapping[str, str] = field(hash=False)
    value: float | None
    low: float | None = None
    high: float | None = None
    provisional: bool = False
    withheld: Withheld | Literal["refused"] = ""

    @property
    def status(self) -> Status:
        """The code of CL_OBS_STATUS."""
        if self.value is None:
            return "O" if self.withheld == "refused" else "Q"
        if self.number == "estimated" or self.measure in ("corrected", "linkage"):
            return "E"
        return "P" if self.provisional else "A"

    @property
    def confidentiality(self) -> str:
        """The code of CL_CONF_STATUS."""
        return CONFIDENTIALITY[self.withheld]

    @property
    def codes(self) -> tuple[str, ...]:
        """Number, measure and one code a dimension, in the order of the columns; what two observations differ in."""
        return (self.number, self.measure, *(code(self.key.get(name)) for name in DIMENSIONS))


def code(value: str | None) -> str:
    """A value as an SDMX code: letters, digits, ``_``, ``@``, ``$`` and ``-``."""
    return TOTAL if value is None else _NOT_CODE.sub("_", value) or UNKNOWN


def figure(value: float | None) -> str:
    """A number as it stands in files: no exponent, at most six decimals, no trailing zeros; "" where there is none."""
    if value is None:
        return ""
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text

"""What a check found, and where."""

from __future__ import annotations

from typing import NamedTuple


class Finding(NamedTuple):
    """``place``: line and path; ``rule``: xml, version, element, attribute, order, type, code or ruleset:<name>."""

    place: str
    rule: str
    message: str
    warning: bool = False

    def told(self) -> dict[str, str]:
        """As it stands in an answer."""
        return {"place": self.place, "rule": self.rule, "message": self.message}

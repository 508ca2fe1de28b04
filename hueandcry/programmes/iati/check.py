"""Whether a file is IATI 2.03: its structure, its codes, and the rules of the standard. Pure.

    answer = check(raw, now=datetime.now(UTC))      answer.valid, answer.errors, answer.warnings, answer.notes

Structure is asked of every file. Codes and rules are those of a version: a file that tells no version of IATI 2 ("xx"
in the standard's own samples) is held against the structure alone, and a note says so; ``version`` has it held against
all. A file of 1.x is no file of 2.03, which is the first error; what follows is what its conversion still lacks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hueandcry.capacity.register.iati_xml import ROOTS, Node, records
from hueandcry.exchange.drafts import Unreadable
from hueandcry.programmes.iati import codes, convert, rule, rules_activity, rules_part, structure
from hueandcry.programmes.iati.finding import Finding
from hueandcry.programmes.iati.place import At

VERSIONS = ("2.01", "2.02", "2.03")
MOST_ERRORS = 1_000  # that are told; the rest is counted
SECONDS = 120.0
RULES = {
    "iati-activity": rules_activity.RULES + rules_part.ACTIVITY,
    "iati-organisation": rules_part.ORGANISATION,
}


@dataclass(slots=True)
class Answer:
    """What is wrong with a file. ``left_out``: errors and warnings past MOST_ERRORS, which are counted alone."""

    kind: str = ""  # the root: iati-activities or iati-organisations; "" where that could not be told
    version: str = ""
    records: int = 0
    errors: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    left_out: int = 0

    @property
    def valid(self) -> bool:
        """Whether there is no error; warnings do not count."""
        return not self.errors

    def take(self, findings: Iterable[Finding]) -> None:
        """Errors and warnings, as many as are told."""
        for each in findings:
            told = self.warnings if each.warning else self.errors
            if len(told) < MOST_ERRORS:
                told.append(each)
            else:
                self.left_out += 1

    def told(self) -> dict[str, Any]:
        """The answer as one JSON object."""
        return {
            "valid": self.valid,
            "kind": self.kind,
            "version": self.version,
            "records": self.records,
            "errors": [each.told() for each in self.errors],
            "warnings": [each.told() for each in self.warnings],
            "notes": self.notes,
            "left_out": self.left_out,
        }


def check(raw: bytes, *, now: datetime, version: str = "", seconds: float = SECONDS) -> Answer:
    """What is wrong with a file. ``now``: nothing that is told as done lies ahead of it. Raises nothing."""
    answer = Answer()
    try:
        _read(raw, answer, now, version, seconds)
    except Unreadable as error:
        answer.take([Finding(error.place, "xml", error.reason)])
    if answer.left_out:
        answer.notes.append(f"{answer.left_out:,} more are not told; {MOST_ERRORS:,} of each are")
    return answer


def _read(raw: bytes, answer: Answer, now: datetime, version: str, seconds: float) -> None:
    counted = 0
    for root, child in records(raw, seconds=seconds):
        if not answer.kind:
            _begin(answer, root, version)
        if child is None:
            if not convert.is_old(root):
                answer.take(structure.of_root(root, counted))
            elif not counted:
                answer.take([Finding(f"line {root.line}: /{root.tag}", "element", "the file holds nothing")])
            continue
        counted += 1
        answer.records += child.tag == ROOTS[root.tag]
        at = At(child, f"/{root.tag}/{child.tag[:60]}[{answer.records if child.tag == ROOTS[root.tag] else 1}]")
        if convert.is_old(root) and child.tag == ROOTS[root.tag]:
            at = At(convert.record(root, child).made, at.path)
        answer.take(findings(at, root, now, whole=(version or answer.version) in VERSIONS or convert.is_old(root)))


def _begin(answer: Answer, root: Node, version: str) -> None:
    answer.kind, answer.version = root.tag, root.get("version")
    if convert.is_old(root):
        answer.take([Finding(f"line {root.line}: /{root.tag}/@version", "version", _old(answer.version))])
    elif answer.version not in VERSIONS and not version:
        told = f'"{answer.version[:20]}", which is none of {", ".join(VERSIONS)}' if answer.version else "none"
        answer.notes.append(
            f"The version it tells is {told}: its structure is held against 2.03; codes and rules are not"
        )
    elif answer.version in VERSIONS[:-1]:
        answer.notes.append(f"It tells version {answer.version} and is held against 2.03, which has all of it")


def _old(version: str) -> str:
    return (
        f"this is a file of IATI {version[:20]}, not of 2.03; what follows is wrong with what `hueandcry programmes "
        "iati convert` makes of it, with the lines of this file"
    )


def findings(record: At, root: Node, now: datetime, *, whole: bool = True) -> Iterator[Finding]:
    """What is wrong with one activity or organisation. ``whole``: its codes and the rules too."""
    yield from structure.of_record(record, root)
    if whole and record.node.tag == ROOTS[root.tag]:
        yield from codes.findings(record)
        yield from rule.findings(RULES[record.node.tag], record, now)

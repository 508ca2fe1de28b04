"""A framework of competences is data: elements (roles, competences, ...) and relations between them. Pure.

The same shape holds our own framework, the NICE framework and whichever somebody imports. A published version never
changes; what is corrected is a new version, and ``differences`` says what changed.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import orjson

LEVELS = range(1, 9)  # of the European Qualifications Framework
ROLE, COMPETENCE = "role", "competence"
# what somebody can hold, of a framework that says it so or so
HELD = frozenset({COMPETENCE, "knowledge", "skill", "task"})
MOST_BYTES, MOST_ELEMENTS, MOST_RELATIONS = 20_000_000, 20_000, 100_000


class BadFramework(Exception):
    """The document is no framework; says where and why."""


@dataclass(frozen=True, slots=True)
class Element:
    """One thing of a framework. ``shown``: EQF level -> what shows that somebody holds it at that level."""

    code: str
    kind: str
    title: str
    text: str = ""
    group: str = ""
    shown: Mapping[int, str] = field(default_factory=dict)

    @property
    def called(self) -> str:
        """Its title, or its text where it has none."""
        return self.title or self.text


@dataclass(frozen=True, slots=True)
class Relation:
    """From one element to another; from a role to a competence at the level that it asks for, 0 where it says none.
    An end may be a code that no element has, as some frameworks publish it."""

    source: str
    target: str
    level: int = 0


@dataclass(frozen=True)
class Framework:
    """One version of a framework."""

    code: str
    version: str
    title: str
    source: str = ""
    language: str = "en"
    groups: Mapping[str, str] = field(default_factory=dict)
    elements: tuple[Element, ...] = ()
    relations: tuple[Relation, ...] = ()

    @cached_property
    def by_code(self) -> dict[str, Element]:
        """Elements by their code."""
        return {each.code: each for each in self.elements}

    def of_kind(self, *kinds: str) -> list[Element]:
        """The elements of these kinds, in the framework's order."""
        return [each for each in self.elements if each.kind in kinds]

    @cached_property
    def _wants(self) -> dict[str, dict[str, int]]:
        wants: dict[str, dict[str, int]] = defaultdict(dict)
        known = self.by_code
        for each in self.relations:
            source, target = known.get(each.source), known.get(each.target)
            if source and target and source.kind == ROLE and target.kind in HELD:
                wants[each.source][each.target] = each.level
        return dict(wants)

    def wants(self, role: str) -> dict[str, int]:
        """Code of what a role has to hold -> EQF level, 0 where the framework says none."""
        return self._wants.get(role, {})

    @cached_property
    def digest(self) -> str:
        """sha256 of the version's document: the same words, the same digest."""
        return hashlib.sha256(written(self)).hexdigest()


def written(framework: Framework) -> bytes:
    """The document of a framework, one way of writing it."""
    told = {
        "code": framework.code, "version": framework.version, "title": framework.title, "source": framework.source,
        "language": framework.language, "groups": dict(framework.groups),
        "elements": [
            {"code": each.code, "kind": each.kind, "title": each.title, "text": each.text, "group": each.group,
             "shown": {str(level): text for level, text in sorted(each.shown.items())}}
            for each in framework.elements
        ],
        "relations": [[each.source, each.target, each.level] for each in framework.relations],
    }  # fmt: skip
    return orjson.dumps(told, option=orjson.OPT_SORT_KEYS)


def read(content: bytes) -> Framework:
    """A framework out of its document. Raises BadFramework."""
    if len(content) > MOST_BYTES:
        raise BadFramework(f"The file has more than {MOST_BYTES:,} bytes.")
    try:
        told = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise BadFramework(f"The file is no JSON: {error}.") from None
    if not isinstance(told, dict):
        raise BadFramework("The file is JSON, but no object.")
    if "code" not in told:
        raise BadFramework("The file is neither a framework of ours nor one of NIST's.")
    groups = told.get("groups", {})
    if not isinstance(groups, dict):
        raise BadFramework("groups is no object.")
    return checked(
        Framework(
            _text(told, "code", "the framework"), _text(told, "version", "the framework"),
            _text(told, "title", "the framework"), _text(told, "source", "the framework", may_lack=True),
            _text(told, "language", "the framework", may_lack=True) or "en",
            {str(key): str(value) for key, value in groups.items()},
            tuple(_element(each, number) for number, each in enumerate(_list(told, "elements"), 1)),
            tuple(_relation(each, number) for number, each in enumerate(_list(told, "relations"), 1)),
        )
    )  # fmt: skip


def checked(framework: Framework) -> Framework:
    """The framework, where it hangs together: no code twice, levels of the EQF. Raises BadFramework."""
    if len(framework.elements) > MOST_ELEMENTS or len(framework.relations) > MOST_RELATIONS:
        raise BadFramework(f"More than {MOST_ELEMENTS:,} elements or {MOST_RELATIONS:,} relations are not read.")
    twice = [code for code, times in Counter(each.code for each in framework.elements).items() if times > 1]
    if twice:
        raise BadFramework(f"The code {twice[0]} stands for two elements.")
    if not framework.of_kind(ROLE):
        raise BadFramework("There is no role in it.")
    for each in framework.elements:
        if wrong := [level for level in each.shown if level not in LEVELS]:
            raise BadFramework(f"{each.code} is shown at level {wrong[0]}; levels are 1 to 8.")
    for relation in framework.relations:
        if relation.level and relation.level not in LEVELS:
            raise BadFramework(f"{relation.source} asks {relation.target} at level {relation.level}, not 1 to 8.")
    return framework


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two versions: ``what`` (added, removed, reworded, asked, no longer asked, level), of which
    code, what it said before and what it says now."""

    what: str
    code: str
    before: str = ""
    after: str = ""


def differences(old: Framework, new: Framework) -> list[Change]:
    """What changed from one version to the next, element by element and relation by relation."""
    made = [Change("removed", code, each.called) for code, each in old.by_code.items() if code not in new.by_code]
    for code, each in new.by_code.items():
        before = old.by_code.get(code)
        if before is None:
            made.append(Change("added", code, after=each.called))
        elif before != each:
            made += _reworded(before, each)
    then, now = (_levels(framework.relations) for framework in (old, new))
    for pair in sorted({*then, *now}):
        if then.get(pair) != now.get(pair):
            what = "asked" if pair not in then else "no longer asked" if pair not in now else "level"
            made.append(Change(what, " -> ".join(pair), str(then.get(pair, "")), str(now.get(pair, ""))))
    return made


def _reworded(before: Element, after: Element) -> Iterable[Change]:
    for name in ("kind", "title", "text", "group"):
        if getattr(before, name) != getattr(after, name):
            yield Change("reworded", before.code, getattr(before, name), getattr(after, name))
    for level in sorted({*before.shown, *after.shown}):
        if before.shown.get(level) != after.shown.get(level):
            yield Change("reworded", f"{before.code} {level}", before.shown.get(level, ""), after.shown.get(level, ""))


def _levels(relations: Iterable[Relation]) -> dict[tuple[str, str], int]:
    return {(each.source, each.target): each.level for each in relations}


def _element(told: Any, number: int) -> Element:
    at = f"element {number}"
    if not isinstance(told, dict):
        raise BadFramework(f"{at} is no object.")
    shown = told.get("shown", {})
    if not isinstance(shown, dict) or not all(str(level).isdigit() for level in shown):
        raise BadFramework(f"{at}: shown is no object of levels.")
    return Element(
        _text(told, "code", at), _text(told, "kind", at), _text(told, "title", at, may_lack=True),
        _text(told, "text", at, may_lack=True), _text(told, "group", at, may_lack=True),
        {int(level): str(text) for level, text in shown.items()},
    )  # fmt: skip


def _relation(told: Any, number: int) -> Relation:
    if not isinstance(told, list) or len(told) not in (2, 3) or not all(isinstance(each, str) for each in told[:2]):
        raise BadFramework(f"relation {number} is no list of source, target and level.")
    level = told[2] if len(told) == 3 else 0
    if not isinstance(level, int):
        raise BadFramework(f"relation {number}: the level is no number.")
    return Relation(told[0], told[1], level)


def _list(told: dict[str, Any], name: str) -> list[Any]:
    held = told.get(name, [])
    if not isinstance(held, list):
        raise BadFramework(f"{name} is no list.")
    return held


def _text(told: dict[str, Any], name: str, at: str, *, may_lack: bool = False) -> str:
    value = told.get(name, "")
    if not isinstance(value, str) or (not value.strip() and not may_lack):
        raise BadFramework(f"{at}: {name} is missing or no text.")
    return value

"""Conditions of a settings table as Python functions of two records: for few pairs, where no engine is worth starting.

    at = levels(settings)          # at(left, right) -> the position of the level that the pair is at, by comparer
    meets = blocked(settings)      # meets(records, new) -> pairs of records that any blocking rule brings together

The part of SQL that settings for reports are written in, with SQL's logic of three values: a condition about what is
not told (None) is neither true nor false. What is not understood is refused (``Unknown``), never guessed. That DuckDB
and Splink find the same is held by tests, pair by pair. It is read here and not by sqlglot, which takes a web process
40 MB and a third of a second to load.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from hueandcry.linkage.matching.settings import Blocking, Settings

Record: TypeAlias = Mapping[str, Any]
Pair: TypeAlias = tuple[Any, Any]

_WORD = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?P<text>'(?:[^']|'')*')|"(?P<quoted>\w+)"|(?P<name>\w+)"""
    r"""|(?P<sign><>|!=|<=|>=|[-+*/()=<>,.]))"""
)
_COMPARED = {"=": "==", "<>": "!=", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_KEYWORDS = frozenset(
    ("AND", "OR", "NOT", "IS", "NULL", "CASE", "WHEN", "THEN", "ELSE", "END", "CAST", "AS", "TRUE", "FALSE")
)  # fmt: skip


class Unknown(ValueError):
    """A condition that is not understood here; the message quotes it."""


def levels(settings: Settings) -> Callable[[Record, Record], tuple[int, ...]]:
    """The position of the level that two records are at, by comparer. Raises Unknown."""
    source = _Source()
    found = []
    for comparer in settings.comparers:
        cases = [(_parsed(level.condition), at) for at, level in enumerate(comparer.levels[:-1])]
        text = "".join(f"{at} if {source.true(node)} else " for node, at in cases)
        found.append(f"({text}{len(comparer.levels) - 1})")
    compared: Callable[[Record, Record], tuple[int, ...]] = source.function(f"({', '.join(found)},)")
    return compared


def blocked(settings: Settings) -> Callable[[Sequence[Record], Sequence[bool] | None], list[tuple[Record, Record]]]:
    """Pairs of these records, the lower id first, that any rule brings together; of ``new`` ones where that is given.
    Raises Unknown."""
    rules = [_Rule.of(rule) for rule in settings.blocking]
    key = settings.unique_id

    def meets(records: Sequence[Record], new: Sequence[bool] | None = None) -> list[tuple[Record, Record]]:
        order = sorted(range(len(records)), key=lambda at: records[at][key])
        found: dict[tuple[int, int], None] = {}
        for rule in rules:
            found |= dict.fromkeys(rule.pairs(records, order, new))
        return [(records[left], records[right]) for left, right in sorted(found)]

    return meets


@dataclass(frozen=True, slots=True)
class _Rule:
    """Columns that have to be equal, of which ``explode`` are lists of which one element has to be; and what else."""

    equal: tuple[str, ...]
    explode: frozenset[str]
    holds: Callable[[Record, Record], bool]

    @classmethod
    def of(cls, rule: Blocking) -> _Rule:
        parts = _conjuncts(_parsed(rule.condition))
        equal = [_equal(part) for part in parts]
        rest = [part for part, column in zip(parts, equal, strict=True) if column is None]
        source = _Source()
        text = " and ".join(source.true(part) for part in rest) or "True"
        columns = tuple(column for column in equal if column is not None)
        if not set(rule.explode) <= set(columns):
            raise Unknown(f"not understood: {rule.condition}")
        return cls(columns, frozenset(rule.explode), source.function(text))

    def pairs(
        self, records: Sequence[Record], order: Sequence[int], new: Sequence[bool] | None
    ) -> Iterable[tuple[int, int]]:
        held: dict[tuple[Any, ...], list[int]] = defaultdict(list)
        for at in order:  # by id, so that the lower one comes first in each pair
            for key in self._keys(records[at]):
                held[key].append(at)
        for group in held.values():
            if len(group) < 2 or (new is not None and not any(new[at] for at in group)):
                continue
            for n, left in enumerate(group):
                for right in group[n + 1 :]:
                    if (new is None or new[left] or new[right]) and self.holds(records[left], records[right]):
                        yield left, right

    def _keys(self, record: Record) -> Iterable[tuple[Any, ...]]:
        keys: list[tuple[Any, ...]] = [()]
        for column in self.equal:
            value = record[column]
            values = dict.fromkeys(value or ()) if column in self.explode else (value,)
            keys = [(*key, one) for key in keys for one in values if one is not None]
        return keys


# What a condition is parsed into: ("and", a, b), ("=", a, b), ("column", "l", name), ("call", name, *arguments), ...
_Node: TypeAlias = tuple[Any, ...]


def _parsed(text: str) -> _Node:
    words, at = [], 0
    text = text.strip()
    while at < len(text):
        found = _WORD.match(text, at)
        if found is None:
            raise Unknown(f"not understood: {text}")
        words.append((str(found.lastgroup), str(found[str(found.lastgroup)])))
        at = found.end()
    parser = _Parser(words, text)
    node = parser.either()
    parser.end()
    return node


class _Parser:
    """Recursive descent, a method for each strength of binding, the weakest first."""

    def __init__(self, words: list[tuple[str, str]], text: str) -> None:
        self.words, self.at, self.text = words, 0, text

    def end(self) -> None:
        if self.at < len(self.words):
            raise self._lost()

    def either(self) -> _Node:
        node = self._both()
        while self._is("OR"):
            node = ("or", node, self._both())
        return node

    def _both(self) -> _Node:
        node = self._negated()
        while self._is("AND"):
            node = ("and", node, self._negated())
        return node

    def _negated(self) -> _Node:
        return ("not", self._negated()) if self._is("NOT") else self._compared()

    def _compared(self) -> _Node:
        node = self._sum()
        if self._is("IS"):
            wanted = "not null" if self._is("NOT") else "null"
            self._need("NULL")
            return (wanted, node)
        for sign in _COMPARED:
            if self._is(sign):
                return (sign, node, self._sum())
        return node

    def _sum(self) -> _Node:
        node = self._product()
        while sign := self._any("+", "-"):
            node = (sign, node, self._product())
        return node

    def _product(self) -> _Node:
        node = self._factor()
        while sign := self._any("*", "/"):
            node = (sign, node, self._factor())
        return node

    def _factor(self) -> _Node:
        if self._is("-"):
            return ("-", ("number", "0"), self._factor())
        if self._is("("):
            node = self.either()
            self._need(")")
            return node
        if self._is("CASE"):
            return self._case()
        if self._is("CAST"):
            return self._cast()
        for word, value in (("TRUE", "True"), ("FALSE", "False"), ("NULL", "None")):
            if self._is(word):
                return ("constant", value)
        kind, word = self._next()
        if kind == "number":
            return ("number", word)
        if kind == "text":
            return ("constant", repr(word[1:-1].replace("''", "'")))
        if kind == "quoted" or (kind == "name" and word.upper() not in _KEYWORDS):
            return self._named(kind, word)
        raise self._lost()

    def _named(self, kind: str, word: str) -> _Node:
        if kind == "name" and self._is("("):
            arguments = []
            while not self._is(")"):
                arguments.append(self.either())
                if not self._is(","):
                    self._need(")")
                    break
            return ("call", word.lower(), *arguments)
        if word in ("l", "r") and self._is("."):
            return ("column", word, self._next()[1])
        if word.endswith(("_l", "_r")):
            return ("column", word[-1], word[:-2])
        raise self._lost()

    def _case(self) -> _Node:
        whens = []
        while self._is("WHEN"):
            condition = self.either()
            self._need("THEN")
            whens.append((condition, self.either()))
        last = self.either() if self._is("ELSE") else ("constant", "None")
        self._need("END")
        return ("case", whens, last)

    def _cast(self) -> _Node:
        self._need("(")
        node = self.either()
        self._need("AS")
        kind = self._next()[1].lower()
        self._need(")")
        return ("call", f"cast {kind}", node)

    def _is(self, word: str) -> bool:
        if self.at < len(self.words):
            kind, text = self.words[self.at]
            if kind in ("name", "sign") and text.upper() == word:
                self.at += 1
                return True
        return False

    def _any(self, *words: str) -> str:
        return next((word for word in words if self._is(word)), "")

    def _need(self, word: str) -> None:
        if not self._is(word):
            raise self._lost()

    def _next(self) -> tuple[str, str]:
        if self.at >= len(self.words):
            raise self._lost()
        self.at += 1
        return self.words[self.at - 1]

    def _lost(self) -> Unknown:
        return Unknown(f"not understood: {self.text}")


def _conjuncts(node: _Node) -> list[_Node]:
    return [*_conjuncts(node[1]), *_conjuncts(node[2])] if node[0] == "and" else [node]


def _equal(node: _Node) -> str | None:
    """The column that a part of a blocking rule wants to be equal on both sides, where it says that and no more."""
    if node[0] == "=" and node[1][0] == node[2][0] == "column":
        (_c, one, column), (_d, other, same) = node[1:]
        return column if column == same and one != other else None
    return None


def _met(one: Sequence[Any] | None, other: Sequence[Any] | None) -> bool | None:
    if one is None or other is None:
        return None
    return not frozenset(one).isdisjoint(other)


def _common(one: Sequence[Any] | None, other: Sequence[Any] | None) -> list[Any] | None:
    return None if one is None or other is None else list(frozenset(one) & frozenset(other))


def _length(one: Sequence[Any] | None) -> int | None:
    return None if one is None else len(one)


def _given(act: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else act(value)


_CALLS: dict[str, tuple[str, Callable[..., Any]]] = {  # each gives None where an argument is
    "list_has_any": ("met", _met), "list_intersect": ("common", _common), "len": ("length", _length),
    "abs": ("size", _given(abs)), "ln": ("log", _given(math.log)),
    "cast double": ("real", _given(float)), "cast bigint": ("whole", _given(round)),
}  # fmt: skip


class _Source:
    """Python source out of conditions. Columns and calls are read once for each pair, whatever asks for them."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}  # by expression, in the order of their making
        self.spare = 0

    def function(self, result: str) -> Callable[[Record, Record], Any]:
        lines = [f"    {name} = {expression}" for expression, name in self.names.items()]
        text = "\n".join(["def compared(l, r):", *lines, f"    return {result}"])
        known: dict[str, Any] = dict(_CALLS.values())
        exec(text, known)  # noqa: S102 - made by this parser of names, numbers and the functions above
        compared: Callable[[Record, Record], Any] = known["compared"]
        return compared

    def true(self, node: _Node) -> str:
        """When the condition is true, as a Python condition: not where it is false, nor where it is neither."""
        return self._said(node, True)

    def _said(self, node: _Node, wanted: bool) -> str:
        kind = node[0]
        if kind == "not":
            return self._said(node[1], not wanted)
        if kind in ("and", "or"):
            joint = " and " if (kind == "and") is wanted else " or "
            return f"({joint.join(self._said(part, wanted) for part in node[1:])})"
        if kind in ("null", "not null"):
            return f"({self._value(node[1])} is {'' if (kind == 'null') is wanted else 'not '}None)"
        if kind in _COMPARED:
            one, other, known = self._both(node)
            test = f"{one} {_COMPARED[kind]} {other}"
            return f"({' and '.join([*known, test if wanted else f'not {test}'])})"
        return f"({self._value(node)} is {wanted})"

    def _value(self, node: _Node) -> str:
        kind = node[0]
        if kind in ("constant", "number"):
            return str(node[1])
        if kind == "column":
            return self._kept(f"{node[1]}[{node[2]!r}]")
        if kind == "call":
            if node[1] not in _CALLS:
                raise Unknown(f"not a function that is known here: {node[1]}")
            call = f"{_CALLS[node[1]][0]}({', '.join(self._value(part) for part in node[2:])})"
            return self._kept(call) if all(part[0] in ("column", "call") for part in node[2:]) else call
        if kind == "case":
            said = "".join(f"{self._value(then)} if {self.true(when)} else " for when, then in node[1])
            return f"({said}{self._value(node[2])})"
        if kind in "+-*/":
            one, other, known = self._both(node)
            known += [f"{other} != 0"] if kind == "/" else []  # as in DuckDB, nothing comes of a division by nought
            text = f"{one} {kind} {other}"
            return f"({text} if {' and '.join(known)} else None)" if known else f"({text})"
        return f"(True if {self._said(node, True)} else False if {self._said(node, False)} else None)"

    def _both(self, node: _Node) -> tuple[str, str, list[str]]:
        """Both operands, and the conditions under which neither is None; to be asked in this order, before they are
        used."""
        operands, known = [], []
        for part in node[1:]:
            text = self._value(part)
            if part[0] not in ("constant", "number", "column") and not text.isidentifier():
                self.spare += 1
                known.append(f"(t{self.spare} := {text}) is not None")
                text = f"t{self.spare}"
            elif part[0] == "column" or text == "None" or (text.isidentifier() and part[0] != "constant"):
                known.append(f"{text} is not None")
            operands.append(text)
        return operands[0], operands[1], known

    def _kept(self, expression: str) -> str:
        return self.names.setdefault(expression, f"v{len(self.names)}")

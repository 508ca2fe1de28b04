"""STIX patterns read into a small tree, fast: what an indicator asserts, without searching its text by regex.

The grammar is that of STIX 2.1 part 9 (https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html#_e8slinrhxcc9),
which also reads what STIX 2.0 allowed with ``START``/``STOP`` timestamps. One pass of one regex cuts the text into
tokens; a recursive-descent reader, one method a rule, builds the tree. Nesting and length are bounded, and no word's
regex can go back over what it has read, so time grows with length alone.

Left to the store and the analyst: whether hash values have the right length, whether dates exist in the calendar, and
whether ``MATCHES`` holds a regular expression; the grammar does not say so.

One grammar, so one file: its tree, its words and a method for each rule are read side by side with the standard.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple, NoReturn

from hueandcry.exchange.drafts import MAX_DEPTH

MAX_LENGTH: Final = 1_000_000  # characters of one pattern; the longest real one we have seen is a few thousand
ANY_INDEX: Final = -1_000_000_000  # the step ``[*]``; no list index can be this


class PatternError(ValueError):
    """The text is no STIX pattern. ``position`` counts characters from 0; ``reason`` is in plain words."""

    def __init__(self, position: int, reason: str) -> None:
        super().__init__(f"character {position}: {reason}")
        self.position = position
        self.reason = reason


class Timestamp(str):
    """A timestamp literal (``t'...'``) as written, so that no digit is lost."""

    __slots__ = ()


Step = str | int  # a key, a list index, or ANY_INDEX
Literal = str | int | float | bool | bytes | Timestamp
Value = Literal | tuple[Literal, ...] | None  # a tuple for IN, None for EXISTS


class Comparison(NamedTuple):
    """One test: ``domain-name:value = 'example.org'``. ``negated`` tells of NOT alone; ``!=`` is an operator."""

    object_type: str
    path: tuple[Step, ...]
    operator: str  # = != < > <= >= IN LIKE MATCHES ISSUBSET ISSUPERSET EXISTS
    value: Value
    negated: bool


class Combination(NamedTuple):
    """Comparisons joined inside one pair of square brackets."""

    operator: str  # AND, OR
    parts: tuple[Comparison | Combination, ...]


class Observation(NamedTuple):
    """One pair of square brackets: all of it must hold for one observation."""

    test: Comparison | Combination


class Sequence(NamedTuple):
    """Observations joined."""

    operator: str  # AND, OR, FOLLOWEDBY
    parts: tuple[Expression, ...]


class Qualified(NamedTuple):
    """An expression with its qualifiers, each as (name, values)."""

    expression: Expression
    qualifiers: tuple[tuple[str, tuple[Literal, ...]], ...]


Expression = Observation | Sequence | Qualified


class Pattern(NamedTuple):
    """A whole pattern."""

    expression: Expression


class Assertion(NamedTuple):
    """A value that the pattern asserts positively; for ISSUBSET the value is a range of addresses."""

    object_type: str
    path: tuple[Step, ...]
    value: Literal


_BLANK = r"[ \t\r\n\x0b\x0c\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
_STAMP = (
    r"t'[0-9]{4}-(?:0[1-9]|1[012])-(?:0[1-9]|[12][0-9]|3[01])"
    r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]+)?Z'"
)
_TEXT = r"'(?:[^'\\]++|\\['\\])*+"  # up to the closing quote
_BASE64 = r"b'(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)'"
# Whatever stands between tokens, then one token; the last alternatives take what is no token, so nothing is skipped
# in silence. An unclosed comment takes the rest and an unclosed text all that was read: many cost no more than one.
_TOKEN: Final = re.compile(
    rf"(?:{_BLANK}|/\*[\s\S]*?\*/|//[^\r\n]*+)*+"
    rf"({_STAMP}|h'(?:[0-9A-Fa-f]{{2}})*+'|{_BASE64}"
    rf"|{_TEXT}'?"
    r"|[A-Za-z_][A-Za-z0-9_-]*+|[+-]?[0-9]++(?:\.[0-9]++)?|[+-]?\.[0-9]++"
    r"|==|!=|<>|<=|>=|/\*[\s\S]*+|[\s\S]|\Z)"
)
_OPERATORS = ("AND", "OR", "NOT", "FOLLOWEDBY", "IN", "LIKE", "MATCHES", "ISSUPERSET", "ISSUBSET", "EXISTS", "LAST")
_UNITS = ("START", "STOP", "WITHIN", "SECONDS", "REPEATS", "TIMES", "true", "false")
_KEYWORDS: Final = frozenset(_OPERATORS + _UNITS)
_LETTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
_DIGITS: Final = frozenset("0123456789+-.")
_EQUAL: Final = {"=": "=", "==": "=", "!=": "!=", "<>": "!="}
_ORDER: Final = frozenset(("<", ">", "<=", ">="))
_TEXTUAL: Final = frozenset(("LIKE", "MATCHES", "ISSUBSET", "ISSUPERSET"))
_ASSERTING: Final = frozenset(("=", "IN", "ISSUBSET"))


def read(pattern: str) -> Pattern:
    """Read a STIX pattern; raises ``PatternError`` and nothing else."""
    if len(pattern) > MAX_LENGTH:
        raise PatternError(MAX_LENGTH, f"longer than {MAX_LENGTH:,} characters")
    return _Reader(pattern).pattern()


def comparisons(pattern: Pattern) -> Iterator[Comparison]:
    """Give every comparison of a pattern in reading order."""
    stack: list[Expression | Comparison | Combination] = [pattern.expression]
    while stack:
        node = stack.pop()
        if isinstance(node, Comparison):
            yield node
        elif isinstance(node, Observation):
            stack.append(node.test)
        elif isinstance(node, Qualified):
            stack.append(node.expression)
        else:
            stack.extend(reversed(node.parts))


def observations(pattern: Pattern) -> Iterator[Assertion]:
    """Give every value that a pattern asserts: equal, in a set or within a range, and not negated in any way."""
    for test in comparisons(pattern):
        if test.negated or test.operator not in _ASSERTING or test.value is None:
            continue
        values = test.value if isinstance(test.value, tuple) else (test.value,)
        for value in values:
            yield Assertion(test.object_type, test.path, value)


class _Reader:
    """Recursive descent over the tokens of one pattern; ``at`` is the next word, the empty word ends the list."""

    __slots__ = ("at", "depth", "text", "tokens")

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[str] = _TOKEN.findall(text)
        self.at = 0
        self.depth = 0

    def pattern(self) -> Pattern:
        expression = self.followed()
        if self.tokens[self.at]:
            self.fail("the end, AND, OR, FOLLOWEDBY or a qualifier")
        return Pattern(expression)

    def fail(self, expected: str) -> NoReturn:
        """Raise with the place of the word at which reading stopped."""
        found = self.tokens[self.at]
        position = len(self.text)
        for number, match in enumerate(_TOKEN.finditer(self.text)):
            if number == self.at:
                position = match.start(1)
                break
        shown = repr(found[:40]) if found else "the end"
        raise PatternError(position, f"expected {expected}, found {shown}")

    def take(self, word: str) -> None:
        if self.tokens[self.at] != word:
            self.fail(repr(word))
        self.at += 1

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail(f"no more than {MAX_DEPTH} brackets inside each other")

    # observation expressions; AND binds tighter than OR, OR tighter than FOLLOWEDBY (section 9.5)
    def followed(self) -> Expression:
        first = self.either()
        if self.tokens[self.at] != "FOLLOWEDBY":
            return first
        parts = [first]
        while self.tokens[self.at] == "FOLLOWEDBY":
            self.at += 1
            parts.append(self.either())
        return Sequence("FOLLOWEDBY", tuple(parts))

    def either(self) -> Expression:
        first = self.both()
        if self.tokens[self.at] != "OR":
            return first
        parts = [first]
        while self.tokens[self.at] == "OR":
            self.at += 1
            parts.append(self.both())
        return Sequence("OR", tuple(parts))

    def both(self) -> Expression:
        first = self.qualified()
        if self.tokens[self.at] != "AND":
            return first
        parts = [first]
        while self.tokens[self.at] == "AND":
            self.at += 1
            parts.append(self.qualified())
        return Sequence("AND", tuple(parts))

    def qualified(self) -> Expression:
        expression: Expression
        word = self.tokens[self.at]
        if word == "[":
            self.at += 1
            expression = Observation(self.any_test())
            self.take("]")
        elif word == "(":
            self.at += 1
            self.deeper()
            expression = self.followed()
            self.depth -= 1
            self.take(")")
        else:
            self.fail("'[' or '('")
        if self.tokens[self.at] in _QUALIFIERS:
            return self.qualifiers(expression, once=word == "[")
        return expression

    def qualifiers(self, expression: Expression, *, once: bool) -> Qualified:
        """Read qualifiers; each kind at most once on one observation (section 9.5.1), any number on brackets."""
        found: list[tuple[str, tuple[Literal, ...]]] = []
        while (name := self.tokens[self.at]) in _QUALIFIERS:
            if once and any(name == earlier for earlier, _ in found):
                self.fail(f"no second {name}")
            self.at += 1
            found.append((name, _QUALIFIERS[name](self)))
        return Qualified(expression, tuple(found))

    def within(self) -> tuple[Literal, ...]:
        number = self.positive("a number of seconds", whole=False)
        self.take("SECONDS")
        return (number,)

    def repeats(self) -> tuple[Literal, ...]:
        number = self.positive("a whole number of times", whole=True)
        self.take("TIMES")
        return (number,)

    def start_stop(self) -> tuple[Literal, ...]:
        start = self.timestamp()
        self.take("STOP")
        return (start, self.timestamp())

    def positive(self, expected: str, *, whole: bool) -> Literal:
        word = self.tokens[self.at]
        if not word or word[0] not in _DIGITS or word[0] == "-" or (whole and "." in word):
            self.fail(expected)
        return self.number(word)

    def timestamp(self) -> Timestamp:
        word = self.tokens[self.at]
        if word[:2] != "t'":
            self.fail("a timestamp such as t'2026-01-01T00:00:00Z'")
        self.at += 1
        return Timestamp(word[2:-1])

    # comparison expressions; AND binds tighter than OR
    def any_test(self) -> Comparison | Combination:
        first = self.all_tests()
        if self.tokens[self.at] != "OR":
            return first
        parts = [first]
        while self.tokens[self.at] == "OR":
            self.at += 1
            parts.append(self.all_tests())
        return Combination("OR", tuple(parts))

    def all_tests(self) -> Comparison | Combination:
        first = self.test()
        if self.tokens[self.at] != "AND":
            return first
        parts = [first]
        while self.tokens[self.at] == "AND":
            self.at += 1
            parts.append(self.test())
        return Combination("AND", tuple(parts))

    def test(self) -> Comparison | Combination:
        word = self.tokens[self.at]
        if word == "(":
            self.at += 1
            self.deeper()
            inner = self.any_test()
            self.depth -= 1
            self.take(")")
            return inner
        if word in ("NOT", "EXISTS"):
            return self.exists()
        object_type, path = self.path()
        negated = self.tokens[self.at] == "NOT"
        if negated:
            self.at += 1
        operator, value = self.operand()
        return Comparison(object_type, path, operator, value, negated)

    def exists(self) -> Comparison:
        negated = self.tokens[self.at] == "NOT"
        if negated:
            self.at += 1
        self.take("EXISTS")
        object_type, path = self.path()
        return Comparison(object_type, path, "EXISTS", None, negated)

    def operand(self) -> tuple[str, Value]:
        sign = self.tokens[self.at]
        if sign in _EQUAL:
            self.at += 1
            return _EQUAL[sign], self.literal()
        if sign in _ORDER:
            self.at += 1
            if self.tokens[self.at] in ("true", "false"):
                self.fail("something that has an order")
            return sign, self.literal()
        if sign in _TEXTUAL:
            self.at += 1
            return sign, self.text_literal()
        if sign != "IN":
            self.fail("a comparison operator")
        self.at += 1
        return sign, self.literal_set()

    def literal_set(self) -> tuple[Literal, ...]:
        self.take("(")
        if self.tokens[self.at] == ")":
            self.at += 1
            return ()
        values = [self.literal()]
        while self.tokens[self.at] == ",":
            self.at += 1
            values.append(self.literal())
        self.take(")")
        return tuple(values)

    def path(self) -> tuple[str, tuple[Step, ...]]:
        """Read ``type:key.'other key'[0][*]``."""
        object_type = self.tokens[self.at]
        if not _is_name(object_type):
            self.fail("an object type")
        self.at += 1
        self.take(":")
        steps: list[Step] = [self.key()]
        while True:
            word = self.tokens[self.at]
            if word == ".":
                self.at += 1
                steps.append(self.key())
            elif word == "[":
                self.at += 1
                steps.append(self.index())
                self.take("]")
            else:
                return object_type, tuple(steps)

    def key(self) -> str:
        word = self.tokens[self.at]
        if word[:1] == "'":
            return self.text_literal()
        if not _is_name(word) or "-" in word:
            self.fail("a property name (one with a hyphen stands in quotes)")
        self.at += 1
        return word

    def index(self) -> int:
        word = self.tokens[self.at]
        if word == "*":
            self.at += 1
            return ANY_INDEX
        if not word or word[0] not in _DIGITS or "." in word:
            self.fail("a list index or '*'")
        return int(self.number(word))

    def text_literal(self) -> str:
        word = self.tokens[self.at]
        if word[:1] != "'" or word[-1] != "'" or len(word) < 2:
            self.fail("a text in single quotes")
        if "\\" in word:
            if not _CLOSED.fullmatch(word):
                self.fail("a text in single quotes, with no sign but these and itself after a backslash")
            self.at += 1
            return _ESCAPE.sub(r"\1", word[1:-1])
        self.at += 1
        return word[1:-1]

    def literal(self) -> Literal:
        word = self.tokens[self.at]
        first = word[:1]
        if first == "'":
            return self.text_literal()
        if first in _DIGITS and first:
            return self.number(word)
        if word in ("true", "false"):
            self.at += 1
            return word == "true"
        reader = _PREFIXED.get(word[:2])
        if reader is None:
            self.fail("a value")
        self.at += 1
        return reader(word[2:-1])

    def number(self, word: str) -> int | float:
        digits = word.lstrip("+-")
        if not digits or digits == "." or (digits[0] == "0" and len(digits) > 1 and "." not in digits):
            self.fail("a number without leading zeros")
        if len(digits) > 4_000:  # Python reads no whole number beyond 4,300 digits
            self.fail("a number of at most 4,000 digits")
        self.at += 1
        return float(word) if "." in digits else int(word)


_CLOSED: Final = re.compile(_TEXT + "'")
_ESCAPE: Final = re.compile(r"\\(['\\])")
_QUALIFIERS: Final = {"WITHIN": _Reader.within, "REPEATS": _Reader.repeats, "START": _Reader.start_stop}
_PREFIXED: Final[dict[str, Callable[[str], Literal]]] = {
    "h'": bytes.fromhex,
    "b'": binascii.a2b_base64,
    "t'": Timestamp,
}


def _is_name(word: str) -> bool:
    """Tell whether a word is an identifier: no keyword and no literal with a letter before its quote."""
    return word[:1] in _LETTERS and word not in _KEYWORDS and word[-1] != "'"

"""The fast pattern reader against the grammar's own parser (stix2-patterns) and against what patterns mean."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stix2patterns.v21.pattern import Pattern as Oracle

from hueandcry.exchange import patterns
from hueandcry.exchange.patterns import ANY_INDEX, Assertion, Comparison, PatternError

SHA = "aec070645fe53ee3b3763059376134f058cc337247c978add178b6ccdfb0019f"
# After the examples of STIX 2.1 part 9 and those that trip readers up
ACCEPTED = [
    f"[file:hashes.'SHA-256' = '{SHA}']",
    r"[email-message:from_ref.value MATCHES '.+\\@example\\.com$' AND email-message:body_multipart[*].x LIKE '%.exe']",
    "([file:name = 'a'] FOLLOWEDBY [win-registry-key:key = 'HKLM\\\\foo']) WITHIN 300 SECONDS",
    "[file:extensions.'windows-pebinary-ext'.sections[*].entropy > 7.0]",
    "[file:magic_number_hex = h'ffd8' OR artifact:payload_bin = b'dGVzdA==']",
    "[a:b = 1] REPEATS 5 TIMES WITHIN 1800 SECONDS",
    "[a:b = 1] START t'2016-06-01T01:30:00.123Z' STOP t'2016-06-01T02:20:00Z' OR [c:d != true]",
    "[(a:b = 1 OR a:c IN (2, 'x', true)) AND a:d NOT ISSUBSET '10.0.0.0/8']",
    "[EXISTS a:b] AND [NOT EXISTS a:c[0]]",
    "[a:b NOT = -1.5]/* why */ // and so on",
    "[a:b[-1] == +1]FOLLOWEDBY[a:'b c'.'d'<>.5]OR[a:b IN ()]AND[a:b>=01.5]",
    "[a:b\u00a0=\u2003'it\\'s']",
]
REFUSED = [
    *("", "[]", "()", "a:b=1", "[a:b=1", "[a:b]", "[a:b=]", "[a:b=1] AND", "[a:b=1]x", "[a:b==='x']", "[NOT a:b=1]"),
    *("[a:b=x]", '[a:b="x"]', "[a:b='x]", "[a:b='\\n']", "[a:b < true]", "[a:b LIKE 1]", "[a:b IN (1,)]", "[a:b IN 1]"),
    *("[a:b-c=1]", "[a:AND=1]", "['a':b=1]", "[a:b[x]=1]", "[a:b[1.0]=1]", "[a:b[]=1]", "[a:b=007]", "[a:b=1e5]"),
    *("[a:b=h'abc']", "[a:b=b'abc']", "[a:b=t'2020-13-01T00:00:00Z']", "[a:b=1] WITHIN 5", "[a:b=1] WITHIN -5 SECONDS"),
    *("[a:b=1] REPEATS 1.5 TIMES", "[a:b=1] within 5 SECONDS", "[a:b=1 /* open]", "[a:b=1]\x00", "[a:b LAST = 1]"),
    *("[a:b=1] WITHIN 5 SECONDS WITHIN 6 SECONDS", "[a:b=1] START t'2016-06-01T01:30:00Z'"),
]
# stix2-patterns refuses these only in a walk after its parser: a qualifier twice on one observation
TWICE = "[a:b=1] WITHIN 5 SECONDS WITHIN 6 SECONDS"


def accepts(pattern: str) -> bool:
    try:
        patterns.read(pattern)
    except PatternError:
        return False
    return True


def oracle_accepts(pattern: str) -> bool:
    try:
        Oracle(pattern)
    except Exception:  # the oracle raises its own and ANTLR's errors
        return False
    return True


@pytest.mark.parametrize("pattern", ACCEPTED)
def test_accepts_what_the_grammar_accepts(pattern: str) -> None:
    assert accepts(pattern)
    assert oracle_accepts(pattern)


@pytest.mark.parametrize("pattern", REFUSED)
def test_refuses_what_the_grammar_refuses(pattern: str) -> None:
    assert not accepts(pattern)
    assert oracle_accepts(pattern) == (pattern == TWICE)


def test_tree_says_what_binds_tighter() -> None:
    found = patterns.read("[a:b=1 OR a:c=2 AND a:d=3] OR [a:e=4] AND [a:f=5] WITHIN 9 SECONDS FOLLOWEDBY [a:g=6]")
    assert isinstance(found.expression, patterns.Sequence)
    assert found.expression.operator == "FOLLOWEDBY"
    either = found.expression.parts[0]
    assert isinstance(either, patterns.Sequence)
    assert [either.operator, getattr(either.parts[1], "operator", "")] == ["OR", "AND"]
    test = either.parts[0]
    assert isinstance(test, patterns.Observation)
    assert getattr(test.test, "operator", "") == "OR"
    both = either.parts[1]
    assert isinstance(both, patterns.Sequence)
    assert both.parts[1] == patterns.Qualified(
        patterns.Observation(Comparison("a", ("f",), "=", 5, False)), (("WITHIN", (9,)),)
    )


def test_values_of_every_kind() -> None:
    found = patterns.read(
        "[a:b IN ('it\\'s \\\\', 1, -2.5, true, h'ff00', b'aGk=', t'2020-01-01T00:00:00.5Z') AND a:c[3].'d e'[*] = 'x']"
    )
    first, second = patterns.comparisons(found)
    assert first.value == ("it's \\", 1, -2.5, True, b"\xff\x00", b"hi", "2020-01-01T00:00:00.5Z")
    assert isinstance(first.value, tuple) and isinstance(first.value[-1], patterns.Timestamp)
    assert second.path == ("c", 3, "d e", ANY_INDEX)


def test_only_what_is_asserted_is_observed() -> None:
    found = patterns.read(
        "[a:b = 'yes' AND a:b != 'no' AND a:b NOT = 'no' AND a:b NOT IN ('no') AND a:b LIKE 'no%' AND EXISTS a:b]"
        " OR [a:b IN ('x', 'y') AND ipv4-addr:value ISSUBSET '10.0.0.0/8' AND a:b MATCHES 'no' AND a:b > 1]"
    )
    assert list(patterns.observations(found)) == [
        Assertion("a", ("b",), "yes"),
        Assertion("a", ("b",), "x"),
        Assertion("a", ("b",), "y"),
        Assertion("ipv4-addr", ("value",), "10.0.0.0/8"),
    ]


def test_error_names_place_and_reason() -> None:
    with pytest.raises(PatternError) as error:
        patterns.read("[file:size = ]")
    assert error.value.position == 13
    assert error.value.reason == "expected a value, found ']'"


@pytest.mark.parametrize(
    "pattern",
    [
        "(" * 200_000,
        "[" + "(" * 5_000 + "a:b=1" + ")" * 5_000 + "]",
        "[a:b=" + "0" * 300_000,
        "[a:b=" + "9" * 300_000 + "]",
        "/*" * 200_000,
        "[a:b='" + "\\'" * 200_000,
        "[a:b=h'" + "ab" * 200_000,
        "[a:b=b'" + "abcd" * 100_000,
        "'\\n" * 100_000,
        "[a:b=1" + " OR a:b=1" * 50_000,
    ],
    ids=lambda pattern: pattern[:8],
)
def test_hostile_patterns_are_refused_in_linear_time(pattern: str) -> None:
    start = time.perf_counter()
    assert not accepts(pattern)
    assert time.perf_counter() - start < 3


names = st.sampled_from(["a", "file", "x_y", "domain-name", "A1"])
keys = st.sampled_from([".b", ".'c-d'", ".'it\\'s'", "[0]", "[*]", "[-2]", ".value"])
texts = st.text(st.characters(exclude_characters="'\\", exclude_categories=["Cs"]), max_size=6).map(lambda t: f"'{t}'")
numbers = st.one_of(st.integers(-999, 999).map(str), st.sampled_from(["1.5", "-.5", "+3", "0", "-0", "00.1"]))
others = st.sampled_from(["h'ab'", "b'YWI='", "t'2020-02-30T10:00:60Z'"])
ordered = st.one_of(texts, numbers, others)
literals = st.one_of(ordered, st.sampled_from(["true", "false"]))
path = st.builds(
    lambda n, first, rest: f"{n}:{first}{''.join(rest)}",
    names,
    st.sampled_from(["b", "'q r'"]),
    st.lists(keys, max_size=3),
)
negation = st.sampled_from(["", " NOT"])
tests = st.one_of(
    st.builds("{}{} {} {}".format, path, negation, st.sampled_from(["=", "==", "!=", "<>"]), literals),
    st.builds(
        "{}{}{}{}".format, path, negation.map(lambda n: n + " "), st.sampled_from(["<", ">", "<=", ">="]), ordered
    ),
    st.builds("{}{} IN({})".format, path, negation, st.lists(literals, max_size=3).map(", ".join)),
    st.builds(
        "{}{} {}{}".format, path, negation, st.sampled_from(["LIKE", "MATCHES", "ISSUBSET", "ISSUPERSET"]), texts
    ),
    st.builds("{}EXISTS {}".format, st.sampled_from(["", "NOT "]), path),
)
comparisons = st.recursive(
    tests,
    lambda inner: st.builds("{} {} {}".format, inner, st.sampled_from(["AND", "OR"]), inner) | inner.map("({})".format),
)
qualifiers = st.sampled_from(
    [
        "",
        " WITHIN 5 SECONDS",
        " WITHIN .5 SECONDS",
        " REPEATS 2 TIMES",
        " START t'2020-01-01T00:00:00Z' STOP t'2020-01-01T00:00:01Z'",
    ]
)
generated = st.recursive(
    st.builds("[{}]{}".format, comparisons, qualifiers),
    lambda inner: (
        st.builds("{} {} {}".format, inner, st.sampled_from(["AND", "OR", "FOLLOWEDBY"]), inner)
        | st.builds("({}){}".format, inner, qualifiers)
    ),
    max_leaves=4,
)


@given(generated)
@settings(max_examples=60, deadline=None)
def test_reads_whatever_the_grammar_generates(pattern: str) -> None:
    assert accepts(pattern)
    assert oracle_accepts(pattern)


@given(generated, st.data())
@settings(max_examples=120, deadline=None)
def test_agrees_with_the_oracle_on_broken_patterns(pattern: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(pattern)))
    cut = data.draw(st.integers(0, 3))
    put = data.draw(
        st.sampled_from(
            ["", "'", "[", ")", " AND ", "NOT ", "-", ".", "0", "\\", "\n", ":", "EXISTS ", "é", "/*", "t'"]
        )
    )
    broken = pattern[:at] + put + pattern[at + cut :]
    assert accepts(broken) == oracle_accepts(broken)


@given(st.text(max_size=40))
def test_never_raises_anything_else(text: str) -> None:
    accepts(text)
    accepts(f"[{text}]")

"""Values of a list of people brought into one form, in DuckDB: names as words, dates and numbers as digits.

``write`` makes the table ``people`` out of ``given_table`` for the columns that were recognised (``columns.py``); its
columns are those that ``people.py`` compares and blocks by. A value that says that there is none ("n/a", "unknown") is
none, and so is an address or number that a crowd shares: a placeholder is no identity.
"""

# ruff: noqa: S608 - statements are made of quoted names of columns and of constants

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

NOTHING = (
    "",
    "n a",
    "na",
    "nan",
    "null",
    "none",
    "nil",
    "unknown",
    "not known",
    "not available",
    "unbekannt",
    "inconnu",
)
# Titles, ranks and particles say little of who somebody is, and come and go between records.
TITLES = [
    "sir", "dr", "mr", "mrs", "ms", "miss", "mx", "lord", "lady", "baron", "baroness", "baronet", "rev", "reverend",
    "prof", "professor", "saint", "st", "dame", "hon", "earl", "duke", "viscount", "duchess", "count", "countess",
    "marquess", "captain", "colonel", "major", "general", "herr", "frau", "monsieur", "madame", "mme", "mlle",
    "don", "dona", "senor", "senora", "sig", "signora", "dhr", "mevr", "pan", "pani", "of", "the", "de", "la", "le",
    "les", "du", "des", "da", "do", "dos", "das", "di", "del", "della", "van", "von", "der", "den", "zu", "zum",
    "und", "y", "e", "et", "jr", "sr", "ii", "iii", "iv",
]  # fmt: skip
CROWD, CROWD_SHARE = 30, 0.001  # a number or address of more records than both say is a placeholder
COMMON_WORD = 0.02  # a word in more addresses than this ("street", "rue") does not tell one from another
GENERIC = ("info", "office", "contact", "admin", "mail", "kontakt", "sales", "support", "service")

MACROS = f"""
CREATE MACRO plain(v) AS nullif(trim(regexp_replace(lower(strip_accents(v)), '[^\\p{{L}}\\p{{N}}]+', ' ', 'g')), '');
CREATE MACRO said(v) AS CASE WHEN plain(v) NOT IN {NOTHING!r} THEN plain(v) END;
CREATE MACRO words_of(v) AS list_filter(string_split(said(v), ' '),
    lambda w: NOT list_contains({TITLES!r}, w) AND NOT regexp_matches(w, '[0-9]'));
CREATE MACRO joined(w) AS nullif(array_to_string(w, ' '), '');
CREATE MACRO words_and_numbers(v) AS list_distinct(string_split(said(v), ' '));
CREATE MACRO compact(v) AS nullif(upper(regexp_replace(strip_accents(v), '[^\\p{{L}}\\p{{N}}]+', '', 'g')), '');
CREATE MACRO digits(v) AS nullif(regexp_replace(v, '[^0-9]', '', 'g'), '');
CREATE MACRO part(v, pattern, n) AS regexp_extract(v, pattern, n);
CREATE MACRO two(v) AS lpad(v, 2, '0');
CREATE MACRO date_of(v, month_first) AS CASE
    WHEN regexp_matches(v, '^\\d{{4}}\\D\\d{{1,2}}\\D\\d{{1,2}}')
        THEN part(v, '^(\\d{{4}})', 1) || two(part(v, '^\\d{{4}}\\D(\\d{{1,2}})', 1))
            || two(part(v, '^\\d{{4}}\\D\\d{{1,2}}\\D(\\d{{1,2}})', 1))
    WHEN regexp_full_match(v, '\\d{{8}}') AND left(v, 2) IN ('17', '18', '19', '20') THEN v
    WHEN regexp_full_match(v, '\\d{{8}}') THEN right(v, 4) || substr(v, 3, 2) || left(v, 2)
    WHEN regexp_matches(v, '^\\d{{1,2}}\\D+\\d{{1,2}}\\D+\\d{{4}}') THEN part(v, '(\\d{{4}})', 1)
        || CASE WHEN month_first
            THEN two(part(v, '^(\\d+)', 1)) || two(part(v, '^\\d+\\D+(\\d+)', 1))
            ELSE two(part(v, '^\\d+\\D+(\\d+)', 1)) || two(part(v, '^(\\d+)', 1)) END
    WHEN regexp_full_match(v, '\\d{{4}}') THEN v
    ELSE strftime(coalesce(try_strptime(v, ['%d %B %Y', '%d %b %Y', '%B %d, %Y', '%b %d, %Y', '%B %d %Y', '%d-%b-%Y',
        '%d.%m.%y', '%d/%m/%y', '%Y-%m-%dT%H:%M:%S', '%Y-%m-%d %H:%M:%S'])), '%Y%m%d')
END;
"""


def write(connection: duckdb.DuckDBPyConnection, found: Mapping[str, Sequence[str]], unique_id: str) -> tuple[str, ...]:
    """Make ``people`` out of ``given_table``; the traits that it has (names of ``people.COMPARERS``).

    ``found`` as ``columns.recognised`` gives it; ``unique_id`` is the column of the record's id, which becomes ``id``.
    """
    connection.execute(MACROS)
    parts = {"id": f"CAST({quoted(unique_id)} AS VARCHAR)"} | _simple(found) | _born(connection, found)
    traits = [trait for trait in parts if trait != "id"]
    name = _name(found)
    if name:
        parts["tokens"] = name
        traits.append("name")
    if "street" in found:
        parts["streets"] = f"words_and_numbers({_text(found['street'])})"
        traits.append("street")
    columns = ", ".join(f"{sql} AS {column}" for column, sql in parts.items())
    connection.execute(f"CREATE TABLE formed AS SELECT {columns} FROM given_table")
    _drop_crowds(connection, [one for one in ("email", "phone", "national") if one in parts])
    _drop_common_words(connection, "street" in found)
    connection.execute(f"CREATE TABLE people AS SELECT {', '.join(_derived(set(traits)))} FROM formed")
    return tuple(trait for trait in traits if _filled(connection, trait))


def quoted(column: str) -> str:
    """A column's name as SQL wants it."""
    return '"' + column.replace('"', '""') + '"'


def _text(columns: Sequence[str]) -> str:
    return f"concat_ws(' ', {', '.join(quoted(column) for column in columns)})"


def _name(found: Mapping[str, Sequence[str]]) -> str | None:
    """The words of a name: out of the full name where there is one, else out of its parts."""
    if "full" in found:
        return f"words_of({quoted(found['full'][0])})"
    parts = [found[part][0] for part in ("given", "middle", "surname") if part in found]
    return f"words_of({_text(parts)})" if parts else None


def _simple(found: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Traits that are one column in one form."""
    forms = {
        "email": "CASE WHEN contains({0}, '@') THEN lower(trim({0})) END",
        "phone": "CASE WHEN len(digits({0})) >= 7 THEN right(digits({0}), 9) END",
        "national": "CASE WHEN len(compact({0})) >= 5 THEN compact({0}) END",
        "postcode": "CASE WHEN said({0}) IS NOT NULL THEN trim(upper({0})) END",
        "place": "said({0})",
        "house": "said({0})",
        "region": "said({0})",
        "country": "said({0})",
        "sex": "said({0})",
        "work": "said({0})",
    }
    return {trait: form.format(quoted(found[trait][0])) for trait, form in forms.items() if trait in found}


def _born(connection: duckdb.DuckDBPyConnection, found: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Dates as eight digits (four where only the year is known). ``3/4/1980``: as the column's other dates decide."""
    if "born" not in found:
        return {}
    column = f"trim({quoted(found['born'][0])})"
    first, second = (
        f"count(*) FILTER (try_cast(part({column}, '^(\\d+)\\D+(\\d+)\\D+\\d{{4}}', {n}) AS INT) > 12)" for n in (1, 2)
    )
    over = connection.execute(f"SELECT {first}, {second} FROM given_table").fetchall()[0]
    return {"born": f"date_of({column}, {over[1] > over[0]})"}


def _drop_crowds(connection: duckdb.DuckDBPyConnection, columns: Sequence[str]) -> None:
    for column in columns:
        connection.execute(
            f"""UPDATE formed SET {column} = NULL WHERE {column} IN (SELECT {column} FROM formed GROUP BY 1
                HAVING count(*) > greatest({CROWD}, {CROWD_SHARE} * (SELECT count(*) FROM formed)))"""
        )


def _drop_common_words(connection: duckdb.DuckDBPyConnection, there: bool) -> None:
    if there:
        common = connection.execute(
            f"""SELECT word FROM (SELECT unnest(streets) AS word FROM formed) GROUP BY 1
                HAVING count(*) > greatest({CROWD}, {COMMON_WORD} * (SELECT count(*) FROM formed))"""
        ).fetchall()
        connection.execute(
            "UPDATE formed SET streets = list_filter(streets, lambda w: NOT list_contains(CAST($1 AS VARCHAR[]), w))",
            [[word for (word,) in common]],
        )


def _derived(traits: set[str]) -> list[str]:
    """What is compared and blocked by, out of what was formed."""
    columns = ["id"]
    if "name" in traits:
        columns += [
            "joined(tokens) AS name",
            "joined(list_sort(list_distinct(tokens))) AS sorted",
            "tokens[1] AS given",
            "tokens[-1] AS surname",
            "left(tokens[-1], 4) || left(tokens[1], 1) AS start",
            "list_sort(list_distinct(tokens)) AS names",
            "len(list_distinct(tokens)) AS words",
        ]
    if "born" in traits:
        columns += [
            "born",
            "left(born, 4) AS year",
            "left(born, 4) || substr(born, 7, 2) || substr(born, 5, 2) AS turned",
        ]
    if "postcode" in traits:
        columns += ["compact(postcode) AS postcode", f"{DISTRICT} AS district", f"{AREA} AS area"]
    if "email" in traits:
        columns += [
            "email",
            f"CASE WHEN len({MAILBOX}) >= 5 AND {MAILBOX} NOT IN {GENERIC!r} THEN {MAILBOX} END AS mailbox",
        ]
    if "street" in traits:
        columns += ["nullif(array_to_string(list_sort(streets), ''), '') AS street", "list_sort(streets) AS streets"]
    return columns + sorted(traits & {"phone", "national", "place", "house", "region", "country", "sex", "work"})


# The first half of a code that has two ("TQ13 8DF", "1010 AB"), else all but its last two characters.
DISTRICT = """CASE WHEN contains(postcode, ' ') THEN compact(string_split(postcode, ' ')[1])
    ELSE left(compact(postcode), greatest(len(compact(postcode)) - 2, 2)) END"""
AREA = "coalesce(nullif(regexp_extract(compact(postcode), '^[A-Z]+', 0), ''), left(compact(postcode), 2))"
MAILBOX = "string_split(email, '@')[1]"


def _filled(connection: duckdb.DuckDBPyConnection, trait: str) -> bool:
    """Whether any record says something of it: a column without values is none."""
    return bool(connection.execute(f"SELECT count({trait}) > 0 FROM people").fetchall()[0][0])

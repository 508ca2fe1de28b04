"""Settings for lists of people, made out of the columns that a list has: names, date of birth, where, how to reach.

One builder for every list. Columns are recognised by name (``columns.py``), brought into one form (``forms.sql`` in
DuckDB), and each trait that is there brings its comparer and its blocking rules. Nothing here is keyed on a file: the
weights are learnt from the list itself.
"""

from __future__ import annotations

from collections.abc import Iterable

from hueandcry.linkage.matching.settings import (
    Blocking,
    Comparer,
    Level,
    Settings,
    Training,
    Unsound,
    missing,
    otherwise,
)

RAREST = 2e-5
VERSION = "1"
THRESHOLD = 0.0


def _level(label: str, condition: str, rare: str = "") -> Level:
    return Level(label, condition, term_frequency=rare, rarest=RAREST)


BOTH = "words_l >= 2 AND words_r >= 2"
GIVEN_NEAR = "(jaro_winkler_similarity(given_l, given_r) >= 0.85 OR left(given_l, 1) = left(given_r, 1))"
SURNAME_NEAR = "jaro_winkler_similarity(surname_l, surname_r) >= 0.85"

# By trait: what is compared where the list has it. The order of levels is the order of likeness.
NAME = Comparer(
    "name",
    "name",
    ("name",),
    (
        missing("name"),
        _level("the same words", "words_l >= 2 AND sorted_l = sorted_r", "sorted"),
        _level("given name and surname the same", f"{BOTH} AND given_l = given_r AND surname_l = surname_r", "surname"),
        _level("two words or more in common", "len(list_intersect(names_l, names_r)) >= 2", "surname"),
        _level(
            "surname the same, given name near or the initial", f"surname_l = surname_r AND {GIVEN_NEAR}", "surname"
        ),
        _level("nearly the same letters", f"{BOTH} AND jaro_winkler_similarity(sorted_l, sorted_r) >= 0.93"),
        _level("surname the same", "surname_l = surname_r", "surname"),
        _level("given name the same, surname near", f"{BOTH} AND given_l = given_r AND {SURNAME_NEAR}"),
        _level("given name and surname near", f"{BOTH} AND {GIVEN_NEAR} AND {SURNAME_NEAR}"),
        _level("given name the same", "given_l = given_r", "given"),
        _level("surname near", "jaro_winkler_similarity(surname_l, surname_r) >= 0.88"),
        _level("a word in common", "len(list_intersect(names_l, names_r)) >= 1"),
        otherwise(),
    ),
)
BORN = Comparer(
    "born",
    "date of birth",
    ("born",),
    (
        missing("born"),
        _level("the same", "born_l = born_r", "born"),
        _level("one digit off, or two changed places", "damerau_levenshtein(born_l, born_r) <= 1"),
        _level("day and month changed places", "left(born_l, 4) = left(born_r, 4) AND born_l = turned_r"),
        _level("two digits off", "damerau_levenshtein(born_l, born_r) <= 2"),
        _level("the same year", "left(born_l, 4) = left(born_r, 4)"),
        otherwise(),
    ),
)
PLACE = Comparer(
    "place",
    "town",
    ("place",),
    (
        missing("place"),
        _level("the same", "place_l = place_r", "place"),
        _level("nearly the same letters", "jaro_winkler_similarity(place_l, place_r) >= 0.9"),
        _level("one within the other", "contains(place_l, place_r) OR contains(place_r, place_l)"),
        otherwise(),
    ),
)
POSTCODE = Comparer(
    "postcode",
    "postal code",
    ("postcode",),
    (
        missing("postcode"),
        _level("the same", "postcode_l = postcode_r", "postcode"),
        _level("one character off, or two changed places", "damerau_levenshtein(postcode_l, postcode_r) <= 1"),
        _level("two characters off", "damerau_levenshtein(postcode_l, postcode_r) <= 2 AND district_l = district_r"),
        _level("the same district", "district_l = district_r", "district"),
        _level("the same area", "area_l = area_r", "area"),
        otherwise(),
    ),
)
STREET = Comparer(
    "street",
    "street",
    ("street",),
    (
        missing("street"),
        _level("the same words", "street_l = street_r", "street"),
        _level("nearly the same letters", "jaro_winkler_similarity(street_l, street_r) >= 0.9"),
        _level("two words or more in common", "len(list_intersect(streets_l, streets_r)) >= 2"),
        _level("a word in common", "len(list_intersect(streets_l, streets_r)) >= 1"),
        otherwise(),
    ),
)
NUMBER = Comparer(
    "national",
    "personal number",
    ("national",),
    (
        missing("national"),
        _level("the same", "national_l = national_r", "national"),
        _level("one character off, or two changed places", "damerau_levenshtein(national_l, national_r) <= 1"),
        _level("two characters off", "damerau_levenshtein(national_l, national_r) <= 2"),
        otherwise(),
    ),
)
EMAIL = Comparer(
    "email",
    "e-mail address",
    ("email",),
    (
        missing("email"),
        _level("the same", "email_l = email_r", "email"),
        _level("the same before the @", "mailbox_l = mailbox_r", "mailbox"),
        _level("nearly the same letters", "jaro_winkler_similarity(email_l, email_r) >= 0.93"),
        otherwise(),
    ),
)
PHONE = Comparer(
    "phone",
    "telephone number",
    ("phone",),
    (
        missing("phone"),
        _level("the same", "phone_l = phone_r", "phone"),
        _level("one digit off, or two changed places", "damerau_levenshtein(phone_l, phone_r) <= 1"),
        otherwise(),
    ),
)


def _plain(name: str, label: str) -> Comparer:
    """Same or not, the rarer the value the more telling."""
    return Comparer(
        name, label, (name,), (missing(name), _level("the same", f"{name}_l = {name}_r", name), otherwise())
    )


COMPARERS = (
    NAME,
    BORN,
    EMAIL,
    PHONE,
    NUMBER,
    POSTCODE,
    PLACE,
    STREET,
    _plain("house", "house number"),
    _plain("region", "region"),
    _plain("country", "country"),
    _plain("sex", "sex"),
    _plain("work", "occupation"),
)

# Pairs that agree on all columns of a line are compared, where the list has them. Each is narrow in itself; what one
# error hides from one line another line finds.
TOGETHER = (
    ("national",),
    ("email",),
    ("phone",),
    ("sorted",),
    ("given", "surname"),
    ("surname", "born"),
    ("given", "born"),
    ("surname", "year"),
    ("surname", "postcode"),
    ("given", "postcode"),
    ("surname", "place"),
    ("given", "place"),
    ("surname", "street"),
    ("given", "street"),
    ("surname", "work"),
    ("surname", "house"),
    ("start", "year"),
    ("start", "place"),
    ("born", "postcode"),
    ("born", "place"),
    ("born", "street"),
    ("born", "house"),
    ("postcode", "place", "house"),
    ("street", "house"),
    ("postcode", "place", "year"),
    ("mailbox", "surname"),
)
# Among the pairs of these, some match and some do not; each leaves other traits free to be learnt from.
TRAINING = (
    ("sorted",),
    ("given", "surname"),
    ("born", "postcode"),
    ("born", "place"),
    ("national",),
    ("email",),
    ("phone",),
    ("postcode", "surname"),
    ("street", "surname"),
    ("place", "surname"),
    ("born", "given"),
)
# What a trait's form brings besides itself.
BRINGS = {
    "name": ("sorted", "given", "surname", "start", "names", "words"),
    "born": ("year", "turned"),
    "postcode": ("district", "area"),
    "email": ("mailbox",),
    "street": ("streets",),
}


def settings(traits: Iterable[str], unique_id: str = "id") -> Settings:
    """Settings for a list that has these traits (names of comparers). Raises Unsound where they are too few."""
    have = set(traits)
    comparers = tuple(one for one in COMPARERS if one.name in have)
    columns = have | {column for trait in have for column in BRINGS.get(trait, ())}
    blocking = tuple(Blocking.on(*line) for line in TOGETHER if columns.issuperset(line))
    rules = tuple(Blocking.on(*line).condition for line in TRAINING if columns.issuperset(line))
    if not blocking or not rules:
        raise Unsound(
            "No column tells people apart: there must be a name, an e-mail address, a telephone or a personal number."
        )
    return Settings(
        "people",
        VERSION,
        unique_id,
        comparers,
        blocking,
        Training(rules=rules, sample=2000, sample_matches=100_000),
        THRESHOLD,
    )

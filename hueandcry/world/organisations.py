"""The members of the simulated alliance, their circles and their people. Every name is made up.

Mail addresses end in ``.example`` (RFC 2606), so nothing can ever be sent to anybody.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from hueandcry.world.countries import BY_CODE, COUNTRIES, Country

Size = Literal["small", "demo", "large"]
Kind = Literal["business", "law-enforcement", "government", "cert", "academia", "non-profit"]

SECRETARIAT = "alliance-secretariat"


class Organisation(NamedTuple):
    """One member, partner or observer. ``desk`` says what it does in the simulation ("bank", "police", ...)."""

    slug: str
    name: str
    kind: Kind
    country: str
    sector: str  # NACE Rev. 2.1 section
    tier: str  # member, partner, observer
    state: str  # vetted, suspended, applicant
    desk: str
    secretariat: bool = False


class Circle(NamedTuple):
    """A named group of organisations."""

    slug: str
    name: str
    purpose: str
    members: tuple[str, ...]


class Person(NamedTuple):
    """Somebody who signs in. ``role`` is the kind of user for the demonstration, "" for the others; ``roles`` are
    the codes of the members desk."""

    email: str
    name: str
    role: str
    roles: tuple[str, ...]
    organisation: str


# Made-up stems; a city's name follows, so that no two are the same.
_STEMS = [
    "Kestrel",
    "Juniper",
    "Alder",
    "Magpie",
    "Larch",
    "Otter",
    "Plover",
    "Saffron",
    "Tamarisk",
    "Heron",
    "Lindwurm",
    "Marigold",
    "Quince",
    "Sorrel",
    "Teasel",
    "Umber",
    "Vesper",
    "Willet",
    "Yarrow",
    "Zephyr",
    "Bramble",
    "Curlew",
    "Dunlin",
    "Elder",
    "Fennel",
    "Godwit",
    "Hazel",
    "Ibis",
    "Jackdaw",
    "Kite",
    "Lapwing",
    "Merlin",
    "Nettle",
    "Osprey",
    "Petrel",
    "Quail",
    "Redstart",
    "Siskin",
    "Tern",
    "Wren",
]
_BANK = {
    "de": "{s}bank {c}",
    "fr": "Banque {s} {c}",
    "es": "Banco {s} {c}",
    "pt": "Banco {s} {c}",
    "it": "Banca {s} {c}",
    "pl": "Bank {s} {c}",
    "nl": "{s} Bank {c}",
    "en": "{s} Savings Bank {c}",
}
_POLICE = {
    "de": "Landesstelle Cyberermittlung {c}",
    "fr": "Brigade cyber {s} {c}",
    "es": "Unidad de Ciberdelitos {s} {c}",
    "pt": "Unidade de Cibercrime {s} {c}",
    "it": "Nucleo Cyber {s} {c}",
    "pl": "Wydział Cyber {s} {c}",
    "nl": "Cybercrimeteam {s} {c}",
    "en": "Cyber Investigations {s} {c}",
}
# What the alliance has besides banks, police and CERTs: desk, kind, NACE section, how the name is made.
_OTHERS: tuple[tuple[str, Kind, str, str], ...] = (
    ("hoster", "business", "K", "{s} Hosting {c}"),
    ("victim", "business", "G", "{s} & Daughter, {c}"),
    ("victim", "business", "R", "{s} Hospital {c}"),
    ("victim", "business", "C", "{s} Pumps and Valves {c}"),
    ("government", "government", "P", "Office for Digital Safety {s}, {c}"),
    ("academia", "academia", "Q", "{s} University {c}"),
    ("victim", "business", "N", "{s} Notaries {c}"),
    ("hoster", "business", "K", "{s} Telecom {c}"),
    ("victim", "business", "H", "{s} Freight {c}"),
    ("charity", "non-profit", "T", "{s} Victim Help {c}"),
    ("victim", "business", "I", "Hotel {s} {c}"),
    ("victim", "business", "K", "{s} Software {c}"),
)
# Size of the world: banks in each large country, how many of the others.
_EXTENT: dict[Size, tuple[int, int]] = {"small": (1, 14), "demo": (2, 46), "large": (6, 240)}
# The countries a small world has; they hold the people of the demonstration.
_SMALL = ("PT", "DE", "FR", "PL", "IT", "ES", "NL", "IE", "GB", "US", "UA", "KE")

# Kinds of user of the demonstration: role, name, roles in members, where (desk, country).
_USERS: tuple[tuple[str, str, tuple[str, ...], str, str], ...] = (
    ("analyst", "Inês Carvalho", ("analyst", "reporter"), "bank", "PT"),
    ("police-analyst", "Marta Zielińska", ("analyst", "reporter"), "police", "PL"),
    ("policy-maker", "Claire Fontaine", ("reader",), "government", ""),
    ("reporter", "Aoife Byrne", ("reporter", "reader"), "shop", "IE"),
    ("trainer", "Jonas Weber", ("reader", "reporter", "assessor", "trainer", "examiner"), "academia", ""),
    ("capacity-officer", "Wanjiru Otieno", ("reader", "reporter", "officer"), "police", "KE"),
    ("funder", "Sven Lindqvist", ("reader",), "funder", ""),
    ("secretary", "Lucía Romero", ("secretary", "analyst", "reporter"), "secretariat", ""),
    ("dpo", "Pieter de Vries", ("dpo", "reader"), "secretariat", ""),
    ("integrator", "Giulia Conti", ("integrator", "analyst", "reporter"), "cert", "IT"),
    ("administrator", "Sam Taylor", ("administrator", "reader"), "secretariat", ""),
    # No reporter, so that who sends for this agency, and with it every file, stays as it was.
    ("investigator", "Katrin Vogel", ("analyst", "reader", "assessor"), "police", "DE"),
)
# Who has a part in the academy or the programmes of the demonstration: name, roles, where (desk, country; the provider
# has no country), role of the demonstration where one can sign in as them. Nobody of them sends in reports.
CAST: Final[tuple[tuple[str, tuple[str, ...], str, str, str], ...]] = (
    ("Elena Prieto", ("examiner", "reader"), "academia", "", "examiner"),
    ("Tomas Ibarra", ("examiner", "reader"), "academia", "", ""),
    ("Noor Haddad", ("examiner", "reader"), "academia", "", ""),
    ("Birgit Aalto", ("examiner", "reader"), "academia", "", ""),
    ("Hanne Solberg", ("examiner", "secretary"), "secretariat", "", ""),
    ("Ragnhild Moe", ("treasurer", "reader"), "secretariat", "", "treasurer"),
    ("Luc Marchand", ("assessor", "board", "reader"), "police", "FR", "assessor"),
    ("Chiara Bassi", ("assessor", "board", "reader"), "police", "IT", ""),
    ("Owen Prior", ("assessor", "reader"), "police", "GB", ""),
    ("Niamh Daly", ("assessor", "board", "reader"), "police", "IE", ""),
    ("Zofia Maj", ("officer", "reader"), "police", "PL", ""),
    ("Rui Pires", ("officer", "reader"), "police", "PT", ""),
    ("Anke Thoma", ("officer", "reader"), "police", "DE", ""),
    ("Daan Visser", ("officer", "reader"), "police", "NL", ""),
    ("Amina Njeri", ("reader",), "police", "KE", "learner"),
    *((name, ("reader",), "police", "KE", "") for name in (
        "Brian Kiptoo", "Faith Wanjiku", "Kevin Mutua", "Mercy Achieng", "Peter Njoroge", "Stella Auma")),
    *((name, ("reader",), "police", "PL", "") for name in (
        "Kamil Sowa", "Ola Wrona", "Piotr Gil", "Ewa Lis", "Marek Dudek", "Iga Zaremba")),
    *((name, ("reader",), "police", "PT", "") for name in (
        "Rita Sousa", "Nuno Faria", "Marta Leal", "Hugo Prates", "Sara Vale", "Tiago Lobo")),
    ("Jonas Kern", ("reader",), "police", "DE", ""),
    ("Femke Bos", ("reader",), "police", "NL", ""),
)  # fmt: skip
_GIVEN = [
    "Ada",
    "Ben",
    "Cleo",
    "Dario",
    "Edda",
    "Felix",
    "Greta",
    "Hugo",
    "Ines",
    "Jan",
    "Kaja",
    "Leo",
    "Mila",
    "Nils",
    "Olga",
    "Pavel",
    "Rosa",
    "Simon",
    "Tilda",
    "Ugo",
    "Vera",
]
_FAMILY = [
    "Abel",
    "Brandt",
    "Costa",
    "Dvorak",
    "Eriksen",
    "Ferri",
    "Grant",
    "Horvat",
    "Ilves",
    "Jansen",
    "Kowal",
    "Lind",
    "Moreau",
    "Novak",
    "Okafor",
    "Petrov",
]


def slug(text: str) -> str:
    """A name as it stands in an address: ASCII letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", text.replace("ł", "l").replace("Ł", "L")).encode("ascii", "ignore").decode()
    return "-".join("".join(c if c.isalnum() else " " for c in plain.lower()).split())


def lands_of(size: Size) -> tuple[Country, ...]:
    """The countries that take part in a world of that size."""
    return tuple(BY_CODE[code] for code in _SMALL) if size == "small" else COUNTRIES


def organisations(seed: int, size: Size) -> tuple[Organisation, ...]:
    """All organisations of a world, the secretariat first."""
    rng = random.Random(f"{seed}/organisations")
    banks, others = _EXTENT[size]
    lands = lands_of(size)
    made: dict[str, Organisation] = {}

    def add(name: str, kind: Kind, land: Country, sector: str, desk: str) -> None:
        text = name.format(s=rng.choice(_STEMS), c=rng.choice(land.cities))
        while slug(text) in made:
            text = name.format(s=f"{rng.choice(_STEMS)}-{rng.choice(_STEMS)}", c=rng.choice(land.cities))
        tier = (
            rng.choices(("member", "partner", "observer"), (80, 15, 5))[0]
            if desk in {"victim", "academia"}
            else "member"
        )
        made[slug(text)] = Organisation(slug(text), text, kind, land.code, sector, tier, "vetted", desk)

    home = BY_CODE["NL"]
    made[SECRETARIAT] = Organisation(
        SECRETARIAT, "Alliance Secretariat", "non-profit", home.code, "V", "member", "vetted", "secretariat", True
    )
    add("Tulip Fund for Safer Networks", "non-profit", home, "L", "funder")
    add("Otter & Daughter Books, Cork", "business", BY_CODE["IE"], "G", "shop")
    for land in lands:
        for _ in range(banks if land.weight >= 40 else 1):
            add(_BANK[land.language], "business", land, "L", "bank")
        name = _POLICE[land.language]
        add(name if "{s}" in name else name + " {s}", "law-enforcement", land, "P", "police")
        if land.weight >= 4 or land.group == "need" or size == "small":
            add("CERT {s} {c}", "cert", land, "K", "cert")
    for number in range(others):
        desk, kind, sector, name = _OTHERS[number % len(_OTHERS)]
        land = lands[number] if number < len(lands) else rng.choices(lands, [c.weight for c in lands])[0]
        add(name, kind, land, sector, desk)
    return _with_troubles(rng, tuple(made.values()))


def _with_troubles(rng: random.Random, made: tuple[Organisation, ...]) -> tuple[Organisation, ...]:
    """One that was suspended and one that still applies: neither of them reports."""
    quiet = [o.slug for o in made if o.desk == "victim"]
    suspended, applicant = rng.sample(quiet, 2)
    states = {suspended: "suspended", applicant: "applicant"}
    return tuple(o._replace(state=states.get(o.slug, o.state)) for o in made)


def circles(members: tuple[Organisation, ...]) -> tuple[Circle, ...]:
    """The circles in which AMBER is shared; each reporting organisation is in at least one."""

    def of(*desks: str) -> tuple[str, ...]:
        return tuple(o.slug for o in members if o.desk in desks and o.state == "vetted")

    return (
        Circle("payments", "Payments circle", "Banks and investigators on accounts and wallets", of("bank", "police")),
        Circle("investigators", "Investigators' circle", "Law enforcement only", of("police")),
        Circle("responders", "Responders' circle", "CERTs and hosting providers", of("cert", "hoster", "police")),
        Circle("firms", "Firms' circle", "Businesses that warn each other", of("victim", "shop", "hoster", "bank")),
        Circle(
            "public",
            "Public bodies' circle",
            "Governments, universities, charities",
            of("government", "academia", "charity", "funder", "secretariat", "police"),
        ),
    )


def people(seed: int, members: tuple[Organisation, ...]) -> tuple[Person, ...]:
    """One person for each kind of user, then one who sends in the reports of each organisation."""
    rng = random.Random(f"{seed}/people")
    named = tuple(_user(row, members) for row in _USERS)
    senders = []
    for number, organisation in enumerate(members):
        name = f"{rng.choice(_GIVEN)} {rng.choice(_FAMILY)}"
        email = f"{slug(name)}{number}@{organisation.slug}.example"
        senders.append(Person(email, name, "", ("reporter", "analyst"), organisation.slug))
    return named + tuple(senders) + tuple(_cast(members))


def _cast(members: tuple[Organisation, ...]) -> Iterator[Person]:
    for name, roles, desk, country, role in CAST:
        home = next(o for o in members if o.desk == desk and (not country or o.country == country))
        yield Person(f"{slug(name).replace('-', '.')}@{home.slug}.example", name, role, roles, home.slug)


def _user(row: tuple[str, str, tuple[str, ...], str, str], members: tuple[Organisation, ...]) -> Person:
    role, name, roles, desk, country = row
    home = next(o for o in members if o.desk == desk and (not country or o.country == country))
    return Person(f"{slug(name).replace('-', '.')}@{home.slug}.example", name, role, roles, home.slug)

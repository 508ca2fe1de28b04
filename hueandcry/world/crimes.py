"""Kinds of crime in the simulated world, their victims and their losses: the truth behind the reports.

Every number here is ours, made to look plausible. Linkage may not read them (design, section 7).
"""

from __future__ import annotations

import random
from datetime import date
from typing import NamedTuple

from hueandcry.world.means import Value


class Speciality(NamedTuple):
    """One way of stealing: its truth in our classes, its means, its victims and who comes to hear of it."""

    code: str
    weight: int
    classes: tuple[tuple[str, str], ...]
    techniques: tuple[str, ...]
    means: tuple[tuple[str, float], ...]  # kind of value and how often a crime leaves it
    business: float  # share of victims that are businesses
    loss: tuple[float, float, float]  # median in euro, spread (sigma of the log), share of crimes with a loss
    seen_by: tuple[tuple[str, float], ...]  # kind of reporter and how often it reports


_FALSE = ("fraud", "false-representation")
_ACCOUNT = ("intrusion", "account-compromise")
SPECIALITIES = (
    Speciality(
        "phishing", 24, (("information-gathering", "phishing"), _FALSE), ("T1566.002", "T1598.003"),
        (("domain", 1), ("url", 0.9), ("ipv4", 0.6), ("email", 0.5), ("phone", 0.3), ("iban", 0.4), ("telegram", 0.1)),
        0.25, (900, 1.2, 0.5), (("victim", 0.06), ("bank", 0.6), ("police", 0.25), ("cert", 0.45), ("hoster", 0.15)),
    ),
    Speciality(
        "business-email-compromise", 8, (_FALSE, _ACCOUNT), ("T1566", "T1534", "T1657"),
        (("email", 1), ("domain", 0.7), ("iban", 0.95), ("ipv4", 0.3)),
        1, (38_000, 1.3, 0.7), (("victim", 0.12), ("bank", 0.65), ("police", 0.5), ("cert", 0.1)),
    ),
    Speciality(
        "ransomware", 6, (("malware", "infection"), ("availability", "sabotage")), ("T1486", "T1490", "T1078"),
        (("sha256", 1), ("btc", 0.7), ("ipv4", 0.8), ("onion", 0.7), ("email", 0.4), ("domain", 0.4)),
        1, (60_000, 1.6, 0.45), (("victim", 0.15), ("police", 0.4), ("cert", 0.6), ("government", 0.1)),
    ),
    Speciality(
        "investment-fraud", 13, (_FALSE,), ("T1656", "T1657"),
        (("domain", 0.95), ("url", 0.5), ("phone", 0.7), ("eth", 0.35), ("trx", 0.35), ("btc", 0.3), ("iban", 0.6),
         ("telegram", 0.5), ("email", 0.3)),
        0.02, (14_000, 1.4, 0.95), (("bank", 0.5), ("police", 0.55), ("cert", 0.05)),
    ),
    Speciality(
        "tech-support-scam", 9, (_FALSE, ("information-security", "unauthorised-access")), ("T1219", "T1656"),
        (("phone", 1), ("domain", 0.5), ("iban", 0.6), ("ipv4", 0.2)),
        0.1, (1_800, 1.0, 0.75), (("victim", 0.04), ("bank", 0.6), ("police", 0.35)),
    ),
    Speciality(
        "ddos-extortion", 3, (("availability", "dos-ddos"),), ("T1498", "T1657"),
        (("email", 0.9), ("btc", 0.95), ("ipv4", 1), ("ipv4", 0.9), ("ipv4", 0.7)),
        1, (6_000, 1.2, 0.2), (("victim", 0.2), ("police", 0.25), ("cert", 0.6), ("hoster", 0.3)),
    ),
    Speciality(
        "account-takeover", 12, (_ACCOUNT, ("information-security", "unauthorised-access")), ("T1078", "T1110.004"),
        (("ipv4", 0.9), ("iban", 0.8), ("phone", 0.4), ("domain", 0.2), ("email", 0.2)),
        0.2, (2_600, 1.1, 0.8), (("victim", 0.03), ("bank", 0.8), ("police", 0.3), ("cert", 0.1)),
    ),
    Speciality(
        "mule-recruitment", 6, (("fraud", ""),), ("T1656",),
        (("telegram", 0.8), ("iban", 0.95), ("phone", 0.4), ("email", 0.3)),
        0, (1_200, 0.9, 0.4), (("bank", 0.7), ("police", 0.25)),
    ),
    Speciality(
        "online-shop-fraud", 14, (_FALSE,), ("T1656", "T1583.001"),
        (("domain", 1), ("url", 0.6), ("iban", 0.8), ("email", 0.6), ("phone", 0.2), ("ipv4", 0.3)),
        0.08, (180, 0.9, 1), (("victim", 0.05), ("bank", 0.35), ("police", 0.6), ("hoster", 0.1)),
    ),
    Speciality(
        "infostealer", 5, (("malware", "infection"), _ACCOUNT), ("T1555", "T1204.002", "T1041"),
        (("sha256", 1), ("ipv4", 0.8), ("domain", 0.7), ("url", 0.6), ("telegram", 0.3)),
        0.4, (700, 1.2, 0.3), (("cert", 0.85), ("bank", 0.1), ("police", 0.15), ("hoster", 0.2), ("government", 0.05)),
    ),
)  # fmt: skip
BY_CODE = {speciality.code: speciality for speciality in SPECIALITIES}

# NACE Rev. 2.1 sections of victims that are businesses, with rough weights
SECTORS = {"C": 16, "F": 8, "G": 22, "H": 6, "I": 6, "K": 10, "L": 9, "N": 11, "P": 5, "Q": 6, "R": 7, "D": 2, "S": 2}
SIZES = {"micro": 45, "small": 30, "medium": 16, "large": 9}
_SIZE_FACTOR = {"person": 1.0, "micro": 0.6, "small": 1.0, "medium": 2.2, "large": 6.0}


class Victim(NamedTuple):
    """Whom it hit: ``sector`` is "" for a person."""

    country: str
    sector: str
    size: str
    postal: str = ""  # the full code of where it lives or has its seat


class Crime(NamedTuple):
    """One crime as it truly was. ``operation`` is "" where nobody organised stands behind it."""

    id: str
    operation: str
    speciality: str
    day: date
    victim: Victim
    loss: int  # euro
    values: tuple[Value, ...]
    reference: str = ""  # its case number, which travels: reporters.HOLDS


def victim(rng: random.Random, speciality: Speciality, countries: tuple[str, ...]) -> Victim:
    """Somebody the speciality would hit, in one of ``countries``."""
    country = rng.choice(countries)
    if rng.random() >= speciality.business:
        return Victim(country, "", "person")
    sector = rng.choices(list(SECTORS), list(SECTORS.values()))[0]
    return Victim(country, sector, rng.choices(list(SIZES), list(SIZES.values()))[0])


def reference(rng: random.Random, country: str, day: date) -> str:
    """The crime's case number: of the complaint, or of the ticket where none was made. Others take it over."""
    return f"{country}-{day.year}-{rng.randrange(10**7):07d}"


def loss(rng: random.Random, speciality: Speciality, size: str) -> int:
    """Euro lost: log-normal, with a Pareto tail for one crime in fifty."""
    median, sigma, share = speciality.loss
    if rng.random() >= share:
        return 0
    amount = median * _SIZE_FACTOR[size] * rng.lognormvariate(0, sigma)
    if rng.random() < 0.02:
        amount *= rng.paretovariate(1.2)
    return min(int(amount) + 1, 60_000_000)

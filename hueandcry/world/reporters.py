"""Who comes to hear of a crime, when, and what of it they write down: partly, late, rounded and mistyped.

All chances and delays are ours; linkage may not read them (design, section 7).
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from hueandcry.world import means, places
from hueandcry.world.countries import BY_CODE, PER_EURO
from hueandcry.world.crimes import BY_CODE as SPECIALITIES
from hueandcry.world.crimes import Crime
from hueandcry.world.means import NOISE, Value
from hueandcry.world.organisations import Organisation

# How much of a crime's means each desk writes down, by kind of value.
SEES: dict[str, dict[str, float]] = {
    "bank": {
        "iban": 0.97,
        "phone": 0.4,
        "domain": 0.3,
        "url": 0.15,
        "email": 0.2,
        "ipv4": 0.35,
        "btc": 0.2,
        "eth": 0.2,
        "trx": 0.2,
        "telegram": 0.05,
    },
    "police": {
        "iban": 0.8,
        "phone": 0.8,
        "domain": 0.7,
        "url": 0.4,
        "email": 0.7,
        "ipv4": 0.4,
        "btc": 0.8,
        "eth": 0.8,
        "trx": 0.8,
        "sha256": 0.3,
        "telegram": 0.7,
        "onion": 0.5,
    },
    "cert": {
        "domain": 0.95,
        "url": 0.9,
        "ipv4": 0.95,
        "email": 0.7,
        "sha256": 0.95,
        "onion": 0.8,
        "btc": 0.4,
        "phone": 0.1,
        "telegram": 0.3,
    },
    "hoster": {"domain": 0.9, "url": 0.8, "ipv4": 1.0, "email": 0.3},
    "victim": {
        "domain": 0.7,
        "url": 0.3,
        "phone": 0.8,
        "email": 0.8,
        "iban": 0.6,
        "btc": 0.7,
        "eth": 0.6,
        "trx": 0.6,
        "telegram": 0.5,
        "ipv4": 0.1,
    },
    "government": {"domain": 0.8, "ipv4": 0.7, "sha256": 0.8, "email": 0.4, "btc": 0.5, "onion": 0.5},
}
# Median days until a desk reports, and the share that comes very late (twenty times that).
DELAY = {
    "bank": (4, 0.05),
    "police": (12, 0.12),
    "cert": (2, 0.04),
    "hoster": (3, 0.03),
    "victim": (3, 0.08),
    "government": (20, 0.1),
}
# How often each desk writes down where the victim lives. Who hosts a page never learns it.
KNOWS_AREA = {"bank": 0.8, "police": 0.75, "victim": 0.7, "government": 0.2, "cert": 0.1}
NEARBY, IN_PART = 0.07, 0.15  # shares of those: another area close by; only the beginning of the code
# How often each desk holds the crime's case number when it reports.
HOLDS = {
    "police": 0.95,  # it gives the number; without one is what is reported before the complaint is taken
    "victim": 0.75,  # handed a receipt with the number; a quarter report first or only online
    "bank": 0.7,  # reimbursement wants the complaint's number; small losses are made good without it
    "hoster": 0.7,  # an abuse mail or a request to take down names the case it comes from; trap hits name none
    "cert": 0.65,  # told by victim, bank or police under their number, else found by its own watching
    "government": 0.6,  # writes from what others sent in, and drops some numbers on the way
}
WRITES_REFERENCE = 0.9  # of holders: forms ask for it, and who holds a number wants to be answered under it
OWN_REFERENCE = 0.12  # of banks and police that do not write it: a number that only they know
# How often a sum is rounded. Banks and police copy a statement, but for a tenth who note a call; others tell by heart.
ROUNDS = {"bank": 0.1, "police": 0.1}
ROUNDS_ELSE = 0.5
# How often a sum is left out by those whom the payment does not pass and the victim seldom tells; others: as any fact.
NO_SUM = {"cert": 0.6, "hoster": 0.6, "government": 0.6}
TYPO, NOISY, GAP = 0.02, 0.12, 0.08  # shares of values mistyped, reports with meaningless values, facts left out


class Account(NamedTuple):
    """What one organisation writes down of one crime, before any format."""

    crime: Crime
    reporter: Organisation
    number: int  # of all accounts of this world, from 1
    version: int  # 0, then 1 for a correction or withdrawal
    withdrawn: bool
    occurred: date
    reported: date
    country: str
    sector: str
    size: str
    loss: int  # in currency, 0 unknown
    currency: str
    values: tuple[Value, ...]
    area: str = ""  # postal code or a part of it, as written down
    reference: str = ""  # likewise


class Desks:
    """Which organisation takes a crime in which country; where there is none, one of that kind elsewhere."""

    def __init__(self, members: Iterable[Organisation]) -> None:
        self._by: dict[tuple[str, str], list[Organisation]] = {}
        for organisation in members:
            if organisation.state == "vetted":
                desk = "victim" if organisation.desk == "shop" else organisation.desk
                self._by.setdefault((desk, organisation.country), []).append(organisation)
                self._by.setdefault((desk, ""), []).append(organisation)

    def pick(self, rng: random.Random, desk: str, country: str) -> Organisation | None:
        """One organisation, nearly always in the country; None where the world has none of that desk."""
        there = self._by.get((desk, country))
        if there is None or rng.random() < 0.04:
            there = self._by.get((desk, ""))
        return rng.choice(there) if there else None


def witnesses(rng: random.Random, crime: Crime, desks: Desks) -> list[tuple[Organisation, int]]:
    """(organisation, days until it reports) for everybody who reports this crime; often nobody does."""
    found: dict[str, tuple[Organisation, int]] = {}
    for desk, chance in SPECIALITIES[crime.speciality].seen_by:
        if rng.random() >= chance:
            continue
        organisation = desks.pick(rng, desk, crime.victim.country)
        if organisation is not None:
            median, late = DELAY[desk]
            days = median * rng.lognormvariate(0, 0.8) * (20 if rng.random() < late else 1)
            found.setdefault(organisation.slug, (organisation, min(400, int(days))))
    return list(found.values())


def worse(chance: float, noise: float) -> float:
    """A chance whose odds are ``noise`` times as long: doubled where it is small, never above 1."""
    if noise == 1.0 or chance >= 1:  # what nobody there can know stays unknown
        return chance
    return chance * noise / (1 - chance + chance * noise)


def account(
    seed: int, number: int, crime: Crime, organisation: Organisation, reported: date, noise: float = 1.0
) -> Account:
    """What the organisation writes down; ``noise`` multiplies the odds of each error and omission."""
    rng = random.Random(f"{seed}/account/{number}")
    victim, desk = crime.victim, "victim" if organisation.desk == "shop" else organisation.desk
    currency = BY_CODE[organisation.country].currency
    wrong = 100 * worse(0.3, noise)
    off = rng.choices((0, 1, 2, 7), (100 - wrong, wrong * 0.6, wrong * 4 / 15, wrong * 2 / 15))[0]
    gap = worse(GAP, noise)
    area, reference = _of_victim(random.Random(f"{seed}/account/{number}/victim"), crime, desk, noise)
    return Account(
        crime=crime,
        reporter=organisation,
        number=number,
        version=0,
        withdrawn=False,
        occurred=min(reported, crime.day + timedelta(days=off)),
        reported=reported,
        country="" if rng.random() < worse(GAP / 2, noise) else victim.country,
        sector="" if rng.random() < gap else victim.sector,
        size="" if rng.random() < gap else victim.size,
        loss=_sum(random.Random(f"{seed}/account/{number}/sum"), crime.loss * PER_EURO[currency], desk, noise),
        currency=currency,
        values=_seen(rng, seed, crime, desk, noise),
        area=area,
        reference=reference,
    )


def corrected(seed: int, earlier: Account, reported: date) -> Account:
    """The same account told again: half are withdrawn, the others have another loss and one value less."""
    rng = random.Random(f"{seed}/correction/{earlier.number}")
    if rng.random() < 0.5:
        return earlier._replace(version=1, withdrawn=True, reported=reported)
    loss = earlier.loss + max(1, earlier.loss // 10) if earlier.loss else 0  # what was unknown stays so
    values = earlier.values[:-1] if len(earlier.values) > 1 else earlier.values
    return earlier._replace(version=1, reported=reported, loss=loss, values=values)


def _of_victim(rng: random.Random, crime: Crime, desk: str, noise: float) -> tuple[str, str]:
    """(postal code, reference) as a desk writes them: partly, of the next area, mistyped, each in its own way."""
    area, country = "", crime.victim.country
    if crime.victim.postal and rng.random() < 1 - worse(1 - KNOWS_AREA.get(desk, 0.0), noise):
        area = crime.victim.postal
        area = places.nearby(rng, area, country) if rng.random() < worse(NEARBY, noise) else area
        area = places.part(area) if rng.random() < worse(IN_PART, noise) else area
        area = _mistyped(rng, area) if rng.random() < worse(TYPO, noise) else area
    number = ""
    holds = rng.random() < 1 - worse(1 - HOLDS[desk], noise)
    if holds and rng.random() < 1 - worse(1 - WRITES_REFERENCE, noise):
        number = crime.reference
        number = _mistyped(rng, number) if rng.random() < worse(TYPO, noise) else number
    elif desk in ("bank", "police") and rng.random() < OWN_REFERENCE:
        number = f"{desk[0].upper()}{rng.randrange(10**8):08d}"
    forms = (number, number, number.lower(), number.replace("-", " "), number.replace("-", ""))
    return area, rng.choice(forms)


def _sum(rng: random.Random, amount: float, desk: str, noise: float) -> int:
    """The sum as a desk writes it, 0 where it names none: copied or rounded, and now and then mistyped."""
    if rng.random() < worse(NO_SUM.get(desk, GAP), noise):
        return 0
    told = _rounded(rng, amount, worse(ROUNDS.get(desk, ROUNDS_ELSE), noise))
    return _miskeyed(rng, told) if rng.random() < worse(TYPO, noise) else told


def _rounded(rng: random.Random, amount: float, share: float) -> int:
    """People round what they tell: to tens, hundreds or thousands where the amount is large enough."""
    wrong = 100 * share
    step = rng.choices((1, 10, 100, 1000), (100 - wrong, wrong * 0.4, wrong * 0.4, wrong * 0.2))[0]
    return int(amount) if amount < step * 5 else round(amount / step) * step


def _miskeyed(rng: random.Random, amount: int) -> int:
    """One digit after the first dropped, doubled or swapped with the next; a sum of one digit stays."""
    text = str(amount)
    at = rng.randrange(1, max(2, len(text)))
    form = rng.randrange(3)
    if form == 0:
        return int(text[:at] + text[at + 1 :])
    if form == 1:
        return int(text[: at + 1] + text[at:])
    return int(text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :])


def _seen(rng: random.Random, seed: int, crime: Crime, desk: str, noise: float) -> tuple[Value, ...]:
    sees = SEES[desk]
    chances = sees if noise == 1.0 else {kind: 1 - worse(1 - chance, noise) for kind, chance in sees.items()}
    typo, noisy = worse(TYPO, noise), worse(NOISY, noise)
    kept = [value for value in crime.values if rng.random() < chances.get(value.kind, 0.0)]
    kept = [v._replace(value=_mistyped(rng, v.value)) if rng.random() < typo else v for v in kept]
    if rng.random() < noisy:
        kept.append(rng.choice(NOISE))
    if "ipv4" in sees and rng.random() < worse(NOISY / 2, noise):
        host = rng.randrange(means.SHARED_HOSTS)
        kept.append(Value("ipv4", means.make("ipv4", f"{seed}/shared-host/{host}", ""), "noise"))
    return tuple(dict.fromkeys(kept))


def _mistyped(rng: random.Random, text: str) -> str:
    """One character dropped, doubled or swapped with the next; never the first or last three."""
    at = rng.randrange(3, max(4, len(text) - 3))
    form = rng.randrange(3)
    if form == 0:
        return text[:at] + text[at + 1 :]
    if form == 1:
        return text[:at] + text[at : at + 1] + text[at:]
    return text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :]

"""Postal codes of the simulated alliance: in each country's form, crowded into few areas as people are.

Which areas there are and how many live in each is made up and the same in every world. Linkage may not read it.
"""

from __future__ import annotations

import random
from functools import cache

from hueandcry.world.countries import BY_CODE

# How a country writes its codes: # a digit, A a letter, the rest as it stands. Malawi has none; Ghana's are addresses.
_FORMS = {
    "##-###": "PL", "### ##": "CZ SK SE GR", "####-###": "PT", "#### AA": "NL", "A## A#A#": "IE", "A#A #A#": "CA",
    "LT-#####": "LT", "LV-####": "LV", "L-####": "LU", "AAA ####": "MT", "######": "RO", "MD-####": "MD",
    "####": "AT BE BG CY DK HU SI AU NZ PH GE", "#####": "DE FR ES IT US FI HR EE KE SN HN NP UA",
}  # fmt: skip
FORMS = {code: form for form, codes in _FORMS.items() for code in codes.split()}
_TOWNS = ("M", "B", "LS", "BS", "CF", "DD", "G", "NE", "SW", "EC", "L", "S", "NR", "EH", "OX", "PL")  # British ones
_LETTERS = "ABCDEFGHJKLMNPRSTVWXYZ"


@cache
def _areas(country: str) -> tuple[tuple[str, ...], tuple[float, ...]]:
    """Beginnings of codes and how many live there, a few of them cities (Zipf's law, softened)."""
    rng = random.Random(f"areas/{country}")
    count = 12 + 3 * BY_CODE[country].weight
    if country == "GB":
        found = [f"{town}{number}" for town in _TOWNS for number in range(1, 21)]
    else:
        form = FORMS[country]
        free = sum(sign in "#A" for sign in form)
        found = [_filled(rng, _head(form, min(3, free - 2))) for _ in range(2 * count)]
    chosen = tuple(dict.fromkeys(found))[:count]
    return chosen, tuple(1 / (n + 6) for n in range(len(chosen)))


def _head(form: str, free: int) -> str:
    """The form's beginning that holds so many free signs."""
    for at, sign in enumerate(form):
        free -= sign in "#A"
        if free == 0:
            return form[: at + 1]
    raise ValueError(f"{form} has fewer free signs")


def _filled(rng: random.Random, form: str) -> str:
    return "".join(rng.choice("0123456789" if s == "#" else _LETTERS) if s in "#A" else s for s in form)


def postal_code(rng: random.Random, country: str) -> str:
    """Where somebody lives, as a full code; "" where the country has none."""
    if country == "GB":
        areas, weights = _areas(country)
        return f"{rng.choices(areas, weights)[0]} {_filled(rng, '#AA')}"
    form = FORMS.get(country)
    if form is None:
        return ""
    areas, weights = _areas(country)
    start = rng.choices(areas, weights)[0]
    return start + _filled(rng, form[len(start) :])


def nearby(rng: random.Random, code: str, country: str) -> str:
    """A code of the next area: where the victim works, or the branch that the account is kept at."""
    digits = [at for at, sign in enumerate(code) if sign.isdigit()]
    nth = {"GB": -2, "CA": 0, "IE": 1}.get(country, 2 if len(digits) > 4 else 1)
    at = digits[nth]
    other = (int(code[at]) + rng.choice((-1, 1))) % 10
    return f"{code[:at]}{other}{code[at + 1 :]}"


def part(code: str) -> str:
    """Only the beginning of a code, as a desk writes it that may not or will not say more."""
    return code.split(" ")[0] if " " in code else code[: max(2, len(code) - 3)]

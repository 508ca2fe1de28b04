"""Amounts: whole numbers of a currency's smallest unit (ISO 4217), read, written, converted. Pure."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Decimal

from babel.numbers import format_decimal

from hueandcry.exchange import money as amounts

MOST = 10**15  # of the smallest unit
_BETWEEN = re.compile("[ '\u00a0\u202f]")
# An amount and nothing else, in groups of three by one mark or in none, with up to four digits after another.
_WORDS = re.compile(r"-?(?:[0-9]{1,18}|[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,3}(?:\.[0-9]{3})+)(?:[.,][0-9]{1,4})?")
# ISO 4217:2015, amendment 176. Where babel follows what shops do instead (it rounds away the second digit of several
# currencies), accounts follow ISO.
_DIGITS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND"), 0),
    **dict.fromkeys(("VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}


class BadAmount(ValueError):
    """Words that tell no amount of this currency."""


def minor(currency: str) -> int:
    """How many digits the smallest unit of a currency has."""
    return _DIGITS.get(currency, 2)


def read(words: str, currency: str) -> int:
    """An amount out of words such as ``1250.50``, ``1 250,50`` or ``1'250.50``.

    Raises BadAmount: no number, more digits than the currency has, too much, or a mark that could stand for either."""
    plain = _BETWEEN.sub("", words.strip()).replace("−", "-")
    # three digits behind one mark are a group of thousands or the smallest unit: the latter where there is such a one
    mark = next((each for each in ".," if each in plain), "") if minor(currency) > 2 else ""
    try:
        told = amounts.read(plain, mark) if _WORDS.fullmatch(plain) else None
    except ValueError:
        told = None
    if told is None or not told.sure or -int(told.amount.as_tuple().exponent) > minor(currency):
        raise BadAmount(words[:40])
    made = int(told.amount.scaleb(minor(currency)))
    if abs(made) > MOST:
        raise BadAmount(words[:40])
    return made


def decimal(amount: int, currency: str) -> Decimal:
    """An amount as a decimal number of the currency."""
    return Decimal(amount).scaleb(-minor(currency))


def written(amount: int, currency: str, locale: str = "en_GB") -> str:
    """An amount as people read it: ``1,250.50 EUR``."""
    digits = minor(currency)
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return f"{format_decimal(decimal(amount, currency), format=pattern, locale=locale)} {currency}"


def converted(amount: int, currency: str, into: str, rate: Decimal) -> int:
    """An amount in another currency: ``rate`` units of ``into`` for one of ``currency``, rounded half to even."""
    whole = Decimal(amount).scaleb(minor(into) - minor(currency)) * rate
    return int(whole.quantize(Decimal(1), rounding=ROUND_HALF_EVEN))

"""Amounts: whole numbers of a currency's smallest unit (ISO 4217), read, written, converted. Pure."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from babel.core import get_global
from babel.numbers import format_decimal

MOST = 10**15  # of the smallest unit
_WORDS = re.compile(r"[0-9]{1,18}(?:[.,][0-9]{1,4})?")
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


def known(currency: str) -> bool:
    """Whether there is a currency of this code."""
    return currency in get_global("all_currencies")


def minor(currency: str) -> int:
    """How many digits the smallest unit of a currency has."""
    return _DIGITS.get(currency, 2)


def read(words: str, currency: str) -> int:
    """An amount out of words such as ``1250.50``, ``1 250,50`` or ``1'250.50``.

    Raises BadAmount: no number, more digits than the currency has, too much, or a mark that could stand for either."""
    plain = words.strip().replace("\u00a0", "").replace("\u202f", "").replace(" ", "").replace("'", "")
    sign, plain = (-1, plain[1:]) if plain[:1] in ("-", "−") else (1, plain)
    marks = [mark for mark in ",." if mark in plain]
    if len(marks) == 2:  # the one that stands last tells the digits
        last = max(marks, key=plain.rindex)
        other = "," if last == "." else "."
        whole, _mark, digits = plain.rpartition(last)
        if not re.fullmatch(rf"[0-9]{{1,3}}(?:{re.escape(other)}[0-9]{{3}})+", whole):
            raise BadAmount(words[:40])
        plain = whole.replace(other, "") + "." + digits
    elif len(marks) == 1 and plain.count(marks[0]) > 1:
        if not re.fullmatch(rf"[0-9]{{1,3}}(?:{re.escape(marks[0])}[0-9]{{3}})+", plain):
            raise BadAmount(words[:40])
        plain = plain.replace(marks[0], "")
    if not _WORDS.fullmatch(plain):
        raise BadAmount(words[:40])
    digits = re.split(r"[.,]", plain)[1] if re.search(r"[.,]", plain) else ""
    if len(digits) > minor(currency):
        raise BadAmount(words[:40])
    try:
        made = int(Decimal(plain.replace(",", ".")).scaleb(minor(currency)))
    except InvalidOperation:
        raise BadAmount(words[:40]) from None
    if made > MOST:
        raise BadAmount(words[:40])
    return sign * made


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

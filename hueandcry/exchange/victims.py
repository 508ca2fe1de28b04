"""Where a victim lives, roughly, and a reference that several reporters of one crime hold. Pure.

A full postal code points at a street, in some countries at a house; its first characters are what linkage needs and all
that a report keeps. A reference (a payment's, a case's of the police) is kept as a keyed hash only: equal to itself at
another reporter, of no use to who reads the table.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from typing import Final

MAX_CODE: Final = 20  # characters of a postal code as somebody writes it
MAX_REFERENCE: Final = 64  # characters of a reference, canonical
MIN_REFERENCE: Final = 6  # a shorter one is a number within somebody's own system
_DIGITS: Final = 3  # a reference has at least so many: words such as NOTPROVIDED (SEPA) stand where there is none

# The outward code of the United Kingdom (BS 7666): the district, some 8,000 households and more.
_OUTWARD: Final = re.compile("([A-Z]{1,2}[0-9][A-Z0-9]?)(?:[0-9][A-Z]{2})?")
# How long codes are there: for zeros in front that spreadsheets drop, and for codes that somebody wrote in part.
_LENGTHS: Final = {
    code: length
    for length, codes in (
        (4, "AT AU BE BG CH CY DK GE HU LU LV MD NO NZ PH SI ZA"),
        (5, "CZ DE EE ES FI FR GR HN HR IT KE KR LT MX NP PL RS SE SK SN TR UA US"),
        (6, "CA CN IN NL RO SG"),
        (7, "IE MT PT"),
    )
    for code in codes.split(" ")
}
_PREFIX: Final = re.compile("[A-Z]{1,3}-(?=[0-9]{3})")  # of the country: L-2530, LV-1010, D-10115
_SEPARATORS: Final = re.compile(r"[\s\-\u2010-\u2015./\\_:#]+")
# Without a letter's or digit's worth of doubt: what people write before a reference
_WORDS: Final = re.compile("(?:REFERENCE|REF|NO|NR)(?=[0-9])")


def area(text: str, country: str = "") -> str:
    """The postal area of a code: the outward code in the United Kingdom, else what is left without the last two
    characters, three at most (Germany 281, United States 941, Canada and Ireland K1A and D02, Denmark 80).

    ``country`` (ISO 3166-1 alpha-2, "" unknown) tells how codes are written there. An area gives itself again. "" for
    what is no postal code.
    """
    plain = unicodedata.normalize("NFKC", text[: 4 * MAX_CODE]).strip().upper()
    if not plain or len(plain) > MAX_CODE:
        return ""
    code = re.sub(r"[\s\-]+", "", plain if country == "GB" else _PREFIX.sub("", plain))
    if not re.fullmatch("[A-Z0-9]{2,10}", code) or not (
        any(map(str.isdigit, code)) or (country, len(code)) == ("MT", 3)
    ):
        return ""
    if country in ("GB", ""):
        outward = _OUTWARD.fullmatch(code)
        if outward:
            return outward[1] if len(code) > 4 or country else code
        if country:
            return ""
    length = _LENGTHS.get(country, len(code))
    if code.isdigit() and len(code) == length - 1 and len(code) > 3 - (length == 4):
        code = "0" + code
    cut = code[: max(2, min(3, length - 2))] if country in _LENGTHS else code[: 3 if len(code) != 4 else 2]
    return cut if country == "MT" or any(map(str.isdigit, cut)) else ""  # letters alone are no area but in Malta


def reference(text: str) -> str:
    """A reference in one form: capitals, without spaces, dashes, points and slashes; "" for what cannot be one."""
    plain = unicodedata.normalize("NFKC", text[: 4 * MAX_REFERENCE]).strip().upper()
    code = _WORDS.sub("", _SEPARATORS.sub("", plain), count=1) if plain[:1].isalpha() else _SEPARATORS.sub("", plain)
    told = code.isascii() and code.isalnum() and MIN_REFERENCE <= len(code) <= MAX_REFERENCE
    return code if told and sum(map(str.isdigit, code)) >= _DIGITS and len(set(code)) > 1 else ""


def hashed(code: str, key: str) -> str:
    """The keyed hash (HMAC-SHA256, 128 bits of it, hex) of a canonical reference; "" of "".

    The key is the installation's secret: without it nobody can try all numbers of a form. Another installation's hash
    of the same reference is another, so it is never sent to one.
    """
    if not code:
        return ""
    return hmac.new(key.encode(), b"victim reference\0" + code.encode(), hashlib.sha256).hexdigest()[:32]

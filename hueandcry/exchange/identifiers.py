"""Identifiers of people's money and voices: IBAN, BIC, payment cards, phone numbers, account handles.

Each function takes cleaned text and returns (type, value), or None. All of these are personal data.
"""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers
from stdnum import bic as stdnum_bic
from stdnum import iban as stdnum_iban
from stdnum import luhn, numdb

from .addresses import fold
from .names import word_set

Typed = tuple[str, str]

_IBAN = re.compile(r"[A-Za-z]{2}[0-9]{2}[A-Za-z0-9 .\-]{10,60}")


def iban(text: str) -> Typed | None:
    """An IBAN (ISO 13616) without spaces: country, length, structure and mod-97 checked by python-stdnum."""
    text = text[5:] if text[:5].upper() == "IBAN " else text
    if not _IBAN.fullmatch(text):
        return None
    number = stdnum_iban.compact(text)
    return ("iban", number) if stdnum_iban.is_valid(number) else None


def like_iban(text: str) -> bool:
    """Whether a text has the country and the length of an IBAN, be its check digits as they may."""
    number = stdnum_iban.compact(text) if _IBAN.fullmatch(text) else ""
    return bool(number) and len(number) == iban_length(number[:2])


@lru_cache(maxsize=1024)
def iban_length(country: str) -> int:
    """How many characters an IBAN of ``country`` has; 0 where the country has none (registry as in python-stdnum)."""
    found = numdb.get("iban").info(country)[0][1]
    return 4 + sum(int(n) for n in re.findall(r"([0-9]+)!", found["bban"])) if "bban" in found else 0


def bic(text: str) -> Typed | None:
    """A BIC (ISO 9362); the eight-character form, since XXX at the end says no more than its absence."""
    if not re.fullmatch(r"[A-Za-z0-9 ]{8,14}", text) or not stdnum_bic.is_valid(text):
        return None
    return "bic", str(stdnum_bic.compact(text)).removesuffix("XXX")


# -- payment cards ------------------------------------------------------------------------------------------------

_CARD = re.compile(r"[0-9](?:[ -]?[0-9]){11,18}")
_MASKED = re.compile(r"[0-9]{6}\*{2,9}[0-9]{4}")
# Leading digits and lengths that the schemes give out (ISO/IEC 7812 and the schemes' own pages).
_BRANDS = re.compile(
    r"4(?:[0-9]{12}|[0-9]{15}|[0-9]{18})"  # Visa
    r"|(?:5[1-5][0-9]{2}|222[1-9]|22[3-9][0-9]|2[3-6][0-9]{2}|27[01][0-9]|2720)[0-9]{12}"  # Mastercard
    r"|3[47][0-9]{13}"  # American Express
    r"|(?:6011|65[0-9]{2}|64[4-9][0-9])[0-9]{12}|62[0-9]{14,17}"  # Discover, UnionPay
    r"|35[2-8][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}"  # JCB, Diners Club
)


def payment_card(text: str) -> Typed | None:
    """A payment card as its first six and last four digits, the rest masked: the number itself is never kept."""
    if _MASKED.fullmatch(text):
        return "payment-card", text
    digits = re.sub("[ -]", "", text)
    if not _CARD.fullmatch(text) or not luhn.is_valid(digits):
        return None
    return "payment-card", f"{digits[:6]}{'*' * (len(digits) - 10)}{digits[-4:]}"


def is_branded_card(text: str) -> bool:
    """Whether the digits could be a card that some scheme gives out; Luhn alone lets one number in ten pass."""
    digits = re.sub("[ -]", "", text)
    return bool(_BRANDS.fullmatch(digits)) and bool(luhn.is_valid(digits))


def masked(text: str) -> str:
    """``text`` with all but its last four digits starred: what is kept of a card number that fails its checksum."""
    left = max(sum(char.isdigit() for char in text) - 4, 0)
    kept = []
    for char in text:
        kept.append("*" if char.isdigit() and left > 0 else char)
        left -= char.isdigit()
    return "".join(kept)


# -- phone numbers ------------------------------------------------------------------------------------------------

_PHONE = re.compile(r"(?:tel:)?[+(]?[0-9][0-9 ()./\-\u00a0]{3,30}", re.IGNORECASE)


def phone(text: str, region: str = "") -> Typed | None:
    """A phone number in E.164. National form needs ``region``. Possible by length is enough: scammers call from
    numbers that nobody was given, and a range opened yesterday must not be refused."""
    found = parsed_phone(text, region)
    if found is None or not phonenumbers.is_possible_number(found):
        return None
    return "phone-number", phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)


def parsed_phone(text: str, region: str = "") -> phonenumbers.PhoneNumber | None:
    """What ``phonenumbers`` makes of it; "00" in front is read as "+"."""
    if not _PHONE.fullmatch(text):
        return None
    text = text.removeprefix("tel:")
    if text.startswith("00"):
        text = f"+{text[2:]}"
    if not text.startswith("+") and not region:
        return None
    try:
        return phonenumbers.parse(text, region.upper() or None)
    except phonenumbers.NumberParseException:
        return None


# -- account handles ----------------------------------------------------------------------------------------------

# Where a handle means the same in upper and lower case, by each platform's own rules; and names for the same platform.
CASELESS = word_set(
    "telegram x instagram facebook tiktok github gitlab linkedin youtube snapchat reddit mastodon bluesky vk threads "
    "discord skype icq keybase twitch pinterest medium"
)
SAME = {"twitter": "x", "tg": "telegram", "fb": "facebook", "ig": "instagram", "insta": "instagram"}
_HANDLE = re.compile(r"[^\s:@][^\n]{0,255}")
_PLATFORM = re.compile(r"[a-z][a-z0-9 ._-]{0,39}")


def user_account(text: str) -> Typed | None:
    """ "platform:handle", the platform in lower case, the handle without @; a bare handle where no platform is told."""
    platform, colon, handle = text.partition(":")
    if not colon:
        handle = text.lstrip("@ ")
        return ("user-account", handle) if _HANDLE.fullmatch(handle) and ":" not in handle else None
    platform = fold(platform.strip())
    platform = SAME.get(platform, platform)
    handle = handle.lstrip("@ ")
    if not _PLATFORM.fullmatch(platform) or not _HANDLE.fullmatch(handle):
        return None
    return "user-account", f"{platform}:{fold(handle) if platform in CASELESS else handle}"


def has_known_platform(text: str) -> bool:
    """Whether ``text`` is "platform:handle" with a platform we know: a lone value is then taken for an account."""
    platform, colon, handle = text.partition(":")
    platform = platform.strip().lower()
    return bool(colon and handle.strip()) and (platform in CASELESS or platform in SAME)

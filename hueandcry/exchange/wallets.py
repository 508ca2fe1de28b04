"""Cryptocurrency addresses: recognised, checked by their own checksum and brought to one form.

Each function takes cleaned text and returns (type, value), or None. Main networks only: a test network's coin is worth
nothing. Base58 and Keccak come from their packages; Bech32 has none that knows both variants, so it stands here after
BIP-173 and BIP-350, checked against the vectors published there.
"""

from __future__ import annotations

import re

import base58
from eth_hash.auto import keccak

Typed = tuple[str, str]

# Version byte of a Base58Check payload -> type. "3..." (0x05) is Bitcoin's; old Litecoin addresses shared it.
_BASE58_VERSIONS = {
    0x00: "btc-address",
    0x05: "btc-address",
    0x30: "ltc-address",
    0x32: "ltc-address",
    0x1E: "doge-address",
    0x16: "doge-address",
    0x4C: "dash-address",
    0x10: "dash-address",
    0x41: "trx-address",
}
_HRPS = {"bc": "btc-address", "ltc": "ltc-address"}  # human-readable part of a Bech32 address -> type
_BASE58 = re.compile(r"[1-9A-HJ-NP-Za-km-z]{25,35}")
_ETH = re.compile(r"0[xX][0-9a-fA-F]{40}")


def base58check(text: str) -> Typed | None:
    """Bitcoin, Litecoin, Dogecoin, Dash or Tron by version byte and double SHA-256 checksum."""
    if not _BASE58.fullmatch(text):
        return None
    try:
        payload = base58.b58decode_check(text)
    except ValueError:
        return None
    name = _BASE58_VERSIONS.get(payload[0]) if len(payload) == 21 else None
    return (name, text) if name else None


# -- Bech32 (BIP-173) and Bech32m (BIP-350) -----------------------------------------------------------------------

_CHARSET = {char: value for value, char in enumerate("qpzry9x8gf2tvdw0s3jn54khce6mua7l")}
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_BECH32, _BECH32M = 1, 0x2BC830A3


def bech32(text: str) -> Typed | None:
    """A segwit address of Bitcoin or Litecoin: witness version 0 by Bech32, 1 to 16 by Bech32m; lower case."""
    lower = text.lower()
    if len(text) > 90 or text not in (lower, text.upper()):
        return None
    hrp, _, data = lower.rpartition("1")
    if hrp not in _HRPS or len(data) < 8 or not all(char in _CHARSET for char in data):
        return None
    values = [_CHARSET[char] for char in data]
    program = _bytes_of(values[1:-6])
    if program is None or not _fits(values[0], program, _polymod(_expanded(hrp) + values)):
        return None
    return _HRPS[hrp], lower


def _fits(version: int, program: list[int], checksum: int) -> bool:
    if version == 0:
        return checksum == _BECH32 and len(program) in (20, 32)
    return version <= 16 and checksum == _BECH32M and 2 <= len(program) <= 40


def _expanded(hrp: str) -> list[int]:
    return [ord(char) >> 5 for char in hrp] + [0] + [ord(char) & 31 for char in hrp]


def _polymod(values: list[int]) -> int:
    checksum = 1
    for value in values:
        top = checksum >> 25
        checksum = (checksum & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_GENERATOR):
            checksum ^= generator if top >> bit & 1 else 0
    return checksum


def _bytes_of(values: list[int]) -> list[int] | None:
    """Five-bit groups as bytes; None where the padding is not zero or is longer than four bits."""
    number, bits, found = 0, 0, []
    for value in values:
        number, bits = (number << 5 | value) & 0xFFF, bits + 5
        if bits >= 8:
            bits -= 8
            found.append(number >> bits & 0xFF)
    return None if bits >= 5 or number & ((1 << bits) - 1) else found


def bitcoin(text: str) -> Typed | None:
    """A Bitcoin address of any kind."""
    return _only("btc-address", bech32(text) if text[:3].lower() == "bc1" else base58check(text))


def litecoin(text: str) -> Typed | None:
    """A Litecoin address; the old form with a "3" in front cannot be told from Bitcoin's and is told as that."""
    return _only("ltc-address", bech32(text) if text[:4].lower() == "ltc1" else base58check(text)) or bitcoin(text)


def dogecoin(text: str) -> Typed | None:
    """A Dogecoin address."""
    return _only("doge-address", base58check(text))


def dash(text: str) -> Typed | None:
    """A Dash address."""
    return _only("dash-address", base58check(text))


def tron(text: str) -> Typed | None:
    """A Tron address, where most stolen USDT goes."""
    return _only("trx-address", base58check(text))


def _only(name: str, found: Typed | None) -> Typed | None:
    return found if found and found[0] == name else None


def ethereum(text: str) -> Typed | None:
    """An address of Ethereum or a chain of its kind, lower case. Mixed case must satisfy EIP-55."""
    if not _ETH.fullmatch(text):
        return None
    digits, lower = text[2:], text[2:].lower()
    if digits in (lower, digits.upper()) or digits == _eip55(lower):
        return "eth-address", f"0x{lower}"
    return None


def _eip55(lower: str) -> str:
    digest = keccak(lower.encode()).hex()
    return "".join(char.upper() if int(digest[i], 16) >= 8 else char for i, char in enumerate(lower))


# -- Monero (monero-project/monero, src/common/base58.cpp and cryptonote_config.h) --------------------------------

_MONERO_PREFIXES = {18: 69, 42: 69, 19: 77}  # network byte -> bytes in all: standard, subaddress, integrated
_FULL, _FULL_BYTES = 11, 8  # a block of 8 bytes is 11 characters
_TAIL_BYTES = {7: 5, 10: 7}  # characters of the last block -> bytes: 69 = 8 x 8 + 5 bytes, 77 = 9 x 8 + 5
_MONERO = re.compile(r"[48][1-9A-HJ-NP-Za-km-z]{94}(?:[1-9A-HJ-NP-Za-km-z]{11})?")


def monero(text: str) -> Typed | None:
    """A Monero address: Base58 by blocks, first four bytes of Keccak-256 as checksum."""
    if not _MONERO.fullmatch(text):
        return None
    raw = b"".join(_monero_block(text[i : i + _FULL]) for i in range(0, len(text), _FULL))
    if _MONERO_PREFIXES.get(raw[0] if raw else 0) != len(raw) or keccak(raw[:-4])[:4] != raw[-4:]:
        return None
    return "xmr-address", text


def _monero_block(block: str) -> bytes:
    """The bytes of one block; none where the number is too large, so that the length no longer fits."""
    size = _FULL_BYTES if len(block) == _FULL else _TAIL_BYTES.get(len(block), 0)
    number = base58.b58decode_int(block)
    return number.to_bytes(size, "big") if number < 1 << 8 * size else b""


def ripple(text: str) -> Typed | None:
    """An XRP Ledger classic address: Base58Check with its own alphabet, version 0."""
    if not re.fullmatch(r"r[1-9A-HJ-NP-Za-km-z]{24,34}", text):
        return None
    try:
        payload = base58.b58decode_check(text, alphabet=base58.RIPPLE_ALPHABET)
    except ValueError:
        return None
    return ("xrp-address", text) if len(payload) == 21 and payload[0] == 0 else None


def wallet(text: str) -> Typed | None:
    """Whichever of these it is; each carries a checksum of its own, so that no other can be meant."""
    if text[:2] in ("0x", "0X"):
        return ethereum(text)
    if len(text) in (95, 106):
        return monero(text)
    return bech32(text) or base58check(text) or ripple(text)

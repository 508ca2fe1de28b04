"""What malware and intrusions leave: hashes, files, registry keys, certificates, vulnerabilities.

Each function takes cleaned text and returns (type, value), or None.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from .addresses import fold

Typed = tuple[str, str]

_HEX = re.compile(r"[0-9a-fA-F]+")
HASH_LENGTHS = {32: "md5", 40: "sha1", 56: "sha224", 64: "sha256", 96: "sha384", 128: "sha512"}


def hex_of(name: str, length: int) -> Callable[[str], Typed | None]:
    """A reader of ``length`` hexadecimal digits, given in lower case under ``name``."""

    def read(text: str) -> Typed | None:
        return (name, text.lower()) if len(text) == length and _HEX.fullmatch(text) else None

    return read


def any_hash(text: str) -> Typed | None:
    """A hash whose type nobody told: by its length; or ssdeep or TLSH by their form."""
    name = HASH_LENGTHS.get(len(text))
    if name and _HEX.fullmatch(text):
        return name, text.lower()
    return ssdeep(text) or (tlsh(text) if text[:2] == "T1" else None)


def ssdeep(text: str) -> Typed | None:
    """A context-triggered piecewise hash: block size 3 x 2^n, two Base64 parts of at most 64 characters."""
    match = re.fullmatch(r'([0-9]{1,10}):([A-Za-z0-9+/]{0,64}):([A-Za-z0-9+/]{0,64})(?:,"[^"]*")?', text)
    if not match or not _is_block_size(int(match[1])) or (not match[2] + match[3] and int(match[1]) != 3):
        return None
    return "ssdeep", f"{int(match[1])}:{match[2]}:{match[3]}"


def _is_block_size(size: int) -> bool:
    blocks, rest = divmod(size, 3)
    return rest == 0 and blocks > 0 and blocks & (blocks - 1) == 0


def tlsh(text: str) -> Typed | None:
    """A TLSH hash in the form with its version in front: "T1" and 70 hexadecimal digits."""
    digits = text[2:] if len(text) == 72 and text[:2] == "T1" else text
    return ("tlsh", f"T1{digits.upper()}") if len(digits) == 70 and _HEX.fullmatch(digits) else None


def fingerprint(name: str, length: int) -> Callable[[str], Typed | None]:
    """A reader of a certificate's fingerprint, colons and spaces taken out."""
    read = hex_of(name, length)
    return lambda text: read(re.sub("[: ]", "", text))


def serial(text: str) -> Typed | None:
    """A certificate's serial number in hexadecimal, at most 20 bytes (RFC 5280, 4.1.2.2), no leading zeros."""
    digits = re.sub("[: ]", "", text).lower().removeprefix("0x").lstrip("0") or "0"
    # A serial of "0" is only that where a digit was written at all.
    return ("x509-serial", digits) if len(digits) <= 40 and _HEX.fullmatch(digits) and text[:1] >= "0" else None


# -- files --------------------------------------------------------------------------------------------------------

_WINDOWS = re.compile(r"[A-Za-z]:[\\/]|%[A-Za-z_()0-9]+%|\\\\[^\\]")


def file_name(text: str) -> Typed | None:
    """A file's name as received; with a folder in front it is a path."""
    if "\\" in text or "/" in text:
        return file_path(text)
    return ("file-name", text) if text and text not in (".", "..") else None


def file_path(text: str) -> Typed | None:
    """A path. Windows paths in lower case with single backslashes (NTFS tells no case apart), others as they are."""
    if not ("\\" in text or "/" in text):
        return file_name(text)
    if not _WINDOWS.match(text):
        return "file-path", text
    head, rest = (text[:2], text[2:]) if text.startswith("\\\\") else ("", text)
    return "file-path", fold(head + re.sub(r"[\\/]+", r"\\", rest)).strip()


# -- registry keys ------------------------------------------------------------------------------------------------

# Microsoft, "Registry hives" and the abbreviations reg.exe and PowerShell take
_HIVES = {
    "HKLM": "HKEY_LOCAL_MACHINE",
    "HKCU": "HKEY_CURRENT_USER",
    "HKCR": "HKEY_CLASSES_ROOT",
    "HKU": "HKEY_USERS",
    "HKCC": "HKEY_CURRENT_CONFIG",
    "HKPD": "HKEY_PERFORMANCE_DATA",
}
_LONG_HIVES = frozenset(_HIVES.values())
_KERNEL = {"\\REGISTRY\\MACHINE": "HKEY_LOCAL_MACHINE", "\\REGISTRY\\USER": "HKEY_USERS"}


def registry_key(text: str) -> Typed | None:
    """A Windows registry key (or key and value): the hive written out, the rest in lower case, single backslashes."""
    text = re.sub(r"\\+", r"\\", text).rstrip("\\ ")
    for kernel, hive in _KERNEL.items():
        if text.upper().startswith(kernel):
            text = hive + text[len(kernel) :]
    hive, slash, rest = text.partition("\\")
    hive = hive.upper().removesuffix(":")
    hive = _HIVES.get(hive, hive)
    return ("windows-registry-key", f"{hive}{slash}{fold(rest)}") if hive in _LONG_HIVES else None


# -- vulnerabilities ----------------------------------------------------------------------------------------------

_CVE = re.compile(r"cve[-_ ]([0-9]{4})[-_ ]([0-9]{4,19})", re.IGNORECASE)
_GHSA = re.compile(r"GHSA(?:-[23456789cfghjmpqrvwx]{4}){3}", re.IGNORECASE)


def vulnerability(text: str) -> Typed | None:
    """A CVE record's number (CVE JSON 5, cveId), or a GitHub advisory's."""
    if match := _CVE.fullmatch(text):
        return "vulnerability", f"CVE-{match[1]}-{match[2]}"
    return ("vulnerability", f"GHSA{text[4:].lower()}") if _GHSA.fullmatch(text) else None

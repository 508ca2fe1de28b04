"""Which property of which STIX object holds which observable: one table for objects and for patterns alike.

Source: STIX 2.1 section 6 (cyber-observables and their extensions), and names of objects that are not in the
specification but in wide use: those of OASIS cti-stix-common-objects and its mirrors (wallets, bank accounts, phones)
and those that Amnesty's indicators use (``file:path``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from hueandcry.exchange import patterns

# "object type:property.property" without list indexes -> type of observable; "" asks for a guess (an address or a name)
PATHS: Final[dict[str, str]] = {
    "artifact:url": "url",
    "autonomous-system:number": "autonomous-system",
    "bank-account:iban": "iban",
    "bank-account:iban_number": "iban",
    "bank-account:swift_code": "bic",
    "bank-card:number": "payment-card",
    "cryptocurrency-wallet:address": "wallet",
    "cryptocurrency-wallet:value": "wallet",
    "x-cryptocurrency-wallet:value": "wallet",
    "directory:path": "file-path",
    "domain-name:resolves_to_refs.value": "",
    "domain-name:value": "domain-name",
    "email-addr:value": "email-addr",
    "email-message:from_ref.value": "email-addr",
    "email-message:message_id": "text",
    "email-message:sender_ref.value": "email-addr",
    "email-message:subject": "email-subject",
    "email-message:to_refs.value": "email-addr",
    "file:content_ref.url": "url",
    "file:extensions.windows-pebinary-ext.imphash": "imphash",
    "file:name": "file-name",
    "file:parent_directory_ref.path": "file-path",
    "file:path": "file-path",
    "hostname:value": "host",
    "iban:value": "iban",
    "ipv4-addr:value": "ipv4-addr",
    "ipv6-addr:value": "ipv6-addr",
    "mac-addr:value": "mac-addr",
    "mutex:name": "mutex",
    "network-traffic:dst_port": "port",
    "network-traffic:dst_ref.value": "",
    "network-traffic:extensions.http-request-ext.request_header.Host": "host",
    "network-traffic:extensions.http-request-ext.request_header.User-Agent": "user-agent",
    "network-traffic:src_ref.value": "",
    "phone-number:number": "phone-number",
    "phone-number:value": "phone-number",
    "process:binary_ref.name": "file-name",
    "process:image_ref.name": "file-name",
    "process:name": "file-name",
    "url:value": "url",
    "user-agent:string": "user-agent",
    "user-agent:value": "user-agent",
    "windows-registry-key:key": "windows-registry-key",
    "win-registry-key:key": "windows-registry-key",
    "x509-certificate:serial_number": "x509-serial",
    "x-phone-number:value": "phone-number",
    "phone:value": "phone-number",
}
# Hash names (section 10.9, and as people write them) without case and hyphens -> type of observable
HASHES: Final[dict[str, str]] = {
    "md5": "md5",
    "sha1": "sha1",
    "sha224": "sha224",
    "sha256": "sha256",
    "sha384": "sha384",
    "sha512": "sha512",
    "ssdeep": "ssdeep",
    "tlsh": "tlsh",
    "imphash": "imphash",
    "ja3": "ja3",
}
_CERTIFICATE: Final[dict[str, str]] = {"sha1": "x509-sha1", "sha256": "x509-sha256"}
_HASHED: Final = frozenset(("file", "artifact", "x509-certificate"))
# Handles of accounts are told with the platform (section 10.1); for these types there is none, as they are local
_LOCAL: Final = frozenset(("unix", "windows-local", "windows-domain", "ldap", "tacacs", "radius", "nis"))
_ACCOUNT: Final = ("account_login", "user_id")

Part = tuple[str, str]  # type of observable, raw value


def _rows() -> dict[str, tuple[tuple[tuple[str, ...], str], ...]]:
    """The table by object type, without paths that lead into other objects: those tell of themselves."""
    rows: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for path, kind in PATHS.items():
        object_type, _, keys = path.partition(":")
        steps = tuple(keys.split("."))
        if not any(step.endswith(("_ref", "_refs")) for step in steps):
            rows.setdefault(object_type, []).append((steps, kind))
    return {object_type: tuple(found) for object_type, found in rows.items()}


_OF_OBJECT: Final = _rows()
TYPES: Final = frozenset(_OF_OBJECT) | _HASHED | {"user-account"}


def of_object(found: Mapping[str, Any]) -> Iterator[Part]:
    """Give the raw observables that one cyber-observable object holds."""
    kind = found.get("type", "")
    if not isinstance(kind, str):
        return
    for steps, observable in _OF_OBJECT.get(kind, ()):
        yield from ((observable, value) for value in _along(found, steps))
    if kind in _HASHED and isinstance(hashes := found.get("hashes"), dict):
        for name, value in hashes.items():
            if (observable := _hash(kind, name)) and isinstance(value, str):
                yield observable, value
    if kind == "user-account":
        yield from _account(found)


def of_pattern(pattern: patterns.Pattern) -> Iterator[Part]:
    """Give the raw observables that a pattern asserts."""
    told = list(patterns.observations(pattern))
    for object_type, path, value in told:
        observable = _of_path(object_type, path)
        if observable is not None and isinstance(value, str | int) and not isinstance(value, bool):
            yield observable, str(value)
    accounts = [one for one in told if one.object_type == "user-account"]
    if accounts:
        yield from _asserted_accounts(accounts)


def of_references(found: Mapping[str, Any]) -> Iterator[Part]:
    """Give the numbers of vulnerabilities that an object refers to (section 4.19), its name among them."""
    name = found.get("name")
    if isinstance(name, str) and name[:4].upper() in ("CVE-", "GHSA"):
        yield "vulnerability", name
    references = found.get("external_references")
    for one in references if isinstance(references, list) else ():
        number = one.get("external_id") if isinstance(one, dict) else None
        if isinstance(number, str) and str(one.get("source_name", "")).lower() == "cve":
            yield "vulnerability", number


def _along(found: Any, steps: tuple[str, ...]) -> Iterator[str]:
    for step in steps:
        found = found.get(step) if isinstance(found, dict) else None
    if isinstance(found, str | int) and not isinstance(found, bool):
        yield str(found)


def _hash(kind: str, name: str) -> str:
    plain = name.lower().replace("-", "").replace("_", "")
    return _CERTIFICATE.get(plain, "") if kind == "x509-certificate" else HASHES.get(plain, "")


def _of_path(object_type: str, path: tuple[patterns.Step, ...]) -> str | None:
    keys = [step for step in path if isinstance(step, str)]
    if object_type in _HASHED and "hashes" in keys[:-1]:
        return _hash(object_type, keys[-1]) or None
    if keys[-2:-1] == ["hashes"]:  # network-traffic:...content_ref.hashes and their like
        return _hash("file", keys[-1]) or None
    return PATHS.get(f"{object_type}:{'.'.join(keys)}")


def _account(found: Mapping[str, Any]) -> Iterator[Part]:
    platform = found.get("account_type")
    for name in _ACCOUNT:
        handle = found.get(name)
        if isinstance(handle, str) and handle:
            yield "user-account", _handle(platform, handle)
            return


def _handle(platform: object, handle: str) -> str:
    told = isinstance(platform, str) and platform and platform not in _LOCAL
    return f"{platform}:{handle}" if told else handle.replace(":", " ")


def _asserted_accounts(told: list[patterns.Assertion]) -> Iterator[Part]:
    """Accounts: the platform stands in a comparison of its own; where several are told, it belongs to none for sure."""
    platforms = {str(one.value) for one in told if one.path == ("account_type",)}
    platform = platforms.pop() if len(platforms) == 1 else None
    named = {one.path for one in told}
    wanted = next((name for name in _ACCOUNT if (name,) in named), "")
    for one in told:
        if one.path == (wanted,) and isinstance(one.value, str):
            yield "user-account", _handle(platform, one.value)

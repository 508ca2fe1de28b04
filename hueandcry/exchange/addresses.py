"""Network addresses in canonical form: IP addresses and ranges, domains, URLs, e-mail, MAC, AS numbers, ports.

Each function takes cleaned text and returns (type, value), or None where the text is no such thing. The plain form is
tried first and marks of defanging only where that fails, since nearly all values arrive plain.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import unicodedata
from functools import lru_cache

import idna

Typed = tuple[str, str]

_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = re.compile(rf"(?:{_OCTET}\.){{3}}{_OCTET}")
# Underscores stand in real DNS names (_dmarc, SRV); a last label of digits only would be an address (RFC 3696, 2).
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])?")
_SINGLE = re.compile(_LABEL)
_MAX_DOMAIN = 253  # RFC 1035, 2.3.4, as text

# What people put in a value so that nobody clicks on it, and what it stands for.
DEFANGED = re.compile(
    r"[ ]?(?:\[(?:\.|dot|punkt|punto|point)\]|\((?:\.|dot|punkt|punto|point)\)|\{(?:\.|dot)\})[ ]?"
    r"|(?P<at>[ ]?(?:\[(?:@|at)\]|\((?:@|at)\)|\{(?:@|at)\})[ ]?)"
    r"|(?P<colon>\[:\]|\(:\))"
    r"|(?P<half>\[\.|\.\]|\\\.)",
    re.IGNORECASE,
)


def plain_dots(text: str) -> str:
    """``text`` with [.], (dot), [at], [:] and their like replaced by what they stand for."""
    if not any(mark in text for mark in "[({\\]"):
        return text
    return DEFANGED.sub(meant, text)


def meant(match: re.Match[str]) -> str:
    """What a match of ``DEFANGED`` stands for."""
    return "@" if match["at"] else ":" if match["colon"] else "."


def fold(text: str) -> str:
    """Lower case in NFC, where a second pass changes nothing."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).lower())


def ip(text: str) -> Typed | None:
    """An address or a range, of either family: "1.2.3.4/32" is an address, "1.2.3.4/24" the range 1.2.3.0/24."""
    if _IPV4.fullmatch(text):
        return "ipv4-addr", text
    return _ip(text) or (_ip(plain) if (plain := plain_dots(text)) != text else None)


def _ip(text: str) -> Typed | None:
    if _IPV4.fullmatch(text):
        return "ipv4-addr", text
    if "/" in text or "-" in text or "–" in text:
        return _range(text)
    return _ipv6(text) if ":" in text else None


def _ipv6(text: str) -> Typed | None:
    if text[0] == "[" and text[-1] == "]":
        text = text[1:-1]
    text = text.partition("%")[0]  # the zone means something on one machine only (RFC 4007, 6)
    try:
        packed = socket.inet_pton(socket.AF_INET6, text)
    except (OSError, ValueError):
        return None
    return _ipv6_of(packed)


def _ipv6_of(packed: bytes) -> Typed:
    if packed[:12] == b"\0" * 10 + b"\xff\xff":
        return "ipv4-addr", socket.inet_ntop(socket.AF_INET, packed[12:])
    if packed[:12] == b"\0" * 12:  # the C library writes these with a dotted tail, RFC 5952 does not
        return "ipv6-addr", str(ipaddress.IPv6Address(packed))
    return "ipv6-addr", socket.inet_ntop(socket.AF_INET6, packed)


def _range(text: str) -> Typed | None:
    first, sep, last = text.replace("–", "-").partition("-")
    try:
        if not sep:
            return _network(ipaddress.ip_network(text.replace(" ", ""), strict=False))
        return _span(ipaddress.ip_address(first.strip()), ipaddress.ip_address(last.strip()))
    except ValueError:
        return None


def _network(network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> Typed | None:
    if "%" in str(network):
        return None
    if network.prefixlen == network.max_prefixlen:
        return _ip(str(network.network_address))
    return "ip-range", str(network)


def _span(
    first: ipaddress.IPv4Address | ipaddress.IPv6Address, last: ipaddress.IPv4Address | ipaddress.IPv6Address
) -> Typed | None:
    """First to last as one network where it is one, otherwise as "first-last"."""
    if first.version != last.version or int(first) > int(last) or "%" in f"{first}{last}":
        return None
    size = int(last) - int(first) + 1
    if size & (size - 1) == 0 and int(first) % size == 0:
        return _network(ipaddress.ip_network((int(first).to_bytes(len(first.packed), "big"), _prefix(first, size))))
    return "ip-range", f"{first}-{last}"


def _prefix(address: ipaddress.IPv4Address | ipaddress.IPv6Address, size: int) -> int:
    return address.max_prefixlen - (size.bit_length() - 1)


def domain(text: str) -> Typed | None:
    """A domain name of two labels or more: A-labels, lower case, no trailing dot. An IPv4 address is told as such."""
    lower = text.lower()
    if len(lower) <= _MAX_DOMAIN and _DOMAIN.fullmatch(lower):
        return "domain-name", lower
    return _odd_domain(plain_dots(lower))


def _odd_domain(text: str) -> Typed | None:
    text = text.removeprefix("*.").strip(".")
    if not text.isascii():
        text = _a_labels(text)
    text = text.strip(".")
    if _IPV4.fullmatch(text):
        return "ipv4-addr", text
    if len(text) <= _MAX_DOMAIN and _DOMAIN.fullmatch(text):
        return "domain-name", text
    return None


@lru_cache(maxsize=4096)
def _a_labels(text: str) -> str:
    """UTS 46 mapping, then IDNA 2008; "" where a label is not allowed."""
    if len(text) > _MAX_DOMAIN:
        return ""
    try:
        labels = idna.uts46_remap(text, False, False).split(".")
        return ".".join(label if label.isascii() else idna.alabel(label).decode() for label in labels).lower()
    except (idna.IDNAError, UnicodeError, IndexError):
        return ""


def hostname(text: str) -> Typed | None:
    """A machine's name: one label ("desktop-7f3a"), or a domain name or address where it is one."""
    lower = fold(text)
    if _SINGLE.fullmatch(lower) and not lower.isdigit():
        return "hostname", lower
    return ip(text) or domain(text)


# -- URLs ---------------------------------------------------------------------------------------------------------

_SCHEMES = {"fxp": "ftp", "fxps": "ftps", "sxftp": "sftp", "meow": "http", "meows": "https"}  # said instead, to be safe
_DEFANGED_HTTP = re.compile(r"h[tx*]{2}p(s?)")
_PORTS = {
    "http": "80",
    "https": "443",
    "ftp": "21",
    "ws": "80",
    "wss": "443",
}  # RFC 3986, 6.2.3: the default is left out
_HEAD = re.compile(
    r"([A-Za-z][A-Za-z0-9+.*-]{1,31})[ ]?(?:://|\[:\]//|\[://\]|:\[//\]|\(:\)//|\[:/\]/|:\\\\|\[:\]\[/\]\[/\]|:\[/\]\[/\])"
)
_REST = re.compile(r"([^/?#\\]*)([^?#]*)(\?[^#]*)?")
_PLAIN_PATH = re.compile(r"[A-Za-z0-9\-._~!$&'()*+,;=:@/?]*")
_ENCODE = re.compile(r"%[0-9A-Fa-f]{2}|[^A-Za-z0-9\-._~!$&'()*+,;=:@/?]")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")  # RFC 3986, 2.3
_HOST_PORT = re.compile(r"(.*?)(?::([0-9]{0,5}))?")


def url(text: str) -> Typed | None:
    """A URL after RFC 3986, 6.2: scheme and host in lower case, default port out, percent-encoding made uniform.

    Left out on purpose: the fragment (it never reaches the server, and phishing kits put the victim's address there)
    and the password of the user part (no password is ever kept as an observable; the user name stays). Dot segments
    stay, since "/../.." is what tells an exploit. Without a scheme: a lone host is that host, a host with a path or
    port is taken as http. "mailto:" gives the e-mail address.
    """
    head = _HEAD.match(text)
    if head:
        return _url_after(_scheme(head[1].lower()), text[head.end() :])
    if text[:7].lower() == "mailto:":
        return email(text[7:].partition("?")[0])
    return _without_scheme(text)


def _scheme(scheme: str) -> str:
    if scheme in _PORTS:
        return scheme
    if http := _DEFANGED_HTTP.fullmatch(scheme):
        return f"http{http[1]}"
    return _SCHEMES.get(scheme, scheme)


def _without_scheme(text: str) -> Typed | None:
    if host := (ip(text) or domain(text)):
        return host
    made = _url_after("http", text)
    return made if made and "." in made[1][7:].partition("/")[0] else None


def _url_after(scheme: str, rest: str) -> Typed | None:
    if "*" in scheme:
        return None
    parts = _REST.match(rest.replace("[/]", "/") if "[/]" in rest else rest)
    if parts is None:
        return None
    authority, path, query = parts[1], parts[2], parts[3] or ""
    if path.startswith("\\"):  # written the Windows way; browsers take it for a slash (WHATWG URL, 4.4)
        path = path.replace("\\", "/")
    where = _authority(scheme, authority)
    if where is None:
        return None
    return "url", f"{scheme}://{where}{_encoded(path) or '/'}{_encoded(query)}"


def _authority(scheme: str, authority: str) -> str | None:
    if not authority:
        return "" if scheme == "file" else None
    if "[" in authority or "(" in authority or "{" in authority or "]" in authority:
        authority = plain_dots(authority)
    user, at, rest = authority.rpartition("@")
    host, port = _host_port(rest)
    name = url_host(host)
    if name is None or (port and not 0 < int(port) <= 65535):
        return None
    port = "" if not port or _PORTS.get(scheme) == port.lstrip("0") else f":{int(port)}"
    return f"{_encoded(user.partition(':')[0]) + at if user else ''}{name}{port}"


def _host_port(text: str) -> tuple[str, str]:
    match = _HOST_PORT.fullmatch(text)
    return (match[1], match[2] or "") if match else (text, "")


def url_host(host: str) -> str | None:
    """The host of a URL as it is written there (IPv6 in brackets), or None."""
    lower = host.lower()
    if len(lower) <= _MAX_DOMAIN and _DOMAIN.fullmatch(lower):
        return lower
    if host.startswith("[") and host.endswith("]"):
        address = _ipv6(host)
        return address and (f"[{address[1]}]" if address[0] == "ipv6-addr" else address[1])
    if _SINGLE.fullmatch(lower):
        return lower if not lower.isdigit() else None
    found = _odd_domain(lower)
    return found[1] if found else None


def _encoded(text: str) -> str:
    return text if _PLAIN_PATH.fullmatch(text) else _ENCODE.sub(_encode, text)


def _encode(match: re.Match[str]) -> str:
    found = match[0]
    if len(found) == 3:
        char = chr(int(found[1:], 16))
        return char if char in _UNRESERVED else found.upper()
    return "".join(f"%{byte:02X}" for byte in found.encode("utf-8", "replace"))


# -- e-mail and the smaller ones ----------------------------------------------------------------------------------

_LOCAL = re.compile(r"[^\s@<>()\[\]\\,;:\"]{1,64}")  # RFC 5321, 4.5.3.1.1; letters beyond ASCII as in RFC 6531
_MAC = re.compile(r"[0-9a-f]{2}(?:([:-])[0-9a-f]{2})(?:\1[0-9a-f]{2}){4}|(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}")
_AS = re.compile(r"(?:asn?[ ]?)?([0-9]{1,10})", re.IGNORECASE)
_PORT = re.compile(r"(?:(?:tcp|udp)[/:]?)?([0-9]{1,5})(?:/(?:tcp|udp))?", re.IGNORECASE)


def email(text: str) -> Typed | None:
    """An e-mail address, all lower case (no provider of note tells case apart), its domain as A-labels."""
    return _email(text) or (_email(plain) if (plain := plain_dots(text)) != text else None)


def _email(text: str) -> Typed | None:
    if text.endswith(">"):
        text = text[:-1].rpartition("<")[2]
    local, at, host = text.removeprefix("mailto:").rpartition("@")
    if not at or not _LOCAL.fullmatch(local):
        return None
    local = fold(local)
    found = domain(host)
    if found is None or found[0] != "domain-name" or not _LOCAL.fullmatch(local):
        return None
    return "email-addr", f"{local}@{found[1]}"


def mac(text: str) -> Typed | None:
    """A MAC address as STIX writes it: lower case, colons (STIX 2.1, 6.9)."""
    lower = text.lower()
    if not _MAC.fullmatch(lower):
        return None
    digits = re.sub("[^0-9a-f]", "", lower)
    return "mac-addr", ":".join(digits[i : i + 2] for i in range(0, 12, 2))


def autonomous_system(text: str) -> Typed | None:
    """ "AS65000" from "65000", "as65000", "ASN 65000"; 32 bits (RFC 6793)."""
    match = _AS.fullmatch(text)
    return ("autonomous-system", f"AS{int(match[1])}") if match and int(match[1]) < 2**32 else None


def port(text: str) -> Typed | None:
    """A TCP or UDP port as a number; "443/tcp" is taken as 443."""
    match = _PORT.fullmatch(text)
    return ("port", str(int(match[1]))) if match and int(match[1]) < 2**16 else None

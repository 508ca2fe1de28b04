"""Values that mean little: the MISP warning lists of the package ``pymispwarninglists``, indexed for speed.

The package's own search walks every list; here one index answers for all of them: exact values in a dictionary, hosts
by their parents in another, addresses by bisection in intervals that do not overlap. It is loaded on first use.

Where this departs from the package's search, and why:
- The two lists of a million sites each are left out for their memory; rankings of the top 20,000 and less stay.
- "substring" lists hold domains: ``mail.com`` is found in a.mail.com and x@mail.com, not in hotmail.com.
- An entry with a dot in front (".bmw.de") holds bmw.de itself too, and in "string" lists its subdomains.
- A URL is looked up by its host in every list of hosts, an e-mail address by its domain in the lists of mail domains.
- An IPv6 entry that maps an IPv4 address (::ffff:1.2.3.4) holds the IPv4 address, which is how we write it.
- Regular expressions must match the whole number, in its international or national form (one of them would hold every
  number with "08" in it otherwise).
"""

from __future__ import annotations

import ipaddress
import re
import socket
from array import array
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import phonenumbers
import pymispwarninglists

from .addresses import domain as read_domain
from .names import registrable
from .observables import TYPES, url_host

_FOLDER = Path(pymispwarninglists.__file__).parent / "data" / "misp-warninglists" / "lists"
_LEFT_OUT = frozenset({"tranco", "google-chrome-crux-1million"})

_LISTED = 0.02  # what is left of the weight of a value that everybody uses
# Lists (by folder) on which a value keeps more of its weight, and why
_FACTORS: dict[str, float] = {
    # Rented addresses: strangers follow each other there, but a server does not move every hour.
    **dict.fromkeys(("amazon-aws", "microsoft-azure", "microsoft-azure-china", "microsoft-azure-germany"), 0.4),
    **dict.fromkeys(("microsoft-azure-us-gov", "google-gcp", "ovh-cluster", "vpn-ipv4", "vpn-ipv6"), 0.4),
    **dict.fromkeys(("smtp-sending-ips", "smtp-receiving-ips", "sinkholes"), 0.2),
    # Cheap and taken up by criminals on purpose: an address there is worth a look.
    "disposable-email": 0.7,
    "phone_numbers": 0.1,
    # Written by hand for the pandemic, never taken back.
    **dict.fromkeys(("covid", "covid-19-krassi-whitelist", "covid-19-cyber-threat-coalition-whitelist"), 0.5),
}
# Lists of those who give names to customers: the provider's own name means nothing, a customer's does.
_PROVIDERS = frozenset(
    {"dynamic-dns", "lots-project", "link-in-bio", "parking-domain-ns", "public-ipfs-gateways", "second-level-tlds"}
)
_CUSTOMER = 0.7  # a name under somebody else's domain: cheap to get, but one holder has it
_SHARED_URL = 0.5  # a certain page on a site that everybody uses

Ids = tuple[int, ...]


class Entry(NamedTuple):
    """One list: its folder, the name people know it by, and what remains of the weight of a value on it."""

    folder: str
    name: str
    factor: float


class Intervals:
    """Which lists hold an address: borders in ascending order, and the lists from each border to the next."""

    def __init__(self, networks: Iterable[tuple[int, int, int]], width: int) -> None:
        """``networks``: first address, the one after the last, list; ``width`` in bytes of an address."""
        self._known: dict[Ids, Ids] = {}
        self._borders: list[int] | array[int] = []
        self._lists: list[Ids] = []
        changes: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for first, after, entry in networks:
            changes[first].append((entry, 1))
            changes[after].append((entry, -1))
        self._swept(changes)
        if width == 4:  # eight bytes a border rather than an object
            self._borders = array("Q", self._borders)

    def _swept(self, changes: dict[int, list[tuple[int, int]]]) -> None:
        open_lists: dict[int, int] = defaultdict(int)
        for border in sorted(changes):
            for entry, step in changes[border]:
                open_lists[entry] += step
                if not open_lists[entry]:
                    del open_lists[entry]
            ids = tuple(sorted(open_lists))
            self._borders.append(border)
            self._lists.append(self._known.setdefault(ids, ids))

    def at(self, address: int) -> Ids:
        """The lists that hold ``address``."""
        index = bisect_right(self._borders, address) - 1
        return self._lists[index] if index >= 0 else ()

    def all_over(self, first: int, last: int) -> Ids:
        """The lists that hold each address from ``first`` to ``last``."""
        low, high = bisect_right(self._borders, first) - 1, bisect_right(self._borders, last)
        if low < 0:
            return ()
        common = set(self._lists[low]).intersection(*self._lists[low + 1 : high])
        return tuple(sorted(common))


class Index:
    """All the lists, ready to be asked."""

    def __init__(self, folder: Path = _FOLDER) -> None:
        self.entries: list[Entry] = []
        self._known: dict[Ids, Ids] = {}
        self.exact: dict[str, Ids] = {}
        self.hosts: dict[str, Ids] = {}  # these and all names under them
        self.mail: dict[str, Ids] = {}  # domains of e-mail addresses
        self.patterns: list[tuple[re.Pattern[str], bool, int]] = []  # pattern, whether for phone numbers, list
        networks: dict[int, list[tuple[int, int, int]]] = {4: [], 16: []}
        for path in sorted(folder.glob("*/list.json")):
            if path.parent.name not in _LEFT_OUT:
                self._add(path.parent.name, orjson.loads(path.read_bytes()), networks)
        self.v4, self.v6 = Intervals(networks[4], 4), Intervals(networks[16], 16)

    def _add(self, folder: str, content: dict[str, Any], networks: dict[int, list[tuple[int, int, int]]]) -> None:
        number = len(self.entries)
        self.entries.append(Entry(folder, content["name"], _FACTORS.get(folder, _LISTED)))
        if content["type"] == "regex":
            self._add_patterns(number, content)
        elif content["type"] == "cidr":
            for text in content["list"]:
                self._add_network(number, text, networks)
        else:
            self._add_names(number, content)

    def _add_network(self, number: int, text: str, networks: dict[int, list[tuple[int, int, int]]]) -> None:
        if plain := _plain_network(text):
            networks[4].append((*plain, number))
            return
        try:
            found = ipaddress.ip_network(text, strict=False)
        except ValueError:
            self._put(self.exact, text.lower(), number)
            return
        first = int(found.network_address)
        width = 4 if found.version == 4 else 16
        networks[width].append((first, first + found.num_addresses, number))
        mapped = found.network_address.ipv4_mapped if isinstance(found, ipaddress.IPv6Network) else None
        if mapped and found.prefixlen >= 96:  # canonical values write a mapped address as the IPv4 one that it is
            networks[4].append((int(mapped), int(mapped) + found.num_addresses, number))

    def _add_names(self, number: int, content: dict[str, Any]) -> None:
        """ "string": exact, "hostname" and "substring": with all names under it."""
        matches = content.get("matching_attributes", [])
        for text in content["list"]:
            name = _plain_name(text)
            under = content["type"] != "string" or text.startswith(".")
            self._put(self.hosts if under else self.exact, name, number)
            if "email-src" in matches:
                self._put(self.mail, name, number)

    def _add_patterns(self, number: int, content: dict[str, Any]) -> None:
        is_phone = "phone-number" in content.get("matching_attributes", [])
        for text in content["list"]:
            body, _, flags = text[1:].rpartition("/")
            flag = re.IGNORECASE if "i" in flags else re.NOFLAG
            self.patterns.append((re.compile(body, flag), is_phone, number))

    def _put(self, table: dict[str, Ids], key: str, number: int) -> None:
        ids = (*table.get(key, ()), number)
        if len(ids) == 1 or ids[-2] != number:
            table[key] = self._known.setdefault(ids, ids)

    # -- asking ----------------------------------------------------------------------------------------------------

    def of_host(self, host: str) -> Ids:
        """The lists that hold a domain itself or one it stands under."""
        found = self.exact.get(host, ())
        at = 0
        while True:
            if ids := self.hosts.get(host[at:] if at else host):
                found += ids
            at = host.find(".", at) + 1
            if not at:
                return found

    def of_address(self, address: str) -> Ids:
        """The lists that hold an IP address in canonical form."""
        if ":" in address:
            return self.v6.at(int.from_bytes(socket.inet_pton(socket.AF_INET6, address)))
        return self.v4.at(int.from_bytes(socket.inet_aton(address)))

    def of_range(self, text: str) -> Ids:
        """The lists that hold every address of a range in canonical form."""
        first, dash, last = text.partition("-")
        if dash:
            low, high = ipaddress.ip_address(first), ipaddress.ip_address(last)
        else:
            network = ipaddress.ip_network(text)
            low, high = network.network_address, network.broadcast_address
        return (self.v4 if low.version == 4 else self.v6).all_over(int(low), int(high))

    def of_email(self, address: str) -> Ids:
        """The lists that hold an e-mail address, by its domain and by its form."""
        domain = address.rpartition("@")[2]
        found = self.exact.get(address, ())
        at = 0
        while True:
            found += self.mail.get(domain[at:], ())
            at = domain.find(".", at) + 1
            if not at:
                break
        return found + tuple(n for pattern, is_phone, n in self.patterns if not is_phone and pattern.search(address))

    def of_phone(self, number: str) -> Ids:
        """The lists that hold a phone number in E.164 (numbers kept free for films, mostly)."""
        forms = (number, *_national_forms(number))
        return tuple({n for pattern, is_phone, n in self.patterns if is_phone and any(map(pattern.fullmatch, forms))})

    def of_url(self, url: str) -> Ids:
        """The lists that hold a URL, or its host."""
        host = url_host(url)
        by_host = self.of_address(host) if _is_address(host) else self.of_host(host)
        return self.exact.get(url, ()) + by_host


def _plain_network(text: str) -> tuple[int, int] | None:
    """First address and the one after the last of "a.b.c.d" or "a.b.c.d/n", as nearly all are; None for anything else,
    right or wrong. For its speed: ``ipaddress`` takes six times as long, and each process begins with this."""
    head, _, bits = text.partition("/")
    if bits and not (bits.isascii() and bits.isdigit() and len(bits) <= 2 and int(bits) <= 32):
        return None
    if not bits and "/" in text:
        return None
    try:
        address = int.from_bytes(socket.inet_pton(socket.AF_INET, head))
    except (OSError, ValueError):  # ValueError: a zero byte
        return None
    span = 1 << (32 - int(bits or 32))
    return (first := address & -span), first + span


def _plain_name(text: str) -> str:
    name = text.strip().lower().removeprefix("*").removeprefix(".")
    if name.isascii():
        return name
    found = read_domain(name)
    return found[1] if found else name


def _is_address(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdigit()


def _national_forms(number: str) -> Iterator[str]:
    """With the "0" of the trunk after the country code, as the list writes them, and without country code."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return
    yield f"+{parsed.country_code}0{parsed.national_number}"
    yield f"{parsed.national_number}"
    yield f"0{parsed.national_number}"


@lru_cache(maxsize=1)
def index() -> Index:
    """The index, built on first use."""
    return Index()


_ASKS: dict[str, Callable[[Index, str], Ids]] = {
    "ipv4-addr": Index.of_address,
    "ipv6-addr": Index.of_address,
    "ip-range": Index.of_range,
    "domain-name": Index.of_host,
    "hostname": Index.of_host,
    "url": Index.of_url,
    "email-addr": Index.of_email,
    "phone-number": Index.of_phone,
}


def _ids(type: str, value: str) -> Ids:  # noqa: A002
    lists = index()
    ask = _ASKS.get(type)
    if ask is None:
        return lists.exact.get(value, ())
    try:
        return ask(lists, value)
    except (ValueError, OSError):  # not in canonical form: it is on no list
        return ()


def listed(type: str, value: str) -> tuple[str, ...]:  # noqa: A002
    """Names of the warning lists that hold ``value``, which is in canonical form. Never raises.

    A URL is held by the lists that hold its host: say so to the reader, since a page on a top site may be evil yet.
    """
    entries = index().entries
    return tuple(dict.fromkeys(entries[number].name for number in _ids(type, value)))


def weight(type: str, value: str) -> float:  # noqa: A002
    """How telling a shared value is, 0 to 1: the ``telling`` of its type, times the smallest factor of its lists.

    A listed value weighs near 0; a customer's name under a provider's domain, a page on a shared site and a rented
    address keep a part, since one holder has them at a time. 0 for a type that is none of ``TYPES``.
    """
    kind = TYPES.get(type)
    if kind is None:
        return 0.0
    numbers = _ids(type, value)
    return kind.telling * _remaining(type, value, numbers) if numbers else kind.telling


def _remaining(type: str, value: str, numbers: Ids) -> float:  # noqa: A002
    """What remains of the weight of a value that the lists ``numbers`` hold."""
    smallest = min(index().entries[number].factor for number in numbers)
    if type == "domain-name":
        return _of_domain(value, numbers, smallest)
    if type != "url" or _is_address(host := url_host(value)):
        return smallest
    of_host = _of_domain(host, numbers, smallest)
    is_front_page = value.partition("://")[2].partition("/")[2] == ""
    return of_host if is_front_page else max(of_host, _SHARED_URL)


def _of_domain(host: str, numbers: Ids, smallest: float) -> float:
    """A customer's name under a provider's keeps more: where the list is one of providers, or where the public suffix
    list says that the listed name is one that others register under (github.io)."""
    if _is_entry(host):
        return smallest
    entries = index().entries
    is_customer = any(entries[number].folder in _PROVIDERS for number in numbers) or not _is_entry(registrable(host))
    return max(smallest, _CUSTOMER) if is_customer else smallest


def _is_entry(host: str) -> bool:
    """Whether the host stands on a list by its own name, rather than under one that does."""
    return host in index().hosts or host in index().exact

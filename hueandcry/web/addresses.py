"""Which addresses of the network belong to the public internet. Pure; what may be called is decided by who calls."""

from __future__ import annotations

import ipaddress

_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: an IPv4 address in other clothes, which a gateway takes off


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, and so is the IPv4 address that it holds, where it does."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if ip in _NAT64:
        return False
    return all(one.is_global and not one.is_multicast and not one.is_reserved for one in (ip, _held(ip) or ip))


def _held(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address inside an IPv6 one: mapped, 6to4 or Teredo."""
    if isinstance(ip, ipaddress.IPv4Address):
        return None
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)

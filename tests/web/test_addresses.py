"""Which addresses are of the public internet: each range that is not, plain and inside an IPv6 address."""

from __future__ import annotations

import pytest

from hueandcry.web.addresses import is_public


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700:4700::1111", "2001:4860:4860::8888"])
def test_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1",
        "0.0.0.0",  # noqa: S104  an address to refuse, not to bind to
        "240.0.0.1", "192.0.2.1", "::1", "::", "fe80::1%eth0", "fd00::1", "ff02::1", "::ffff:10.0.0.1",
        "2002:a00:1::", "2002:7f00:1::", "64:ff9b::a00:1", "64:ff9b::808:808", "2001:0:4136:e378:8000:63bf:f5ff:fffe",
    ],
)  # fmt: skip
def test_not_public(address: str) -> None:
    assert not is_public(address)

"""The net is cut in tests, or none of the others could be believed."""

from __future__ import annotations

import socket

import pytest


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("example.org", 443)])
def test_no_test_leaves_this_machine(address: tuple[str, int]) -> None:
    with pytest.raises(RuntimeError, match="a test"):
        socket.create_connection(address, timeout=1)


def test_this_machine_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        pass

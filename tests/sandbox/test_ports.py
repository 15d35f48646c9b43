"""Ports of servers that are started again where they were."""

import socket

import pytest

from sandbox.ports import FIRST_PORT, PORTS, listener


def test_a_free_port_is_none_that_outgoing_connections_get() -> None:
    with listener(0) as held:
        port = held.getsockname()[1]

    assert FIRST_PORT <= port < FIRST_PORT + PORTS


def test_a_port_can_be_had_again_while_connections_to_it_linger() -> None:
    with listener(0) as first:
        port = first.getsockname()[1]
        client = socket.create_connection(("127.0.0.1", port))
        first.accept()[0].close()
    with client, listener(port) as second:
        assert second.getsockname()[1] == port


def test_a_port_that_is_in_use_is_refused() -> None:
    with listener(0) as held, pytest.raises(OSError, match="in use"):
        listener(held.getsockname()[1])

"""Ports of servers that are started again where they were."""

import itertools
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from sandbox.ports import FIRST_PORT, PORTS, bind_free, listener


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


_RESERVES_A_PORT = """
import socket, sys
from sandbox.ports import bind_free
with socket.socket() as holder:
    port = bind_free(holder)
print(port, flush=True)
sys.stdin.read()
"""


def test_a_port_that_another_process_has_found_is_not_found_again_before_its_server_listens(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    command = [sys.executable, "-c", _RESERVES_A_PORT]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        reserved = int(other.stdout.readline())
        draws = draws_of(reserved)
        monkeypatch.setattr("secrets.randbelow", lambda _: next(draws) - FIRST_PORT)
        with listener(0) as found:
            assert found.getsockname()[1] != reserved
        other.stdin.close()


def test_two_ports_of_a_process_differ_though_neither_is_bound_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as first:
        port = bind_free(first)
    draws = draws_of(port)
    monkeypatch.setattr("secrets.randbelow", lambda _: next(draws) - FIRST_PORT)

    with socket.socket() as second:
        assert bind_free(second) != port


def test_a_machine_without_a_free_port_is_an_error_and_not_a_search_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.socket() as first, socket.socket() as second:
        port = bind_free(first)
        monkeypatch.setattr("secrets.randbelow", lambda _: port - FIRST_PORT)

        with pytest.raises(OSError, match="no free port"):
            bind_free(second)


def draws_of(port: int) -> Iterator[int]:
    """What the random draw gives: this port twice, then all others."""
    return itertools.chain([port, port], range(FIRST_PORT, FIRST_PORT + PORTS))

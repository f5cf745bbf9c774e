"""Counting a process's connections to an address."""

import os
import socket
import subprocess
import sys

import pytest

from headway.routers.connections import count
from headway.routers.port import Endpoint


@pytest.mark.parametrize(("family", "host"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")])
def test_connections_are_counted_from_their_opening_to_their_close(family: int, host: str) -> None:
    with socket.create_server((host, 0), family=family) as server:
        endpoint = Endpoint(host=host, port=server.getsockname()[1])
        assert count(os.getpid(), endpoint) == 0
        with (
            socket.create_connection(server.getsockname()[:2]),
            socket.create_connection(server.getsockname()[:2]),
        ):
            assert count(os.getpid(), endpoint) == 2
        assert count(os.getpid(), endpoint) == 0


def test_a_connection_to_ipv4_through_an_ipv6_socket_counts() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_INET6) as client:
        endpoint = Endpoint(host="127.0.0.1", port=server.getsockname()[1])
        client.connect(("::ffff:127.0.0.1", endpoint.port))
        assert count(os.getpid(), endpoint) == 1


def test_connections_of_other_processes_do_not_count() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        endpoint = Endpoint(host="127.0.0.1", port=server.getsockname()[1])
        with (
            subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other,
            socket.create_connection(server.getsockname()),
        ):
            assert count(other.pid, endpoint) == 0
            other.communicate(b"\n")


def test_a_process_that_is_gone_has_none() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as other:
        pass
    assert count(other.pid, Endpoint(host="127.0.0.1", port=1)) == 0

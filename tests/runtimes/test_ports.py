"""Ports on loopback."""

import socket

import pytest

from headway.errors import Retry
from headway.runtimes import ports


def test_a_port_that_is_taken_or_bound_is_passed_over():
    with socket.create_server(("127.0.0.1", 0)) as server:
        bound = server.getsockname()[1]
        numbers = range(bound - 1, bound + 50)

        assert ports.choose(numbers, {bound - 1}, 0) > bound
        assert ports.accepts(bound)
    assert not ports.accepts(bound)


def test_where_no_port_is_free_it_is_not_now():
    with pytest.raises(Retry, match="no port is free"):
        ports.choose(range(20000, 20003), {20000, 20001, 20002}, 1)

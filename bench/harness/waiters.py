"""Ten thousand who wait, each on a connection of its own: for the next event of a stream, or for an answer.

One process and one loop over epoll. When all wait it prints a line, reads one, then fires, and tells how long it took
from there until each of them had been told.
"""

import resource
import select
import socket
import sys
import time

from loop import given, tell

OPENING_AT_ONCE = 500


def opened(port: int, request: bytes, count: int, until: bytes, waiting: bytes) -> dict[int, socket.socket]:
    """So many connections, each with the request sent, answered as far as `until`, and counted by the server."""
    connections: dict[int, socket.socket] = {}
    while len(connections) < count:
        some = [
            socket.create_connection(("127.0.0.1", port))
            for _ in range(min(OPENING_AT_ONCE, count - len(connections)))
        ]
        for it in some:
            it.sendall(request)
        for it in some:
            got = b"" if until else b" "
            while until not in got:
                got += it.recv(65536)
            connections[it.fileno()] = it
    with socket.create_connection(("127.0.0.1", port)) as asking:
        while True:
            asking.sendall(waiting)
            got = b""
            while not got.partition(b"\r\n\r\n")[2]:
                got += asking.recv(65536)
            if int(got.rpartition(b"\r\n")[2]) >= count:
                return connections
            time.sleep(0.1)


def fired(connections: dict[int, socket.socket], port: int, fire: bytes, mark: bytes) -> list[float]:
    """How long after the firing each had been told, in order."""
    told: list[float] = []
    heard: dict[int, bytes] = {}
    with select.epoll() as epoll, socket.create_connection(("127.0.0.1", port)) as trigger:
        for number in connections:
            epoll.register(number, select.EPOLLIN)
        began = time.perf_counter()
        trigger.sendall(fire)
        while len(told) < len(connections):
            ready = epoll.poll(60, len(connections))
            assert ready, f"{len(connections) - len(told)} were never told"
            for number, _ in ready:
                got = connections[number].recv(65536)
                assert got, "the server has hung up"
                heard[number] = heard.get(number, b"") + got
                if mark in heard[number]:
                    told.append(time.perf_counter() - began)
                    heard[number] = b""
        assert trigger.recv(65536).startswith(b"HTTP/1.1 200")
    return told


def main(
    port: int, request: str, fire: str, waiting: str, count: int, until: str, mark: str, times: int
) -> None:
    """Wait, say so, fire when told to."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    sys.stdin.readline()
    connections = opened(port, request.encode(), count, until.encode(), waiting.encode())
    print("waiting", flush=True)
    sys.stdin.readline()
    tell([fired(connections, port, fire.encode(), mark.encode()) for _ in range(times)])


if __name__ == "__main__":
    main(**given())

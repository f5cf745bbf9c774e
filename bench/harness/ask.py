"""Asks over HTTP as fast as it is answered: some connections, on each one request at a time, no pipelining.

One process, one loop over epoll and nothing else, so that it is not what is measured; `cpu` tells what it took
itself, in microseconds for each request. Answers must be 200 and have a length.
"""

import select
import socket
import time
from itertools import count

from loop import given, tell


class Connection:
    """One that asks, is answered, and asks again."""

    def __init__(self, port: int, requests: list[bytes], begin: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._requests = requests
        self._next = count(begin)
        self._buffer = b""
        self._asked = 0.0

    def ask(self) -> None:
        """Send the next request."""
        self._asked = time.perf_counter()
        self.socket.send(self._requests[next(self._next) % len(self._requests)])

    def answered(self) -> float | None:
        """How long the answer took, or None where it is not complete."""
        got = self.socket.recv(65536)
        assert got, "the server has hung up"
        self._buffer = buffer = self._buffer + got if self._buffer else got
        end = buffer.find(b"\r\n\r\n")
        if end < 0:
            return None
        begin = buffer.find(b"content-length: ", 0, end) + 16
        assert begin > 15, buffer[:500]
        assert buffer.startswith(b"HTTP/1.1 20"), buffer[:500]
        if len(buffer) < end + 4 + int(buffer[begin : buffer.find(b"\r\n", begin)]):
            return None
        self._buffer = b""
        return time.perf_counter() - self._asked


def loaded(connections: list[Connection], seconds: float) -> list[float]:
    """Ask for so long; how long each answer took."""
    taken: list[float] = []
    by_number = {it.socket.fileno(): it for it in connections}
    with select.epoll() as epoll:
        for number, connection in by_number.items():
            epoll.register(number, select.EPOLLIN)
            connection.ask()
        waiting, until = len(connections), time.perf_counter() + seconds
        while waiting:
            for number, _ in epoll.poll(60):
                connection = by_number[number]
                time_taken = connection.answered()
                if time_taken is None:
                    continue
                taken.append(time_taken)
                if time.perf_counter() < until:
                    connection.ask()
                else:
                    waiting -= 1
    return taken


def main(port: int, requests: list[str], connections: int, seconds: float, own: bool = False) -> None:
    """Warm up, then measure. All ask for everything, or each over and over for its `own`."""
    encoded = [request.encode() for request in requests]
    all_of_them = [
        Connection(port, encoded[number : number + 1] if own else encoded, number * 7)
        for number in range(connections)
    ]
    before = len(loaded(all_of_them, seconds / 5))
    began, busy = time.perf_counter(), time.process_time()
    taken = sorted(loaded(all_of_them, seconds))
    elapsed, busy = time.perf_counter() - began, time.process_time() - busy
    tell({
        "answers": before + len(taken),
        "rate": len(taken) / elapsed,
        "p50": taken[len(taken) // 2] * 1e3,
        "p99": taken[int(len(taken) * 0.99)] * 1e3,
        "cpu": busy / len(taken) * 1e6,
    })


if __name__ == "__main__":
    main(**given())

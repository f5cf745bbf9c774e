"""Ports on loopback for units that listen: no two units that are there share one."""

import socket
from collections.abc import Collection, Sequence

from headway.errors import Retry

LOOPBACK = "127.0.0.1"


def choose(ports: Sequence[int], taken: Collection[int], start: int) -> int:
    """A port that no unit has and nothing is bound to, searched from `start` on. Retry if there is none."""
    for step in range(len(ports)):
        port = ports[(start + step) % len(ports)]
        if port not in taken and _is_free(port):
            return port
    raise Retry(f"no port is free between {ports[0]} and {ports[-1]}")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # A port is used again at once after its server ended, and then connections of the old one still linger.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError:
            return False
    return True


def accepts(port: int) -> bool:
    """Whether something accepts connections on the port, now."""
    try:
        with socket.socket() as probe:
            # Loopback answers at once; the time is for a full backlog.
            probe.settimeout(0.05)
            return probe.connect_ex((LOOPBACK, port)) == 0
    except OSError:
        return False

"""How many connections a process holds to an address, read from /proc.

Envoy's own counts of requests per container begin anew with every change of an app's containers; the requests
that began before are no longer shown anywhere. Their connections are: Envoy closes the connections of a removed
container as each becomes idle, so none left means nothing in flight.
"""

import ipaddress
import sys
from contextlib import suppress
from pathlib import Path

from headway.routers.port import Endpoint

_TIME_WAIT = "06"


def count(pid: int, endpoint: Endpoint) -> int:
    """Connections of the process to the endpoint, from the first SYN to the close; 0 for one that is gone."""
    inodes = _to(pid, endpoint)
    return len(inodes & _held(pid)) if inodes else 0


def _to(pid: int, endpoint: Endpoint) -> set[str]:
    remote = {f"{address}:{endpoint.port:04X}" for address in _shown(endpoint.host)}
    found: set[str] = set()
    for table in ("tcp", "tcp6"):
        with suppress(OSError):
            lines = Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]
            rows = (line.split(maxsplit=10) for line in lines)
            found |= {row[9] for row in rows if row[2] in remote and row[3] != _TIME_WAIT}
    return found


def _shown(host: str) -> list[str]:
    """The address as the kernel's tables show it: words of four bytes, each in the machine's own order."""
    address = ipaddress.ip_address(host)
    if isinstance(address, ipaddress.IPv4Address):
        return [_words(address.packed), _words(ipaddress.IPv6Address(f"::ffff:{address}").packed)]
    return [_words(address.packed)]


def _words(packed: bytes) -> str:
    words = (packed[at : at + 4] for at in range(0, len(packed), 4))
    return "".join(f"{int.from_bytes(word, sys.byteorder):08X}" for word in words)


def _held(pid: int) -> set[str]:
    held: set[str] = set()
    with suppress(OSError):
        for file in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):
                held.add(str(file.readlink()).removeprefix("socket:[").removesuffix("]"))
    return held

"""Where a name leads, and whether anybody at all could be sent there: for URLs that somebody else has named.

Who follows such a URL looks its name up once, here, and connects to the address that comes back: a name that leads
elsewhere a moment later leads nowhere.
"""

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

LOOKUP_SECONDS = 5.0
_NAT64 = IPv6Network("64:ff9b::/96")
_OF_ONE_NETWORK = IPv6Network("64:ff9b:1::/48")


async def reached(host: str, port: int, *, private: bool) -> str | None:
    """An address of the host; None where any that it has is not public, and only those may be reached.

    OSError where the name leads nowhere, TimeoutError where nobody says so in time.
    """
    async with asyncio.timeout(LOOKUP_SECONDS):
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(it[4][0]) for it in found]
    return addresses[0] if private or all(map(is_public, addresses)) else None


def is_plainly_private(host: str) -> bool:
    """Whether the host is an address, no name, and not a public one."""
    try:
        return not is_public(host)
    except ValueError:
        return False


def is_public(address: str) -> bool:
    """Whether the address is one of the public internet, also behind what IPv6 wraps around IPv4; ValueError."""
    it: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(it, IPv6Address):
        inner = it.ipv4_mapped or it.sixtofour or (it.teredo[1] if it.teredo else None)
        if inner is None and it in _NAT64:
            inner = IPv4Address(int(it) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if it in _OF_ONE_NETWORK:
            return False
    return it.is_global and not it.is_multicast

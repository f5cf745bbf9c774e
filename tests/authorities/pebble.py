"""Pebble, the ACME authority for tests of those who run the real one; every name leads to this machine for it."""

import asyncio
import contextlib
import os
import shutil
import ssl
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx2
import msgspec
import pytest

from headway.clock import SystemClock
from tests.routers.certificates import HOST, Authority
from tests.routers.traffic import free_port

CLOCK = SystemClock()
SECONDS = 60
TRIES = 5


class Pebble(msgspec.Struct, frozen=True, kw_only=True):
    """One that runs."""

    directory: str
    roots: str
    """A file with what vouches for the authority itself."""
    trust: ssl.SSLContext
    """A client that trusts what it issues, and nobody else."""
    names: str
    """Where its resolver is told what names are."""

    async def lost(self, name: str) -> None:
        """Nobody can say any more where the name leads."""
        async with httpx2.AsyncClient(trust_env=False) as http:
            (await http.post(f"{self.names}/set-servfail", json={"host": f"{name}."})).raise_for_status()

    async def elsewhere(self, name: str) -> None:
        """The name leads to a machine where nobody listens."""
        where = {"host": f"{name}.", "addresses": ["127.9.9.9"]}
        async with httpx2.AsyncClient(trust_env=False) as http:
            (await http.post(f"{self.names}/add-a", json=where)).raise_for_status()


@contextlib.asynccontextmanager
async def pebble(folder: Path, http_port: int) -> AsyncIterator[Pebble]:
    """One that asks names at that port of this machine."""
    for tool in ("pebble", "pebble-challtestsrv"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed: no certificate can be had from an authority")
    itself = Authority()
    ours = itself.certificate("localhost", address=HOST)
    for name, text in (("cert.pem", ours.chain), ("key.pem", ours.key), ("roots.pem", itself.root)):
        (folder / name).write_text(text)
    async with contextlib.AsyncExitStack() as stack:
        dns, told = await _started(stack, _names)
        acme, management = await _started(
            stack,
            lambda port, management: _issuing(folder, port, management, http_port, dns),
        )
        async with httpx2.AsyncClient(verify=itself.trust(), trust_env=False) as http:
            root = (await http.get(f"https://{HOST}:{management}/roots/0")).text
        yield Pebble(
            directory=f"https://{HOST}:{acme}/dir",
            roots=str(folder / "roots.pem"),
            trust=ssl.create_default_context(cadata=root),
            names=f"http://{HOST}:{told}",
        )


def _names(port: int, management: int) -> list[str]:
    nothing = ["-http01", "", "-https01", "", "-tlsalpn01", ""]
    where = ["-dns01", f"{HOST}:{port}", "-management", f"{HOST}:{management}"]
    return ["pebble-challtestsrv", *nothing, *where, "-defaultIPv4", HOST, "-defaultIPv6", ""]


def _issuing(folder: Path, port: int, management: int, http_port: int, dns: int) -> list[str]:
    its = {
        "listenAddress": f"{HOST}:{port}",
        "managementListenAddress": f"{HOST}:{management}",
        "certificate": str(folder / "cert.pem"),
        "privateKey": str(folder / "key.pem"),
        "httpPort": http_port,
        "tlsPort": 1,
        "ocspResponderURL": "",
        "externalAccountBindingRequired": False,
    }
    (folder / "pebble.json").write_bytes(msgspec.json.encode({"pebble": its}))
    return ["pebble", "-config", str(folder / "pebble.json"), "-dnsserver", f"{HOST}:{dns}"]


async def _started(
    stack: contextlib.AsyncExitStack, argv_at: Callable[[int, int], list[str]]
) -> tuple[int, int]:
    """The two ports of a process that listens; others where somebody was quicker to take one."""
    for _ in range(TRIES):
        ports = free_port(), free_port()
        process = await asyncio.create_subprocess_exec(
            *argv_at(*ports),
            # It would refuse some requests by chance.
            env={"PATH": os.environ["PATH"], "PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "0"},
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        stack.push_async_callback(_ended, process)
        async with asyncio.timeout(SECONDS):
            # They say that they listen a moment before they do.
            while process.returncode is None and not all([await _accepts(port) for port in ports]):
                await CLOCK.sleep(0.02)
        if process.returncode is None:
            return ports
    raise AssertionError("no port was free for long enough")


async def _accepts(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(HOST, port)
    except OSError:
        return False
    writer.close()
    return True


async def _ended(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
    await process.wait()

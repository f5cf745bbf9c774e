"""The few files of /etc that programs need, put together in a folder that becomes a container's /etc.

One mount instead of one for each file: each costs a fifth of a millisecond at every start. What is a folder in /etc is
mounted on an empty one; files are copies, made anew when the machine's own have changed.
"""

import secrets
import shutil
from pathlib import Path

ETC = Path("/etc")
FILES = (
    "hosts",
    "ld.so.cache",
    "ld.so.conf",
    "localtime",
    "mime.types",
    "nsswitch.conf",
    "protocols",
    "resolv.conf",
    "services",
)
FOLDERS = ("alternatives", "ca-certificates", "crypto-policies", "ld.so.conf.d", "pki", "ssl")


def fill(folder: Path, *, source: Path = ETC) -> None:
    """Bring the folder to what the machine's /etc is now. OSError if it cannot."""
    for name in FOLDERS:
        if (source / name).is_dir():
            (folder / name).mkdir(mode=0o755, exist_ok=True)
    for name in FILES:
        _renew(source / name, folder / name)


def _renew(theirs: Path, ours: Path) -> None:
    try:
        now = theirs.stat()
    except FileNotFoundError:
        ours.unlink(missing_ok=True)
        return
    was = ours.stat() if ours.exists() else None
    if was is not None and (was.st_size, was.st_mtime_ns) == (now.st_size, now.st_mtime_ns):
        return
    # Beside, under a name of its own: others start at the same time, and those that run read it.
    beside = ours.with_name(f".{ours.name}.{secrets.token_hex(8)}")
    shutil.copy2(theirs, beside)
    beside.chmod(0o644)
    beside.rename(ours)

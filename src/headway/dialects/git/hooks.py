"""What git runs as hooks: two scripts that only carry, and what is said through them.

Git starts each for every push, and a Python would cost more than the rest of the push. So each is a few lines of sh
that connect git with two lines that they inherit: ASK, on which the hook asks and is answered, and SAY, what the pusher
is told. The platform is at the other end of both; when it dies, so do they.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec

ASK, SAY = 3, 4
"""The descriptors of the two lines in git and its hooks."""
PRE_RECEIVE, PROC_RECEIVE = "pre-receive", "proc-receive"
SCRIPTS = {
    PRE_RECEIVE: f"""\
#!/bin/sh
{{ echo {PRE_RECEIVE}; cat; echo; }} >&{ASK}
IFS= read -r why <&{ASK} || exit 1
[ -z "$why" ] && exit
printf ' !     %s\\n' "$why" >&2
exit 1
""",
    PROC_RECEIVE: f"""\
#!/bin/sh
exec 5<&0
cat <&{SAY} >&2 &
said=$!
{{ echo {PROC_RECEIVE}; cat <&5; }} >&{ASK} 2>/dev/null &
cat <&{ASK}
wait "$said"
""",
}
UPDATES_MAX = 100
"""More are not even looked at: one is deployed."""
_FLUSH = b"0000"


class Update(msgspec.Struct, frozen=True):
    """Where a ref is, where it is to be, and its name."""

    before: str
    after: str
    ref: str


def write(folder: Path) -> None:
    """The hooks are there, as git wants them."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    for name, script in SCRIPTS.items():
        made = folder / f"{name}.new"
        made.write_text(script)
        made.chmod(0o755)
        made.replace(folder / name)


async def proposed(asked: asyncio.StreamReader) -> list[Update]:
    """What `pre-receive` asks about, up to UPDATES_MAX of it."""
    updates: list[Update] = []
    while (line := await asked.readline()).strip():
        if len(updates) < UPDATES_MAX:
            updates.append(_update(line))
    return updates


def allowed(answer: asyncio.StreamWriter, fault: str) -> None:
    """Tell `pre-receive` why it may not be; nothing where it may."""
    answer.write(f"{fault}\n".encode())


async def handed(asked: asyncio.StreamReader, answer: asyncio.StreamWriter) -> list[Update]:
    """What `proc-receive` is to bring about in the place of git. See it in githooks: versions, then updates."""
    async for _ in _packets(asked):
        pass
    answer.write(packet(b"version=1\0\n") + _FLUSH)
    return [_update(it) async for it in _packets(asked)]


def brought_about(answer: asyncio.StreamWriter, updates: list[Update], why: str) -> None:
    """Tell `proc-receive` what became of it: why it did not, or nothing where it did."""
    for it in updates:
        answer.write(packet(f"ng {it.ref} {why}\n".encode() if why else f"ok {it.ref}\n".encode()))
    answer.write(_FLUSH)


async def _packets(asked: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """The packets up to the next flush, as git frames them. EOFError, ValueError where they are none."""
    while (size := int(await asked.readexactly(4), 16)) > len(_FLUSH):
        yield await asked.readexactly(size - len(_FLUSH))


def packet(content: bytes) -> bytes:
    """One of them."""
    return b"%04x%b" % (len(content) + len(_FLUSH), content)


def _update(line: bytes) -> Update:
    return Update(*line.decode(errors="replace").rstrip("\n").split(" ", 2))

"""What git runs as a hook, in a process of its own: it asks the platform, repeats what it says, and ends as it says.

Run by path, with nothing but the standard library, so that it starts in a moment. The platform is at the other end of
a socket whose number it is given; lines of JSON go both ways.
"""

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

GONE = " !     The platform has gone away. What it has accepted goes on; push again later.\n"
FLUSH = b"0000"
Updates = list[list[str]]
"""Of each ref: where it is, where it is to be, and its name."""


def main(kind: str, descriptor: int) -> int:
    """0 where the push may go on. `kind` is the hook's name."""
    with open(descriptor, "r+b", buffering=0, closefd=False) as line:
        return _pre_receive(line) if kind == "pre-receive" else _proc_receive(line)


def _pre_receive(line: Any) -> int:
    updates = [it.split(" ", 2) for it in sys.stdin.read().splitlines()]
    return 1 if asked(line, "pre-receive", updates, say) else 0


def _proc_receive(line: Any) -> int:
    """See `proc-receive` in githooks: the versions, then the updates; then what became of each."""
    source, target = sys.stdin.buffer, sys.stdout.buffer
    list(packets(source))
    target.write(packet(b"version=1\0\n") + FLUSH)
    target.flush()
    updates = [it.decode().rstrip("\n").split(" ", 2) for it in packets(source)]
    why = asked(line, "proc-receive", updates, say)
    for _, _, ref in updates:
        target.write(packet(f"ng {ref} {why}\n".encode() if why else f"ok {ref}\n".encode()))
    target.write(FLUSH)
    target.flush()
    return 0


def asked(line: Any, kind: str, updates: Updates, told: Callable[[str], None]) -> str:
    """Why the push may not go on, in a few words; nothing where it may."""
    line.write(json.dumps({"hook": kind, "updates": updates}).encode() + b"\n")
    rest = b""
    while piece := line.read(65536):
        *whole, rest = (rest + piece).split(b"\n")
        for each in whole:
            frame = json.loads(each)
            if "why" in frame:
                return frame["why"]
            told(frame["say"])
    told(GONE)
    return "the platform has gone away"


def say(text: str) -> None:
    """To whoever pushes: git sends it on."""
    sys.stderr.write(text)
    sys.stderr.flush()


def packets(stream: BinaryIO) -> Iterator[bytes]:
    """The packets up to the next flush, as git frames them."""
    while (size := int(stream.read(4) or b"0", 16)) > 4:
        yield stream.read(size - 4)


def packet(content: bytes) -> bytes:
    """One of them."""
    return b"%04x%b" % (len(content) + 4, content)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))

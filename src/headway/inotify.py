"""Linux's inotify: told when files appear, grow or go."""

import ctypes
import os
import struct
from pathlib import Path

import msgspec

from headway.waiting import readable

CREATED = 0x00000100 | 0x00000080
"""A name appears in a folder, made there or moved there."""
MODIFIED = 0x00000002 | 0x00000004
"""A file grows, or its name is removed."""
_IGNORED = 0x00008000
_HEAD = struct.Struct("iIII")
_READ_BYTES = 64 << 10
_libc = ctypes.CDLL(None, use_errno=True)


class Event(msgspec.Struct, frozen=True):
    """Something happened to what `watch` watches; `name` is the name in a folder."""

    watch: int
    name: str
    ignored: bool
    """It is gone, and the watch with it."""


class Inotify:
    """One queue of events."""

    def __init__(self) -> None:
        self._descriptor: int = _libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self._descriptor < 0:
            raise OSError(ctypes.get_errno(), "inotify_init1")

    def watch(self, path: Path, mask: int) -> int:
        """Watch `path` from now on; the number that its events carry. OSError if it cannot."""
        number: int = _libc.inotify_add_watch(self._descriptor, os.fsencode(path), mask)
        if number < 0:
            raise OSError(ctypes.get_errno(), f"inotify_add_watch {path}")
        return number

    async def readable(self) -> None:
        """Return when there are events."""
        await readable(self._descriptor)

    def events(self) -> list[Event]:
        """The events so far."""
        try:
            data = os.read(self._descriptor, _READ_BYTES)
        except BlockingIOError:
            return []
        found: list[Event] = []
        while data:
            watch, mask, _, length = _HEAD.unpack_from(data)
            name = data[_HEAD.size : _HEAD.size + length].rstrip(b"\0")
            found.append(Event(watch, os.fsdecode(name), bool(mask & _IGNORED)))
            data = data[_HEAD.size + length :]
        return found

    def close(self) -> None:
        """Let go of all watches."""
        os.close(self._descriptor)

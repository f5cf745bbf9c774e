"""A runtime's output for tests: real append-only files, and what is forgotten is really destroyed."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

from headway.runtimes.port import Output


class OutFiles:
    """The two calls of a runtime that concern output, over one file a unit, `<label>.<unit>.out`."""

    def __init__(self, folder: Path, *, block_bytes: int = 4096) -> None:
        self._folder = folder
        self._block_bytes = block_bytes
        self.forgotten: dict[str, int] = {}
        self.gone: set[str] = set()
        """Units of which nothing more will come."""

    async def output(self, offsets: Mapping[str, int]) -> AsyncIterator[Output]:
        places = dict(offsets)
        while True:
            for file in sorted(self._folder.glob("*.out")):
                label, unit, _ = file.name.split(".")
                if output := self._read(file, unit, label, places.get(unit, 0)):
                    places[unit] = output.end
                    yield output
            await asyncio.sleep(0.001)

    async def forget_output(self, unit_id: str, end: int) -> bool:
        self.forgotten[unit_id] = end
        for file in self._folder.glob(f"*.{unit_id}.out"):
            with file.open("r+b") as opened:
                opened.write(b"\0" * end)
        return unit_id in self.gone

    def _read(self, file: Path, unit: str, label: str, start: int) -> Output | None:
        with file.open("rb") as opened:
            opened.seek(start)
            whole, newline, _ = opened.read(self._block_bytes).rpartition(b"\n")
        if not newline:
            return None
        return Output(unit=unit, app_id="app", label=label, text=whole + newline, end=start + len(whole) + 1)

"""What the faults cost, in figures: printed, and kept as lines of JSON beside the tests' own files."""

import sys
from pathlib import Path

import msgspec
import pytest

FILE = "faults.jsonl"


class Figures:
    """Where a test says what it has measured."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def say(self, what: str, **figures: float | str) -> None:
        """Keep it."""
        line = msgspec.json.encode({"what": what, **figures})
        with self._file.open("ab") as file:
            file.write(line + b"\n")
        sys.stdout.write(f"{line.decode()}\n")


@pytest.fixture(scope="session")
def figures(tmp_path_factory: pytest.TempPathFactory) -> Figures:
    """Kept in `faults.jsonl` of this run's folder."""
    return Figures(tmp_path_factory.getbasetemp() / FILE)

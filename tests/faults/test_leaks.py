"""After many operations a process has what it had before: no memory, task, descriptor or thread is left behind.

`python -m tests.faults.memory_process FOLDER 100000` does the same for as many as one likes.
"""

import asyncio
import os
import sys
from pathlib import Path

import msgspec
import pytest

from tests.faults.figures import Figures

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]
OPERATIONS = 4000
GROWTH_BYTES_MAX = 4 << 20
"""Pages of the database that are kept in memory, and what an allocator does not give back."""
PASSING_MAX = 4
"""What comes and goes at any moment."""
OBJECTS_PER_OPERATION_MAX = 0.05


async def test_operations_leave_nothing_behind_in_the_process(tmp_path: Path, figures: Figures) -> None:
    program = Path(__file__).with_name("memory_process.py")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(program),
        str(tmp_path),
        str(OPERATIONS),
        stdout=asyncio.subprocess.PIPE,
        env={"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    said, _ = await process.communicate()
    assert process.returncode == 0
    told = msgspec.json.decode(said)
    before, after = told["before"], told["after"]
    grown = after["resident_bytes"] - before["resident_bytes"]
    figures.say(f"memory over {OPERATIONS} operations", grown_bytes=grown, **after)
    for name in ("tasks", "threads", "descriptors"):
        assert after[name] <= before[name] + PASSING_MAX, name
    assert after["objects"] - before["objects"] < OPERATIONS * OBJECTS_PER_OPERATION_MAX
    assert grown < GROWTH_BYTES_MAX

import socket
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from headway.cli import pidfile
from headway.cli.child import Child, free_addresses, scratch_platform
from headway.clock import SystemClock
from headway.errors import Refusal

pytestmark = pytest.mark.slow


async def test_of_a_child_that_was_ended_nothing_is_left(
    scratch: Path, processes_of: Callable[[Path], dict[int, str]]
) -> None:
    child = Child(scratch_platform(scratch), SystemClock())
    await child.start()
    assert pidfile.holder(scratch)
    assert processes_of(scratch)
    await child.end()
    assert pidfile.holder(scratch) is None
    assert processes_of(scratch) == {}


async def test_a_child_that_cannot_start_says_why(scratch: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        child = Child(msgspec.structs.replace(scratch_platform(scratch), listen=listen), SystemClock())
        with pytest.raises(Refusal, match="Address already in use"):
            await child.start()
        await child.end()


def test_free_addresses_differ() -> None:
    assert len(set(free_addresses(4))) == 4

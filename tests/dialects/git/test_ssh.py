"""The listener itself."""

import asyncio

import pytest

from tests.pushing import Somebody


@pytest.mark.parametrize("settings", [{"ssh_connections_max": 1}])
async def test_who_is_one_too_many_is_sent_away(somebody: Somebody) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", somebody.ssh_port)
    assert (await reader.readline()).startswith(b"SSH-2.0-headway")
    late, late_writer = await asyncio.open_connection("127.0.0.1", somebody.ssh_port)
    assert await late.read() == b""
    for it in (writer, late_writer):
        it.close()

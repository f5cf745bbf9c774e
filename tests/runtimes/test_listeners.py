import asyncio
import socket

import pytest

from headway.clock import SystemClock
from headway.runtimes import listeners
from headway.runtimes.listeners import Listeners
from headway.waiting import either


@pytest.mark.parametrize(("family", "host"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::")])
def test_a_port_is_told_from_when_something_listens_until_it_does_not(family: int, host: str):
    with socket.socket(family) as server:
        server.bind((host, 0))
        port = server.getsockname()[1]
        assert port not in (listeners.listening() or ())
        server.listen()
        assert port in (listeners.listening() or ())
    assert port not in (listeners.listening() or ())


def test_more_listeners_than_one_answer_of_the_kernel_holds_are_all_told():
    servers = [socket.create_server(("127.0.0.1", 0)) for _ in range(300)]
    wanted = {server.getsockname()[1] for server in servers}
    try:
        assert wanted <= (listeners.listening() or set())
    finally:
        for server in servers:
            server.close()


async def accepting(port: int) -> asyncio.Task[None]:
    """A wait for the port, which has begun."""
    seen = Listeners(SystemClock())

    async def both() -> None:
        await either(seen.accepting(port), seen.watch())

    waiting = asyncio.create_task(both())
    await asyncio.sleep(0)
    return waiting


async def test_who_waits_for_a_port_is_told_when_it_accepts():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        waiting = await accepting(server.getsockname()[1])
        await asyncio.sleep(0.02)
        assert not waiting.done()
        server.listen()
        async with asyncio.timeout(20):
            await waiting


async def test_who_listens_on_another_address_does_not_accept():
    with socket.create_server(("127.0.0.2", 0)) as server:
        port = server.getsockname()[1]
        assert port in (listeners.listening() or ())
        waiting = await accepting(port)
        await asyncio.sleep(0.02)
        assert not waiting.done()
        with socket.create_server(("127.0.0.1", port)):
            async with asyncio.timeout(20):
                await waiting


async def test_where_the_kernel_does_not_tell_each_port_is_tried(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(listeners, "_SOCK_DIAG_BY_FAMILY", 9999)
    assert listeners.listening() is None
    with socket.create_server(("127.0.0.1", 0)) as server:
        async with asyncio.timeout(20):
            await (await accepting(server.getsockname()[1]))

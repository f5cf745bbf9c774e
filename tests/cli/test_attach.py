import asyncio

import pytest

from headway.cli.attach import attach
from headway.errors import Refusal


async def serve(answer: bytes) -> tuple[asyncio.Server, list[bytes]]:
    heads: list[bytes] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer)
        if b" 200 " in answer:
            writer.write(await reader.read(3))
        writer.close()

    return await asyncio.start_server(take, "127.0.0.1", 0), heads


async def test_what_is_typed_behind_the_connect_goes_to_the_other_side() -> None:
    server, heads = await serve(b"HTTP/1.1 200 OK\r\nX-Padding: x\r\n\r\nhello ")
    async with server:
        attached = await attach(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/secret", "a-token")
        await attached.type(b"you")
        said = b""
        while piece := await attached.read():
            said += piece
        attached.close()
    assert said == b"hello you"
    assert heads[0].startswith(b"CONNECT /secret HTTP/1.1\r\n")
    assert b"Authorization: Bearer a-token\r\n" in heads[0]


@pytest.mark.parametrize("answer", [b"HTTP/1.1 404 Not Found\r\n\r\n", b""])
async def test_who_is_not_let_in_is_told(answer: bytes) -> None:
    server, _ = await serve(answer)
    async with server:
        with pytest.raises(Refusal, match="could not be attached"):
            await attach(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/secret", "a-token")

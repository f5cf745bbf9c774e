"""`scalingo run`, as its bytes were observed: which requests, in which order, and what it does with the answers.

What it gets wrong is here as well: it loses what comes in one read with the head that accepts its CONNECT, appends one
EOT to what it was fed, and takes a connection that was reset for a failure.
"""

import asyncio
import base64
import socket
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import httpx2

BUFFER_BYTES = 4096
EOT = b"\x04"


class AttachError(Exception):
    """The run server did not let it in: what it says on its first line."""


@dataclass
class Cli:
    """One user of the CLI."""

    base: str
    token: str
    http: httpx2.AsyncClient = field(init=False)
    jwt: str = ""
    lines: list["Attached"] = field(default_factory=list)

    async def __aenter__(self) -> Self:
        self.http = httpx2.AsyncClient(trust_env=False, timeout=60)
        await self.exchange()
        return self

    async def __aexit__(self, *_: object) -> None:
        for line in self.lines:
            line.close()
        await self.http.aclose()

    async def exchange(self) -> None:
        """A new JWT; each of its client objects gets its own."""
        reply = await self.http.post(f"{self.base}/v1/tokens/exchange", auth=("", self.token), json={})
        assert reply.status_code == 200, reply.text
        self.jwt = reply.json()["token"]

    async def ask(self, method: str, path: str, body: Any = None) -> httpx2.Response:
        """A request to the API, as go-scalingo sends it."""
        headers = {"authorization": f"Bearer {self.jwt}", "user-agent": "Scalingo CLI v1.48.0"}
        return await self.http.request(method, f"{self.base}/v1{path}", json=body, headers=headers)

    async def post_run(self, app: str, command: str, **more: Any) -> dict[str, Any]:
        """`POST /run` with everything that the CLI puts into it."""
        given = {
            "command": command,
            "detached": False,
            "env": {"CLIENT_OS": "linux", "TERM": "xterm"},
            "has_uploads": False,
            "size": "M",
        }
        reply = await self.ask("POST", f"/apps/{app}/run", given | more)
        assert reply.status_code == 200, reply.text
        return reply.json()

    async def polled(self, app: str, url: str) -> dict[str, Any]:
        """The operation, done; only the last segment of its address matters."""
        id = url.rpartition("/")[2]
        while True:
            reply = await self.ask("GET", f"/apps/{app}/operations/{id}")
            assert reply.status_code == 200, reply.text
            operation = reply.json()["operation"]
            assert operation["status"] != "error", operation
            if operation["status"] == "done":
                return operation
            await asyncio.sleep(0.05)

    async def begin(self, app: str, command: str, **more: Any) -> str:
        """Everything before the CONNECT; the attach URL."""
        assert (await self.ask("GET", f"/apps/{app}")).status_code == 200
        begun = await self.post_run(app, command, **more)
        assert begun["container"]["label"].startswith("one-off-")
        await self.exchange()
        operation = await self.polled(app, begun["operation_url"])
        return operation["start_one_off_data"]["attach_url"]

    async def upload(self, attach_url: str, file: Path) -> httpx2.Response:
        """One file, before the CONNECT."""
        part = {"file": (file.name, file.read_bytes(), "application/octet-stream")}
        return await self.http.post(f"{attach_url}/files", files=part, auth=("", self.jwt))

    async def resize(self, attach_url: str, width: int, height: int) -> int:
        """What it sends for SIGWINCH: texts."""
        size = {"width": str(width), "height": str(height)}
        return (await self.http.put(attach_url, json=size, auth=("", self.jwt))).status_code

    async def wait(self, attach_url: str) -> int:
        """The exit code, as the CLI makes one of what it is told."""
        reply = await self.http.get(f"{attach_url}/wait", auth=("", self.jwt), timeout=None)
        said = reply.json()
        assert all(type(value) is int for value in said.values()), said
        return 129 if reply.status_code == 408 else said.get("exit_code", 0)

    async def connect(self, attach_url: str) -> "Attached":
        """CONNECT, to the byte."""
        url = urlsplit(attach_url)
        assert url.port, "missing port in address"
        assert url.path, "it would be an address, and no path"
        assert not url.query
        raw = socket.create_connection((url.hostname, url.port))
        raw.setblocking(False)
        proof = base64.b64encode(f":{self.jwt}".encode()).decode()
        head = (
            f"CONNECT {url.path} HTTP/1.1\r\nHost: {url.netloc}\r\n"
            f"User-Agent: Go-http-client/1.1\r\nAuthorization: Basic {proof}\r\n\r\n"
        )
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(raw, head.encode())
        status = await _head_read(raw)
        if status.split(" ", 2)[1] != "200":
            raw.close()
            raise AttachError(status)
        self.lines.append(Attached(raw))
        return self.lines[-1]

    async def run(
        self, app: str, command: str, fed: bytes = b"", *files: Path, **more: Any
    ) -> tuple[str, int]:
        """`echo … | scalingo run COMMAND`: what it prints, and its exit code."""
        attach_url = await self.begin(app, command, **more)
        for file in files:
            assert (await self.upload(attach_url, file)).status_code == 200
        attached = await self.connect(attach_url)
        if fed:
            await attached.type(fed)
        await attached.type(EOT)
        said = await attached.read_all()
        code = await self.wait(attach_url)
        attached.close()
        return said.decode(), code


async def _head_read(raw: socket.socket) -> str:
    """Go's buffered reader: line by line, and what else it has read is lost. The status line."""
    loop = asyncio.get_running_loop()
    held, lines = b"", list[bytes]()
    while True:
        line, end, rest = held.partition(b"\r\n")
        if end:
            lines.append(line)
            held = rest
            if not line:
                return lines[0].decode()
        else:
            piece = await loop.sock_recv(raw, BUFFER_BYTES - len(held))
            if not piece:
                raise AttachError("EOF")
            held += piece


class Attached:
    """The connection as it is behind the CONNECT."""

    def __init__(self, raw: socket.socket) -> None:
        self.raw = raw
        self.said = b""

    async def type(self, typed: bytes) -> None:
        """Raw bytes."""
        await asyncio.get_running_loop().sock_sendall(self.raw, typed)

    async def read(self) -> bytes:
        """What comes next; nothing at the end. ConnectionResetError is what the CLI fails with."""
        piece = await asyncio.get_running_loop().sock_recv(self.raw, 32 << 10)
        self.said += piece
        return piece

    async def read_until(self, text: bytes) -> bytes:
        """All that was said, once that is among it."""
        while text not in self.said:
            assert await self.read(), self.said
        return self.said

    async def read_all(self) -> bytes:
        """All that was said, to its end."""
        while await self.read():
            pass
        return self.said

    def close(self) -> None:
        """Go away."""
        self.raw.close()

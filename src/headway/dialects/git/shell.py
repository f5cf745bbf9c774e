"""What somebody who came over SSH may do: git, and nothing else; and prove who they are to `login --ssh`.

There is one user, `git`; who somebody is their key says. No shell, no files, no forwarding, no terminal.
"""

import asyncio
import logging
import os
import secrets
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncssh

from headway.dialects.git import names
from headway.dialects.git.service import NEEDS, UPLOAD, Asked, Git
from headway.errors import NotFound, Refusal, Trouble
from headway.model.accounts import Account
from headway.model.operations import Actor
from headway.views import apps
from headway.web.ask import Edge
from headway.web.body import Disconnected
from headway.web.refusals import disk_full_refused

log = logging.getLogger(__name__)

USER = "git"
HOST_KEY = "ssh_host_ed25519_key"
"""In the data folder."""
LOGIN = "auth.v2@scalingo.com"
"""The channel request by which Scalingo's CLI asks for a JWT; the answer is a request of the same name."""
CIPHERS = ("aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "aes256-ctr", "aes192-ctr", "aes128-ctr")
"""Those that the processor helps with: the library's ChaCha20 takes more of it than all else in a push together."""
SESSIONS_MAX = 10
"""The most sessions in one connection, as OpenSSH has it."""
_ALIVE_SECONDS, _PROBES = 30, 4
_PIECE_BYTES = 64 << 10
_REFUSED, _BROKEN = 128, 1
_NO_MORE = 14
"""SSH_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE."""

AccountOf = Callable[[str], Awaitable[Account]]


class Shells:
    """Takes connections."""

    def __init__(self, edge: Edge, git: Git, account_of: AccountOf) -> None:
        self.edge = edge
        self.git = git
        self.account_of = account_of
        self._key = host_key(edge.world.config.folder)
        asyncssh.set_log_level(logging.WARNING)

    async def talk(self, connection: socket.socket) -> None:
        """Talk until they have gone."""
        config = self.edge.world.config
        try:
            made = await asyncssh.run_server(
                connection,
                server_factory=lambda: _Server(self),
                server_host_keys=[self._key],
                login_timeout=config.ssh_login_seconds,
                connect_timeout=config.ssh_login_seconds,
                keepalive_interval=_ALIVE_SECONDS,
                keepalive_count_max=_PROBES,
                password_auth=False,
                kbdint_auth=False,
                host_based_auth=False,
                gss_host=None,
                allow_pty=False,
                agent_forwarding=False,
                x11_forwarding=False,
                allow_scp=False,
                line_editor=False,
                compression_algs=None,
                encryption_algs=CIPHERS,
                encoding=None,
                server_version="headway",
            )
        except (asyncssh.Error, OSError, TimeoutError) as error:
            log.info("ssh: somebody was not let in: %s", error)
            return
        async with made:
            await made.wait_closed()


def host_key(folder: Path) -> asyncssh.SSHKey:
    """The key by which clients know this platform; made once."""
    file = folder / HOST_KEY
    if not file.exists():
        made = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
        opened = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(opened, "wb") as written:
            written.write(
                asyncssh.generate_private_key("ssh-ed25519", comment="headway").export_private_key()
            )
            written.flush()
            os.fsync(written.fileno())
        made.replace(file)
    return asyncssh.read_private_key(file)


class _Server(asyncssh.SSHServer):
    """One connection: who it is, and what it opens."""

    def __init__(self, shells: Shells) -> None:
        self._shells = shells
        self._tried: set[str] = set()
        self._account: Account | None = None
        self._sessions = 0
        self._connection: asyncssh.SSHServerConnection | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """It is there; nobody knows yet whose."""
        self._connection = conn

    def begin_auth(self, username: str) -> bool:  # noqa: ARG002 - as the library calls it
        """Everybody must prove who they are."""
        return True

    def public_key_auth_supported(self) -> bool:
        """By a key, and in no other way."""
        return True

    async def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        """Whether it is the key of an account."""
        fingerprint = key.get_fingerprint()
        self._tried.add(fingerprint)
        if len(self._tried) > self._shells.edge.world.config.ssh_attempts_max:
            raise asyncssh.DisconnectError(_NO_MORE, "too many keys were tried")
        if username != USER:
            return False
        try:
            self._account = await self._shells.account_of(fingerprint)
        except NotFound:
            return False
        return True

    def session_requested(
        self,
    ) -> "tuple[asyncssh.SSHServerChannel[bytes], asyncssh.SSHServerSession[bytes]] | bool":
        """A channel on which git, or a login, may be asked for."""
        account, connection = self._account, self._connection
        if account is None or connection is None or self._sessions >= SESSIONS_MAX:
            return False
        self._sessions += 1
        channel = _Channel(connection, lambda: self._shells.edge.identity.login_jwt(account))

        async def perform(process: "asyncssh.SSHServerProcess[bytes]") -> None:
            await self._perform(account, process)

        return channel, asyncssh.SSHServerProcess(perform, None, 3, False)

    async def _perform(self, account: Account, process: "asyncssh.SSHServerProcess[bytes]") -> None:
        after: list[Asked] = []
        try:
            code = await self._performed(account, process, after)
        except Disconnected:
            code = _BROKEN
        finally:
            self._sessions -= 1
        process.exit(code)
        for asked in after:
            await self._shells.git.tidy(asked)

    async def _performed(
        self, account: Account, process: "asyncssh.SSHServerProcess[bytes]", done: list[Asked]
    ) -> int:
        """Carry out the command; its exit code. Refusals are told beside."""
        client = _Client(process)
        try:
            with disk_full_refused():
                asked = await self._asked(account, process)
                code = await self._shells.git.serve(asked, client)
                done.append(asked)
        except (Refusal, Trouble) as refusal:
            await client.complain(f"headway: {refusal}\n".encode())
            return _REFUSED
        # The edge, as HTTP has one: what nobody foresaw must not be told.
        except Exception:
            log.exception("ssh: %s could not be served", account.name)
            await client.complain(b"headway: something went wrong here; it is in the platform's log\n")
            return _BROKEN
        return code

    async def _asked(self, account: Account, process: "asyncssh.SSHServerProcess[bytes]") -> Asked:
        named = names.command(process.command or "")
        if named is None:
            raise Refusal(f"hello {account.name}: here is git, and nothing else")
        service, app = named
        by = Actor(account_id=account.id, name=account.name, dialect="git")
        found = await apps.find(self._shells.edge.world.database, account.id, app, NEEDS[service])
        wished = names.protocol(_wished(process)) if service == UPLOAD else ""
        return Asked(service=service, app=found, by=by, protocol=wished)


def _wished(process: "asyncssh.SSHServerProcess[bytes]") -> str:
    return str(process.env.get("GIT_PROTOCOL", ""))


class _Client:
    """Who is at the other end of a session."""

    def __init__(self, process: "asyncssh.SSHServerProcess[bytes]") -> None:
        self._process = process

    async def read(self) -> bytes:
        try:
            return await self._process.stdin.read(_PIECE_BYTES)
        except (asyncssh.Error, asyncssh.BreakReceived, asyncssh.SignalReceived, OSError) as error:
            raise Disconnected from error

    async def write(self, piece: bytes) -> None:
        await _sent(self._process.stdout, piece)

    async def complain(self, piece: bytes) -> None:
        await _sent(self._process.stderr, piece)


async def _sent(stream: "asyncssh.SSHWriter[bytes]", piece: bytes) -> None:
    try:
        stream.write(piece)
        await stream.drain()
    except (asyncssh.Error, OSError) as error:
        raise Disconnected from error


class _Channel(asyncssh.SSHServerChannel[bytes]):
    """A session's channel that also answers the login request, for which the library has no public place."""

    def __init__(self, connection: asyncssh.SSHServerConnection, login: Callable[[], str]) -> None:
        super().__init__(
            connection,
            asyncio.get_running_loop(),
            False,
            False,
            False,
            0,
            0,
            None,
            "strict",
            2 << 20,
            32 << 10,
        )
        self._login = login

    def _process_auth_dot_v2_at_scalingo_dot_com_request(self, _packet: object) -> bool:
        self._send_request(LOGIN.encode(), self._login().encode())
        return True

"""Who is let in over SSH, and what they may do there."""

import asyncio
from typing import Any

import asyncssh
import pytest

from headway.model.apps import App
from headway.web.ask import Edge
from tests.outside import Outside
from tests.pushing import SERVES, Somebody


async def test_who_has_no_key_here_is_not_let_in(somebody: Somebody, app: App) -> None:
    await somebody.commits(SERVES)
    (somebody.home / "key").unlink()
    await somebody.does("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(somebody.home / "key"))
    code, said = await somebody.git("push", somebody.at(app.name), "main")
    assert code == 128
    assert "Permission denied (publickey)" in said


async def test_an_app_that_is_not_there_or_not_theirs_is_not_found(somebody: Somebody, app: App) -> None:
    await somebody.commits(SERVES)
    code, said = await somebody.git("push", somebody.at("no-such-app"), "main")
    assert code == 128
    assert "app no-such-app not found" in said


@pytest.mark.parametrize(
    "command", ["", "sh -c id", "git-receive-pack", "git-upload-archive '/hello-git.git'"]
)
async def test_there_is_git_and_nothing_else(somebody: Somebody, command: str) -> None:
    argv = somebody.environment["GIT_SSH_COMMAND"].split()
    code, said = await somebody.does(
        *argv, "-p", str(somebody.ssh_port), "git@127.0.0.1", *([command] if command else [])
    )
    assert code == 128
    assert "hello admin: here is git, and nothing else" in said


async def test_the_host_key_is_its_owners_alone_and_stays(somebody: Somebody, outside: Outside) -> None:
    await somebody.does(
        *somebody.environment["GIT_SSH_COMMAND"].split(), "-p", str(somebody.ssh_port), "git@127.0.0.1"
    )
    file = outside.config.folder / "ssh_host_ed25519_key"
    assert file.stat().st_mode & 0o777 == 0o600
    content = file.read_bytes()
    await somebody.does(
        *somebody.environment["GIT_SSH_COMMAND"].split(), "-p", str(somebody.ssh_port), "git@127.0.0.1"
    )
    assert file.read_bytes() == content


@pytest.mark.shows("SSH auth.v2@scalingo.com")
async def test_login_by_key_gives_a_jwt_with_which_a_token_can_be_made(
    somebody: Somebody, the_edge: Edge, outside: Outside
) -> None:
    jwt = await logged_in(somebody)
    assert (await the_edge.identity.newcomer(jwt)).id == outside.by.account_id


async def logged_in(me: Somebody) -> str:
    """What Scalingo's CLI gets by its request."""
    told: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    class Channel(asyncssh.SSHClientChannel[bytes]):
        def _process_auth_dot_v2_at_scalingo_dot_com_request(self, packet: Any) -> bool:
            told.set_result(packet.get_remaining_payload())
            return True

    async with asyncssh.connect(
        "127.0.0.1",
        me.ssh_port,
        username="git",
        client_keys=[str(me.home / "key")],
        known_hosts=None,
        config=None,
    ) as connection:
        channel = Channel(connection, asyncio.get_running_loop(), 0, None, "strict", 1 << 20, 1 << 15)
        await channel._open(b"session")
        channel._send_request(b"auth.v2@scalingo.com")
        return (await told).decode()


async def test_who_tries_too_many_keys_is_sent_away(somebody: Somebody) -> None:
    keys = [asyncssh.generate_private_key("ssh-ed25519") for _ in range(8)]
    with pytest.raises(asyncssh.DisconnectError, match="too many keys"):
        await asyncssh.connect(
            "127.0.0.1",
            somebody.ssh_port,
            username="git",
            client_keys=keys,
            known_hosts=None,
            config=None,
            agent_path=None,
        )


@pytest.mark.parametrize("settings", [{"ssh_login_seconds": 0.2}])
async def test_who_does_not_say_who_they_are_is_sent_away(somebody: Somebody) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", somebody.ssh_port)
    await reader.read()
    writer.close()

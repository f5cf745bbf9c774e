"""`scalingo run`, spoken to the byte, on a real platform with real terminals."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.journeys.driving import SETTINGS, Platform, good, platform, processes, until
from tests.parity.scalingo.cli import Attached, AttachError, Cli

pytestmark = [pytest.mark.slow, pytest.mark.timeout(60)]
APP = "one-off-app"
QUICK = SETTINGS + "one_off_idle_seconds = 3600\n"


@contextlib.asynccontextmanager
async def deployed(settings: str = QUICK) -> AsyncIterator[tuple[Platform, Cli, str]]:
    async with platform(settings) as made:
        id = await made.create(APP)
        assert (await made.deploy(APP, good()))["status"] == "success"
        token = (made.config.folder / "admin.token").read_text().strip()
        async with Cli(f"http://{made.config.listen}", token) as cli:
            yield made, cli, id


async def shell(cli: Cli, command: str) -> tuple[str, Attached]:
    """Attached to it."""
    url = await cli.begin(APP, command)
    return url, await cli.connect(url)


@pytest.mark.shows("CONNECT attach_url", "POST attach_url/files", "GET attach_url/wait")
async def test_what_a_user_of_the_cli_does_with_one_offs(tmp_path: Path) -> None:
    async with deployed() as (made, cli, id):
        # What is said comes, and the exit code.
        assert await cli.run(APP, "echo hi; exit 7") == ("hi\r\n", 7)
        assert await cli.run(APP, "exit 42") == ("", 42)
        assert await cli.run(APP, "kill -9 $$") == ("", 137)
        assert await cli.run(APP, "no-such-command 2>/dev/null") == ("", 127)
        # What is fed comes back once, and ends, also without a last newline.
        assert await cli.run(APP, "cat", b"one\ntwo\n") == ("one\r\ntwo\r\n", 0)
        assert await cli.run(APP, "cat", b"one\ntwo") == ("one\r\ntwo", 0)
        assert await cli.run(APP, "cat") == ("", 0)
        # Nothing of a long output is lost, though the client loses what comes with the head.
        said, code = await cli.run(APP, "seq 1 20000")
        assert (said.split(), code) == ([str(n) for n in range(1, 20001)], 0)
        # The environment of the app, of the command, and the platform's own.
        shown = await cli.run(
            APP, "echo $FOO $APP $CONTAINER $CONTAINER_SIZE", env={"FOO": "b a'r"}, size="L"
        )
        assert shown[0].split("\r\n")[0].startswith(f"b a'r {APP} one-off-")
        assert shown[0].strip().endswith(" L")
        # Files.
        notes = tmp_path / "notes.txt"
        notes.write_bytes(os.urandom(300_000))
        said, _ = await cli.run(APP, "md5sum < /tmp/uploads/notes.txt; id -u", b"", notes)
        assert len(said.split()) == 3
        # Two at a time, each with its own terminal.
        both = await asyncio.gather(*(cli.run(APP, f"sleep 0.3; echo {n}") for n in range(2)))
        assert [one[0] for one in both] == ["0\r\n", "1\r\n"]
        # Nothing is left, and nothing of what they said is in the log.
        await until(lambda: set(processes(id).values()) == {"web-1"})
        assert [it for it in await made.log(APP) if "one-off" in it] == []
        assert (await cli.ask("GET", f"/apps/{APP}")).json()["app"]["status"] == "running"


@pytest.mark.shows("PUT attach_url")
async def test_a_terminal_is_a_terminal() -> None:
    async with deployed() as (_, cli, _):
        url, attached = await shell(
            cli, "trap 'stty size' WINCH; stty size; tty; while :; do sleep 0.05; done"
        )
        assert await attached.read_until(b"/dev/")
        assert attached.said.startswith(b"24 80\r\n")
        assert await cli.resize(url, 101, 31) == 200
        await attached.read_until(b"31 101\r\n")
        await attached.type(b"\x03")
        await attached.read_all()
        assert await cli.wait(url) == 130

        # An interrupt ends what it is typed to, and not the shell around it.
        url, attached = await shell(cli, "bash --norc --noprofile -i")
        await attached.read_until(b"$ ")
        assert await cli.resize(url, 80, 24) == 200
        await attached.type(b"""sh -c 'echo be""gun; exec sleep 1000'\n""")
        await attached.read_until(b"begun")
        await attached.type(b"\x03")
        await attached.type(b"echo still $((40 + 2)); exit 5\n")
        await attached.read_until(b"still 42")
        await attached.read_all()
        assert await cli.wait(url) == 5


async def test_who_goes_away_takes_the_one_off_along() -> None:
    async with deployed() as (_, cli, id):
        url, attached = await shell(cli, "trap '' HUP TERM; echo deaf; sleep 1000 & wait; sleep 1000")
        await attached.read_until(b"deaf")
        again = await cli.http.get(f"{url}/files", auth=("", cli.jwt))
        assert again.status_code == 405
        with pytest.raises(AttachError, match="409"):
            await cli.connect(url)
        attached.close()
        # SIGHUP, SIGTERM, and SIGKILL after the grace.
        assert await cli.wait(url) == 137
        await until(lambda: set(processes(id).values()) == {"web-1"})
        assert await cli.resize(url, 80, 24) == 409


@pytest.mark.shows("POST /v1/apps/:app/containers/:id/stop", "POST /v1/apps/:app/containers/:id/kill")
async def test_detached_ones_speak_into_the_log_and_are_listed_stopped_and_signalled() -> None:
    async with deployed() as (made, cli, id):
        begun = await cli.post_run(
            APP,
            "trap 'echo heard' USR1; echo bg $FOO; while :; do sleep 0.05; done",
            detached=True,
            env={"FOO": "x"},
        )
        assert "attach_url" not in begun
        it = begun["container"]
        assert (it["type"], it["type_index"], it["label"]) == ("one-off", 1, "one-off-1")
        await until_said(made, "one-off-1", "bg x")
        listed = (await cli.ask("GET", f"/apps/{APP}/ps")).json()["containers"]
        assert [(one["label"], one["state"]) for one in listed] == [
            ("web-1", "running"),
            ("one-off-1", "running"),
        ]
        kill, stop = (f"/apps/{APP}/containers/{it['id']}/{verb}" for verb in ("kill", "stop"))
        assert (await cli.ask("POST", kill, {"signal": "SIGKILL"})).status_code == 422
        assert (await cli.ask("POST", kill, {"signal": "SIGUSR1"})).status_code == 204
        await until_said(made, "one-off-1", "heard")
        stopped = await cli.ask("POST", stop, {})
        assert stopped.status_code == 202
        assert (await cli.polled(APP, stopped.headers["location"]))["type"] == "stop-one-off"
        assert (await cli.ask("POST", stop, {})).status_code == 404
        await until(lambda: set(processes(id).values()) == {"web-1"})
        assert (await cli.ask("GET", f"/apps/{APP}/ps")).json()["containers"][0]["label"] == "web-1"
        web = listed[0]["id"]
        assert (await cli.ask("POST", f"/apps/{APP}/containers/{web}/stop", {})).status_code == 422


async def until_said(made: Platform, label: str, text: str) -> None:
    async with asyncio.timeout(30):
        while f"[{label}] {text}" not in await made.log(APP):
            await asyncio.sleep(0.05)


async def test_silence_ends_one_and_so_does_nobodys_coming() -> None:
    quick = SETTINGS + "one_off_idle_seconds = 1\none_off_attach_seconds = 1\n"
    async with deployed(quick) as (_, cli, id):
        url, attached = await shell(cli, "sleep 1000")
        await attached.read_all()
        assert await cli.wait(url) == 129
        never = await cli.begin(APP, "echo never")
        # The code of one that was ended before it began.
        assert await cli.wait(never) == 143
        with pytest.raises(AttachError, match="409"):
            await cli.connect(never)
        await until(lambda: set(processes(id).values()) == {"web-1"})


async def test_the_death_of_the_control_plane() -> None:
    async with deployed() as (made, cli, id):
        url, attached = await shell(cli, "trap '' HUP; echo here; sleep 1000")
        await attached.read_until(b"here")
        waiting = await cli.begin(APP, "echo late; exit 3")
        detached = await cli.post_run(APP, "echo one; sleep 2; echo two; exit 4", detached=True)
        label = detached["container"]["label"]
        await until_said(made, label, "one")
        begun = time.monotonic()
        await made.kill()
        # The kernel ends what had its terminal from the dead; what is detached goes on.
        await until(lambda: "one-off-1" not in processes(id).values())
        assert label in processes(id).values() or time.monotonic() - begun > 1
        await made.start()
        assert await cli.wait(url) == 137
        attached.close()
        # One that nobody had attached yet still can be.
        late = await cli.connect(waiting)
        assert await late.read_all() == b"late\r\n"
        assert await cli.wait(waiting) == 3
        await until_said(made, label, "two")
        await until_said(made, label, f"{label}: exited with status 4")
        assert (await made.log(APP)).count(f"[{label}] one") == 1
        await until(lambda: set(processes(id).values()) == {"web-1"})


async def test_sigterm_to_the_control_plane_hangs_up() -> None:
    async with deployed() as (made, cli, id):
        url, attached = await shell(cli, "trap 'exit 9' HUP; echo here; while :; do sleep 0.02; done")
        await attached.read_until(b"here")
        await made.terminate()
        await until(lambda: "one-off-1" not in processes(id).values())
        attached.close()
        await made.start()
        assert await cli.wait(url) == 9
        os.kill(made.pid, signal.SIGCONT)

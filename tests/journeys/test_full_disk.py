"""A disk that fills up: clear errors, nothing harmed, and all goes on when there is room again."""

import asyncio
import os
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.journeys.driving import good, platform, processes, until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(120),
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk"),
]


@contextmanager
def small_disk(megabytes=96):
    """A folder on a disk of its own."""
    folder = Path(tempfile.mkdtemp(prefix="headway-journey-"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "none", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)
        folder.rmdir()


def fill(folder, *, but=0):
    """Leave no byte, or so many."""
    with (folder / "ballast").open("ab", buffering=0) as ballast:
        for size in (1 << 20, 4096, 1):
            try:
                while True:
                    ballast.write(b"x" * size)
            except OSError:
                continue
        ballast.truncate(ballast.tell() - but)


def make_room(folder):
    """The disk is as it was."""
    (folder / "ballast").unlink()


async def test_a_full_disk_harms_nothing_and_is_told():
    with small_disk() as folder:
        async with platform(folder=folder) as made:
            app = await made.create("journey-one")
            assert (await made.deploy("journey-one", good()))["status"] == "success"

            # While an operation is submitted, and while lines are said.
            fill(folder)
            replies = [
                await made.ask("POST", "/v1/apps/journey-one/restart", json={}),
                await made.ask("POST", "/v1/apps", json={"app": {"name": "journey-two"}}),
                await made.ask("POST", "/v1/sources", json={}),
            ]
            assert await made.serves("journey-one")
            assert (await made.ask("GET", "/v1/apps/journey-one")).status_code == 200
            for reply in replies:
                assert (reply.status_code, reply.json()["error"]) == (503, "the disk is full")
            before = processes(app)
            await asyncio.sleep(2)
            make_room(folder)
            assert processes(app) == before
            restarted = await accepted(made, "/v1/apps/journey-one/restart", {})
            assert restarted["status"] == "done", restarted
            await counted_without_a_gap(made, "journey-one")

            # While a build runs: the archive is there, and what is in it has no room.
            url = await made.upload(good(large=os.urandom(16 << 20)))
            fill(folder, but=4 << 20)
            body = {"deployment": {"git_ref": "v2", "source_url": url}}
            reply = await made.ask("POST", "/v1/apps/journey-one/deployments", json=body)
            deployment = await made.deployed("journey-one", reply.json()["deployment"]["id"])
            assert deployment["status"] == "build-error"
            assert "the disk is full" in await made.said_by("journey-one", deployment)
            assert "the disk is full" in (await made.operations())[0]["detail"]["text"]
            assert await made.serves("journey-one")
            make_room(folder)
            assert (await made.deploy("journey-one", good(), ref="v3"))["status"] == "success"
            assert await made.serves("journey-one")

            # While an operation is under way.
            begun = await made.ask("POST", "/v1/apps/journey-one/restart", json={})
            fill(folder)
            await asyncio.sleep(2)
            assert await made.serves("journey-one")
            make_room(folder)
            operation = await made.ended(begun.headers["location"])
            assert operation["status"] == "done" or "full" in operation["error"], operation
            assert await made.serves("journey-one")

            # While the control plane is away, and begins.
            await made.kill()
            fill(folder)
            assert await made.serves("journey-one")
            make_room(folder)
            await made.start()
            wanted = await made.containers("journey-one")
            await until(lambda: made.units() == set(wanted))
            assert len(processes(app)) == len(wanted)
            await counted_without_a_gap(made, "journey-one")


async def accepted(made, path, body):
    """Submit when there is room, which the platform may take a moment to see; the operation at its end."""
    async with asyncio.timeout(10):
        while (reply := await made.ask("POST", path, json=body)).status_code == 503:
            await asyncio.sleep(0.05)
    assert reply.status_code == 202, reply.text
    return await made.ended(reply.headers["location"])


async def counted_without_a_gap(made, app):
    """Each ended start of a container has counted, in its log, from 1 to its end."""
    log = await made.log(app)
    ends = [line.split() for line in log if "ends behind" in line]
    assert ends
    for _, start, *_, count in ends:
        said = [line.split()[2] for line in log if f"] {start} " in line][1:-1]
        assert said == [str(number) for number in range(1, int(count) + 1)]

"""A disk that fills up: clear errors, nothing harmed, and all goes on when there is room again."""

import asyncio
import os
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from tests.journeys.driving import good, platform, processes, until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(120),
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk"),
]

APP = "journey-one"


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


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def made():
    """A platform on a small disk, with an app that serves."""
    with small_disk() as folder:
        async with platform(folder=folder) as made:
            await made.create(APP)
            assert (await made.deploy(APP, good()))["status"] == "success"
            yield made


@pytest_asyncio.fixture(loop_scope="module")
async def folder(made):
    """The disk; afterwards there is room again, and all is well."""
    yield made.config.folder
    assert await made.serves(APP)
    (made.config.folder / "ballast").unlink(missing_ok=True)
    operation = await accepted(made, f"/v1/apps/{APP}/restart", {})
    assert operation["status"] == "done", operation
    assert await made.serves(APP)
    wanted = await made.containers(APP)
    await until(lambda: made.units() == set(wanted))
    (app,) = {(await made.ask("GET", f"/v1/apps/{APP}")).json()["app"]["id"]}
    assert len(processes(app)) == len(wanted)
    await counted_without_a_gap(made)


async def test_what_would_have_to_be_kept_is_refused_and_what_is_said_meanwhile_waits(made, folder):
    before = await made.containers(APP)
    fill(folder)
    for path, body in (
        (f"/v1/apps/{APP}/restart", {}),
        ("/v1/apps", {"app": {"name": "journey-two"}}),
        ("/v1/sources", {}),
    ):
        reply = await made.ask("POST", path, json=body)
        assert (reply.status_code, reply.json()["error"]) == (503, "the disk is full")
        assert reply.headers["retry-after"] == "60"
    assert (await made.ask("GET", f"/v1/apps/{APP}")).status_code == 200
    # Let the app talk to the full disk.
    await asyncio.sleep(2)
    assert await made.containers(APP) == before


async def test_a_build_without_room_fails_and_says_why(made, folder):
    url = await made.upload(good(large=os.urandom(16 << 20)))
    fill(folder, but=4 << 20)
    body = {"deployment": {"git_ref": "v2", "source_url": url}}
    reply = await made.ask("POST", f"/v1/apps/{APP}/deployments", json=body)
    deployment = await made.deployed(APP, reply.json()["deployment"]["id"])

    assert deployment["status"] == "build-error"
    assert "the disk is full" in await made.said_by(APP, deployment)
    assert "the disk is full" in (await made.operations())[0]["detail"]["text"]
    make_room(folder)
    assert (await made.deploy(APP, good(), ref="v3"))["status"] == "success"


async def test_an_operation_under_way_waits_or_fails_and_says_why(made, folder):
    begun = await made.ask("POST", f"/v1/apps/{APP}/restart", json={})
    fill(folder)
    await asyncio.sleep(2)
    assert await made.serves(APP)
    make_room(folder)
    operation = await made.ended(begun.headers["location"])

    assert operation["status"] == "done" or "full" in operation["error"], operation


async def test_a_control_plane_that_dies_on_a_full_disk_comes_back_when_there_is_room(made, folder):
    await made.kill()
    fill(folder)
    assert await made.serves(APP)
    make_room(folder)
    await made.start()


async def accepted(made, path, body):
    """Submit when there is room, which the platform may take a moment to see; the operation at its end."""
    async with asyncio.timeout(30):
        while (reply := await made.ask("POST", path, json=body)).status_code == 503:
            await asyncio.sleep(0.05)
    assert reply.status_code == 202, reply.text
    return await made.ended(reply.headers["location"])


async def counted_without_a_gap(made):
    """Each ended start of a container has counted, in its log, from 1 to its end."""
    log = await made.log(APP)
    ends = [line.split() for line in log if "ends behind" in line]
    for _, start, *_, count in ends:
        said = [line.split()[2] for line in log if f"] {start} " in line][1:-1]
        assert said == [str(number) for number in range(1, int(count) + 1)]

"""Real clients of Workiva's, and a poller that does what its own library does: the scenarios that need them."""

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest

from headway import ids
from headway.domain.world import World
from headway.model.operations import Detail, Phase
from tests.dialects.workiva.conftest import Opened, Working, site_of
from tests.dialects.workiva.moving import ended, path, queued, started
from tests.journeys.driving import Platform, good, platform
from tests.parity.workiva.conftest import Drive
from tests.parity.workiva.poller import OperationCancelled, OperationFailed, OperationTimeout, Poller
from tests.ready_made import SECRET, served

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
PACKAGES = ("openapi_client", "workiva_platform_client")
SLOW = {"Procfile": "web: sleep 6; exec python3 -u app.py\n"}


@contextlib.asynccontextmanager
async def at(world: World) -> AsyncIterator[str]:
    """The address of a real server with all dialects of a world."""
    with site_of(world) as (site, _):
        async with served(site) as address:
            yield f"http://{address}"


@contextlib.asynccontextmanager
async def polling(base: str, secret: str = SECRET) -> AsyncIterator[Poller]:
    poller = Poller(base, secret)
    try:
        yield poller
    finally:
        await poller.close()


async def test_scenario_21_who_waits_as_told_is_never_too_early(opened: Opened) -> None:
    async with (
        opened() as (_, world),
        at(world) as base,
        polling(base) as poller,
        asyncio.TaskGroup() as group,
    ):
        it = await queued(world)
        waiting = group.create_task(poller.result(f"{base}{path(it)}"))
        for move in (lambda: started(world, "south"), lambda: ended(world, it, Phase.SUCCEEDED)):
            await poller.changed.wait()
            poller.changed.clear()
            it = await move() or it
        assert (await waiting)["status"] == "completed"
        assert poller.seen in (["queued", "started", "completed"], ["queued", "completed"])
        assert set(poller.statuses) == {200}


async def test_scenario_25_the_poller_hears_of_every_end(opened: Opened) -> None:
    async with opened() as (_, world), at(world) as base:
        walls = {word: await started(world, word) for word in ("done", "dry", "rain", "slow")}
        await ended(world, walls["done"], Phase.SUCCEEDED)
        await ended(world, walls["dry"], Phase.FAILED, Detail(code="no-paint", text="the paint is dry"))
        await ended(
            world, walls["rain"], Phase.CANCELLED, Detail(code="cancelled", text="operation cancelled")
        )
        async with polling(base) as poller:
            done = await poller.result(f"{base}{path(walls['done'], '/platform/v1')}")
            assert done["id"] == ids.show(walls["done"].id)
            with pytest.raises(OperationFailed, match=r"failed:\n  \[no-paint\] the paint is dry"):
                await poller.result(path(walls["dry"]))
            with pytest.raises(OperationCancelled):
                await poller.result(path(walls["rain"]))
            with pytest.raises(OperationTimeout, match="last status: started"):
                await poller.result(path(walls["slow"]), timeout=2)


@pytest.mark.parametrize("package", PACKAGES)
async def test_scenario_26_a_generated_client_copies_follows_and_looks(
    working: Working, drive: Drive, package: str
) -> None:
    folder = await working.folder("one.csv", "two.csv")
    async with at(working.world) as base:
        seen = await drive(package, "walk", base, SECRET, folder)
        file = await working.upload("table.csv", b"a;b\n1;2\n")
        exported = await drive(package, "export", base, SECRET, file)
    assert (seen["token_type"], seen["expires_in"]) == ("Bearer", 600)
    assert seen["seen"][-1] == "completed"
    assert uuid.UUID(seen["original_request"])
    assert seen["resource_url"].startswith(f"{base}/operations/")
    (top, at_root, kind), (_, below, file_kind) = seen["results"]
    assert (at_root, kind, below, file_kind) == ("", "Folder", top, "Spreadsheet")
    assert seen["next"].startswith(f"{base}/operations/")
    assert seen["refused"] == {"code": "404NotFound", "message": "The requested resource could not be found"}
    assert exported == {"status": 200, "content": "a;b\n1;2\n"}


async def begun(made: Platform, app: str) -> str:
    """A deployment of an app that takes its time; the id of its operation."""
    await made.create(app)
    wanted = {"deployment": {"git_ref": "v1", "source_url": await made.upload(slow())}}
    assert (await made.insist("POST", f"/v1/apps/{app}/deployments", wanted)).status_code == 201
    return (await made.operations())[0]["id"]


def slow() -> bytes:
    """The app that behaves, six seconds later."""
    return good(**SLOW)


async def test_scenarios_11_and_27_every_client_rides_through_the_death_of_the_control_plane(
    drive: Drive,
) -> None:
    async with platform() as made:
        base = f"http://{made.config.listen}"
        secret = (made.config.folder / "admin.token").read_text().strip()
        id = await begun(made, "journey-slow")
        async with polling(base, secret) as poller, asyncio.TaskGroup() as group:
            waiting = group.create_task(poller.result(f"/operations/{id}"))
            others = [
                group.create_task(drive(it, "poll", base, await another(made, it), id)) for it in PACKAGES
            ]
            while "started" not in poller.seen:
                await poller.changed.wait()
                poller.changed.clear()
            await made.kill()
            await made.start()
            it: dict[str, Any] = await waiting
            seen = [await one for one in others]
        assert it["status"] == "completed"
        assert (
            await made.ask("GET", f"/operations/{id}/resource", headers=bearer_of(secret))
        ).status_code == 200
        for one in [poller.seen, *(other["seen"] for other in seen)]:
            assert one == [word for word in ("queued", "started", "completed") if word in one]
        assert [other["resource_url"] for other in seen] == [it["resourceUrl"]] * 2
        ends = [one for one in await made.operations() if one["id"] == id]
        assert [one["phase"] for one in ends] == ["succeeded"]


async def another(made: Platform, name: str) -> str:
    """One more API token: who looks with the same one shares its pace."""
    reply = await made.ask("POST", "/v1/tokens", json={"token": {"name": name}})
    assert reply.status_code == 201, reply.text
    return reply.json()["token"]["token"]


def bearer_of(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}

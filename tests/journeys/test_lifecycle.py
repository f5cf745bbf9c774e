"""The lives of the platform's parts, each ended in every way, and what the others make of it."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys

import httpx2
import pytest

from headway.cli import pidfile
from tests.journeys.driving import SETTINGS, good, platform, processes, routers, until

QUICK_CRASHES = SETTINGS + "crash_delays_seconds = [" + ", ".join(["0.01"] * 12) + "]\n"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


async def with_apps(made, *names):
    """Apps that serve; their ids."""
    found = []
    for name in names:
        found.append(await made.create(name))
        assert (await made.deploy(name, good()))["status"] == "success"
    return found


async def test_sigterm_ends_the_control_plane_soon_and_the_next_one_adopts_all_that_runs():
    async with platform() as made:
        one, two = await with_apps(made, "journey-one", "journey-two")
        before = processes(one) | processes(two), routers(made)
        slow = asyncio.create_task(made.visit("journey-one", "/?2"))
        await asyncio.sleep(0.2)

        assert await made.terminate() < made.config.drain_seconds
        assert await made.serves("journey-one")
        assert (await slow).text == "served"
        assert (processes(one) | processes(two), routers(made)) == before
        await made.start()
        assert (processes(one) | processes(two), routers(made)) == before
        assert (await made.change("/v1/apps/journey-two/restart", {}))["status"] == "done"
        assert processes(two).keys().isdisjoint(before[0])
        assert await made.serves("journey-two")


async def test_down_leaves_no_process_and_the_next_up_serves_every_app_again():
    async with platform() as made:
        (app,) = await with_apps(made, "journey-one")
        assert (len(processes(app)), len(routers(made))) == (1, 1)

        await made.child.end()
        assert (processes(app), routers(made), pidfile.holder(made.config.folder)) == ({}, [], None)
        await made.start()
        await until(lambda: processes(app))
        await served_again(made, "journey-one")


async def test_a_second_platform_on_the_same_folder_is_refused():
    async with platform() as made:
        argv = [sys.executable, "-m", "headway", "up", "--data", made.config.data]
        done = await asyncio.to_thread(subprocess.run, argv, capture_output=True, text=True, timeout=30)

        assert done.returncode == 1
        assert f"process {made.pid} already runs the platform" in done.stderr
        assert (await made.ask("GET", "/healthz")).status_code == 200


async def test_a_router_that_is_killed_comes_back_with_all_its_routes():
    async with platform() as made:
        await with_apps(made, "journey-one", "journey-two")
        (router,) = routers(made)
        os.kill(router, signal.SIGKILL)
        await until(lambda: routers(made) not in ([], [router]))

        await served_again(made, "journey-one")
        await served_again(made, "journey-two")
        assert (await made.change("/v1/apps/journey-one/restart", {}))["status"] == "done"


async def test_after_a_restart_of_the_machine_every_app_serves_again():
    async with platform() as made:
        apps = await with_apps(made, "journey-one", "journey-two")
        body = {"containers": [{"name": "web", "amount": 2}, {"name": "worker", "amount": 1}]}
        assert (await made.change("/v1/apps/journey-one/scale", body))["status"] == "done"
        await made.kill()
        for pid in [*routers(made), *processes(apps[0]), *processes(apps[1])]:
            os.kill(pid, signal.SIGKILL)
        await until(lambda: not any(map(processes, apps)))

        await made.start()
        await served_again(made, "journey-one")
        await served_again(made, "journey-two")
        await until(lambda: sorted(processes(apps[0]).values()) == ["web-1", "web-2", "worker-1"])
        assert len(processes(apps[1])) == 1


async def test_a_container_that_is_killed_is_started_again_and_serves():
    async with platform() as made:
        (app,) = await with_apps(made, "journey-one")
        ((pid, label),) = processes(app).items()
        os.kill(pid, signal.SIGKILL)
        await until(lambda: processes(app) and pid not in processes(app))

        await served_again(made, "journey-one")
        log = await made.log("journey-one")
        assert f"[{label}] {label}: exited with status 137, starts again" in log
        assert [line for line in log if line.endswith("] ")] == []


async def test_an_app_that_ends_again_and_again_is_crashed_and_a_good_deployment_brings_it_back():
    async with platform(QUICK_CRASHES) as made:
        (app,) = await with_apps(made, "journey-one")
        for _ in range(13):
            (pid,) = await running(app)
            os.kill(pid, signal.SIGKILL)
            await until(lambda pid=pid: pid not in processes(app))
        await until(lambda: not processes(app))

        async def status():
            return (await made.ask("GET", "/v1/apps/journey-one")).json()["app"]["status"]

        async with asyncio.timeout(20):
            while await status() != "crashed":
                await asyncio.sleep(0.02)
        assert set((await made.containers("journey-one")).values()) == {"crashed"}
        assert (await made.visit("journey-one")).status_code == 502
        assert any("stays down" in line for line in await made.log("journey-one"))
        assert (await made.deploy("journey-one", good()))["status"] == "success"
        assert await status() == "running"
        assert await made.serves("journey-one")


async def test_twenty_restarts_leave_nothing_but_what_runs_and_every_line_is_kept():
    async with platform() as made:
        (app,) = await with_apps(made, "journey-one")
        for _ in range(20):
            assert (await made.change("/v1/apps/journey-one/restart", {}))["status"] == "done"

        wanted = await made.containers("journey-one")
        await until(lambda: made.units() == set(wanted))
        assert len(processes(app)) == 1
        log = await made.log("journey-one")
        ends = [line for line in log if "ends behind" in line]
        assert len(ends) == 20
        assert [line for line in log if line.endswith("] ")] == []
        for end in ends:
            start, count = end.split()[1], int(end.split()[-1])
            assert len([line for line in log if f"] {start} " in line]) == count + 2


async def running(app):
    """The processes of the app, when there are any."""
    await until(lambda: processes(app))
    return processes(app)


async def served_again(made, app, seconds=20):
    """Return when the app answers."""
    async with asyncio.timeout(seconds):
        while True:
            with contextlib.suppress(httpx2.TransportError):
                if await made.serves(app):
                    return
            await asyncio.sleep(0.05)

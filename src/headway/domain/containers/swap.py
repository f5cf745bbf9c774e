"""Replace the containers of an app by others, so that it is never without one that serves.

The plot: what is added is started and must accept connections; then it gets the traffic; what is surplus finishes
its requests and is stopped. A container that does not listen is stopped before another with its label starts: two
of one worker at a time would do its work twice. Each step has its undo, and all of them only bring about states.
"""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

import msgspec

from headway.domain.containers import running
from headway.domain.containers.unit import unit_id
from headway.domain.variables.veil import veil_of
from headway.domain.world import World
from headway.engine.declare import Again, Do, Run, Step, Undo
from headway.errors import Failure
from headway.ids import show
from headway.model.apps import Container, is_routed, listens
from headway.runtimes.port import Unit

P = TypeVar("P", bound=msgspec.Struct)

_SECONDS_MAX = 3600
"""Of a step: only a guard, for each wait in it has its own limit among the settings."""
_PATIENT = Again(attempts_max=12)
"""Router and runtime may be starting anew, which takes a while: some two minutes of trying."""


class Swap(msgspec.Struct, frozen=True, kw_only=True):
    """From which containers to which."""

    app_id: int
    before: list[Container]
    after: list[Container]

    @property
    def added(self) -> list[Container]:
        """Those that come."""
        return _without(self.after, self.before)

    @property
    def surplus(self) -> list[Container]:
        """Those that go."""
        return _without(self.before, self.after)

    @property
    def in_the_way(self) -> list[Container]:
        """Of those that go, the ones that must be gone before one with the same label starts."""
        coming = {it.label for it in self.added}
        return [it for it in self.surplus if it.label in coming and not listens(it.type)]


def _without(some: list[Container], others: list[Container]) -> list[Container]:
    ids = {it.id for it in others}
    return [it for it in some if it.id not in ids]


class Swapping(Generic[P]):
    """The three steps of a swap, for any type of operation; `of` says which swap a run is about."""

    def __init__(self, of: Callable[[Run[P, World]], Swap]) -> None:
        self._of = of

    def start(self, title: str) -> Step:
        """The first: what is added runs, and what of it listens accepts connections."""
        return _step(title, self._start_added, self._stop_added, weight=6)

    def route(self, title: str) -> Step:
        """The second: traffic goes to what will be there, and to nothing else."""
        return _step(title, self._route_to_after, self._route_to_before, weight=1)

    def stop(self, title: str) -> Step:
        """The last: what is surplus has finished its requests, and is gone."""
        return _step(title, self._stop_surplus, self._restart_surplus, weight=2)

    async def _start_added(self, run: Run[P, World]) -> None:
        world, swap = run.world, self._of(run)
        await running.stop(world, swap.in_the_way)
        units = await running.units_of(world, swap.app_id, swap.added)
        started = 0

        async def start(one: Unit) -> None:
            nonlocal started
            run.say(f"starting {one.label}")
            await world.runtime.ensure(one)
            try:
                await world.runtime.ready(one.id, seconds=world.config.boot_seconds)
            except Failure as failure:
                veil = await veil_of(world, swap.app_id)
                raise Failure(failure.code, veil(failure.text)) from failure
            run.say(f"{one.label} is ready")
            started += 1
            run.progress(started / len(units))

        await running.together(start(one) for one in units)

    async def _stop_added(self, run: Run[P, World]) -> None:
        swap = self._of(run)
        await running.stop(run.world, swap.added)
        await _bring_back(run, swap, swap.in_the_way)

    async def _route_to_after(self, run: Run[P, World]) -> None:
        world, swap = run.world, self._of(run)
        app = await running.app_of(world, swap.app_id)
        await world.router.route(await running.route_of(world, app, swap.after))

    async def _route_to_before(self, run: Run[P, World]) -> None:
        world, swap = run.world, self._of(run)
        app = await running.app_of(world, swap.app_id)
        if app.release_id is None:
            await world.router.drop(show(swap.app_id))
        else:
            await world.router.route(await running.route_of(world, app, swap.before))

    async def _stop_surplus(self, run: Run[P, World]) -> None:
        world, swap = run.world, self._of(run)
        app = await running.app_of(world, swap.app_id)
        route = await running.route_of(world, app, swap.after)
        leaving = [it for it in swap.surplus if is_routed(it.type)]
        draining = await running.endpoints_of(world, swap.app_id, leaving)
        await world.router.route(msgspec.structs.replace(route, draining=draining))
        seconds = world.config.request_drain_seconds
        await running.together(world.router.drained(one, seconds=seconds) for one in draining)
        for it in swap.surplus:
            run.say(f"stopping {it.label}")
        await running.stop(world, swap.surplus)
        await world.router.route(route)

    async def _restart_surplus(self, run: Run[P, World]) -> None:
        swap = self._of(run)
        await _bring_back(run, swap, _without(swap.before, swap.in_the_way))


def _step(title: str, do: Do, undo: Undo, weight: int) -> Step:
    return Step(title=title, do=do, undo=undo, weight=weight, seconds_max=_SECONDS_MAX, again=_PATIENT)


async def _bring_back(run: Run[Any, World], swap: Swap, containers: list[Container]) -> None:
    """Start what was there, and wait for it.

    What does not come back is no reason to leave off: it may have been broken before, and the crash policy tries on.
    """
    await running.start(run.world, swap.app_id, containers)

    async def wait_for(container: Container) -> None:
        try:
            await run.world.runtime.ready(unit_id(container), seconds=run.world.config.boot_seconds)
        except Failure as failure:
            run.say((await veil_of(run.world, swap.app_id))(str(failure)))

    await running.together(wait_for(it) for it in containers)

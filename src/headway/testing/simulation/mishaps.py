"""What befalls nodes, machines and the line to the database, one mishap after another, as the seed says."""

from collections.abc import Callable, Sequence
from random import Random

from headway.testing.simulation.clocks import Dates, MachineClock
from headway.testing.simulation.loop import Loop
from headway.testing.simulation.nodes import Node
from headway.testing.simulation.weather import Weather
from headway.testing.simulation.witness import Witness

CALLBACKS_MAX = 60
"""So many callbacks of a node later, at most, a mishap strikes: at any await, that is."""


class Mishaps:
    """They come until `over`; then everything is mended."""

    def __init__(
        self,
        loop: Loop,
        random: Random,
        nodes: Sequence[Node],
        *,
        clock: MachineClock,
        dates: Dates,
        weather: Weather,
        witness: Witness,
    ) -> None:
        self._loop = loop
        self._random = random
        self._nodes = nodes
        self._clock = clock
        self._dates = dates
        self._weather = weather
        self._witness = witness
        self._over = False
        kinds = (self._kill, self._freeze, self._cut, self._jump, self._stop, self._storm, self._blackout)
        self._kinds = [kind for kind in kinds if random.random() < 0.7] or [*kinds]

    async def come(self, seconds: float, each: float) -> None:
        """One after another for so long; then mend everything."""
        end = self._loop.time() + seconds
        while self._loop.time() < end:
            await self._clock.sleep(self._random.expovariate(1 / each))
            await self._random.choice(self._kinds)(self._random.choice(self._nodes))
        self.mend()

    def mend(self) -> None:
        """From now on everything works."""
        self._over = True
        self._witness.say("world", "everything is mended")
        self._weather.clear()
        for node in self._nodes:
            node.process.fuse = 0
            node.wake()
            if not node.up:
                node.start()

    def _later(self, seconds: float, act: Callable[[], object]) -> None:
        self._loop.call_later(seconds, lambda: None if self._over else act())

    def _strike(self, node: Node, act: Callable[[], None]) -> None:
        """Right now, or in the middle of what the node does next."""
        if self._random.random() < 0.3:
            act()
            return
        node.process.blown = act
        node.process.fuse = self._random.randint(1, CALLBACKS_MAX)

    # -- nodes ---------------------------------------------------------------------------------------------

    async def _kill(self, node: Node) -> None:
        if not node.up:
            return
        back = self._random.choice([0.0, 0.05, 1.0, 4.0, 10.0, 40.0])

        def dies() -> None:
            node.kill()
            self._later(back, lambda: None if node.up else node.start())

        self._strike(node, dies)

    async def _blackout(self, _: Node) -> None:
        """The power goes for all of them."""
        if self._random.random() < 0.7:
            return
        for node in self._nodes:
            await self._kill(node)

    async def _freeze(self, node: Node) -> None:
        seconds = self._random.choice([0.1, 1.0, 4.9, 6.0, 12.0, 30.0])
        asleep = seconds if self._random.random() < 0.3 else 0.0
        process = node.process

        def freezes() -> None:
            node.freeze()
            self._later(seconds, lambda: node.wake(behind=asleep) if node.process is process else None)

        if node.up:
            self._strike(node, freezes)

    async def _stop(self, node: Node) -> None:
        if not node.up or node.process.frozen:
            return
        await node.stop()
        self._later(self._random.choice([0.0, 1.0, 8.0]), lambda: None if node.up else node.start())

    # -- the rest ------------------------------------------------------------------------------------------

    async def _cut(self, node: Node) -> None:
        seconds = self._random.choice([0.5, 3.0, 6.0, 15.0])
        stalls = self._random.random() < 0.5
        self._witness.say(node.name, f"{'stalls' if stalls else 'is cut off'} for {seconds} s")
        self._weather.cut(node.name, self._loop.time() + seconds, stalls=stalls)

    async def _storm(self, _: Node) -> None:
        seconds = self._random.choice([0.2, 2.0, 8.0])
        stalls = self._random.random() < 0.5
        self._witness.say("database", f"{'stalls' if stalls else 'is away'} for {seconds} s")
        self._weather.cut("*", self._loop.time() + seconds, stalls=stalls)

    async def _jump(self, node: Node) -> None:
        seconds = self._random.choice([-3600.0, -7.0, -0.5, 0.5, 7.0, 3600.0])
        self._witness.say(node.clock.machine, f"its clock is set by {seconds:+} s")
        self._dates.jump(node.clock.machine, seconds)
        for it in self._nodes:
            self._witness.standing.shaken(it.process)

"""Operation types that keep their word, and some that do not, each in a way of its own; for trials."""

import asyncio
from pathlib import Path
from typing import Any

import msgspec

from headway.engine.declare import Again, OperationType, Run, Step
from headway.errors import Retry
from headway.model.operations import Phase
from headway.testing.trial import Scene, Trial


class Paint(msgspec.Struct, frozen=True):
    """What is asked: a wall, and its colour."""

    wall: str = "north"
    colour: str = "red"
    mixed: Any = None


Work = Run[Paint, Path]


def wall(run: Work) -> Path:
    return run.world / run.params.wall


async def plaster(run: Work) -> dict[str, Any]:
    await asyncio.sleep(0.5)
    (run.world / "plaster").write_text("smooth")
    await asyncio.to_thread(lambda: None)
    return {"plaster": "smooth"}


async def strip(run: Work) -> None:
    (run.world / "plaster").unlink(missing_ok=True)
    await asyncio.sleep(0.5)


async def paint(run: Work) -> dict[str, Any]:
    with wall(run).open("w") as brush:
        for _ in range(3):
            brush.write(run.params.colour)
            await asyncio.sleep(0.1)
    return {"painted": run.notes["plaster"]}


async def wash(run: Work) -> None:
    wall(run).unlink(missing_ok=True)


async def paint_over(run: Work) -> None:
    """Adds what is there already."""
    with wall(run).open("a") as brush:
        brush.write(run.params.colour)
    await asyncio.sleep(0.1)


async def paint_new(run: Work) -> None:
    """Only what is not painted yet."""
    wall(run).open("x").close()
    await asyncio.sleep(0.1)


async def wash_painted(run: Work) -> None:
    """Only what is painted."""
    await asyncio.sleep(0.1)
    wall(run).unlink()


async def wash_another(run: Work) -> None:
    (run.world / "south").unlink(missing_ok=True)


async def look_at_it(run: Work) -> None:
    """Will not be stopped."""
    while True:
        try:
            await asyncio.sleep(1)
        except asyncio.CancelledError:
            run.say("only a moment")


async def run_around(_: Work) -> None:
    """Never lets time pass."""
    while True:
        await asyncio.sleep(0)


async def stare(_: Work) -> None:
    """Never lets anybody else do anything."""
    while True:
        pass


async def think(_: Work) -> dict[str, Any]:
    return {"thoughts": object()}


async def ask_again(_: Work) -> None:
    raise Retry("nobody has a brush")


QUICK = Again(attempts_max=2, first_seconds=0.1)
FIRST = Step(title="plaster", do=plaster, undo=strip)


def painting(step: Step) -> OperationType[Paint, Path]:
    """A type whose last step is this one."""
    return OperationType(
        name="wall.paint", params=Paint, target=lambda it: f"wall:{it.wall}", steps=(FIRST, step)
    )


def trial(do: Any, undo: Any, **more: Any) -> Trial[Paint, Path]:
    """The trial of a type whose last step does, and undoes, this."""
    step = Step(title="paint", do=do, undo=undo, again=QUICK, seconds_max=30)
    given = {"asks": [Paint()], "world": lambda scene: scene.folder} | more
    return Trial(type=painting(step), **given)


def red(world: Path, params: Paint, phase: Phase) -> None:
    """Of all walls only red ones are wanted."""
    if phase is Phase.SUCCEEDED:
        colour = (world / params.wall).read_text()[:3]
        assert colour == "red", f"it is {colour}"


async def has_a_cellar(scene: Scene) -> None:
    (scene.folder / "cellar").write_text("coal")


GOOD = trial(paint, wash, check=red, before=has_a_cellar)
PAINT = GOOD.type

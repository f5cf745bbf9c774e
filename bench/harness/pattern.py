"""So many operations of three steps, carried out by the engine: the rows that `grow` puts into a file again and again."""

import asyncio

import uvloop
from engine_headway import TYPES, engine
from loop import given, tell

SUBMITTERS = 100


async def main(url: str, count: int) -> None:
    """From many submitters at once, as in life, so that the rows of different operations lie mixed."""
    async with engine(url) as it:

        async def submit(number: int) -> None:
            for _ in range(number, count, SUBMITTERS):
                await it.carried_out(TYPES["FL3"], f"thing {number}")

        await asyncio.gather(*(submit(number) for number in range(SUBMITTERS)))
    tell({"made": count})


if __name__ == "__main__":
    uvloop.run(main(**given()))

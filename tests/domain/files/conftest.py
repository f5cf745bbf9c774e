"""A platform at work, on each engine in turn, and files in it."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from headway.domain.files.create import Wish, create_file, create_folder
from headway.domain.world import World
from headway.model.files import ROOT, File
from tests.outside import Outside

Upload = Callable[..., Awaitable[File]]


@pytest.fixture
async def world(outside: Outside) -> AsyncIterator[World]:
    async with outside.at_work() as world:
        yield world


@pytest.fixture
def upload(outside: Outside) -> Upload:
    """Make a file."""
    world = outside.process()[0]

    async def upload(
        name: str, content: bytes = b"a,b\n", container: int = ROOT, media: str = "text/csv"
    ) -> File:
        async def chunks() -> AsyncIterator[bytes]:
            yield content

        wish = Wish(name=name, container_id=container, media=media)
        return await create_file(world, wish, chunks(), outside.by)

    return upload


@pytest.fixture
async def folder(outside: Outside, upload: Upload) -> File:
    """A folder with a file, and a folder with another one."""
    world = outside.process()[0]
    top = await create_folder(world, "top", ROOT, outside.by)
    below = await create_folder(world, "below", top.id, outside.by)
    await upload("one.csv", b"1\n", top.id)
    await upload("two.txt", b"<2>\n", below.id, "text/plain")
    return top

"""Archives come in."""

from collections.abc import AsyncIterator
from dataclasses import replace

import msgspec
import pytest

from headway.domain.deployments import upload as archives
from headway.domain.world import World
from headway.errors import NotFound, TooLarge
from headway.model.operations import Actor
from tests.ready_made import HandClock


async def pieces(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def cut_short() -> AsyncIterator[bytes]:
    yield b"half"
    raise ConnectionResetError


def wait(world: World, seconds: int) -> None:
    assert isinstance(world.clock, HandClock)
    world.clock.ahead += seconds


def files(world: World) -> list[str]:
    return [file.name for file in (world.config.folder / "sources").iterdir()]


async def test_what_was_uploaded_can_be_downloaded_with_the_other_secret(world: World, by: Actor) -> None:
    upload, download = await archives.create_source(world, by)
    await archives.upload(world, upload, pieces(b"one ", b"two"))
    assert (await archives.download(world, download)).read_bytes() == b"one two"
    with pytest.raises(NotFound):
        await archives.download(world, upload)
    with pytest.raises(NotFound):
        await archives.upload(world, download, pieces(b"three"))


async def test_a_second_upload_replaces_the_first(world: World, by: Actor) -> None:
    upload, download = await archives.create_source(world, by)
    await archives.upload(world, upload, pieces(b"one"))
    await archives.upload(world, upload, pieces(b"two"))
    assert (await archives.download(world, download)).read_bytes() == b"two"
    assert len(files(world)) == 1


async def test_before_the_upload_there_is_nothing_to_download(world: World, by: Actor) -> None:
    _, download = await archives.create_source(world, by)
    with pytest.raises(NotFound):
        await archives.download(world, download)


async def test_after_its_time_neither_url_works_but_a_deployment_still_finds_the_archive(
    world: World, by: Actor
) -> None:
    upload, download = await archives.create_source(world, by)
    await archives.upload(world, upload, pieces(b"one"))
    wait(world, world.config.source_url_seconds + 1)
    with pytest.raises(NotFound):
        await archives.upload(world, upload, pieces(b"two"))
    with pytest.raises(NotFound):
        await archives.download(world, download)
    archive = await archives.own_archive(world, f"http://any.name/v1/sources/download?token={download}")
    assert archive is not None
    assert archive.read_bytes() == b"one"


@pytest.mark.parametrize(
    "url", ["https://example.com/a.tar.gz", "https://example.com/a?token=wrong", "http://[bad", ""]
)
async def test_other_urls_are_not_ours(world: World, url: str) -> None:
    assert await archives.own_archive(world, url) is None


async def test_an_archive_over_the_limit_leaves_nothing(world: World, by: Actor) -> None:
    small = replace(world, config=msgspec.structs.replace(world.config, archive_bytes_max=5))
    upload, _ = await archives.create_source(small, by)
    with pytest.raises(TooLarge):
        await archives.upload(small, upload, pieces(b"abc", b"def"))
    assert files(small) == []


async def test_an_upload_that_is_cut_short_leaves_what_was_there_before(world: World, by: Actor) -> None:
    upload, download = await archives.create_source(world, by)
    await archives.upload(world, upload, pieces(b"one"))
    with pytest.raises(ConnectionResetError):
        await archives.upload(world, upload, cut_short())
    assert (await archives.download(world, download)).read_bytes() == b"one"
    assert len(files(world)) == 1


async def test_long_after_its_time_an_archive_is_gone(world: World, by: Actor) -> None:
    upload, download = await archives.create_source(world, by)
    await archives.upload(world, upload, pieces(b"one"))
    wait(world, world.config.source_url_seconds + 1)
    await archives.forget_expired(world)
    assert len(files(world)) == 1
    wait(world, archives.KEPT_SECONDS)
    await archives.forget_expired(world)
    assert files(world) == []
    assert await archives.own_archive(world, f"http://h/v1/sources/download?token={download}") is None


async def test_who_asks_for_a_place_sweeps_away_what_is_long_over(world: World, by: Actor) -> None:
    upload, _ = await archives.create_source(world, by)
    await archives.upload(world, upload, pieces(b"one"))
    wait(world, world.config.source_url_seconds + archives.KEPT_SECONDS + 1)
    await archives.create_source(world, by)
    assert files(world) == []

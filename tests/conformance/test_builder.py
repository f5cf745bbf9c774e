"""What every builder keeps: the copying stand-in and the real one, on projects that both can build."""

import asyncio
from pathlib import Path

import pytest

from headway.builders.buildpack import Bounds, Buildpack
from headway.builders.packs.catalog import PACKS
from headway.builders.port import Builder, Slug, Source
from headway.builders.surroundings import Surroundings
from headway.builders.toolchains import Machine
from headway.clock import SystemClock
from headway.errors import Failure
from headway.model.cron_tasks import CronLine
from headway.testing.builder import LIMITS, CopyingBuilder
from tests.builders.archives import archive, contents, folder, link, member, packed
from tests.builders.sandbox import NoSandbox

FILES = {"Procfile": "web: serve\nworker: work\n", "bin/tool": "#!/bin/sh\n", "text": "text"}


@pytest.fixture(params=["copying", "buildpack"])
def builder(request, tmp_path) -> Builder:
    if request.param == "copying":
        return CopyingBuilder(tmp_path / "data")
    return Buildpack(
        tmp_path / "data",
        NoSandbox(),
        SystemClock(),
        bounds=Bounds(
            unpacking=LIMITS,
            build_seconds=60,
            build_output_bytes_max=1 << 20,
            build_disk_bytes_max=1 << 30,
            slug_bytes_max=1 << 30,
        ),
        packs=PACKS,
        machine=nothing,
        surroundings=Surroundings(),
    )


async def nothing() -> Machine:
    """To build with."""
    return Machine()


def source(file: Path, build_id: str = "b1") -> Source:
    return Source(archive=file, app_id="a1", app="hello", ref="r1", environment={}, build_id=build_id)


async def built(builder: Builder, file: Path, build_id: str = "b1") -> Slug:
    return await builder.build(source(file, build_id), lambda _: None)


async def test_the_source_becomes_the_slug_with_its_processes(builder, tmp_path):
    slug = await built(builder, packed(tmp_path / "it", FILES, programs=("bin/tool",)))
    assert contents(slug.folder) == FILES
    assert slug.processes == {"web": "serve", "worker": "work"}
    assert slug.size_bytes == sum(map(len, FILES.values()))
    assert slug.folder.joinpath("bin/tool").stat().st_mode & 0o111
    assert slug.digest.startswith("sha256:")


async def test_what_is_to_run_by_the_clock_is_told_and_a_wrong_cron_file_fails_the_build(builder, tmp_path):
    task = '{"jobs": [{"command": "0 5 * * * bin/report", "size": "L"}]}'
    slug = await built(builder, packed(tmp_path / "it", FILES | {"cron.json": task}))
    assert slug.cron == (CronLine("0 5 * * *", "bin/report", "L"),)
    assert (await built(builder, packed(tmp_path / "none", FILES), "b2")).cron == ()
    for wrong in ("{", '{"jobs": [{"command": "* * * * * x"}]}', " " * 20_000):
        with pytest.raises(Failure, match=r"cron\.json") as failed:
            await built(builder, packed(tmp_path / "wrong", FILES | {"cron.json": wrong}), "b3")
        assert failed.value.code == "build-error"


async def test_output_is_whole_lines(builder, tmp_path):
    said: list[str] = []
    await builder.build(source(packed(tmp_path / "it", FILES)), said.append)
    assert said
    assert not any("\n" in line for line in said)


async def test_a_slug_is_found_by_its_digest_and_outlives_its_build(builder, tmp_path):
    slug = await built(builder, packed(tmp_path / "it", FILES))
    await builder.discard("b1")
    assert await builder.slug(slug.digest) == slug.folder
    assert contents(slug.folder) == FILES


async def test_the_same_content_gives_the_same_slug_and_other_content_another(builder, tmp_path):
    one = await built(builder, packed(tmp_path / "it", FILES))
    two = await built(builder, packed(tmp_path / "it", dict(reversed(FILES.items())), root="other"), "b2")
    three = await built(builder, packed(tmp_path / "it", FILES | {"text": "else"}), "b3")
    assert one == two
    assert one.digest != three.digest


async def test_a_build_may_be_repeated(builder, tmp_path):
    file = packed(tmp_path / "it", FILES)
    assert await built(builder, file) == await built(builder, file)


async def test_two_builds_at_once_with_the_same_content_both_succeed(builder, tmp_path):
    file = packed(tmp_path / "it", FILES)
    one, two = await asyncio.gather(built(builder, file, "b1"), built(builder, file, "b2"))
    assert one == two


@pytest.mark.parametrize(
    "members",
    [
        (b"no tar",),
        (),
        (folder("a"), folder("b")),
        (member("proj/../../x"),),
        (folder(), link("proj/x", "../../etc/passwd")),
        (member("proj/Procfile", content=b"nonsense"),),
        (member("proj/main.c"),),
    ],
)
async def test_what_cannot_be_built_is_a_build_error_that_leaves_no_slug(builder, tmp_path, members):
    with pytest.raises(Failure) as caught:
        await built(builder, archive(tmp_path / "it", *members))
    assert caught.value.code == "build-error"
    assert not list((tmp_path / "data").glob("*/*"))


async def test_a_slug_that_is_not_there_is_missing(builder):
    with pytest.raises(Failure) as caught:
        await builder.slug("sha256:" + "0" * 64)
    assert caught.value.code == "slug-missing"


async def test_discarding_what_is_not_there_is_fine(builder):
    await builder.discard("never")


async def test_what_builds_keep_can_be_forgotten_also_where_nothing_is_kept(builder, tmp_path):
    await builder.forget_cache("a1")
    first = await built(builder, packed(tmp_path / "it", FILES))
    await builder.forget_cache("a1")
    await builder.forget_cache("a1")
    assert (await built(builder, packed(tmp_path / "it", FILES), "b2")).digest == first.digest

"""Each operation type has a ready example that can be asked for and succeeds."""

import io
import tarfile

import pytest

from headway.domain.catalog import CATALOG
from headway.model.operations import Phase
from headway.testing.examples import EXAMPLES, NEXT_PROCFILE, PROCFILE, archive, archive_in, running_app
from headway.testing.pool_examples import POOL_EXAMPLES
from tests.outside import Outside


def test_every_type_has_one_and_every_type_says_what_it_does() -> None:
    assert set(EXAMPLES) | set(POOL_EXAMPLES) == set(CATALOG)
    assert [name for name, type in CATALOG.items() if type.summary is None] == []


@pytest.mark.parametrize("procfile", [PROCFILE, NEXT_PROCFILE])
def test_an_archive_holds_a_procfile_in_one_root_folder(procfile: str) -> None:
    with tarfile.open(fileobj=io.BytesIO(archive(procfile))) as tar:
        assert tar.getnames() == ["source/Procfile"]
        content = tar.extractfile("source/Procfile")
        assert content is not None
        assert content.read().decode() == procfile


def test_archives_of_two_procfiles_are_two_files(outside: Outside) -> None:
    folder = outside.config.folder
    one, other = archive_in(folder, PROCFILE), archive_in(folder, NEXT_PROCFILE)
    assert one != other
    assert one.read_bytes() != other.read_bytes()


async def test_an_app_that_runs_serves_with_two_web_containers_and_a_worker(outside: Outside) -> None:
    world, _ = outside.process()
    app = await running_app(world, outside.by, "hello-world")
    assert await outside.labels(app) == ["web-1", "web-2", "worker-1"]
    assert {it.state for it in await outside.units(app)} == {"running"}
    assert app == await outside.app(app)
    outside.serves("hello-world.localhost")


@pytest.mark.parametrize("name", EXAMPLES)
async def test_what_is_asked_for_is_of_its_type_and_succeeds(outside: Outside, name: str) -> None:
    async with outside.at_work() as world:
        app = await running_app(world, outside.by, "hello-world")
        example = EXAMPLES[name]
        if example.before is not None:
            await example.before(world, app, outside.by)
        operation = await example.submit(world, app, outside.by)
        assert operation.type == name
        assert operation.target == f"app:{app.id}" or name.startswith("file.")
        assert (await outside.end_of(operation)).phase is Phase.SUCCEEDED
    outside.serves_by(*example.serves(app))

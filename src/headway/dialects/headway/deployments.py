"""Deployments and releases: deploy an archive that comes as the body; what was deployed, and what serves."""

from collections.abc import AsyncIterator

from headway import ids
from headway.dialects.headway import project_apps as project
from headway.dialects.headway import said
from headway.dialects.headway import wire_apps as wire
from headway.dialects.headway.apps import asked
from headway.dialects.headway.commands import begun, is_dry
from headway.domain.apps.rollback import rollback
from headway.domain.deployments import upload as archives
from headway.domain.deployments.deploy import deploy
from headway.domain.world import World
from headway.errors import Invalid, TooLarge
from headway.model.operations import ID_MAX, Operation
from headway.views import deployments, releases
from headway.views.stories import Stories
from headway.web.ask import Ask
from headway.web.body import Answer, answer
from headway.web.says import Media, Param, Says

PAGE, PAGE_MAX, PAGES_MAX = 20, 100, 1_000_000
ARCHIVE = Media("application/octet-stream")
REF = Param("ref", "What this state of the source is called.")
PAGE_NUMBER = Param("page", "Which page, from 1.", int)


class Deployments:
    """The handlers; `stories` tells of the operations that they begin."""

    def __init__(self, stories: Stories) -> None:
        self._stories = stories

    @said.command(body=ARCHIVE, params=(REF,))
    async def create(self, ask: Ask) -> Answer:
        """Take in the archive (tar.gz, one root folder), and begin to deploy it; `?ref=` is what it is called."""
        world, ref = ask.world, ask.query.get("ref") or None
        app = await asked(ask, "deployment.deploy")
        most, announced = world.config.archive_bytes_max, ask.headers.get("content-length", "")
        if announced.isdigit() and int(announced) > most:
            raise TooLarge(f"the archive is larger than {most} bytes")
        into, out_of = await archives.create_source(world, ask.actor)
        await archives.upload(world, into, _something(ask.chunks()))
        url = f"{ask.origin}/headway/v1/sources?token={out_of}"

        async def command(world: World) -> Operation:
            return (await deploy(world, app, url, ref, ask.actor, key=ask.key))[1]

        try:
            return await begun(ask, self._stories, command)
        finally:
            if is_dry(ask):
                await archives.discard(world, out_of)

    @Says(wire.Deployments, params=(PAGE_NUMBER, said.LIMIT))
    async def list(self, ask: Ask) -> Answer:
        """A page of deployments, newest first."""
        app = await asked(ask)
        page = ask.number("page", 1, at_least=1, at_most=PAGES_MAX)
        count = ask.number("limit", PAGE, at_least=1, at_most=PAGE_MAX)
        found, total = await deployments.of_app(ask.world.database, app.id, page, count)
        shown = [project.deployment(it) for it in found]
        return answer(wire.Deployments(deployments=shown, page=page, total=total))

    @Says(wire.Releases, params=(said.CURSOR, said.LIMIT))
    async def releases(self, ask: Ask) -> Answer:
        """A page of releases, newest first."""
        app = await asked(ask)
        count = ask.number("limit", PAGE, at_least=1, at_most=PAGE_MAX)
        text = ask.query.get("cursor", "")
        before = ids.parse(text) if text else ID_MAX
        if before is None:
            raise Invalid(cursor="should be what an answer gave as next")
        found, next = await releases.of_app(ask.world.database, app.id, before=before, count=count)
        shown = [project.release(it, app.release_id) for it in found]
        return answer(wire.Releases(releases=shown, next=None if next is None else ids.show(next)))

    @said.command(body=wire.Rollback)
    async def rollback(self, ask: Ask) -> Answer:
        """Begin to roll back to a release of another version; without one, to the one before."""
        wanted = await ask.body(wire.Rollback)
        app = await asked(ask)

        async def command(world: World) -> Operation:
            return await rollback(world, app, wanted.version, ask.actor, ask.key)

        return await begun(ask, self._stories, command)


async def _something(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same; Invalid where that is nothing."""
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        yield chunk
    if not size:
        raise Invalid(body="should be the source, as tar.gz")

"""Sources: a place to upload an archive to before it is deployed. Who holds a URL may use it."""

from starlette.responses import FileResponse

from headway.dialects.scalingo import asked, project
from headway.dialects.scalingo.wire import deployments as wire_deployments
from headway.domain.deployments import upload as archives
from headway.errors import Conflict, NotFound, TooLarge, Unauthenticated
from headway.web.ask import Ask
from headway.web.body import Answer, answer, empty
from headway.web.says import Media, Param, Says

GZIP, BYTES = Media("application/gzip"), Media("application/octet-stream")
TOKEN = Param("token", "What the URL holds.", required=True)


@Says(wire_deployments.SourceReply, 201)
async def create(ask: Ask) -> Answer:
    """A place for one archive, for some minutes."""
    upload, download = await archives.create_source(ask.world, ask.actor)
    return answer(project.source(upload, download, asked.places(ask)), 201)


@Says(body=BYTES, params=(TOKEN,), refuses=(NotFound, Conflict, Unauthenticated))
async def upload(ask: Ask) -> Answer:
    """Take the archive in; exactly 200, or the CLI gives up."""
    most, announced = ask.world.config.archive_bytes_max, ask.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > most:
        raise TooLarge(f"the archive is larger than {most} bytes")
    await archives.upload(ask.world, ask.query.get("token", ""), ask.chunks())
    return empty(200)


@Says(GZIP, params=(TOKEN,), refuses=(NotFound, Unauthenticated))
async def download(ask: Ask) -> FileResponse:
    """Give the archive out again."""
    file = await archives.download(ask.world, ask.query.get("token", ""))
    return FileResponse(file, media_type="application/gzip")

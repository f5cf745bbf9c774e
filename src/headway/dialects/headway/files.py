"""Files: upload, list, look, download, delete. What is done with them that takes long is an operation."""

from typing import Literal

from starlette.responses import FileResponse

from headway import ids
from headway.dialects.headway import files_wire as wire
from headway.dialects.headway import said
from headway.dialects.headway.commands import done, is_dry
from headway.dialects.headway.project import time
from headway.domain.files import create
from headway.domain.files.delete import delete
from headway.errors import Conflict, Invalid, NotFound, TooLarge
from headway.model.files import ROOT, File, Kind
from headway.views import files
from headway.web.ask import Ask
from headway.web.body import Answer, answer, empty
from headway.web.says import Media, Param, Says

PAGE_MAX = 1000
CONTENT = Media("application/octet-stream")
CONTAINER = Param("container", "The id of a folder; the root without it.")
AFTER = Param("after", "What `next` said of the page before.")
LIMIT = Param("limit", "How many at most, 1 to 1000.", int)
NAME = Param("name", "What the file is called.", required=True)
KIND = Param(
    "kind",
    "What it is; without it, as its media type says.",
    Literal["document", "spreadsheet", "presentation", "other"],
)
SAFE = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
"""What somebody has uploaded is nothing that a browser is to run."""


@Says(wire.Files, params=(CONTAINER, AFTER, LIMIT))
async def list_page(ask: Ask) -> Answer:
    """What lies in `container`, or at the root."""
    count = ask.number("limit", 100, at_least=1, at_most=PAGE_MAX)
    container, after = _given(ask, "container"), _given(ask, "after")
    found = await files.children(ask.world.database, ask.account.id, container, after, count + 1)
    page = found[:count]
    next = ids.show(page[-1].id) if len(found) > count else None
    return answer(wire.Files(files=[_shown(file) for file in page], next=next))


@said.change(wire.File, 201, body=CONTENT, params=(NAME, CONTAINER, KIND))
async def upload(ask: Ask) -> Answer:
    """The body becomes a file called `name`, of its `Content-Type`, in `container`, of the given `kind`."""
    kind = ask.query.get("kind", "")
    if kind and kind not in list(Kind):
        raise Invalid(kind=f"should be one of {', '.join(Kind)}")
    most, announced = ask.world.config.file_bytes_max, ask.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > most:
        raise TooLarge(f"the file is larger than {most} bytes")
    wish = create.Wish(
        name=ask.query.get("name", ""),
        container_id=_given(ask, "container"),
        kind=Kind(kind) if kind else None,
        media=ask.headers.get("content-type", ""),
    )
    it = await done(ask, lambda world: create.create_file(world, wish, ask.chunks(), ask.actor))
    return _made(ask, it)


@said.change(wire.File, 201, body=wire.CreateFolder)
async def create_folder(ask: Ask) -> Answer:
    """A new folder."""
    wanted = await ask.body(wire.CreateFolder)
    container = ROOT if wanted.container is None else _id(wanted.container, "container")
    it = await done(ask, lambda world: create.create_folder(world, wanted.name, container, ask.actor))
    return _made(ask, it)


@Says(wire.File)
async def get(ask: Ask) -> Answer:
    """One."""
    return answer(_shown(await files.get(ask.world.database, ask.account.id, _in_path(ask))))


@Says(CONTENT)
async def content(ask: Ask) -> FileResponse:
    """Download the content of one."""
    file, path = await files.content(ask.world.database, ask.world.blobs, ask.account.id, _in_path(ask))
    return FileResponse(path, media_type=file.media, filename=file.name, headers=SAFE)


@said.change(None, 204, refuses=(Conflict,))
async def remove(ask: Ask) -> Answer:
    """One goes, a folder with everything in it."""
    await done(ask, lambda world: delete(world, _in_path(ask), ask.actor))
    return empty()


def _made(ask: Ask, it: File) -> Answer:
    return answer(_shown(it), 200 if is_dry(ask) else 201)


def _shown(it: File) -> wire.File:
    return wire.File(
        id=ids.show(it.id),
        name=it.name,
        kind=it.kind.value,
        container=None if it.container_id == ROOT else ids.show(it.container_id),
        media=it.media,
        digest=it.digest,
        size=it.size,
        created_at=time(it.created_at),
    )


def _given(ask: Ask, name: str) -> int:
    shown = ask.query.get(name, "")
    return _id(shown, name) if shown else 0


def _id(shown: str, name: str) -> int:
    id = ids.parse(shown)
    if id is None:
        raise Invalid(**{name: "should be an id"})
    return id


def _in_path(ask: Ask) -> int:
    id = ids.parse(ask.params["id"])
    if id is None:
        raise NotFound("file", ask.params["id"])
    return id

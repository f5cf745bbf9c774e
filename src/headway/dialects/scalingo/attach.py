"""The run server: where a client attaches its terminal to a one-off, uploads before, resizes meanwhile, waits after.

    CONNECT /SECRET         becomes the terminal
    PUT     /SECRET         {"width": …, "height": …}
    POST    /SECRET/files   one file, for /tmp/uploads
    GET     /SECRET/wait    {"exit_code": …}, once it has ended

The secret is the one-off's id and our seal on it. Who comes must know it, and be somebody who may see the app.
"""

import asyncio
import hmac
from collections.abc import AsyncIterator

from headway import ids
from headway.dialects.scalingo.identity import secret as token_in
from headway.dialects.scalingo.wire import one_offs as wire
from headway.domain.one_offs import attach
from headway.errors import Conflict, Invalid, NotFound, TooLarge
from headway.model.one_offs import HUNG_UP, INACTIVITY, OneOff, base_name
from headway.model.operations import Actor
from headway.views import one_offs
from headway.web import body
from headway.web.ask import Edge
from headway.web.attaching import secret_of
from headway.web.body import Answer, Disconnected, answer, empty
from headway.web.identity import Caller
from headway.web.multipart import FileInForm
from headway.web.refusals import NoSuchPath, WrongMethod
from headway.web.session import Outcome, Session
from headway.web.tunnel import Line, Request, Talk

FILES_MAX = 100
"""How many files may be uploaded to one one-off."""
RESIZE_BYTES_MAX = 1024
SIDE_MAX = 65_535
_METHODS = {"": ("CONNECT", "PUT"), "/files": ("POST",), "/wait": ("GET",)}
_ID_DIGITS = 24
_KILLED_BY_INACTIVITY = 408


class RunServer:
    """Handles what arrives at the listener."""

    def __init__(self, edge: Edge) -> None:
        self._edge = edge
        self._sessions: dict[int, Session] = {}
        self._uploads: dict[int, int] = {}

    async def __call__(self, request: Request) -> Answer | Talk:
        """The answer, or what is done with the connection; or a Refusal."""
        secret, slash, tail = request.target.lstrip("/").partition("/")
        allowed = _METHODS.get(f"{slash}{tail}")
        if allowed is None:
            raise NoSuchPath
        if request.method not in allowed:
            raise WrongMethod(request.method, allowed)
        caller = await self._edge.identity.caller(token_in(request.headers))
        self._edge.limits.count(caller.account.id)
        _, it = await one_offs.find(self._edge.world.database, caller.account.id, self._id_in(secret))
        match request.method:
            case "CONNECT":
                return await self._attach(it, caller)
            case "PUT":
                return await self._resize(it, request)
            case "POST":
                return await self._take(it, request)
            case _:
                return await self._wait(it, request)

    def _id_in(self, secret: str) -> int:
        id = ids.parse(secret[:_ID_DIGITS])
        if id is None or not hmac.compare_digest(secret_of(self._edge.signer, id).encode(), secret.encode()):
            raise NotFound("container")
        return id

    async def _attach(self, it: OneOff, caller: Caller) -> Talk:
        world = self._edge.world
        by = Actor(account_id=caller.account.id, name=caller.account.name, dialect="scalingo")
        terminal = await attach.attach(world, it, by)
        session = Session(terminal, world.clock, world.config.one_off_idle_seconds)
        self._sessions[it.id] = session
        self._uploads.pop(it.id, None)

        async def talk(line: Line) -> None:
            await self._talk(it, session, line)

        return talk

    async def _talk(self, it: OneOff, session: Session, line: Line) -> None:
        reason = HUNG_UP
        try:
            outcome = await session.talk(line)
            reason = {Outcome.OVER: "", Outcome.GONE: HUNG_UP, Outcome.SILENT: INACTIVITY}[outcome]
        finally:
            del self._sessions[it.id]
            if reason:
                await attach.leave(self._edge.world, it, session.terminal, reason)
            session.terminal.hang_up()
        await line.end()

    async def _resize(self, it: OneOff, request: Request) -> Answer:
        wanted = body.decode(await _whole(request, RESIZE_BYTES_MAX), wire.Resize)
        width, height = _side("width", wanted.width), _side("height", wanted.height)
        session = self._sessions.get(it.id)
        if session is None:
            raise Conflict(f"nobody is attached to {it.label}")
        session.resize(width, height)
        return empty(200)

    async def _take(self, it: OneOff, request: Request) -> Answer:
        count = self._uploads.get(it.id, 0)
        if count >= FILES_MAX:
            raise TooLarge(f"at most {FILES_MAX} files may be uploaded")
        self._uploads[it.id] = count + 1
        chunks = request.chunks()
        form = FileInForm(request.headers.get("content-type", ""), chunks)
        await form.begin()
        most = self._edge.world.config.one_off_upload_bytes_max
        await attach.put(self._edge.world, it, base_name(form.name), _at_most(form.content(), most))
        async for _ in chunks:
            # What is behind the file is of no interest, but the client is still sending it.
            pass
        return empty(200)

    async def _wait(self, it: OneOff, request: Request) -> Answer:
        async with asyncio.TaskGroup() as group:
            ending = group.create_task(one_offs.ended(self._edge.world.database, self._edge.feed, it.id))
            going = group.create_task(_gone(request))
            await asyncio.wait([ending, going], return_when=asyncio.FIRST_COMPLETED)
            going.cancel()
            if not ending.done():
                ending.cancel()
        if ending.cancelled():
            raise Disconnected
        ended = ending.result()
        status = _KILLED_BY_INACTIVITY if ended.reason == INACTIVITY else 200
        return answer(wire.Waited(ended.exit_code or 0), status)


async def _gone(request: Request) -> None:
    await request.gone()


async def _whole(request: Request, bytes_max: int) -> bytes:
    return b"".join([chunk async for chunk in _at_most(request.chunks(), bytes_max)])


async def _at_most(chunks: AsyncIterator[bytes], bytes_max: int) -> AsyncIterator[bytes]:
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > bytes_max:
            raise TooLarge(f"what was sent is larger than {bytes_max} bytes")
        yield chunk


def _side(name: str, said: int | str) -> int:
    number = (
        int(said) if isinstance(said, int) or (said.isascii() and said.isdigit() and len(said) < 9) else 0
    )
    if not 0 < number <= SIDE_MAX:
        raise Invalid(**{name: f"should be a whole number between 1 and {SIDE_MAX}"})
    return number

"""A service whose report export is an operation: kept before it is answered, readable in four dialects, crash-proof."""

import asyncio
from pathlib import Path
from typing import Annotated

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from headway.embed import Actor, Engine, OperationType, Refusal, Run, Step, decode, location, refused

PEOPLE = {"alices-secret": Actor(account_id=1, name="alice")}


class Export(msgspec.Struct, frozen=True):
    report: Annotated[str, msgspec.Meta(pattern="^[a-z0-9-]{1,40}$")]
    pages: int = 10


async def write(run: Run[Export, Path]) -> dict[str, int]:
    file = run.world / f"{run.params.report}.txt"
    with file.open("w") as out:
        for page in range(1, run.params.pages + 1):
            out.write(f"page {page} of {run.params.report}\n")
            run.progress(page / run.params.pages)
            await asyncio.sleep(0.1)
    return {"bytes": file.stat().st_size}


async def remove(run: Run[Export, Path]) -> None:
    (run.world / f"{run.params.report}.txt").unlink(missing_ok=True)


EXPORT = OperationType[Export, Path](
    name="report.export",
    params=Export,
    target=lambda wish: f"report:{wish.report}",
    steps=(Step(title="write the pages", do=write, undo=remove, seconds_max=600),),
)


async def who(secret: str) -> Actor | None:
    return PEOPLE.get(secret)


def service(folder: Path = Path("data")) -> Starlette:
    engine = Engine(folder / "reports.db", [EXPORT], world=folder, who=who, name="reports")

    async def export(request: Request) -> JSONResponse:
        by, wish = await engine.asker(request.headers), decode(await request.body(), Export)
        operation = await engine.database.write(lambda tx: engine.submit(tx, EXPORT, wish, by=by))
        return JSONResponse({"follow": location(operation)}, 202, {"Location": location(operation)})

    doors = [Route("/exports", export, methods=["POST"]), Mount("/", engine.dialects())]
    return Starlette(routes=doors, lifespan=lambda _: engine.running(), exception_handlers={Refusal: refused})

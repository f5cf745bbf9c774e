"""What most requests name: an app, an id, a place."""

from headway import ids
from headway.dialects.scalingo import project
from headway.errors import Conflict, NotFound, Unavailable
from headway.model.apps import App
from headway.model.operations import Operation, Phase
from headway.views import apps, operations
from headway.web.ask import Ask
from headway.web.says import Param

PAGES = (
    Param("page", "Which page, from 1.", int),
    Param("per_page", "How many on a page, up to 100.", int),
)
WAIT_SECONDS = 60
REFUSED = frozenset({"record-refused", "cancelled"})
"""Why an operation may end otherwise though the platform is well."""


async def app(ask: Ask, act: str = "app.read") -> App:
    """The app in the path, by id or name; NotFound also where the asker may not see it."""
    return await apps.find(ask.world.database, ask.account.id, ask.params["app"], act)


async def shown_app(ask: Ask, act: str = "app.read") -> apps.Shown:
    """The same with its status."""
    world = ask.world
    return await apps.get(world.database, world.runtime, ask.account.id, ask.params["app"], act)


async def ended(ask: Ask, operation: Operation) -> None:
    """Wait for the end of an operation whose request is answered only then.

    Conflict or Unavailable where it failed; where it takes longer than anybody waits, it goes on all the same.
    """
    end = await operations.ended(ask.edge.feed, operation.id, seconds=WAIT_SECONDS)
    if end is None or end.phase is Phase.SUCCEEDED:
        return
    code, text = (end.detail.code, end.detail.text) if end.detail is not None else ("", "it failed")
    raise Conflict(text) if code in REFUSED else Unavailable(text)


def id_of(shown: str, noun: str) -> int:
    """The id that is shown like that; NotFound where none is."""
    id = ids.parse(shown)
    if id is None:
        raise NotFound(noun)
    return id


def project_id_of(shown: str) -> int:
    """The id of a project, shown with `pr-` before it or without; NotFound."""
    return id_of(shown.removeprefix("pr-"), "project")


def places(ask: Ask) -> project.Places:
    """Where the asker reaches us."""
    return project.places(ask.world.config, ask.origin)

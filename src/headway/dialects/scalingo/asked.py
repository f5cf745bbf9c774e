"""What most requests name: an app, an id, a place."""

from headway import ids
from headway.dialects.scalingo import project
from headway.errors import NotFound
from headway.model.apps import App
from headway.views import apps
from headway.web.ask import Ask


async def app(ask: Ask) -> App:
    """The app in the path, by id or name; NotFound also where the asker may not see it."""
    return await apps.find(ask.world.database, ask.account.id, ask.params["app"])


async def shown_app(ask: Ask) -> apps.Shown:
    """The same with its status."""
    world = ask.world
    return await apps.get(world.database, world.runtime, ask.account.id, ask.params["app"])


def id_of(shown: str, noun: str) -> int:
    """The id that is shown like that; NotFound where none is."""
    id = ids.parse(shown)
    if id is None:
        raise NotFound(noun)
    return id


def places(ask: Ask) -> project.Places:
    """Where the asker reaches us."""
    return project.places(ask.world.config, ask.origin)

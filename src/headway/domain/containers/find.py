"""Which container is meant: by its id or by its label."""

from headway.errors import NotFound
from headway.ids import show
from headway.model.apps import Container
from headway.model.one_offs import OneOff
from headway.store import containers, one_offs
from headway.store.database import Tx


async def container(tx: Tx, app_id: int, name: str) -> Container | OneOff:
    """The container of the app, or the one-off that has not ended; NotFound."""
    every = [*await containers.of_app(tx, app_id), *await one_offs.active(tx, app_id)]
    for it in every:
        if name in {show(it.id), it.label}:
            return it
    raise NotFound("container", name)

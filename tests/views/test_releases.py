from headway.domain.apps.create import create
from headway.domain.world import World
from headway.model.operations import ID_MAX, Actor
from headway.store import releases
from headway.views.releases import of_app
from tests.records import a_release


async def test_releases_come_in_pages_without_what_is_secret_of_them(world: World, by: Actor) -> None:
    app = await create(world, "hello-world", by)
    for id in (1, 2, 3):
        one = a_release(id=id, app_id=app.id, variables={"PASSWORD": "x"})
        await world.database.write(lambda tx, one=one: releases.keep(tx, one))
    page, next = await of_app(world.database, app.id, before=ID_MAX, count=2)
    assert ([it.id for it in page], next) == ([3, 2], 2)
    assert [it.variables for it in page] == [{}, {}]
    page, next = await of_app(world.database, app.id, before=2, count=2)
    assert ([it.id for it in page], next) == ([1], None)

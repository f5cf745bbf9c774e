"""What every dialect tells of itself is whole."""

import pytest

from headway.web.dialect import Dialect
from headway.web.openapi import undescribed
from headway.web.says import said
from tests.conformance.test_dialect import DIALECTS, Client, client

__all__ = ["client"]

EVERY = pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS.keys())


@EVERY
def test_something_is_said_of_every_route(dialect: Dialect) -> None:
    told = undescribed(dialect.routes)
    assert not told, "\n".join(["", *told])


@EVERY
async def test_the_whole_is_served_to_anybody(client: Client, dialect: Dialect) -> None:
    paths = [route.path for route in dialect.routes if route.path.endswith("/openapi.json") and route.open]
    assert paths, f"{dialect.name}: let its routes go through headway.web.described.described()"
    whole = (await client.get(paths[0])).json()
    told = {(method.upper(), path) for path, methods in whole["paths"].items() for method in methods}
    told |= {("WEBSOCKET", path) for path in whole["x-websockets"]}
    assert told == {(route.method, route.path) for route in dialect.routes if said(route.handler)}


@EVERY
async def test_the_names_of_its_operations_are_different(client: Client, dialect: Dialect) -> None:
    for path in (route.path for route in dialect.routes if route.path.endswith("/openapi.json")):
        whole = (await client.get(path)).json()
        names = [one["operationId"] for methods in whole["paths"].values() for one in methods.values()]
        assert len(names) == len(set(names))

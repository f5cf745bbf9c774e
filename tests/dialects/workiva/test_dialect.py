"""The dialect as a whole."""

from typing import Any

from headway.clock import SystemClock
from headway.config import Config
from headway.dialects.workiva.dialect import workiva
from tests.dialects.workiva.conftest import Client

DIALECT = workiva(Config(), SystemClock())


def test_every_legacy_route_has_its_successor_and_says_so() -> None:
    new = {(route.method, route.path) for route in DIALECT.routes if route.deprecation is None}
    old = [route for route in DIALECT.routes if route.path.startswith(("/platform/v1/", "/iam/v1/"))]
    assert len(old) == 5
    for route in old:
        assert route.deprecation is not None, route.path
        assert (route.method, route.deprecation.successor) in new
    assert not [route for route in DIALECT.routes if route.deprecation is not None and route not in old]


async def test_the_document_marks_the_same_routes(client: Client) -> None:
    paths: dict[str, Any] = (await client.get("/docs/workiva/openapi.json")).json()["paths"]
    marked = {path for path, methods in paths.items() for it in methods.values() if it.get("deprecated")}
    assert marked == {route.path for route in DIALECT.routes if route.deprecation is not None}
    assert paths["/platform/v1/operations/{operationId}"]["get"]["x-sunset"] == "2029-01-31"
    assert "application/json" in paths["/operations/{operationId}"]["get"]["responses"]["200"]["content"]


async def test_every_deprecation_has_its_page_and_nothing_else_has_one(client: Client) -> None:
    names = {route.deprecation.name for route in DIALECT.routes if route.deprecation is not None}
    assert names == {"platform-v1-operations", "platform-v1-files", "iam-v1-oauth2-token"}
    for name in names:
        assert (await client.get(f"/docs/deprecations/{name}")).status_code == 200
    assert (await client.get("/docs/deprecations/nothing")).status_code == 404

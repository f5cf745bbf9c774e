"""Who may do what, over HTTP: every role, and who has none, at every route that is about an app.

Nobody is a 401, who may not see the app a 404 for it, whose role is not enough a 403. For who may, the app is held by an
operation that goes on, so that what would take long is a 409; what is asked for is right, or about a thing that is not there.
"""

import re
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import httpx2
import pytest

from headway.dialects.headway.dialect import headway
from headway.dialects.scalingo.dialect import ROUTES, SCALINGO
from headway.dialects.toloka.dialect import TOLOKA, WORKER_PREFIX
from headway.dialects.workiva.dialect import workiva
from headway.domain.apps.restart import restart
from headway.domain.catalog import CATALOG
from headway.domain.workers.create import create as create_worker
from headway.domain.world import World
from headway.engine.feed import Feed
from headway.ids import show
from headway.model.access import NEEDS, Role
from headway.model.apps import App
from headway.model.collaborators import Collaborator
from headway.model.operations import Actor
from headway.store import apps, collaborators, containers, releases
from headway.store.database import Tx
from headway.views.stories import Stories
from headway.web.ask import edge
from headway.web.dialect import Dialect, mount
from headway.web.identity import WORK
from tests.ready_made import add_account
from tests.records import a_container, a_release, a_type

NOTHING = "0" * 24
SECRETS = {role: f"tk-us-{role.name.lower()}" for role in Role}
STRANGER = "tk-us-nobodys-friend"
ONE = "/v1/apps/{app}"


class Case(NamedTuple):
    """What one asks at a route, and for which line of the table of permissions."""

    act: str
    body: Any = None
    query: str = ""


NAMED = {"current_name": "hello-world"}
CASES: dict[tuple[str, str], Case] = {
    ("GET", ONE): Case("app.read"),
    ("PATCH", ONE): Case("app.configure", {"app": {"force_https": True}}),
    ("PUT", ONE): Case("app.file", {"project_id": NOTHING}),
    ("DELETE", ONE): Case("app.delete", query="current_name=hello-world"),
    ("POST", f"{ONE}/rename"): Case("app.rename", {"new_name": "another-name", **NAMED}),
    ("POST", ONE): Case("app.rename", {"new_name": "another-name", **NAMED}),
    ("POST", f"{ONE}/child_apps"): Case("app.create_child", {"app": {"name": "child-app"}}),
    ("GET", f"{ONE}/child_apps"): Case("app.read"),
    ("GET", f"{ONE}/containers"): Case("app.read"),
    ("GET", f"{ONE}/ps"): Case("app.read"),
    ("POST", f"{ONE}/scale"): Case("app.scale", {"containers": [{"name": "web", "amount": 2}]}),
    ("POST", f"{ONE}/restart"): Case("app.restart", {}),
    ("POST", f"{ONE}/run"): Case("app.start_one_off", {"command": "ls", "detached": True}),
    ("POST", f"{ONE}/containers/{{id}}/stop"): Case("app.stop_one_off"),
    ("POST", f"{ONE}/containers/{{id}}/kill"): Case("app.signal", {"signal": "SIGUSR1"}),
    ("GET", f"{ONE}/cron_tasks"): Case("cron_tasks.read"),
    ("GET", f"{ONE}/autoscalers"): Case("app.read"),
    ("GET", f"{ONE}/operations/{{id}}"): Case("app.read"),
    ("GET", f"{ONE}/collaborators"): Case("collaborators.read"),
    ("POST", f"{ONE}/collaborators"): Case(
        "collaborators.invite", {"collaborator": {"email": "x@example.com"}}
    ),
    ("PATCH", f"{ONE}/collaborators/{{id}}"): Case(
        "collaborators.limit", {"collaborator": {"is_limited": True}}
    ),
    ("DELETE", f"{ONE}/collaborators/{{id}}"): Case("collaborators.remove"),
    ("GET", f"{ONE}/domains"): Case("domains.read"),
    ("POST", f"{ONE}/domains"): Case("domains.add", {"domain": {"name": "shop.example.com"}}),
    ("GET", f"{ONE}/domains/{{id}}"): Case("domains.read"),
    ("PATCH", f"{ONE}/domains/{{id}}"): Case("domains.edit", {"domain": {"canonical": True}}),
    ("DELETE", f"{ONE}/domains/{{id}}"): Case("domains.remove"),
    ("GET", f"{ONE}/events"): Case("events.read"),
    ("GET", f"{ONE}/events/{{id}}"): Case("events.read"),
    ("GET", f"{ONE}/variables"): Case("variables.read"),
    ("POST", f"{ONE}/variables"): Case("variables.set", {"variable": {"name": "A", "value": "b"}}),
    ("PUT", f"{ONE}/variables"): Case("variables.set", {"variables": [{"name": "A", "value": "b"}]}),
    ("DELETE", f"{ONE}/variables"): Case("variables.delete", {"variable_ids": [NOTHING]}),
    ("PATCH", f"{ONE}/variables/{{id}}"): Case("variables.set", {"variable": {"value": "b"}}),
    ("DELETE", f"{ONE}/variables/{{id}}"): Case("variables.delete"),
    ("GET", f"{ONE}/stats"): Case("stats.read"),
    ("GET", f"{ONE}/stats/{{metric}}"): Case("stats.read"),
    ("GET", f"{ONE}/stats/{{metric}}/recommended_value"): Case("stats.read"),
    ("GET", f"{ONE}/stats/{{metric}}/{{type}}"): Case("stats.read"),
    ("GET", f"{ONE}/stats/{{metric}}/{{type}}/{{index}}"): Case("stats.read"),
    ("GET", f"{ONE}/deployments"): Case("app.read"),
    ("POST", f"{ONE}/deployments"): Case("deployment.deploy", {"deployment": {"source_url": "http://x"}}),
    ("GET", f"{ONE}/deployments/{{id}}"): Case("app.read"),
    ("GET", f"{ONE}/deployments/{{id}}/output"): Case("app.read"),
    ("DELETE", f"{ONE}/caches/deployment"): Case("deployment.delete_cache"),
    ("GET", f"{ONE}/logs"): Case("app.read"),
    ("GET", f"{ONE}/logs_archives"): Case("logs.read"),
}
"""One for each route of Scalingo's dialect that is about an app and asks who asks."""

MORE = (
    ("PATCH", ONE, Case("app.transfer", {"app": {"owner": "nobody@example.com"}})),
    ("POST", "/headway/v1/apps/{app}/rollback", Case("app.rollback", {})),
    ("POST", "/headway/v1/operations/{operation}/cancel", Case("operation.cancel", {"reason": "no"})),
    ("POST", "/headway/v1/operations/{operation}/retry", Case("operation.retry", {})),
)
"""What else can be done at the same routes, or only in our own dialect."""

ELSEWHERE = {"app.fetch"}
"""Lines that no route of HTTP asks for: of git over SSH."""

ALL = [*((method, path, case) for (method, path), case in CASES.items()), *MORE]


def test_every_line_of_the_table_and_every_route_has_a_case() -> None:
    asked = {case.act for *_, case in ALL}
    assert asked | ELSEWHERE == set(NEEDS), "give each a case here, by which it is asked for over HTTP"
    routes = {
        (route.method, route.path)
        for route in ROUTES
        if "{app}" in route.path and not route.open and route.method != "WEBSOCKET"
    }
    assert set(CASES) == routes, "give each route a case here, and no case to what is no route"


class Site(NamedTuple):
    """Where the cases are asked."""

    http: httpx2.AsyncClient
    operation: str

    async def ask(self, method: str, path: str, case: Case, secret: str) -> httpx2.Response:
        """The answer to who holds the secret."""
        there = (
            path
            .replace("{app}", "hello-world")
            .replace("{operation}", self.operation)
            .replace("{index}", "1")
        )
        url = re.sub(r"\{\w+\}", NOTHING, there) + (f"?{case.query}" if case.query else "")
        headers = {"authorization": f"Bearer {secret}"} if secret else {}
        return await self.http.request(method, url, json=case.body, headers=headers)


@pytest.fixture
async def site(world: World, app: App, by: Actor) -> AsyncIterator[Site]:
    """An app with a release and everybody who works on it, held by an operation that does not get further."""
    world.logbook.open()
    await _give_release(world, app)
    for role, secret in SECRETS.items():
        account = await add_account(world, f"the-{role.name.lower()}", secret)
        if role is Role.OWNER:
            await world.database.write(lambda tx, id=account.id: apps.transfer(tx, app.id, id, id, 1))
        else:
            it = Collaborator(account.id, app.id, account.email, account.id, role is Role.LIMITED, 1)
            await world.database.write(lambda tx, it=it: collaborators.insert(tx, it))
            owner = Actor(account_id=account.id)
    await add_account(world, "the-stranger", STRANGER)
    operation = await restart(world, app, [], owner)
    feed = Feed(world.database)
    stories = Stories(world.database, feed, world.clock, CATALOG)
    roof = mount(edge(world, feed), [SCALINGO, headway(stories)])
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(roof), base_url="http://h") as http:
        yield Site(http, show(operation.id))
    feed.close()


async def _give_release(world: World, app: App) -> None:
    async def body(tx: Tx) -> None:
        await releases.keep(tx, a_release(app_id=app.id))
        await apps.released(tx, app.id, a_release().id, 1)
        await containers.keep_types(tx, [a_type(app_id=app.id)])
        await containers.replace(tx, app.id, [a_container(app_id=app.id)])

    await world.database.write(body)


def outcome(reply: httpx2.Response) -> str:
    """may, may not, sees nothing, or nobody knows them."""
    named = {401: "unknown", 403: "may not"}.get(reply.status_code)
    if named is None and reply.status_code == 404 and _is_about_what_holds_it(reply.json()):
        return "sees nothing"
    assert named or reply.status_code < 500, (reply.request.method, reply.request.url, reply.text)
    return named or "may"


def _is_about_what_holds_it(said: dict[str, Any]) -> bool:
    """Of the app itself, or, in our own dialect, of the operation on it."""
    text = str(said.get("resource", "")) or str(said)
    return (
        text == "app"
        or "app hello-world not found" in text
        or ("operation" in text and "resource" not in said)
    )


@pytest.mark.parametrize("role", Role)
async def test_a_role_may_do_what_the_table_says_and_nothing_else(site: Site, role: Role) -> None:
    for method, path, case in ALL:
        wanted = "may" if role >= NEEDS[case.act] else "may not"
        reply = await site.ask(method, path, case, SECRETS[role])
        assert outcome(reply) == wanted, (method, path, case.act, reply.status_code, reply.text)


async def test_who_may_not_see_the_app_is_told_that_it_is_not_there(site: Site) -> None:
    for method, path, case in ALL:
        reply = await site.ask(method, path, case, STRANGER)
        assert outcome(reply) == "sees nothing", (method, path, reply.status_code, reply.text)


@pytest.mark.parametrize("secret", ["", "tk-us-of-nobody", "no.such.jwt"])
async def test_nobody_learns_whether_it_is_there(site: Site, secret: str) -> None:
    for method, path, case in ALL:
        reply = await site.ask(method, path, case, secret)
        assert outcome(reply) == "unknown", (method, path, reply.status_code, reply.text)


async def test_a_worker_is_nobody_but_where_people_work(world: World, by: Actor) -> None:
    _, secret = await create_worker(world, "ann", by)
    feed = Feed(world.database)
    dialects = (
        SCALINGO,
        TOLOKA,
        workiva(world.config, world.clock),
        headway(Stories(world.database, feed, world.clock, CATALOG)),
    )
    roof = mount(edge(world, feed), dialects)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(roof), base_url="http://h") as http:
        for dialect in dialects:
            for method, path in closed_to_workers(dialect):
                for scheme in ("Bearer", "OAuth", "ApiKey"):
                    headers = {"authorization": f"{scheme} {secret}"}
                    reply = await http.request(method, path, headers=headers)
                    assert reply.status_code == 401, (dialect.name, method, path, reply.text)
        reply = await http.get(f"{WORKER_PREFIX}/me", headers={"authorization": f"Bearer {secret}"})
        assert reply.json()["user_id"] == "ann"
    feed.close()


def closed_to_workers(dialect: Dialect) -> list[tuple[str, str]]:
    """Every route that asks who asks, but where people work."""
    for route in dialect.routes:
        assert (route.audience == WORK) == route.path.startswith(f"{WORKER_PREFIX}/"), route.path
    return [
        (route.method, re.sub(r"\{\w+\}", NOTHING, route.path))
        for route in dialect.routes
        if not route.open and route.method != "WEBSOCKET" and route.audience != WORK
    ]

"""Our own dialect: the whole."""

from starlette.datastructures import Headers

from headway.dialects.headway import cron_tasks, files, logs, variables, webhooks, wire, workers
from headway.dialects.headway.apps import Apps
from headway.dialects.headway.deployments import Deployments
from headway.dialects.headway.events import Events
from headway.dialects.headway.operations import Operations
from headway.dialects.headway.pools import Pools
from headway.dialects.headway.project import PREFIX
from headway.dialects.headway.refuse import refuse
from headway.views.news import News
from headway.views.stories import Stories
from headway.web.described import described
from headway.web.dialect import Dialect
from headway.web.identity import bearer
from headway.web.openapi import About
from headway.web.routes import Route

_OPERATION = f"{PREFIX}/operations/{{id}}"
_APP = f"{PREFIX}/apps/{{app}}"
ABOUT = About(
    title="Headway",
    version="1",
    text="Follow, list, explain and cancel operations, whoever began them; apps and what belongs to them. HEAD is "
    "answered wherever GET is.",
    schemes={"token": {"type": "http", "scheme": "bearer"}},
    error=wire.Refused,
    at=PREFIX,
)


def headway(stories: Stories) -> Dialect:
    """What it consists of."""
    return Dialect(
        name="headway",
        prefixes=(PREFIX,),
        routes=described(ABOUT, _routes(stories), refuse),
        secret=secret,
        refuse=refuse,
    )


def _routes(stories: Stories) -> tuple[Route, ...]:
    return (
        *of_operations(stories),
        _begin(stories),
        *_of_apps(stories),
        *_of_webhooks(),
        *_of_files(),
        *_of_pools(stories),
        *_of_workers(),
    )


def of_operations(stories: Stories) -> tuple[Route, ...]:
    """What there is of operations that somebody has begun."""
    operations, events = Operations(stories), Events(stories, News(stories))
    return (
        Route("GET", f"{PREFIX}/operations", operations.list),
        Route("GET", _OPERATION, operations.get),
        Route("GET", f"{_OPERATION}/events", events.of_operation),
        Route("GET", f"{_OPERATION}/log", operations.log),
        Route("GET", f"{_OPERATION}/why", operations.why),
        Route("POST", f"{_OPERATION}/cancel", operations.cancel),
        Route("POST", f"{_OPERATION}/retry", operations.retry),
        Route("POST", f"{_OPERATION}/undo", operations.undo),
        Route("GET", f"{PREFIX}/events", events.of_all),
    )


def _begin(stories: Stories) -> Route:
    return Route("POST", f"{PREFIX}/operations", Operations(stories).begin)


def _of_apps(stories: Stories) -> tuple[Route, ...]:
    apps, deployments = Apps(stories), Deployments(stories)
    return (
        Route("GET", f"{PREFIX}/apps", apps.list),
        Route("POST", f"{PREFIX}/apps", apps.create),
        Route("GET", _APP, apps.get),
        Route("DELETE", _APP, apps.delete),
        Route("POST", f"{_APP}/rename", apps.rename),
        Route("GET", f"{_APP}/formation", apps.formation),
        Route("PATCH", f"{_APP}/formation", apps.scale),
        Route("GET", f"{_APP}/containers", apps.containers),
        Route("POST", f"{_APP}/restart", apps.restart),
        Route("POST", f"{_APP}/run", apps.run),
        Route("GET", f"{_APP}/cron_tasks", cron_tasks.list_all),
        Route("POST", f"{_APP}/deployments", deployments.create),
        Route("GET", f"{_APP}/deployments", deployments.list),
        Route("GET", f"{_APP}/releases", deployments.releases),
        Route("POST", f"{_APP}/rollback", deployments.rollback),
        Route("GET", f"{_APP}/variables", variables.list_all),
        Route("PATCH", f"{_APP}/variables", variables.change),
        Route("GET", f"{_APP}/logs", logs.read),
    )


def _of_webhooks() -> tuple[Route, ...]:
    one = f"{PREFIX}/webhooks/{{id}}"
    return (
        Route("GET", f"{PREFIX}/webhooks", webhooks.list_all),
        Route("POST", f"{PREFIX}/webhooks", webhooks.create),
        Route("GET", one, webhooks.get),
        Route("DELETE", one, webhooks.delete),
        Route("POST", f"{one}/secret", webhooks.renew_secret),
        Route("POST", f"{one}/enable", webhooks.enable),
        Route("POST", f"{one}/replay", webhooks.replay),
        Route("GET", f"{one}/deliveries", webhooks.deliveries),
    )


def _of_files() -> tuple[Route, ...]:
    """What other dialects copy and export."""
    return (
        Route("GET", f"{PREFIX}/files", files.list_page),
        Route("POST", f"{PREFIX}/files", files.upload),
        Route("POST", f"{PREFIX}/folders", files.create_folder),
        Route("GET", f"{PREFIX}/files/{{id}}", files.get),
        Route("DELETE", f"{PREFIX}/files/{{id}}", files.remove),
        Route("GET", f"{PREFIX}/files/{{id}}/content", files.content),
    )


def _of_pools(stories: Stories) -> tuple[Route, ...]:
    pools, one = Pools(stories), f"{PREFIX}/pools/{{id}}"
    return (
        Route("GET", f"{PREFIX}/pools", pools.list),
        Route("GET", one, pools.get),
        Route("POST", f"{one}/open", pools.open),
        Route("POST", f"{one}/close", pools.close),
        Route("POST", f"{one}/archive", pools.archive),
    )


def _of_workers() -> tuple[Route, ...]:
    """Who answers tasks."""
    return (
        Route("GET", f"{PREFIX}/workers", workers.list_page),
        Route("POST", f"{PREFIX}/workers", workers.create),
        Route("POST", f"{PREFIX}/workers/{{name}}/token", workers.renew),
        Route("DELETE", f"{PREFIX}/workers/{{name}}", workers.revoke),
    )


def secret(headers: Headers) -> str | None:
    """The API token, or a JWT made from one, in `Authorization: Bearer …`."""
    return bearer(headers.get("authorization"))

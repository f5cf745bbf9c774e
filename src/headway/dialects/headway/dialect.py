"""Our own dialect: the whole."""

from starlette.datastructures import Headers

from headway.dialects.headway import logs, variables
from headway.dialects.headway.apps import Apps
from headway.dialects.headway.deployments import Deployments
from headway.dialects.headway.events import Events
from headway.dialects.headway.operations import Operations
from headway.dialects.headway.project import PREFIX
from headway.dialects.headway.refuse import refuse
from headway.views.news import News
from headway.views.stories import Stories
from headway.web.dialect import Dialect
from headway.web.identity import bearer
from headway.web.routes import Route

_OPERATION = f"{PREFIX}/operations/{{id}}"
_APP = f"{PREFIX}/apps/{{app}}"


def headway(stories: Stories) -> Dialect:
    """What it consists of."""
    return Dialect(
        name="headway",
        prefixes=(PREFIX,),
        routes=(*_of_operations(stories), *_of_apps(stories)),
        secret=secret,
        refuse=refuse,
    )


def _of_operations(stories: Stories) -> tuple[Route, ...]:
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
        Route("POST", f"{_APP}/deployments", deployments.create),
        Route("GET", f"{_APP}/deployments", deployments.list),
        Route("GET", f"{_APP}/releases", deployments.releases),
        Route("POST", f"{_APP}/rollback", deployments.rollback),
        Route("GET", f"{_APP}/variables", variables.list_all),
        Route("PATCH", f"{_APP}/variables", variables.change),
        Route("GET", f"{_APP}/logs", logs.read),
    )


def secret(headers: Headers) -> str | None:
    """The API token, or a JWT made from one, in `Authorization: Bearer …`."""
    return bearer(headers.get("authorization"))

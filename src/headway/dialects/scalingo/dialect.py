"""Scalingo API v1, and its auth API, at one origin: every path on one page."""

from headway.dialects.scalingo import (
    accounts,
    apps,
    collaborators,
    containers,
    deployments,
    deployments_stream,
    features,
    keys,
    logs,
    one_offs,
    operations,
    sources,
    variables,
)
from headway.dialects.scalingo.identity import secret
from headway.dialects.scalingo.refuse import refuse
from headway.web.dialect import Dialect
from headway.web.routes import WEBSOCKET, Route

_APP = "/v1/apps/{app}"

ROUTES = (
    # Who asks, and where.
    Route("GET", "/v1/regions", accounts.regions, open=True),
    Route("GET", "/v1/users/self", accounts.self),
    Route("POST", "/v1/tokens/exchange", accounts.exchange),
    Route("GET", "/v1/tokens", accounts.tokens),
    Route("POST", "/v1/tokens", accounts.create),
    Route("PATCH", "/v1/tokens/{id}/renew", accounts.renew),
    Route("DELETE", "/v1/tokens/{id}", accounts.revoke),
    Route("GET", "/v1/keys", keys.list_all),
    Route("POST", "/v1/keys", keys.add),
    Route("GET", "/v1/keys/{id}", keys.get),
    Route("DELETE", "/v1/keys/{id}", keys.remove),
    # What there is.
    Route("GET", "/v1/features/stacks", features.stacks, open=True),
    Route("GET", "/v1/features/container_sizes", features.container_sizes, open=True),
    Route("GET", "/v1/features/metrics", features.metrics, open=True),
    # Apps, and what runs of them.
    Route("POST", "/v1/apps", apps.create),
    Route("GET", "/v1/apps", apps.list_all),
    Route("GET", _APP, apps.get),
    Route("PATCH", _APP, apps.change),
    Route("PUT", _APP, apps.change),
    Route("DELETE", _APP, apps.delete),
    Route("POST", f"{_APP}/rename", apps.rename),
    # The document's own example leaves the last part out.
    Route("POST", _APP, apps.rename),
    Route("POST", f"{_APP}/child_apps", apps.create_child),
    Route("GET", f"{_APP}/child_apps", apps.children),
    Route("GET", f"{_APP}/containers", containers.formation),
    Route("GET", f"{_APP}/ps", containers.running),
    Route("POST", f"{_APP}/scale", containers.scale),
    Route("POST", f"{_APP}/restart", containers.restart),
    Route("POST", f"{_APP}/run", one_offs.run),
    Route("POST", f"{_APP}/containers/{{id}}/stop", one_offs.stop),
    Route("POST", f"{_APP}/containers/{{id}}/kill", containers.kill),
    Route("GET", f"{_APP}/autoscalers", containers.autoscalers),
    Route("GET", f"{_APP}/operations/{{id}}", operations.get),
    # Who works on them. `collaboration` can be no app's name.
    Route("GET", "/v1/apps/collaboration", collaborators.accept),
    Route("GET", "/v1/collaborators", collaborators.of_all),
    Route("GET", f"{_APP}/collaborators", collaborators.list_all),
    Route("POST", f"{_APP}/collaborators", collaborators.invite),
    Route("PATCH", f"{_APP}/collaborators/{{id}}", collaborators.limit),
    Route("DELETE", f"{_APP}/collaborators/{{id}}", collaborators.remove),
    # Environment.
    Route("GET", f"{_APP}/variables", variables.list_all),
    Route("POST", f"{_APP}/variables", variables.set_one),
    Route("PUT", f"{_APP}/variables", variables.set_many),
    Route("DELETE", f"{_APP}/variables", variables.delete_many),
    Route("PATCH", f"{_APP}/variables/{{id}}", variables.update),
    Route("DELETE", f"{_APP}/variables/{{id}}", variables.delete),
    # From source to release. A source's own URLs carry their proof.
    Route("POST", "/v1/sources", sources.create),
    Route("PUT", "/v1/sources/upload", sources.upload, open=True),
    Route("GET", "/v1/sources/download", sources.download, open=True),
    Route("GET", f"{_APP}/deployments", deployments.list_page),
    Route("POST", f"{_APP}/deployments", deployments.create),
    Route("GET", f"{_APP}/deployments/{{id}}", deployments.get),
    Route("GET", f"{_APP}/deployments/{{id}}/output", deployments.output),
    Route(WEBSOCKET, f"{_APP}/deployments_stream", deployments_stream.stream, open=True),
    Route("DELETE", f"{_APP}/caches/deployment", deployments.delete_cache),
    # What apps say. A link carries its proof.
    Route("GET", f"{_APP}/logs", logs.link),
    Route("GET", "/v1/logs/{app}", logs.read, open=True),
    Route(WEBSOCKET, "/v1/logs/{app}", logs.stream, open=True),
)

SCALINGO = Dialect(name="scalingo", prefixes=("/v1",), routes=ROUTES, secret=secret, refuse=refuse)

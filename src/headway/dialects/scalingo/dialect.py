"""Scalingo API v1, and its auth API, at one origin: every path on one page."""

from headway.dialects.scalingo import (
    accounts,
    apps,
    collaborators,
    containers,
    cron_tasks,
    deployments,
    deployments_stream,
    domains,
    events,
    features,
    keys,
    log_archives,
    logs,
    one_offs,
    operations,
    projects,
    second_factor,
    sources,
    stats,
    variables,
)
from headway.dialects.scalingo.identity import secret
from headway.dialects.scalingo.refuse import refuse
from headway.dialects.scalingo.wire.refused import Refused
from headway.web.described import described
from headway.web.dialect import Dialect
from headway.web.openapi import About
from headway.web.routes import WEBSOCKET, Route

_APP = "/v1/apps/{app}"

ROUTES = (
    # Who asks, and where.
    Route("GET", "/v1/regions", accounts.regions, open=True),
    Route("GET", "/v1/users/self", accounts.self),
    Route("PUT", "/v1/users/account", accounts.change),
    Route("GET", "/v1/users/roles", accounts.roles),
    Route("POST", "/v1/users/stop_free_trial", accounts.stop_free_trial),
    Route("POST", "/v1/users/delete", accounts.delete),
    Route("GET", "/v1/client/tfa", second_factor.status),
    Route("POST", "/v1/client/tfa", second_factor.begin),
    Route("POST", "/v1/client/tfa/validate", second_factor.confirm),
    Route("DELETE", "/v1/client/tfa", second_factor.disable),
    Route("POST", "/v1/tokens/exchange", accounts.exchange, counted=False),
    Route("GET", "/v1/tokens", accounts.tokens),
    # Also for who has a password, and no token yet.
    Route("POST", "/v1/tokens", accounts.create, open=True),
    Route("PATCH", "/v1/tokens/{id}/renew", accounts.renew),
    Route("DELETE", "/v1/tokens/{id}", accounts.revoke),
    Route("GET", "/v1/keys", keys.list_all),
    Route("POST", "/v1/keys", keys.add),
    Route("GET", "/v1/keys/{id}", keys.get),
    Route("DELETE", "/v1/keys/{id}", keys.remove),
    Route("GET", "/v1/projects", projects.list_all),
    Route("POST", "/v1/projects", projects.create),
    Route("GET", "/v1/projects/{id}", projects.get),
    Route("PATCH", "/v1/projects/{id}", projects.change),
    Route("DELETE", "/v1/projects/{id}", projects.delete),
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
    Route("GET", f"{_APP}/cron_tasks", cron_tasks.list_all),
    Route("GET", f"{_APP}/autoscalers", containers.autoscalers),
    Route("GET", f"{_APP}/operations/{{id}}", operations.get, counted=False),
    # Who works on them. `collaboration` can be no app's name.
    Route("GET", "/v1/apps/collaboration", collaborators.accept),
    Route("GET", "/v1/collaborators", collaborators.of_all),
    Route("GET", f"{_APP}/collaborators", collaborators.list_all),
    Route("POST", f"{_APP}/collaborators", collaborators.invite),
    Route("PATCH", f"{_APP}/collaborators/{{id}}", collaborators.limit),
    Route("DELETE", f"{_APP}/collaborators/{{id}}", collaborators.remove),
    # Names of their own.
    Route("GET", f"{_APP}/domains", domains.list_all),
    Route("POST", f"{_APP}/domains", domains.add),
    Route("GET", f"{_APP}/domains/{{id}}", domains.get),
    Route("PATCH", f"{_APP}/domains/{{id}}", domains.change),
    Route("DELETE", f"{_APP}/domains/{{id}}", domains.remove),
    # What happened.
    Route("GET", f"{_APP}/events", events.of_app),
    Route("GET", f"{_APP}/events/{{id}}", events.get),
    Route("GET", "/v1/events", events.of_all),
    Route("GET", "/v1/event_types", events.types, open=True),
    Route("GET", "/v1/event_categories", events.categories, open=True),
    # Environment.
    Route("GET", f"{_APP}/variables", variables.list_all),
    Route("POST", f"{_APP}/variables", variables.set_one),
    Route("PUT", f"{_APP}/variables", variables.set_many),
    Route("DELETE", f"{_APP}/variables", variables.delete_many),
    Route("PATCH", f"{_APP}/variables/{{id}}", variables.update),
    Route("DELETE", f"{_APP}/variables/{{id}}", variables.delete),
    # What is measured of them.
    Route("GET", f"{_APP}/stats", stats.now),
    Route("GET", f"{_APP}/stats/{{metric}}", stats.history),
    Route("GET", f"{_APP}/stats/{{metric}}/recommended_value", stats.recommended),
    Route("GET", f"{_APP}/stats/{{metric}}/{{type}}", stats.history),
    Route("GET", f"{_APP}/stats/{{metric}}/{{type}}/{{index}}", stats.history),
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
    Route("GET", f"{_APP}/logs_archives", log_archives.list_page),
    Route("GET", "/v1/logs_archives/{app}/{number}", log_archives.download, open=True),
)

ABOUT = About(
    title="Scalingo API v1",
    version="1",
    text="The Applications API and its auth API, as Headway speaks it. HEAD is answered wherever GET is.",
    schemes={
        "token": {"type": "http", "scheme": "bearer"},
        "password": {"type": "http", "scheme": "basic", "description": "The token as password, any user."},
    },
    error=Refused,
    at="/v1",
)

SCALINGO = Dialect(
    name="scalingo",
    prefixes=("/v1",),
    routes=described(ABOUT, ROUTES, refuse),
    secret=secret,
    refuse=refuse,
    per_minute=lambda config: config.scalingo_requests_per_minute,
)

"""Toloka's dialect: the whole."""

from starlette.datastructures import Headers

from headway.dialects.toloka import (
    assignments,
    operations,
    pools,
    projects,
    requester,
    skills,
    solutions,
    task_suites,
    tasks,
    trainings,
    wire,
    workers,
)
from headway.dialects.toloka.refuse import refuse
from headway.web.described import described
from headway.web.dialect import Dialect
from headway.web.identity import WORK
from headway.web.openapi import About
from headway.web.routes import Route

PREFIX = "/api/v1"
WORKER_PREFIX = "/worker/v1"
SCHEMES = frozenset({"oauth", "apikey", "bearer"})
_ONE = "{id}"


def secret(headers: Headers) -> str | None:
    """The API token in `Authorization: OAuth …` or `ApiKey …`, as the vendor has it, or `Bearer …`."""
    scheme, _, secret = headers.get("authorization", "").partition(" ")
    return secret.strip() or None if scheme.lower() in SCHEMES else None


ROUTES = (
    Route("GET", f"{PREFIX}/requester", requester.get),
    Route("GET", f"{PREFIX}/operations", operations.search),
    Route("GET", f"{PREFIX}/operations/{_ONE}", operations.get),
    Route("GET", f"{PREFIX}/operations/{_ONE}/log", operations.log),
    # What is asked of people.
    Route("POST", f"{PREFIX}/projects", projects.create),
    Route("GET", f"{PREFIX}/projects", projects.search),
    Route("GET", f"{PREFIX}/projects/{_ONE}", projects.get),
    Route("PUT", f"{PREFIX}/projects/{_ONE}", projects.change),
    Route("POST", f"{PREFIX}/projects/{_ONE}/archive", projects.archive),
    Route("POST", f"{PREFIX}/trainings", trainings.create),
    Route("GET", f"{PREFIX}/trainings", trainings.search),
    Route("GET", f"{PREFIX}/trainings/{_ONE}", trainings.get),
    Route("PUT", f"{PREFIX}/trainings/{_ONE}", trainings.change),
    Route("POST", f"{PREFIX}/trainings/{_ONE}/open", trainings.open),
    Route("POST", f"{PREFIX}/trainings/{_ONE}/close", trainings.close),
    Route("POST", f"{PREFIX}/trainings/{_ONE}/close-for-update", trainings.close_for_update),
    Route("POST", f"{PREFIX}/trainings/{_ONE}/archive", trainings.archive),
    Route("POST", f"{PREFIX}/trainings/{_ONE}/clone", trainings.clone),
    # Under which terms.
    Route("POST", f"{PREFIX}/pools", pools.create),
    Route("GET", f"{PREFIX}/pools", pools.search),
    Route("GET", f"{PREFIX}/pools/{_ONE}", pools.get),
    Route("PUT", f"{PREFIX}/pools/{_ONE}", pools.change),
    Route("PATCH", f"{PREFIX}/pools/{_ONE}", pools.patch),
    Route("POST", f"{PREFIX}/pools/{_ONE}/open", pools.open),
    Route("POST", f"{PREFIX}/pools/{_ONE}/close", pools.close),
    Route("POST", f"{PREFIX}/pools/{_ONE}/close-for-update", pools.close_for_update),
    Route("POST", f"{PREFIX}/pools/{_ONE}/archive", pools.archive),
    Route("POST", f"{PREFIX}/pools/{_ONE}/clone", pools.clone),
    # Of what.
    Route("POST", f"{PREFIX}/tasks", tasks.create),
    Route("GET", f"{PREFIX}/tasks", tasks.search),
    Route("GET", f"{PREFIX}/tasks/{_ONE}", tasks.get),
    Route("PATCH", f"{PREFIX}/tasks/{_ONE}", tasks.change),
    Route("PATCH", f"{PREFIX}/tasks/{_ONE}/set-overlap-or-min", tasks.set_overlap),
    Route("POST", f"{PREFIX}/task-suites", task_suites.create),
    Route("GET", f"{PREFIX}/task-suites", task_suites.search),
    Route("GET", f"{PREFIX}/task-suites/{_ONE}", task_suites.get),
    Route("PATCH", f"{PREFIX}/task-suites/{_ONE}", task_suites.change),
    Route("PATCH", f"{PREFIX}/task-suites/{_ONE}/set-overlap-or-min", task_suites.set_overlap),
    # What came of it.
    Route("GET", f"{PREFIX}/assignments", assignments.search),
    Route("GET", f"{PREFIX}/assignments/{_ONE}", assignments.get),
    Route("PATCH", f"{PREFIX}/assignments/{_ONE}", assignments.review),
    Route("POST", f"{PREFIX}/aggregated-solutions/aggregate-by-pool", solutions.aggregate),
    Route("POST", f"{PREFIX}/aggregated-solutions/aggregate-by-task", solutions.aggregate_task),
    Route("GET", f"{PREFIX}/aggregated-solutions/{_ONE}", solutions.search),
    Route("POST", f"{PREFIX}/pools/{_ONE}/known-solutions/generate", solutions.generate),
    Route("POST", f"{PREFIX}/skills", skills.create),
    Route("GET", f"{PREFIX}/skills", skills.search),
    Route("GET", f"{PREFIX}/skills/{_ONE}", skills.get),
    Route("PUT", f"{PREFIX}/user-skills", skills.set_of_user),
    Route("GET", f"{PREFIX}/user-skills", skills.users),
    # Where people work: ours.
    Route("GET", f"{WORKER_PREFIX}/me", workers.me, audience=WORK),
    Route("GET", f"{WORKER_PREFIX}/pools", workers.pools, audience=WORK),
    Route("GET", f"{WORKER_PREFIX}/pools/{_ONE}", workers.pool, audience=WORK),
    Route("POST", f"{WORKER_PREFIX}/pools/{_ONE}/assignments", workers.issue, audience=WORK),
    Route("GET", f"{WORKER_PREFIX}/assignments/{_ONE}", workers.get, audience=WORK),
    Route("POST", f"{WORKER_PREFIX}/assignments/{_ONE}/submit", workers.submit, audience=WORK),
    Route("POST", f"{WORKER_PREFIX}/assignments/{_ONE}/skip", workers.skip, audience=WORK),
)

ABOUT = About(
    title="Headway, as Toloka speaks",
    version="v1",
    text="Labelling pools and their operations, in the words of Toloka's API v1.",
    schemes={
        "oauth": {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`OAuth` or `ApiKey`, and an API token.",
        }
    },
    error=wire.Error,
    at=PREFIX,
)
TOLOKA = Dialect(
    name="toloka",
    prefixes=(PREFIX, WORKER_PREFIX),
    routes=described(ABOUT, ROUTES, refuse),
    secret=secret,
    refuse=refuse,
)

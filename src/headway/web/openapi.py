"""A dialect's routes as an OpenAPI 3.1 document; pure.

The types of bodies and replies come from msgspec, the refusals from the dialect's own way to say no: each kind is
refused once for the document, and what comes of that is what it shows.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from headway.errors import (
    Busy,
    Conflict,
    Forbidden,
    Invalid,
    KeyReused,
    Malformed,
    NotFound,
    PaymentRequired,
    Refusal,
    Stale,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
)
from headway.web.body import Answer
from headway.web.deprecation import Deprecation
from headway.web.refusals import Broken, Gone
from headway.web.routes import WEBSOCKET, Route
from headway.web.says import Media, Param, Says, said

NUMBER_MAX = 10**18 - 1
"""What a number in a query may have: 18 digits."""
KEY = Param(
    "Idempotency-Key",
    "Who sends the same key with the same request again gets the first operation.",
    place="header",
)
EXAMPLES: dict[type[Refusal], Refusal] = {
    Malformed: Malformed("the body is not valid JSON"),
    Invalid: Invalid(name="missing field"),
    Unauthenticated: Unauthenticated("the API token is not valid"),
    PaymentRequired: PaymentRequired("free use ends here"),
    Forbidden: Forbidden("only the owner may do this"),
    NotFound: NotFound("app"),
    Conflict: Conflict("the app does not run"),
    Busy: Busy("app:1", 1, "app.scale"),
    Stale: Stale("it has changed meanwhile"),
    KeyReused: KeyReused("the key came with another request"),
    Gone: Gone(),
    TooLarge: TooLarge("the body is larger than 1048576 bytes"),
    TooMany: TooMany("too many requests"),
    Unavailable: Unavailable("the disk is full"),
    Broken: Broken(),
}
"""One of each kind of refusal."""
_VARIABLE = re.compile(r"\{(\w+)\}")
_IN_PATH = {"type": "string", "minLength": 1, "pattern": "^[^/]+$"}


@dataclass(frozen=True, kw_only=True, slots=True)
class About:
    """What is said of a dialect as a whole."""

    title: str
    version: str
    text: str
    """What it is, for people."""
    schemes: Mapping[str, Mapping[str, str]]
    """How somebody proves who they are, as OpenAPI's security schemes; one of them is enough."""
    error: Any
    """The type of every refusal's body."""
    at: str
    """Below which path the document itself is found: `/v1`."""


def undescribed(routes: Iterable[Route]) -> list[str]:
    """What to do about each route of which nothing is said."""
    return [
        f"{route.method} {route.path}: put @Says(REPLY TYPE, STATUS, body=BODY TYPE, …) of headway.web.says "
        f"above {route.handler.__qualname__} in {route.handler.__module__}"
        for route in routes
        if said(route.handler) is None
    ]


def document(about: About, routes: Sequence[Route], refuse: Callable[[Refusal], Answer]) -> dict[str, Any]:
    """The document. Routes of which nothing is said are left out."""
    described = [(route, says) for route in routes if (says := said(route.handler)) is not None]
    schemas = _Schemas(about.error, (says for _, says in described))
    paths: dict[str, dict[str, Any]] = {}
    sockets: dict[str, Any] = {}
    for route, says in described:
        if route.method == WEBSOCKET:
            sockets[route.path] = {"summary": _summary(route), "frame": schemas.of(says.reply)}
        else:
            paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, says, schemas, refuse)
    return {
        "openapi": "3.1.0",
        "info": {"title": about.title, "version": about.version, "description": about.text},
        "servers": [{"url": "/"}],
        "security": [{name: []} for name in about.schemes],
        "paths": paths,
        "x-websockets": sockets,
        "components": {"schemas": schemas.named, "securitySchemes": about.schemes},
    }


class _Schemas:
    """The schema of each type, and those that have names."""

    def __init__(self, error: Any, all: Iterable[Says]) -> None:
        self.error = error
        types = [error, *(type for says in all for type in _types(says))]
        found, self.named = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
        self._found = list(zip(types, found, strict=True))

    def of(self, type: Any) -> dict[str, Any]:
        return next(schema for known, schema in self._found if known is type)

    def content(self, type: Any) -> dict[str, Any]:
        """What an answer or a request has for this type; nothing for no body."""
        if type is None:
            return {}
        if isinstance(type, Media):
            return {"content": {type.name: {}}}
        return {"content": {"application/json": {"schema": self.of(type)}}}


def _types(says: Says) -> list[Any]:
    every = (says.reply, says.body, *says.also.values())
    return [type for type in every if type is not None and not isinstance(type, Media)]


def _operation(
    route: Route, says: Says, schemas: _Schemas, refuse: Callable[[Refusal], Answer]
) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": re.sub(r"\W+", "_", f"{route.method.lower()}{route.path}").strip("_"),
        "tags": [route.handler.__module__.rpartition(".")[2]],
        "summary": _summary(route),
        "parameters": [*_in_path(route.path), *map(_parameter, _params(says))],
    }
    if says.body is not None:
        operation["requestBody"] = {**schemas.content(says.body), "required": _needed(says.body)}
    responses = {**_refusals(route, says, schemas, refuse), **_replies(says, schemas)}
    operation["responses"] = dict(sorted(responses.items()))
    if route.open:
        operation["security"] = []
    return operation if route.deprecation is None else operation | _deprecated(route.deprecation)


def _deprecated(it: Deprecation) -> dict[str, Any]:
    """What the headers of every answer say too."""
    since, sunset = (datetime.fromtimestamp(at, UTC).date().isoformat() for at in (it.since, it.sunset))
    text = f"Deprecated on {since}, switched off on {sunset}. Call `{it.successor}` instead."
    return {"deprecated": True, "description": text, "x-sunset": sunset, "x-successor": it.successor}


def _needed(body: Any) -> bool:
    """Whether nothing at all will not do; it counts as an empty object."""
    try:
        msgspec.convert({}, body)
    except (msgspec.ValidationError, TypeError):
        return True
    return False


def _summary(route: Route) -> str:
    return _first_line(route.handler)


def _first_line(of: object) -> str:
    return (inspect.getdoc(of) or "").partition("\n")[0]


def _in_path(path: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": _IN_PATH} for name in _VARIABLE.findall(path)
    ]


def _params(says: Says) -> tuple[Param, ...]:
    return (*says.params, KEY) if says.keyed else says.params


def _parameter(it: Param) -> dict[str, Any]:
    return {
        "name": it.name,
        "in": it.place,
        "required": it.required,
        "description": it.text,
        "schema": _schema(it),
    }


def _schema(it: Param) -> dict[str, Any]:
    if it is KEY:
        return {"type": "string", "pattern": "^[!-~]{1,255}$"}
    if it.type is int:
        return {"type": "integer", "minimum": -NUMBER_MAX, "maximum": NUMBER_MAX}
    return msgspec.json.schema(it.type)


def _replies(says: Says, schemas: _Schemas) -> dict[str, Any]:
    replies = {says.status: says.reply, **says.also}
    shown = {
        str(status): {"description": _STATUS.get(status, "done"), **schemas.content(type)}
        for status, type in replies.items()
    }
    if says.location:
        shown[str(says.status)]["headers"] = {
            "Location": {"description": "Where to follow the operation.", "schema": {"type": "string"}}
        }
    return shown


_STATUS = {200: "done", 201: "made", 202: "begun", 204: "done; no body", 304: "as it was; no body"}


def kinds(route: Route, says: Says) -> list[type[Refusal]]:
    """How the route may say no."""
    found: list[type[Refusal]] = [TooMany, Unavailable, Broken, *says.refuses]
    if route.deprecation is not None:
        found.append(Gone)
    if not route.open:
        found.append(Unauthenticated)
    if "{" in route.path:
        found += [NotFound] if route.open else [NotFound, Forbidden]
    if says.body is not None:
        found += [Malformed, TooLarge]
    if says.body is not None or says.params or says.keyed:
        found.append(Invalid)
    if says.keyed:
        found += [Busy, Conflict, KeyReused]
    return sorted({_known(kind) for kind in found}, key=list(EXAMPLES).index)


def _known(kind: type[Refusal]) -> type[Refusal]:
    """The kind, or what it descends from: some are known to one noun only."""
    return next(one for one in kind.__mro__ if one in EXAMPLES)


def _refusals(
    route: Route, says: Says, schemas: _Schemas, refuse: Callable[[Refusal], Answer]
) -> dict[str, Any]:
    """The refusals by status; `Retry-After` and the like are shown where the dialect sends them."""
    shown: dict[str, Any] = {}
    for kind in kinds(route, says):
        example = refuse(EXAMPLES[kind])
        one = shown.setdefault(str(example.status), {"description": "", **schemas.content(schemas.error)})
        one["description"] = f"{one['description']} {_first_line(kind)}".strip()
        for name, value in example.headers:
            if name != b"content-type":
                schema = {"type": "string", "examples": [value.decode()]}
                one.setdefault("headers", {})[name.decode().title()] = {"schema": schema}
    return shown

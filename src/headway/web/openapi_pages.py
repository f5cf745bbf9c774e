"""An OpenAPI document as a page for people: plain HTML that needs no script and nothing from elsewhere; pure."""

from collections.abc import Iterator
from html import escape
from typing import Any

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "code{font:.9em ui-monospace,monospace}h3{margin:2rem 0 0}table{border-collapse:collapse}"
    "td{padding:.1rem 1rem .1rem 0;vertical-align:top}nav{columns:18rem}:target{background:#ff8}"
)
_REF = "#/components/schemas/"


def page(document: dict[str, Any]) -> str:
    """The whole page."""
    info = document["info"]
    return "".join((
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(info["title"])}</title>',
        f"<style>{_STYLE}</style><h1>{escape(info['title'])}</h1>",
        f'<p>{escape(info["description"])}</p><p>The same for machines: <a href="openapi.json">openapi.json</a>.</p>',
        f"<nav>{''.join(_index(document))}</nav>",
        *_operations(document),
        *_sockets(document),
        "<h2>Shapes</h2>",
        *_shapes(document["components"]["schemas"]),
        "</html>\n",
    ))


def _each(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def _index(document: dict[str, Any]) -> Iterator[str]:
    for method, path, operation in _each(document):
        yield f'<a href="#{operation["operationId"]}"><code>{method} {escape(path)}</code></a><br>'


def _operations(document: dict[str, Any]) -> Iterator[str]:
    tag = ""
    for method, path, operation in _each(document):
        if operation["tags"][0] != tag:
            tag = operation["tags"][0]
            yield f"<h2>{escape(tag.replace('_', ' ').capitalize())}</h2>"
        yield f'<h3 id="{operation["operationId"]}"><code>{method} {escape(path)}</code></h3>'
        yield f"<p>{escape(operation['summary'])}</p>"
        if operation.get("deprecated"):
            yield f"<p><b>{escape(operation['description'])}</b></p>"
        yield "<table>"
        if "security" in operation:
            yield _row("open", "needs no token")
        for one in operation["parameters"]:
            if one["in"] != "path":
                yield _row(_code(one["name"]), f"{_said(one['schema'])}: {escape(one['description'])}")
        if "requestBody" in operation:
            yield _row("body", _content(operation["requestBody"]))
        for status, reply in operation["responses"].items():
            yield _row(status, f"{_content(reply)} {escape(reply['description'])}")
        yield "</table>"


def _sockets(document: dict[str, Any]) -> Iterator[str]:
    for path, socket in document["x-websockets"].items():
        yield f"<h3><code>WebSocket {escape(path)}</code></h3>"
        yield f"<p>{escape(socket['summary'])} Each frame is {_said(socket['frame'])}.</p>"


def _shapes(schemas: dict[str, Any]) -> Iterator[str]:
    for name, schema in schemas.items():
        yield f'<h3 id="{escape(name)}">{escape(name)}</h3><p>{escape(schema.get("description", ""))}</p><table>'
        required = schema.get("required", ())
        for field, of in schema.get("properties", {}).items():
            yield _row(_code(field), _said(of) + ("" if field in required else ", may be left out"))
        yield "</table>"


def _content(of: dict[str, Any]) -> str:
    return " or ".join(
        _said(it["schema"]) if "schema" in it else _code(media) for media, it in of.get("content", {}).items()
    )


def _said(schema: dict[str, Any]) -> str:
    """A schema in one line."""
    match schema:
        case {"$ref": str(ref)}:
            name = escape(ref.removeprefix(_REF))
            said = f'<a href="#{name}">{name}</a>'
        case {"anyOf": list(several)}:
            said = " or ".join(map(_said, several))
        case {"enum": list(several)}:
            said = " or ".join(_code(str(one)) for one in several)
        case {"type": "array"}:
            said = f"list of {_said(schema.get('items', {}))}"
        case {"type": "object", "additionalProperties": dict(inner)}:
            said = f"object of {_said(inner)}"
        case _:
            said = str(schema.get("type", "anything"))
    return said


def _row(name: str, text: str) -> str:
    return f"<tr><td>{name}<td>{text}</tr>"


def _code(text: str) -> str:
    return f"<code>{escape(text)}</code>"

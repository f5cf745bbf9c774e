"""The pages that the router itself shows, and when; nothing here reads, writes or waits.

Each page names its case in `X-Headway-Error` and comes as JSON where the request accepts that.
"""

from typing import Any

import msgspec

ERROR_HEADER = "X-Headway-Error"
STOPPED_STATUS = 530
"""What a stopped app's route answers within Envoy; the page turns it into 503."""


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """One case, told to a person. `text` may hold `{app}`."""

    error: str
    status: int
    title: str
    text: str
    flags: tuple[str, ...] = ()
    """Envoy's response flags that mean this case."""
    internal: int = 0
    """Or the status that the route answered with."""


PAGES = (
    Page(
        error="timeout",
        status=504,
        title="The app took too long",
        text="“{app}” did not answer in time. Please try again in a moment.",
        flags=("UT", "SI"),
    ),
    Page(
        error="no-container",
        status=503,
        title="No container is running",
        text="“{app}” has no running container at the moment. If it is starting, try again in a few seconds.",
        flags=("UH", "NC"),
    ),
    Page(
        error="overloaded",
        status=503,
        title="The app is overloaded",
        text="“{app}” has more requests than it can take. Please try again in a moment.",
        flags=("UO",),
    ),
    Page(
        error="upstream-failure",
        status=502,
        title="The app did not answer",
        text="“{app}” closed the connection without an answer, or could not be reached. Its log may say why.",
        flags=("UF", "UC", "UR", "LR", "UPE"),
    ),
    Page(
        error="stopped",
        status=503,
        title="This app is stopped",
        text="“{app}” has been stopped by its owner. It will answer again once it is started.",
        internal=STOPPED_STATUS,
    ),
    Page(
        error="unknown-host",
        status=404,
        title="There is no app here",
        text="No app answers to this address. Check it for a typing error.",
        internal=404,
    ),
)

_APP = "%METADATA(ROUTE:headway:{})%"
_HTML = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --ink: #1c2430; --soft: #596475; --paper: #f6f7f9; --line: #d7dce3 }}
@media (prefers-color-scheme: dark) {{
  :root {{ --ink: #e9edf3; --soft: #a3aebd; --paper: #12161c; --line: #2c3440 }}
}}
body {{ margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--paper);
  color: var(--ink); font: 1.0625rem/1.6 system-ui, sans-serif }}
main {{ max-width: 32rem; padding: 2rem; overflow-wrap: anywhere }}
h1 {{ margin: 0 0 .75rem; font-size: 1.75rem; line-height: 1.25 }}
p {{ margin: 0 }}
.code {{ margin-top: 2rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--soft);
  font-size: .875rem }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p>{text}</p>
<p class="code">{status} · {error}</p>
</main>
</body>
</html>
"""


def local_replies() -> list[dict[str, Any]]:
    """Envoy's mappers for its own replies, the JSON form of each page before its HTML form."""
    return [mapper for page in PAGES for mapper in (_as_json(page), _as_html(page))]


def html_page(page: Page) -> str:
    """The page as a substitution format of Envoy."""
    # The app's name comes last: its own percent signs are Envoy's.
    body = _HTML.format(title=page.title, text=page.text, status=page.status, error=page.error)
    return body.replace("%", "%%").replace("{app}", _APP.format("title"))


def _as_html(page: Page) -> dict[str, Any]:
    text = {"text_format_source": {"inline_string": html_page(page)}}
    return _mapper(page, _case(page), {**text, "content_type": "text/html; charset=utf-8"})


def _as_json(page: Page) -> dict[str, Any]:
    accepts = {
        "header_filter": {"header": {"name": "accept", "string_match": {"contains": "application/json"}}}
    }
    line = {
        "error": page.error,
        "message": page.text.replace("{app}", _APP.format("app")),
        "request_id": "%REQ(X-REQUEST-ID):128%",
    }
    return _mapper(page, {"and_filter": {"filters": [accepts, _case(page)]}}, {"json_format": line})


def _case(page: Page) -> dict[str, Any]:
    if page.flags:
        return {"response_flag_filter": {"flags": list(page.flags)}}
    value = {"default_value": page.internal, "runtime_key": "headway.never_set"}
    return {"status_code_filter": {"comparison": {"op": "EQ", "value": value}}}


def _mapper(page: Page, when: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    headers = {ERROR_HEADER: page.error, "Cache-Control": "no-store"}
    return {
        "filter": when,
        "status_code": page.status,
        "headers_to_add": [
            {"header": {"key": key, "value": value}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}
            for key, value in headers.items()
        ],
        "body_format_override": body,
    }

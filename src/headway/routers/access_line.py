"""One line of Envoy's access log, as `envoy_config` has it written, and the request that it tells of: pure."""

from datetime import datetime

import msgspec

from headway.clock import SECOND
from headway.routers.port import Endpoint, Request


class _Row(msgspec.Struct, frozen=True, kw_only=True):
    """Null is what Envoy does not know; a field that an earlier program did not have written is null as well."""

    time: datetime
    app_id: str | None = None
    method: str | None = None
    host: str | None = None
    path: str | None = None
    protocol: str | None = None
    status: int | None = None
    duration_ms: int | None = None
    bytes_out: int | None = None
    upstream: str | None = None
    client: str | None = msgspec.field(name="from", default=None)
    request_id: str | None = None
    referer: str | None = None
    agent: str | None = None


_rows = msgspec.json.Decoder(_Row)


def parsed(line: bytes, end: int) -> Request | None:
    """The request, which ends at `end`; None where the line is none of ours."""
    try:
        row = _rows.decode(line)
    except UnicodeDecodeError:
        return parsed(line.decode("utf-8", "replace").encode(), end)
    except msgspec.DecodeError:
        return None
    return Request(
        end=end,
        at=round(row.time.timestamp() * SECOND),
        app_id=row.app_id or "",
        method=row.method or "",
        host=row.host or "",
        path=row.path or "",
        protocol=row.protocol or "http",
        status=row.status or 0,
        duration_ms=row.duration_ms or 0,
        bytes_out=row.bytes_out or 0,
        endpoint=_endpoint(row.upstream or ""),
        client=row.client or "",
        request_id=row.request_id or "",
        referer=row.referer or "",
        agent=row.agent or "",
    )


def _endpoint(upstream: str) -> Endpoint | None:
    host, _, port = upstream.rpartition(":")
    return Endpoint(host=host.strip("[]"), port=int(port)) if port.isdecimal() else None

import json

import pytest

from headway.routers.access_line import parsed
from headway.routers.port import Endpoint, Request

ROW = {
    "time": "2023-11-14T22:13:20.123Z",
    "app": "shop",
    "app_id": "a1",
    "method": "GET",
    "host": "shop.localhost:8080",
    "path": "/x?a=1",
    "protocol": "https",
    "status": 200,
    "duration_ms": 118,
    "bytes_in": 0,
    "bytes_out": 73555,
    "upstream": "127.0.0.1:20001",
    "flags": "-",
    "request_id": "r-1",
    "from": "57.141.0.26",
    "agent": "curl",
    "referer": None,
}
NOTHING = dict.fromkeys(ROW)


def line(**changes: object) -> bytes:
    return json.dumps(ROW | changes).encode()


def test_a_line_tells_of_one_request() -> None:
    assert parsed(line(), 77) == Request(
        end=77,
        at=1700000000_123000,
        app_id="a1",
        method="GET",
        host="shop.localhost:8080",
        path="/x?a=1",
        protocol="https",
        status=200,
        duration_ms=118,
        bytes_out=73555,
        endpoint=Endpoint(host="127.0.0.1", port=20001),
        client="57.141.0.26",
        request_id="r-1",
        referer="",
        agent="curl",
    )


@pytest.mark.parametrize("row", [NOTHING | {"time": ROW["time"]}, {"time": ROW["time"]}])
def test_what_is_not_known_is_empty(row: dict[str, object]) -> None:
    request = parsed(json.dumps(row).encode(), 1)
    assert request is not None
    assert (request.app_id, request.status, request.endpoint, request.protocol) == ("", 0, None, "http")


def test_a_container_may_have_an_address_of_version_6() -> None:
    request = parsed(line(upstream="[::1]:20001"), 1)
    assert request is not None
    assert request.endpoint == Endpoint(host="::1", port=20001)


def test_bytes_that_are_no_text_are_replaced() -> None:
    request = parsed(line(agent="WEIRD").replace(b"WEIRD", b"a\xffb"), 1)
    assert request is not None
    assert request.agent == "a\N{REPLACEMENT CHARACTER}b"


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"null", b"{}", line(status="x"), line()[:-5], b"\xff"])
def test_a_line_that_is_none_of_ours_tells_of_nothing(raw: bytes) -> None:
    assert parsed(raw, 1) is None

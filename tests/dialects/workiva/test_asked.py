"""What every request goes through."""

from types import SimpleNamespace
from typing import Any

import pytest

from headway.dialects.workiva.asked import begun, checked, id_of
from headway.errors import Malformed, NotFound
from headway.ids import show
from tests.records import an_operation


async def fine(_ask: Any) -> Any:
    """It is fine."""
    return "fine"


def asking(**given: Any) -> Any:
    return SimpleNamespace(headers={}, params={}, scope={"path": "/files/1/copy"}, origin="http://h", **given)


async def test_only_versions_that_there_are_are_taken() -> None:
    handle = checked(fine)
    ask = asking()
    for version in ("2022-01-01", "2026-01-01"):
        ask.headers["x-version"] = version
        assert await handle(ask) == "fine"
    ask.headers["x-version"] = "2024-01-01"
    with pytest.raises(Malformed):
        await handle(ask)
    assert handle.__doc__ == "It is fine."


def test_only_what_is_shown_as_an_id_is_one() -> None:
    ask = asking()
    ask.params["fileId"] = show(7)
    assert id_of(ask, "fileId", "file") == 7
    ask.params["fileId"] = "7"
    with pytest.raises(NotFound):
        id_of(ask, "fileId", "file")


@pytest.mark.parametrize(
    ("path", "prefix"),
    [("/files/1/copy", ""), ("/platform/v1/files/1/copy", "/platform/v1"), ("/platform/v11/x", "")],
)
def test_what_is_begun_is_followed_on_the_same_generation_of_paths(path: str, prefix: str) -> None:
    ask = asking()
    ask.scope["path"] = path
    answer = begun(ask, an_operation())
    url = f"http://h{prefix}/operations/{show(77)}"
    assert (answer.status, answer.body) == (202, f'{{"operationLocation":"{url}"}}'.encode())
    assert (b"location", url.encode()) in answer.headers

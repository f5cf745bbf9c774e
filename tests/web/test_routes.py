"""The tree of routes."""

from typing import Any

import pytest

from headway.web.refusals import NoSuchPath, WrongMethod
from headway.web.routes import Route, Tree


async def handler(ask: Any) -> Any:
    raise AssertionError


def tree(*lines: str) -> Tree:
    return Tree([Route(*line.split(" "), handler) for line in lines])  # type: ignore[arg-type]


def test_a_name_in_braces_stands_for_one_segment() -> None:
    route, params = tree("GET /apps/{app}/operations/{id}").find("GET", "/apps/a-b/operations/7")
    assert (route.path, params) == ("/apps/{app}/operations/{id}", {"app": "a-b", "id": "7"})


def test_a_literal_segment_wins_over_a_name() -> None:
    route, _ = tree("GET /apps/{app}", "GET /apps/collaboration").find("GET", "/apps/collaboration")
    assert route.path == "/apps/collaboration"


def test_a_literal_that_leads_nowhere_gives_way_to_the_name() -> None:
    _, params = tree("GET /apps/mine", "GET /apps/{app}/logs").find("GET", "/apps/mine/logs")
    assert params == {"app": "mine"}


def test_routes_may_call_the_same_segment_differently() -> None:
    _, params = tree("GET /apps/{app}", "DELETE /apps/{id}").find("DELETE", "/apps/7")
    assert params == {"id": "7"}


@pytest.mark.parametrize("path", ["/", "/apps", "/apps//logs", "/apps/a/logs/more", "/app"])
def test_a_path_that_nobody_answers_is_not_there(path: str) -> None:
    with pytest.raises(NoSuchPath):
        tree("GET /apps/{app}/logs").find("GET", path)


def test_another_method_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(WrongMethod) as refused:
        tree("GET /apps", "POST /apps").find("PUT", "/apps")
    assert refused.value.allowed == ("GET", "HEAD", "POST")


def test_head_is_answered_by_get() -> None:
    route, _ = tree("GET /apps").find("HEAD", "/apps")
    assert route.method == "GET"


def test_a_slash_at_the_end_makes_no_difference() -> None:
    assert tree("GET /apps").find("GET", "/apps/")


def test_two_routes_for_the_same_are_a_mistake() -> None:
    with pytest.raises(AssertionError, match="twice"):
        tree("GET /apps/{app}", "GET /apps/{id}")

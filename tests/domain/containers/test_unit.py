"""What a container is to the runtime."""

from pathlib import Path

import pytest

from headway.config import Config
from headway.domain.containers.unit import environment, unit, unit_id
from headway.ids import show
from headway.model.sizes import SIZES
from tests.records import a_container, a_release, an_app

CONFIG = Config(region="here")


def test_a_web_container_listens_and_a_worker_does_not() -> None:
    web, worker = [
        unit(CONFIG, an_app(), a_container(type=type, index=2), a_release(), Path("slug"))
        for type in ("web", "worker")
    ]
    assert (web.label, web.command, web.listens) == ("web-2", "serve", True)
    assert (worker.label, worker.command, worker.listens) == ("worker-2", "work", False)
    assert (web.app_id, web.slug, web.size) == (show(5), Path("slug"), SIZES["M"])


def test_its_id_is_that_of_the_container_so_a_replacement_is_another_unit() -> None:
    one, other = a_container(id=11), a_container(id=12)
    assert one.label == other.label
    assert unit_id(one) != unit_id(other)
    assert unit(CONFIG, an_app(), one, a_release(), Path("slug")).id == unit_id(one)


def test_aliases_among_the_variables_are_followed() -> None:
    release = a_release(variables={"DATABASE_URL": "$SQL_URL", "SQL_URL": "postgresql://"})
    given = environment(CONFIG, an_app(), a_container(), release)
    assert (given["DATABASE_URL"], given["SQL_URL"]) == ("postgresql://", "postgresql://")


PLATFORM = {
    "APP": "hello-world",
    "CONTAINER_VERSION": "abc123",
    "SCALINGO_APPLICATION_ID": show(5),
    "STACK": "headway-1",
    "REGION_NAME": "here",
}
"""What every container has, beside what tells it from the others."""
MINE = {"MINE": "x", "ALIAS": "x"}


def own(label: str, size: str = "M") -> dict[str, str]:
    """What tells one container from the others."""
    memory = str(SIZES[size].memory_bytes)
    told = {"CONTAINER": label, "CONTAINER_SIZE": size, "CONTAINER_MEMORY": memory}
    return {**told, "HOSTNAME": f"hello-world-{label}"}


@pytest.mark.parametrize(
    ("type", "size", "gets_port"), [("web", "M", True), ("tcp", "S", True), ("worker", "2XL", False)]
)
def test_the_whole_environment_of_a_container(type: str, size: str, *, gets_port: bool) -> None:
    release = a_release(variables={"MINE": "x", "ALIAS": "$MINE"}, ref="abc123", processes={type: "serve"})
    made = unit(CONFIG, an_app(), a_container(type=type, size=size), release, Path("slug"))
    assert made.environment == {**MINE, **PLATFORM, **own(f"{type}-1", size)}
    # PORT comes from the runtime, and with it PATH and HOME.
    assert made.listens is gets_port


def test_the_platform_says_where_it_runs_and_nobody_can_lie_about_it() -> None:
    release = a_release(variables={"CONTAINER": "web-99", "APP": "other", "MINE": "x"}, ref="abc123")
    assert environment(CONFIG, an_app(), a_container(size="L"), release) == {
        "MINE": "x",
        "APP": "hello-world",
        "CONTAINER": "web-1",
        "CONTAINER_VERSION": "abc123",
        "CONTAINER_SIZE": "L",
        "CONTAINER_MEMORY": "1073741824",
        "SCALINGO_APPLICATION_ID": show(5),
        "HOSTNAME": "hello-world-web-1",
        "STACK": "headway-1",
        "REGION_NAME": "here",
    }

"""The environment of a build."""

from pathlib import Path

from headway.builders.environment import DENIED, environment
from headway.builders.port import Source


def source(**variables: str) -> Source:
    return Source(archive=Path("x"), app_id="1", app="hello", ref="r1", environment=variables, build_id="b")


def test_the_app_wins_over_the_operator_and_the_platform_over_both():
    made = environment(
        source(PIP_INDEX_URL="app", STACK="app"), {"PIP_INDEX_URL": "op", "APP": "op", "X": "op"}
    )
    assert (made["PIP_INDEX_URL"], made["STACK"], made["APP"], made["X"]) == (
        "app",
        "headway-1",
        "hello",
        "op",
    )


def test_no_denied_variable_of_the_app_gets_through():
    made = environment(source(**dict.fromkeys(DENIED, "evil")), {})
    assert "evil" not in made.values()


def test_aliases_are_resolved():
    assert environment(source(A="$B", B="b"), {})["A"] == "b"


def test_the_whole_environment_of_a_build():
    assert environment(source(MINE="x", ALIAS="$MINE"), {"PIP_INDEX_URL": "op"}) == {
        "MINE": "x",
        "ALIAS": "x",
        "PIP_INDEX_URL": "op",
        "APP": "hello",
        "SOURCE_VERSION": "r1",
        "STACK": "headway-1",
        "HOME": "/app",
        "PATH": "/app/bin:/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "PIP_CONFIG_FILE": "/headway/settings/pip.conf",
        "XDG_CACHE_HOME": "/cache",
    }

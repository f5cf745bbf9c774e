"""What can be known of the assembly without running it; the rest is in tests/journeys/ and tests/cli/."""

from pathlib import Path

import pytest

from headway import app
from headway.clock import SystemClock
from headway.config import Config
from headway.errors import Invalid, Unavailable


@pytest.mark.parametrize(
    ("text", "address"),
    [("127.0.0.1:8000", ("127.0.0.1", 8000)), ("[::1]:80", ("::1", 80)), ("localhost:0", ("localhost", 0))],
)
def test_an_address_is_host_and_port(text: str, address: tuple[str, int]) -> None:
    assert app.address(text, "listen") == address


@pytest.mark.parametrize("text", ["", "8000", "localhost", "localhost:http", "localhost:"])
def test_what_is_no_address_is_refused_with_the_name_of_the_setting(text: str) -> None:
    with pytest.raises(Invalid, match="listen should be an address and a port"):
        app.address(text, "listen")


def test_the_settings_choose_the_database(tmp_path: Path) -> None:
    assert app.opened(Config(data=str(tmp_path)), SystemClock()).name == "sqlite"
    url = "postgresql://somebody@127.0.0.1/headway"
    assert app.opened(Config(database=url), SystemClock()).name == "postgres"
    with pytest.raises(Invalid, match="database"):
        app.opened(Config(database="mysql://x"), SystemClock())


async def test_a_runtime_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="swarm is not there yet"):
        async with app.assembled(Config(data=str(tmp_path), runtime="swarm")):
            pass

from pathlib import Path

import pytest

from headway.cli import login
from headway.errors import Unauthenticated


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of who runs the tests is looked at."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("HEADWAY_DATA", str(tmp_path / "data"))
    for name in (login.SERVER, login.TOKEN, "HEADWAY_LISTEN"):
        monkeypatch.delenv(name, raising=False)


def keep(server: str = "http://kept", token: str = "kept-token") -> None:
    login.login_file().parent.mkdir(parents=True)
    login.login_file().write_text(f'server = "{server}"\ntoken = "{token}"\n')


def test_without_anything_there_is_nobody_to_be() -> None:
    with pytest.raises(Unauthenticated, match="headway login"):
        login.found()


def test_the_local_admin_is_who_one_is_where_nothing_else_is_said(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "admin.token").write_text("admin-token\n")
    assert login.found() == login.Login("http://127.0.0.1:8000", "admin-token")
    with pytest.raises(Unauthenticated):
        login.found("http://elsewhere")


def test_a_login_wins_over_the_local_admin_and_the_environment_over_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "admin.token").write_text("admin-token\n")
    keep()
    assert login.found() == login.Login("http://kept", "kept-token")
    monkeypatch.setenv(login.TOKEN, "said")
    assert login.found() == login.Login("http://kept", "said")
    monkeypatch.setenv(login.SERVER, "http://said")
    assert login.found() == login.Login("http://said", "said")


def test_the_token_of_a_login_is_sent_nowhere_else() -> None:
    keep()
    assert login.found("http://kept").token == "kept-token"
    with pytest.raises(Unauthenticated):
        login.found("http://elsewhere")


def test_a_login_that_cannot_be_read_is_told() -> None:
    keep()
    login.login_file().write_text("server = ")
    with pytest.raises(Unauthenticated, match="not readable"):
        login.found()

"""What git's clients call things."""

import pytest

from headway.dialects.git.names import app_name, command, protocol


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("git-receive-pack '/my-app.git'", ("git-receive-pack", "my-app")),
        ("git-receive-pack 'my-app.git'", ("git-receive-pack", "my-app")),
        ("git-upload-pack my-app", ("git-upload-pack", "my-app")),
        ("git upload-pack '/my-app.git'", ("git-upload-pack", "my-app")),
        ("git-upload-archive '/my-app.git'", None),
        ("git-receive-pack", None),
        ("git-receive-pack 'a' 'b'", None),
        ("git-receive-pack 'a", None),
        ("sh", None),
        ("", None),
    ],
)
def test_a_command_names_a_service_and_an_app(text: str, meant: tuple[str, str] | None) -> None:
    assert command(text) == meant


def test_a_path_that_leads_elsewhere_is_the_name_of_no_app() -> None:
    assert command("git-receive-pack '/../../etc/passwd'") == ("git-receive-pack", "../../etc/passwd")
    assert app_name("/my-app.git/") == "my-app.git".removesuffix(".git")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("version=2", "version=2"),
        ("version=1:x=1", "version=1:x=1"),
        ("", ""),
        ("version=2\nX=1", ""),
        ("rm -rf", ""),
    ],
)
def test_only_a_version_is_handed_to_git(text: str, told: str) -> None:
    assert protocol(text) == told

"""The program that git runs as a hook."""

import io
import json
import socket
import sys
from pathlib import Path

import pytest

from headway.dialects.git import hook

UPDATE = "1" * 40, "2" * 40, "refs/heads/main"


def told(*frames: dict[str, str]) -> tuple[socket.socket, socket.socket]:
    """The platform's end, with what it says, and the hook's."""
    ours, theirs = socket.socketpair()
    ours.sendall(b"".join(json.dumps(it).encode() + b"\n" for it in frames))
    return ours, theirs


class Standing:
    """Standard streams as git connects them."""

    def __init__(self, content: bytes = b"") -> None:
        self.buffer = io.BytesIO(content)

    def read(self) -> str:
        return self.buffer.read().decode()


@pytest.mark.parametrize(("why", "code"), [("", 0), ("refused", 1)])
def test_before_a_push_it_asks_and_ends_as_it_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], why: str, code: int
) -> None:
    monkeypatch.setattr(sys, "stdin", Standing(" ".join(UPDATE).encode() + b"\n"))
    ours, theirs = told({"say": "hello\n"}, {"why": why})
    with ours, theirs:
        assert hook.main("pre-receive", theirs.fileno()) == code
        assert json.loads(ours.recv(4096)) == {"hook": "pre-receive", "updates": [list(UPDATE)]}
    assert capsys.readouterr().err == "hello\n"


@pytest.mark.parametrize(
    ("why", "said"), [("", b"ok refs/heads/main\n"), ("full", b"ng refs/heads/main full\n")]
)
def test_it_receives_in_the_place_of_git_and_tells_what_became_of_each_ref(
    monkeypatch: pytest.MonkeyPatch, why: str, said: bytes
) -> None:
    asked = (
        hook.packet(b"version=1\0atomic\n") + hook.FLUSH + hook.packet(" ".join(UPDATE).encode()) + hook.FLUSH
    )
    out = Standing()
    monkeypatch.setattr(sys, "stdin", Standing(asked))
    monkeypatch.setattr(sys, "stdout", out)
    ours, theirs = told({"why": why})
    with ours, theirs:
        assert hook.main("proc-receive", theirs.fileno()) == 0
    answer = io.BytesIO(out.buffer.getvalue())
    assert list(hook.packets(answer)) == [b"version=1\0\n"]
    assert list(hook.packets(answer)) == [said]


def test_a_platform_that_goes_away_lets_nothing_through(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", Standing(" ".join(UPDATE).encode() + b"\n"))
    ours, theirs = told({"say": "building\n"})
    ours.shutdown(socket.SHUT_WR)
    with ours, theirs:
        assert hook.main("pre-receive", theirs.fileno()) == 1
    assert "The platform has gone away" in capsys.readouterr().err


def test_it_needs_nothing_but_the_standard_library() -> None:
    imported = [
        line for line in Path(hook.__file__).read_text().splitlines() if line.startswith(("import", "from"))
    ]
    assert not [line for line in imported if "headway" in line]

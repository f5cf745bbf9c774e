"""The example apps, as a container would run them."""

import http.client
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from headway.builders.procfile import parse
from tests.builders.servers import served, wait_until_refused

EXAMPLES = Path(__file__).parents[2] / "examples"
HELLO = (sys.executable, "app.py")


def got(port: int, path: str) -> tuple[int, str]:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        link.request("GET", path)
        answer = link.getresponse()
        return answer.status, answer.read().decode()
    finally:
        link.close()


def node() -> tuple[str, ...]:
    found = shutil.which("node", path="/usr/local/bin:/usr/bin")
    return (found, "server.js") if found else pytest.skip("no node in /usr/local/bin or /usr/bin")


def wait_until_begun(link: socket.socket, child: subprocess.Popen) -> None:
    """Return once the server has read all that was sent and waits for more; only the kernel can tell."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if not unsent(link) and not unread(link) and all_wait(child):
            return
    pytest.fail("the server did not begin with the request")


def unsent(link: socket.socket) -> bool:
    """Whether some of it has not reached the other end."""
    return not any(it.startswith("00000000:") for it in queue(link.getsockname()[1], link.getpeername()[1]))


def unread(link: socket.socket) -> bool:
    """Whether some of it lies at the other end and was not taken."""
    return not any(it.endswith(":00000000") for it in queue(link.getpeername()[1], link.getsockname()[1]))


def queue(near: int, far: int) -> list[str]:
    """What waits at one end of a connection, `to be sent:to be read`; the table may miss a row while it changes."""
    rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return [row[4] for row in rows if (row[1][-4:], row[2][-4:]) == (f"{near:04X}", f"{far:04X}")]


def all_wait(child: subprocess.Popen) -> bool:
    """Whether the thread that listens and the one that reads sleep in the same call: for something to come."""
    calls = [path.read_text().split()[0] for path in Path(f"/proc/{child.pid}/task").glob("*/syscall")]
    return len(calls) > 1 and len(set(calls)) == 1 and calls[0] != "running"


@pytest.fixture(params=["hello", "hello-node"])
def app(request):
    argv = HELLO if request.param == "hello" else node()
    with served(argv, EXAMPLES / request.param, CONTAINER="web-1", CONTAINER_VERSION="v<1>") as running:
        yield running


def test_the_page_names_the_container_and_the_version(app):
    status, body = got(app[0], "/?x=1")
    assert status == 200
    assert "web-1" in body
    assert "v&lt;1&gt;" in body or "v<1>" in body


def test_it_is_healthy_and_knows_what_is_not_there(app):
    assert got(app[0], "/healthz") == (200, '{"status":"ok"}')
    assert got(app[0], "/other")[0] == 404


def test_sigterm_ends_it_well_though_a_client_keeps_its_connection(app):
    port, child = app
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    link.request("GET", "/healthz")
    link.getresponse().read()
    child.send_signal(signal.SIGTERM)
    assert child.wait(timeout=60) == 0
    link.close()


def test_a_request_that_has_begun_is_answered_before_the_end():
    with (
        served(HELLO, EXAMPLES / "hello") as (port, child),
        socket.create_connection(("127.0.0.1", port)) as link,
    ):
        link.sendall(b"GET /healthz HTTP/1.1\r\n")
        wait_until_begun(link, child)
        child.send_signal(signal.SIGTERM)
        wait_until_refused(port)
        link.sendall(b"Host: x\r\n\r\n")
        assert link.makefile("rb").read().endswith(b'{"status":"ok"}')
        assert child.wait(timeout=60) == 0


@pytest.mark.parametrize(
    ("argv", "example"), [((sys.executable, "worker.py"), "hello"), (("sh", "tick.sh"), "hello-procfile")]
)
def test_the_worker_ends_well(argv, example):
    with served(argv, EXAMPLES / example) as (_, child):
        child.send_signal(signal.SIGTERM)
        assert child.wait(timeout=60) == 0


def test_its_procfile_is_without_a_doubt():
    read = parse((EXAMPLES / "hello/Procfile").read_bytes())
    assert list(read.processes) == ["web", "worker"]
    assert read.warnings == ()


def test_the_procfile_of_one_that_has_nothing_else_is_without_a_doubt():
    read = parse((EXAMPLES / "hello-procfile/Procfile").read_bytes())
    assert list(read.processes) == ["web", "worker", "postdeploy"]
    assert read.warnings == ()


def test_its_postdeploy_says_what_is_missing(tmp_path):
    shutil.copytree(EXAMPLES / "hello-procfile", tmp_path, dirs_exist_ok=True)
    check = ("sh", "check.sh")
    assert subprocess.run(check, cwd=tmp_path, check=True, capture_output=True).stdout.endswith(b" bytes\n")
    (tmp_path / "site/index.html").unlink()
    failed = subprocess.run(check, cwd=tmp_path, check=False, capture_output=True)
    assert (failed.returncode, failed.stdout) == (1, b"there is no page to serve\n")

"""The server of static pages, over real sockets."""

import http.client
import signal
import socket
import sys

import pytest

from headway.builders.packs import serve_static
from tests.builders.servers import served, wait_until_refused


@pytest.fixture
def site(tmp_path):
    root = tmp_path / "site"
    (root / "sub").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("secret")
    for name in (
        "index.html",
        "style.css",
        "app.mjs",
        "a b é.txt",
        "sub/index.html",
        ".env",
        "Procfile",
        "data.bin",
    ):
        (root / name).write_text(name)
    (root / "out").symlink_to(tmp_path)
    (root / "bare").mkdir()
    with served((sys.executable, serve_static.__file__, "site"), tmp_path) as (port, child):
        yield port, child


def asked(port: int, path: str, method: str = "GET") -> tuple[int, str, str]:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        link.putrequest(method, path, skip_host=True)
        link.putheader("Host", "x")
        link.endheaders()
        answer = link.getresponse()
        return answer.status, answer.headers.get("Content-Type", ""), answer.read().decode()
    finally:
        link.close()


@pytest.mark.parametrize(
    ("path", "kind", "body"),
    [
        ("/", "text/html; charset=utf-8", "index.html"),
        ("/?x=/../y", "text/html; charset=utf-8", "index.html"),
        ("/style.css", "text/css; charset=utf-8", "style.css"),
        ("/app.mjs", "text/javascript; charset=utf-8", "app.mjs"),
        ("/a%20b%20%C3%A9.txt", "text/plain; charset=utf-8", "a b é.txt"),
        ("/sub/", "text/html; charset=utf-8", "sub/index.html"),
        ("/data.bin", "application/octet-stream", "data.bin"),
    ],
)
def test_a_file_is_served_with_its_type(site, path, kind, body):
    assert asked(site[0], path) == (200, kind, body)


@pytest.mark.parametrize(
    "path",
    [
        "/missing",
        "/.env",
        "/Procfile",
        "/%2eenv",
        "/../secret.txt",
        "/sub/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/out/secret.txt",
        "/bare/",
        "/%00",
        "/%ff",
        "//etc/passwd",
        "/index.html/",
    ],
)
def test_what_is_hidden_outside_or_missing_is_not_found(site, path):
    status, _, body = asked(site[0], path)
    assert status == 404
    assert "secret" not in body.replace(path, "")


def test_a_folder_is_led_to_with_its_slash_and_head_has_no_body(site):
    assert asked(site[0], "/sub")[0] == 301
    assert asked(site[0], "/style.css", "HEAD") == (200, "text/css; charset=utf-8", "")


def test_other_methods_are_refused(site):
    assert asked(site[0], "/", "POST")[0] == 501


def test_one_that_says_nothing_does_not_hold_up_another(site):
    with socket.create_connection(("127.0.0.1", site[0])):
        assert asked(site[0], "/")[0] == 200


def test_a_file_that_is_being_sent_is_sent_to_its_end(site, tmp_path):
    (tmp_path / "site/large").write_bytes(bytes(30_000_000))
    link = http.client.HTTPConnection("127.0.0.1", site[0], timeout=10)
    link.request("GET", "/large")
    answer = link.getresponse()
    site[1].send_signal(signal.SIGTERM)
    wait_until_refused(site[0])
    assert len(answer.read()) == 30_000_000
    link.close()
    assert site[1].wait(timeout=10) == 0


def test_sigterm_ends_it_well(site):
    site[1].send_signal(signal.SIGTERM)
    assert site[1].wait(timeout=10) == 0

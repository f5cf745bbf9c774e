"""Serve a folder over HTTP on $PORT; put into slugs of static pages as it is, so it needs nothing but Python.

Files whose name begins with a dot, and what a link leads to outside of the folder, are not there for it.
"""

import os
import signal
import sys
import threading
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

GRACE_SECONDS = 25
HIDDEN = frozenset({"Procfile"})


class Answering:
    """The threads that are answering a request."""

    def __init__(self) -> None:
        self._threads: set[int] = set()
        self._changed = threading.Condition()

    def begin(self) -> None:
        """The calling thread answers a request."""
        with self._changed:
            self._threads.add(threading.get_ident())

    def end(self) -> None:
        """It does no more."""
        with self._changed:
            self._threads.discard(threading.get_ident())
            self._changed.notify_all()

    def wait_for_none(self, seconds: float) -> None:
        """Return once no thread is answering, at the latest after `seconds`."""
        with self._changed:
            self._changed.wait_for(lambda: not self._threads, timeout=seconds)


ANSWERING = Answering()


class Pages(SimpleHTTPRequestHandler):
    """Answers GET and HEAD from the folder."""

    protocol_version = "HTTP/1.1"
    server_version = "headway-static"
    sys_version = ""
    timeout = 60
    extensions_map = {  # noqa: RUF012 - the name and form that the standard library wants
        **SimpleHTTPRequestHandler.extensions_map,
        ".css": "text/css; charset=utf-8",
        ".html": "text/html; charset=utf-8",
        ".js": "text/javascript; charset=utf-8",
        ".json": "application/json",
        ".md": "text/markdown; charset=utf-8",
        ".mjs": "text/javascript; charset=utf-8",
        ".svg": "image/svg+xml",
        ".txt": "text/plain; charset=utf-8",
        ".wasm": "application/wasm",
        ".webmanifest": "application/manifest+json",
        ".webp": "image/webp",
        ".woff2": "font/woff2",
    }

    def parse_request(self) -> bool:
        """A request has come in: it will be answered before the end."""
        ANSWERING.begin()
        return super().parse_request()

    def handle_one_request(self) -> None:
        """Answer one request of a connection."""
        try:
            super().handle_one_request()
        finally:
            ANSWERING.end()

    def send_head(self):  # noqa: ANN201 - as the standard library has it
        """Refuse what is hidden or outside before a file is opened."""
        if not self._shown():
            self.send_error(HTTPStatus.NOT_FOUND)
            return None
        return super().send_head()

    def _shown(self) -> bool:
        try:
            names = unquote(urlsplit(self.path).path, errors="strict").split("/")
            hidden = any(name.startswith(".") or name in HIDDEN or "\0" in name for name in names)
            return not hidden and Path(self.translate_path(self.path)).resolve().is_relative_to(
                self.directory
            )
        except (ValueError, OSError):
            return False

    def list_directory(self, path: object) -> None:  # noqa: ARG002 - as the standard library calls it
        """No listing: a folder without index.html is not there."""
        self.send_error(HTTPStatus.NOT_FOUND)

    def log_message(self, format: str, *args: object) -> None:
        """One line for each request, on standard output."""
        print(self.address_string(), format % args, flush=True)  # noqa: T201 - this is its log


class Server(ThreadingHTTPServer):
    """One thread for each connection."""

    daemon_threads = True
    request_queue_size = 128


def main(folder: str) -> None:
    """Serve until SIGTERM or SIGINT."""
    directory = os.path.realpath(folder)
    address = ("", int(os.environ["PORT"]))  # noqa: TID251 - a program of its own
    server = Server(address, partial(Pages, directory=directory))

    def stop(*_: object) -> None:
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    print(f"Serving {directory} on port {address[1]}", flush=True)  # noqa: T201 - this is its log
    server.serve_forever(poll_interval=0.1)
    server.socket.close()
    ANSWERING.wait_for_none(GRACE_SECONDS)


if __name__ == "__main__":
    main(*sys.argv[1:])

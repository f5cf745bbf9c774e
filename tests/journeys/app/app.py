"""An app that behaves, and numbers its lines, so that one that is lost or doubled is seen.

Each start says `START begins`, then `START 1`, `START 2` and so on, and last `START ends behind N`. As `web` it
answers `served`, after `?seconds`, and ends when all requests have been answered.
"""

import os
import secrets
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

START = secrets.token_hex(4)
SECONDS_BETWEEN_LINES = 0.05
stopping = threading.Event()
changed = threading.Condition()
in_flight: set[int] = set()
"""The threads that answer a request."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        time.sleep(float(self.path.partition("?")[2] or 0))
        body = b"served"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        if stopping.is_set():
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def parse_request(self) -> bool:
        with changed:
            in_flight.add(threading.get_ident())
        return super().parse_request()

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        finally:
            with changed:
                in_flight.discard(threading.get_ident())
                changed.notify_all()

    def log_message(self, format: str, *args: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def serve() -> Server:
    server = Server(("", int(os.environ["PORT"])), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,)).start()
    return server


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    say(f"{START} begins")
    server = serve() if "PORT" in os.environ else None
    said = 0
    while not stopping.wait(SECONDS_BETWEEN_LINES):
        said += 1
        say(f"{START} {said}")
    if server is not None:
        server.shutdown()
        with changed:
            changed.wait_for(lambda: not in_flight, timeout=20)
    say(f"{START} ends behind {said}")
    os._exit(0)


main()

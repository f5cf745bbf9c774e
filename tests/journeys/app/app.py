"""An app that behaves, and numbers its lines, so that one that is lost or doubled is seen.

Each start says `START begins`, then `START 1`, `START 2` and so on, and last `START ends behind N`. As `web` it
answers `served`, after `?seconds`, and ends when all requests have been answered.
"""

import os
import secrets
import signal
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

START = secrets.token_hex(4)
SECONDS_BETWEEN_LINES = 0.05
stopping = threading.Event()
in_flight = 0
changed = threading.Condition()


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
        count(1)
        return super().parse_request()

    def handle_one_request(self) -> None:
        self.raw_requestline = b""
        try:
            super().handle_one_request()
        finally:
            if self.raw_requestline:
                count(-1)

    def log_message(self, format: str, *args: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def count(by: int) -> None:
    global in_flight
    with changed:
        in_flight += by
        changed.notify_all()


def serve() -> Server:
    server = Server(("", int(os.environ["PORT"])), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,)).start()
    return server


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    print(f"{START} begins", flush=True)
    server = serve() if "PORT" in os.environ else None
    said = 0
    while not stopping.wait(SECONDS_BETWEEN_LINES):
        said += 1
        print(f"{START} {said}", flush=True)
    if server is not None:
        server.shutdown()
        with changed:
            changed.wait_for(lambda: in_flight == 0, timeout=20)
    print(f"{START} ends behind {said}", flush=True)
    os._exit(0)


main()

"""Hello, the smallest app that behaves: a page, a health check, a log, and a clean end."""

import html
import os
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CONTAINER = os.environ.get("CONTAINER", "nowhere-0")
VERSION = os.environ.get("CONTAINER_VERSION", "unknown")

PAGE = f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Hello</title>
<style>
  body {{ display: grid; place-content: center; min-height: 100vh; margin: 0; text-align: center;
         font: 1.1rem/1.6 system-ui, sans-serif; color: #1d2433; background: #f4f6fb; }}
  h1 {{ margin: 0; font-size: 3.5rem; }}
  code {{ padding: .15em .5em; border-radius: .4em; background: #e2e8f5; }}
</style>
<h1>Hello.</h1>
<p>This is <code>{html.escape(CONTAINER)}</code>, running <code>{html.escape(VERSION)}</code>.</p>
"""


class Hello(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/":
            self.answer(200, "text/html; charset=utf-8", PAGE)
        elif path == "/healthz":
            self.answer(200, "application/json", '{"status":"ok"}')
        else:
            self.answer(404, "text/plain; charset=utf-8", "There is nothing here.\n")

    do_HEAD = do_GET

    def answer(self, status: int, kind: str, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if stopping.is_set():
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def parse_request(self) -> bool:
        """A request has come in: it will be answered before the end."""
        in_flight.begin()
        return super().parse_request()

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        finally:
            in_flight.end()

    def log_message(self, format: str, *args: object) -> None:
        print(self.address_string(), format % args, flush=True)


class InFlight:
    """Counts the requests that are being answered, one for each thread."""

    def __init__(self) -> None:
        self.threads: set[int] = set()
        self.changed = threading.Condition()

    def begin(self) -> None:
        with self.changed:
            self.threads.add(threading.get_ident())

    def end(self) -> None:
        with self.changed:
            self.threads.discard(threading.get_ident())
            self.changed.notify_all()

    def wait_for_none(self, seconds: float) -> None:
        with self.changed:
            self.changed.wait_for(lambda: not self.threads, timeout=seconds)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


stopping = threading.Event()
in_flight = InFlight()


def main() -> int:
    server = Server(("", int(os.environ["PORT"])), Hello)

    def stop(*_: object) -> None:
        stopping.set()
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    print(f"{CONTAINER} listens on port {server.server_port}", flush=True)
    server.serve_forever(poll_interval=0.05)
    server.socket.close()
    in_flight.wait_for_none(seconds=25)
    print(f"{CONTAINER} has ended", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The app that everybody runs: `web.py PORT|--fd N TOLD`. An answer takes 10 ms and names the process.

It tells the port TOLD (UDP) that it accepts connections. It handles no signals, as most small apps do not.
"""

import os
import socket
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ANSWER_SECONDS = 0.01
ME = os.urandom(8).hex()


class Handler(BaseHTTPRequestHandler):
    """Says who it is."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer."""
        time.sleep(ANSWER_SECONDS)
        self.send_response(200)
        self.send_header("Content-Length", str(len(ME)))
        self.end_headers()
        self.wfile.write(ME.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """On a port of its own, or on a socket that it was handed."""

    request_queue_size = 512
    daemon_threads = True


def main() -> None:
    """Listen, tell so, serve."""
    *where, told = sys.argv[1:]
    if where[0] == "--fd":
        server = Server(("127.0.0.1", 0), Handler, bind_and_activate=False)
        server.socket = socket.socket(fileno=int(where[1]))
        server.server_address = server.socket.getsockname()
        server.server_name, server.server_port = server.server_address[:2]
    else:
        server = Server(("127.0.0.1", int(where[0])), Handler)
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(ME.encode(), ("127.0.0.1", int(told)))
    server.serve_forever()


if __name__ == "__main__":
    main()

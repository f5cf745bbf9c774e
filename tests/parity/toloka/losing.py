"""A way to the platform on which an answer is lost: what was asked is done, and nobody is told."""

import contextlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

PASSED = ("authorization", "content-type")


class There(str):
    """Where it begins; `lost` is how many answers were."""

    __slots__ = ("lost",)


@contextlib.contextmanager
def losing_first_answer_to(method, path, url):
    """The first answer to that never comes; all others do."""
    seen = []

    class Way(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def pass_on(self):
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name: it for name, it in self.headers.items() if name.lower() in PASSED}
            reply = httpx.request(
                self.command, f"{url}{self.path}", content=body, headers=headers, timeout=30
            )
            if self.command == method and self.path.partition("?")[0] == path:
                seen.append(self.path)
                there.lost = 1
                if len(seen) == 1:
                    self.close_connection = True
                    return
            self.send_response(reply.status_code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(reply.content)))
            self.end_headers()
            self.wfile.write(reply.content)

        def log_message(self, *_):
            pass

    Way.do_GET = Way.do_POST = Way.pass_on
    with ThreadingHTTPServer(("127.0.0.1", 0), Way) as server:
        there = There(f"http://127.0.0.1:{server.server_address[1]}")
        there.lost = 0
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield there
        finally:
            server.shutdown()
            thread.join()
    assert len(seen) == 2, "it was not sent again, or too often"

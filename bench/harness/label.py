"""A client of the pools service: sends a batch of suites, waits for it, and reads all of it back, a page of 50 after the other.

Only the standard library, and with `kit` the vendor's client for what it does after a batch: reading it back.
"""

import http.client
import json
import time
from urllib.parse import urlencode

from loop import given, tell

SPEC = {
    "input_spec": {"image": {"type": "url"}},
    "output_spec": {"result": {"type": "string", "allowed_values": ["cat", "dog"]}},
    "view_spec": {"type": "classic", "markup": "<p/>"},
}
PROJECT = {
    "public_name": "Animals",
    "public_description": "Which animal is it?",
    "task_spec": SPEC,
    "assignments_issuing_type": "AUTOMATED",
}
POOL = {
    "private_name": "first",
    "will_expire": "2100-01-01T00:00:00",
    "reward_per_assignment": 0.01,
    "assignment_max_duration_seconds": 600,
    "defaults": {"default_overlap_for_new_task_suites": 1},
}
LOOK_SECONDS = 0.01


class Raw:
    """One connection."""

    def __init__(self, port: int, token: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._headers = {"Authorization": f"OAuth {token}", "Content-Type": "application/json"}

    def ask(self, method: str, path: str, body: bytes | None = None, **query: object) -> dict:
        """What is answered below `/api/v1`."""
        where = f"/api/v1{path}?{urlencode(query)}" if query else f"/api/v1{path}"
        self._connection.request(method, where, body=body, headers=self._headers)
        reply = self._connection.getresponse()
        said = reply.read()
        if reply.status >= 300:
            raise RuntimeError(said.decode())
        return json.loads(said)

    def suites(self, pool: str) -> list[str]:
        """The ids of all suites, as the vendor's client reads them."""
        found: list[str] = []
        while True:
            after = {"id_gt": found[-1]} if found else {}
            page = self.ask("GET", "/task-suites", pool_id=pool, sort="id", **after)
            found += [it["id"] for it in page["items"]]
            if not page["has_more"]:
                return found


def main(port: int, token: str, suites: int, *, kit: bool) -> None:
    """One batch; seconds."""
    raw = Raw(port, token)
    project = raw.ask("POST", "/projects", json.dumps(PROJECT).encode())["id"]
    pool = raw.ask("POST", "/pools", json.dumps({**POOL, "project_id": project}).encode())["id"]
    body = json.dumps([_suite(pool, n) for n in range(suites)]).encode()
    began = time.perf_counter()
    operation = raw.ask("POST", "/task-suites", body, async_mode="true")
    answered = time.perf_counter()
    while operation["status"] not in ("SUCCESS", "FAIL"):
        time.sleep(LOOK_SECONDS)
        operation = raw.ask("GET", f"/operations/{operation['id']}")
    made = time.perf_counter()
    assert operation["details"]["success_count"] == suites, operation
    log = raw.ask("GET", f"/operations/{operation['id']}/log")
    logged = time.perf_counter()
    found = _with_kit(port, token, pool) if kit else raw.suites(pool)
    read = time.perf_counter() - logged
    assert [it["output"]["task_suite_id"] for it in log] == found
    tell({"answered": answered - began, "made": made - began, "logged": logged - made, "read": read})


def _suite(pool: str, n: int) -> dict:
    return {"pool_id": pool, "overlap": 1, "tasks": [{"input_values": {"image": f"https://example.com/{n}"}}]}


def _with_kit(port: int, token: str, pool: str) -> list[str]:
    from toloka.client import TolokaClient  # noqa: PLC0415 - only where it is asked for: it takes seconds

    client = TolokaClient(token, url=f"http://127.0.0.1:{port}")
    return [it.id for it in client.get_task_suites(pool_id=pool)]


if __name__ == "__main__":
    main(**given())

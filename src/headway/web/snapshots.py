"""Answers that are still true: what is polled is answered from memory until something that it rests on changes.

An answer is kept for whoever sent the same token to the same path, after identity, access and everything else have
been asked in the usual way; so it is they who say who may see what, and here it is only remembered. It is dropped

* with the first commit on this node that touched its operation, before that commit is acknowledged;
* with the first commit on this node that touched tokens, accounts, apps, or anything else it could rest on;
* as soon as it is heard that somebody else committed one of these, or that this is not known;
* when what is believed of its token has to be asked again: after two seconds, or when a JWT expires.

Where several platforms share a database, only operations that have ended are kept: those never change again, and
everything else is read anew each time. So what a node answers about an operation is never older than what is on
disk, and what it answers about who may see it at most two seconds.
"""

from hashlib import blake2b

from starlette.types import Message, Receive, Scope, Send

from headway.clock import Clock
from headway.store.database import Database, Touched
from headway.web.body import About, Answer
from headway.web.identity import Caller
from headway.web.limits import Limits
from headway.web.request_ids import RequestIds

KEPT_MAX = 10_000
ASIDE = frozenset({
    "assignments",
    "batches",
    "containers",
    "deployments",
    "events",
    "exports",
    "files",
    "keys",
    "labelling_projects",
    "legacy_calls",
    "nodes",
    "pool_operations",
    "pools",
    "releases",
    "skills",
    "solutions",
    "sources",
    "task_suites",
    "tasks",
    "variables",
    "webhooks",
    "workers",
})
"""What no answer about an operation rests on. Whatever is not listed here drops them all."""

_NOTHING: Message = {"type": "http.response.body"}
Key = tuple[str, bytes]
Mark = tuple[int, int]


class Snapshot:
    """One answer, ready to be sent; with what was sent before as `If-None-Match` it is only a 304."""

    __slots__ = ("_body", "_etag", "_headers", "about", "account_id", "until")

    def __init__(self, answer: Answer, about: About, caller: Caller) -> None:
        self.about = about
        self.account_id = caller.account.id
        self.until = caller.until
        body = answer.body
        self._etag = b'"%b"' % blake2b(body, digest_size=8).hexdigest().encode()
        self._headers = [*answer.headers, (b"content-length", b"%d" % len(body)), (b"etag", self._etag)]
        self._body: Message = {"type": "http.response.body", "body": body}

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Send it, to one who has waited for it to be made."""
        known = next((value for name, value in scope["headers"] if name == b"if-none-match"), b"")
        for message in self.messages(known):
            await send(message)

    def messages(self, known: bytes, *more: tuple[bytes, bytes]) -> tuple[Message, Message]:
        """What is to be sent, with more headers; `known` is the `If-None-Match` that came."""
        if known and (self._etag in known or known == b"*"):
            headers = [(b"etag", self._etag), *more]
            return {"type": "http.response.start", "status": 304, "headers": headers}, _NOTHING
        headers = [*self._headers, *more]
        return {"type": "http.response.start", "status": 200, "headers": headers}, self._body


class Snapshots:
    """The answers that are known to be true still."""

    def __init__(self, database: Database, clock: Clock, limits: Limits, request_ids: RequestIds) -> None:
        self._clock = clock
        self._limits = limits
        self._request_ids = request_ids
        self._shared = database.shared
        self._kept: dict[Key, Snapshot] = {}
        self._of: dict[int, set[Key]] = {}
        self._commits = 0
        self._turns = 0
        database.listen(self._heard)

    def found(self, scope: Scope) -> tuple[Message, Message] | None:
        """The answer, or None where it has to be made; found, it is counted against its asker's limit."""
        if scope["method"] != "GET" or scope["query_string"]:
            return None
        secret = known = id = b""
        for name, value in scope["headers"]:
            if name == b"authorization":
                secret = secret or value
            elif name == b"if-none-match":
                known = value
            elif name == b"x-request-id":
                id = id or value
        kept = self._kept.get((scope["path"], secret))
        # Who is over the limit is refused in the usual way, in the dialect's form.
        if (
            kept is None
            or kept.until <= (now := self._clock.monotonic())
            or not self._limits.spares(kept.account_id, now)
        ):
            return None
        return kept.messages(known, (b"x-request-id", self._request_ids.of(id)))

    def mark(self) -> Mark:
        """To be taken before an answer is begun: it says what had been heard of by then."""
        return self._commits, self._turns

    def taken(self, scope: Scope, answer: Answer, caller: Caller, mark: Mark) -> Snapshot | Answer:
        """The answer, as it is to be sent; kept, if nothing was heard since that could have changed it."""
        about = answer.about
        if about is None or scope["method"] != "GET" or scope["query_string"]:
            return answer
        snapshot = Snapshot(answer, about, caller)
        if self._may_keep(about, mark):
            secret = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
            self._keep((scope["path"], secret), snapshot)
        return snapshot

    def _may_keep(self, about: About, mark: Mark) -> bool:
        commits, turns = mark
        if about.ended:
            return turns == self._turns
        return not self._shared and commits == self._commits

    def _keep(self, key: Key, snapshot: Snapshot) -> None:
        self._drop(key)
        self._kept[key] = snapshot
        self._of.setdefault(snapshot.about.operation, set()).add(key)
        if len(self._kept) > KEPT_MAX:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: Key) -> None:
        dropped = self._kept.pop(key, None)
        if dropped is not None:
            keys = self._of[dropped.about.operation]
            keys.discard(key)
            if not keys:
                del self._of[dropped.about.operation]

    def _heard(self, touched: Touched | None) -> None:
        self._commits += 1
        if touched is None or not touched.nouns <= ASIDE:
            self._turns += 1
            self._kept.clear()
            self._of.clear()
            return
        for operation in touched.operations:
            for key in self._of.pop(operation, ()):
                del self._kept[key]

"""What the router says in the logs of apps that want it: one line for each request, exactly once."""

import re
from collections import defaultdict
from collections.abc import Sequence

from headway import ids
from headway.clock import Clock
from headway.domain.logs import rate
from headway.errors import Retry, Unavailable
from headway.model.logs import ROUTER, Lines
from headway.routers.port import Endpoint, Request
from headway.runtimes.port import Runtime
from headway.store import apps
from headway.store.database import Database, Touched
from headway.store.logbook import READER, Logbook

_READ = f"{READER}{ROUTER}"
"""Under this name the log of an app knows up to where requests have been told there."""
_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(32), *range(0x7F, 0xA0))}
_BREAKS = {0x2028: "\\u2028", 0x2029: "\\u2029"}
_QUOTED = str.maketrans({
    '"': '\\"',
    "\\": "\\\\",
    **{chr(code): text for code, text in (_CONTROLS | _BREAKS).items()},
})
_PLAIN = re.compile(r"[!#-\[\]-~]+")
_HARMLESS = re.compile(r"[^\"\\\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def line(it: Request, container: str) -> str:
    """A request as key=value pairs on one line; what came from outside is in quotes where it could be taken for more."""
    return (
        f"method={_plain(it.method)} path={_quoted(it.path)} host={_plain(it.host)} "
        f"request_id={_plain(it.request_id)} container={container or '-'} from={_quoted(it.client)} "
        f"protocol={_plain(it.protocol)} status={it.status} duration={it.duration_ms / 1000:.3f}s "
        f"bytes={it.bytes_out} referer={_quoted(it.referer)} user_agent={_quoted(it.agent)}"
    )


def _plain(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else _quoted(text)


def _quoted(text: str) -> str:
    # To look costs a tenth of to translate, and almost all are harmless.
    return f'"{text}"' if _HARMLESS.fullmatch(text) else f'"{text.translate(_QUOTED) or "-"}"'


class RouterLines:
    """Writes them; `keep` is to be given all requests in their order, and may be given some again."""

    def __init__(
        self, database: Database, runtime: Runtime, logbook: Logbook, clock: Clock, *, limit: rate.Limit
    ) -> None:
        self._database = database
        self._runtime = runtime
        self._logbook = logbook
        self._clock = clock
        self._limit = limit
        self._wanted: set[str] = set()
        """The apps whose log has these lines."""
        self._is_stale = True
        """Whether these may be others by now."""
        self._labels: dict[Endpoint, str] = {}
        self._minutes: dict[str, rate.Minute] = {}
        database.listen(self._heard)

    def _heard(self, touched: Touched | None) -> None:
        if touched is None or "apps" in touched.nouns:
            self._is_stale = True

    async def keep(self, requests: Sequence[Request]) -> None:
        """Write the lines of these requests. StorageFull, Unavailable: some were not written, and all are to be given again."""
        wanted = await self._apps()
        by_app: defaultdict[str, list[Request]] = defaultdict(list)
        for request in requests:
            if request.app_id in wanted:
                by_app[request.app_id].append(request)
        if by_app:
            await self._look()
        for app_id, its in by_app.items():
            self._tell(app_id, its)

    def account(self) -> None:
        """Say how much was dropped in minutes that are over."""
        number = self._clock.now() // rate.MINUTE
        over = {app_id: minute for app_id, minute in self._minutes.items() if minute.number != number}
        for app_id, minute in over.items():
            said = [self._said(text) for text in rate.account(minute)]
            if said:
                self._logbook.append(app_id, said)
            del self._minutes[app_id]

    async def _apps(self) -> set[str]:
        if self._is_stale:
            # Said first: what is changed while they are read is read the next time.
            self._is_stale = False
            try:
                found = await self._database.read(apps.with_router_logs)
            except Unavailable:
                self._is_stale = True
            else:
                self._wanted = {ids.show(app_id) for app_id in found}
        return self._wanted

    async def _look(self) -> None:
        """Who answers where; who has gone has not been forgotten."""
        try:
            units = await self._runtime.units()
        except Retry:
            return
        for unit in units:
            if unit.address is not None:
                host, port = unit.address
                self._labels[Endpoint(host=host, port=port)] = unit.label

    def _tell(self, app_id: str, requests: Sequence[Request]) -> None:
        told = self._logbook.offset(app_id, _READ)
        lines = [self._line(request) for request in requests if request.end > told]
        if not lines:
            return
        past = self._minutes.get(app_id)
        text = "".join(f"{it.text}\n" for it in lines).encode("utf-8", "replace")
        admitted = rate.admit(past, self._limit, self._clock.now(), text)
        kept = lines[: admitted.kept.count(b"\n")]
        before, behind = (
            [self._said(said) for said in texts] for texts in (admitted.before, admitted.behind)
        )
        self._logbook.append(app_id, [*before, *kept, *behind], unit=_READ, end=requests[-1].end)
        self._minutes[app_id] = admitted.minute

    def _line(self, it: Request) -> Lines:
        container = self._labels.get(it.endpoint, "") if it.endpoint else ""
        return Lines(at=it.ended_at, source=ROUTER, text=line(it, container))

    def _said(self, text: str) -> Lines:
        return Lines(at=self._clock.now(), source=ROUTER, text=text)

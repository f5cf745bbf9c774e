"""Rivals in the `platform` benchmark, each in the way that its documentation names for a service without interruption.

* supervisor: its shared socket (`fcgi-program`), spoken with over XML-RPC; a restart stops the group and starts it.
* circus: its shared socket, spoken with over its own protocol; `reload` starts the new ones and stops the old ones.
* pm2: cluster mode, where its daemon holds the socket, spoken with through its module; `reload`.
"""

import json
import os
import re
import signal
import socket
import subprocess
import time
import xmlrpc.client
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any, Protocol

from bench import rivals, script, stages, traffic
from bench.contest import Figures, Left, Place, Round, Size, steady
from bench.measure import free_port, wait_for_port

HOST = "rival.localhost"
BACKLOG = 512
_SECONDS_MAX = 60


class Rival(Protocol):
    """A manager that runs, with an app of its own language in its hands."""

    language: str
    port: int
    pid: int

    def scale(self, amount: int) -> None:
        """So many of the app."""
        ...

    def restart(self) -> None:
        """All of the app."""
        ...

    def idle(self, amount: int) -> None:
        """So many that sleep, besides."""
        ...

    def speak(self) -> None:
        """Start the one that talks; its output goes to `spoken` in its folder."""
        ...


Opened = Callable[[Path, Size, int, int], AbstractContextManager[Rival]]
"""In a folder, with the ports to which the app and the one that talks tell."""


def _round(place: Place, opened: Opened) -> Figures:
    folder = place.folder / str(time.monotonic_ns())
    folder.mkdir()
    with ExitStack() as stack:
        load = stack.enter_context(traffic.on(HOST))
        told, heard = stack.enter_context(stages.hearing())
        rival = stack.enter_context(opened(folder, place.size, load.told, told))
        figures = dict(stages.held(rival.idle, rival.pid, place.size))
        figures |= stages.changes(rival, rival.language, load, place.size)
        rival.speak()
        heard()
        began = time.time()
        heard()
        return figures | stages.kept(folder, "spoken*", began, place.size, lambda: _numbers(folder))


def _numbers(folder: Path) -> list[int]:
    with next(folder.glob("spoken*")).open("rb") as spoken:
        return [int(line[:8]) for line in spoken]


@contextmanager
def _running(argv: list[str], folder: Path, **environment: str) -> Iterator["subprocess.Popen[str]"]:
    """A manager, in the foreground; it and all that it started are gone afterwards."""
    with (folder / "output").open("w") as output:
        process = subprocess.Popen(
            argv, cwd=stages.APPS, stdout=output, stderr=output, text=True, env={**os.environ, **environment}
        )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(_SECONDS_MAX)
            finally:
                process.kill()
                process.wait()


class _Lines:
    """A process that answers each line with one."""

    def __init__(self, argv: list[str], **environment: str) -> None:
        self.process = subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **environment},
            start_new_session=True,
        )

    def ask(self, *words: Any) -> Any:
        """Say it and read the answer."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(words) + "\n")
        self.process.stdin.flush()
        return self.answer()

    def answer(self) -> Any:
        """The next line that is an answer."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if re.match(r'[{"\[]', line):
                return json.loads(line)
        raise Left("its client ended")


# -- bare processes ------------------------------------------------------------------------------------------


class _Bare:
    """What the machine does without anybody: processes on one socket. Nobody holds them, so nothing is idle."""

    def __init__(self, told: int) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)
        self._told = told
        self.port: int = self._socket.getsockname()[1]
        self.running: list[subprocess.Popen[bytes]] = []

    def scale(self, amount: int) -> None:
        """Start what is missing."""
        number = self._socket.fileno()
        argv = [stages.PYTHON, "web.py", "--fd", str(number), str(self._told)]
        for _ in range(amount - len(self.running)):
            self.running.append(subprocess.Popen(argv, cwd=stages.APPS, pass_fds=[number]))

    def restart(self) -> None:
        """Start as many, then kill those before."""
        before, self.running = self.running, []
        self.scale(len(before))
        self.end(before)

    def end(self, processes: list["subprocess.Popen[bytes]"]) -> None:
        """Kill them."""
        for process in processes:
            process.kill()
            process.wait()


def _bare(place: Place) -> Figures:
    with traffic.on(HOST) as load:
        app = _Bare(load.told)
        try:
            return stages.changes(app, "python", load, place.size)
        finally:
            app.end(app.running)


bare = steady(_bare)


# -- supervisor ----------------------------------------------------------------------------------------------


SUPERVISOR = """
[supervisord]
nodaemon = true
logfile = {folder}/supervisord.log
pidfile = {folder}/pid
childlogdir = {folder}
[inet_http_server]
port = 127.0.0.1:{control}
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
[fcgi-program:web]
socket = tcp://127.0.0.1:{port}
socket_backlog = {backlog}
command = {python} web.py --fd 0 {told}
process_name = %(program_name)s_%(process_num)03d
numprocs = {many}
autostart = false
[program:idle]
command = /bin/sleep 1000000
process_name = %(program_name)s_%(process_num)03d
numprocs = 200
autostart = false
[program:speak]
command = {python} speak.py {lines} {speaks}
stdout_logfile = {folder}/spoken
stdout_logfile_maxbytes = 0
autostart = false
"""


class _Supervisor:
    """Over XML-RPC, as `supervisorctl` does."""

    language = "python"

    def __init__(self, port: int, control: int, pid: int) -> None:
        self.port, self.pid = port, pid
        self._rpc: Any = xmlrpc.client.ServerProxy(f"http://127.0.0.1:{control}/RPC2").supervisor

    def scale(self, amount: int) -> None:
        """One, or the group."""
        if amount == 1:
            self._rpc.startProcess("web:web_000", False)
        else:
            self._rpc.startProcessGroup("web", False)

    def restart(self) -> None:
        """What `supervisorctl restart web:*` does."""
        self._rpc.stopProcessGroup("web", True)
        self._rpc.startProcessGroup("web", False)

    def idle(self, amount: int) -> None:
        """By name: a group can only be started whole."""
        for number in range(amount):
            name = f"idle:idle_{number:03d}"
            if self._rpc.getProcessInfo(name)["statename"] == "STOPPED":
                self._rpc.startProcess(name, False)

    def speak(self) -> None:
        """Start it."""
        self._rpc.startProcess("speak", False)


@contextmanager
def _supervisor(python: Path, folder: Path, size: Size, told: int, speaks: int) -> Iterator[Rival]:
    port, control = free_port(), free_port()
    settings = SUPERVISOR.format(
        folder=folder,
        control=control,
        port=port,
        backlog=BACKLOG,
        python=stages.PYTHON,
        told=told,
        many=3 if size.quick else stages.MANY,
        lines=stages.lines(size),
        speaks=speaks,
    )
    (folder / "supervisord.conf").write_text(settings)
    argv = [str(python.with_name("supervisord")), "-c", str(folder / "supervisord.conf")]
    with _running(argv, folder) as process:
        wait_for_port(control)
        yield _Supervisor(port, control, process.pid)


@contextmanager
def supervisor(place: Place) -> Iterator[Round]:
    """supervisor, in an environment of its own."""
    python = rivals.python(place.size, "supervisor", "supervisor==4.3.0", "setuptools==80.9.0")
    yield lambda: _round(place, lambda *rest: _supervisor(python, *rest))


# -- circus --------------------------------------------------------------------------------------------------


CIRCUS = """
[circus]
endpoint = ipc://{folder}/control
pubsub_endpoint = ipc://{folder}/events
[socket:web]
host = 127.0.0.1
port = {port}
backlog = {backlog}
[watcher:web]
cmd = {python} web.py --fd $(circus.sockets.web) {told}
working_dir = {apps}
use_sockets = true
numprocesses = 1
autostart = false
[watcher:idle]
cmd = /bin/sleep 1000000
numprocesses = 1
autostart = false
[watcher:speak]
cmd = {python} speak.py {lines} {speaks}
working_dir = {apps}
numprocesses = 1
autostart = false
stdout_stream.class = FileStream
stdout_stream.filename = {folder}/spoken
"""


class _Circus:
    """With its own client."""

    language = "python"

    def __init__(self, port: int, pid: int, client: _Lines) -> None:
        self.port, self.pid = port, pid
        self._client = client
        self._started: set[str] = set()

    def scale(self, amount: int) -> None:
        """Start the watcher, or set its number."""
        self._amount("web", amount)

    def restart(self) -> None:
        """What `circusctl reload web` does."""
        self._ask("reload", name="web", waiting=True)

    def idle(self, amount: int) -> None:
        """Likewise."""
        self._amount("idle", amount)

    def speak(self) -> None:
        """Start it."""
        self._ask("start", name="speak", waiting=True)

    def _amount(self, name: str, amount: int) -> None:
        if name not in self._started:
            self._ask("start", name=name, waiting=True)
            self._started.add(name)
        if amount > 1:
            self._ask("set", name=name, options={"numprocesses": amount}, waiting=True)

    def _ask(self, command: str, **properties: Any) -> None:
        answer = self._client.ask(command, properties)
        if answer.get("status") != "ok":
            raise Left(f"circus: {command}: {answer}")


@contextmanager
def _circus(python: Path, folder: Path, size: Size, told: int, speaks: int) -> Iterator[Rival]:
    port = free_port()
    settings = CIRCUS.format(
        folder=folder,
        port=port,
        backlog=BACKLOG,
        python=stages.PYTHON,
        told=told,
        apps=stages.APPS,
        lines=stages.lines(size),
        speaks=speaks,
    )
    (folder / "circus.ini").write_text(settings)
    with _running([str(python.with_name("circusd")), str(folder / "circus.ini")], folder) as process:
        wait_for_port(port)
        endpoint = json.dumps({"endpoint": f"ipc://{folder}/control"})
        client = _Lines([str(python), str(script.HARNESS / "circus_calls.py"), endpoint])
        try:
            yield _Circus(port, process.pid, client)
        finally:
            script.end(client.process)


@contextmanager
def circus(place: Place) -> Iterator[Round]:
    """circus, in an environment of its own."""
    python = rivals.python(place.size, "circus", "circus==0.19.0")
    yield lambda: _round(place, lambda *rest: _circus(python, *rest))


# -- pm2 -----------------------------------------------------------------------------------------------------


class _Pm2:
    """Through its module."""

    language = "node"

    def __init__(self, port: int, pid: int, client: _Lines, folder: Path, told: int, talk: list[str]) -> None:
        self.port, self.pid = port, pid
        self._client = client
        self._folder = folder
        self._told = told
        self._talk = talk
        self._idle = 0

    def scale(self, amount: int) -> None:
        """Start, or scale."""
        if amount == 1:
            program = str(stages.APPS / "web.js")
            words = [str(self.port), str(self._told)]
            self._ask(
                "start",
                {"name": "web", "script": program, "args": words, "instances": 1, "exec_mode": "cluster"},
            )
        else:
            self._ask("scale", "web", amount)

    def restart(self) -> None:
        """What `pm2 reload web` does."""
        self._ask("reload", "web")

    def idle(self, amount: int) -> None:
        """In its mode for other programs."""
        more, self._idle = amount - self._idle, amount
        self._start(f"idle-{amount}", "/bin/sleep", ["1000000"], instances=more)

    def speak(self) -> None:
        """Start it."""
        self._start("speak", stages.PYTHON, self._talk, out_file=str(self._folder / "spoken"))

    def _start(self, name: str, program: str, words: list[str], **more: object) -> None:
        settings = {
            "name": name,
            "script": program,
            "args": words,
            "interpreter": "none",
            "exec_mode": "fork",
        }
        self._ask("start", {**settings, **more})

    def _ask(self, *words: Any) -> None:
        if error := self._client.ask(*words)["error"]:
            raise Left(f"pm2: {words[0]}: {error}")


@contextmanager
def _pm2(modules: Path, folder: Path, size: Size, told: int, speaks: int) -> Iterator[Rival]:
    home = folder / "home"
    calls = str(script.HARNESS / "pm2_calls.js")
    client = _Lines([stages.NODE, calls, str(modules / "pm2")], PM2_HOME=str(home), PM2_SILENT="true")
    try:
        client.answer()
        pid = int((home / "pm2.pid").read_text())
        talk = [str(stages.APPS / "speak.py"), str(stages.lines(size)), str(speaks)]
        try:
            yield _Pm2(free_port(), pid, client, folder, told, talk)
        finally:
            client.ask("delete", "all")
            client.ask("killDaemon")
    finally:
        script.end(client.process)


@contextmanager
def pm2(place: Place) -> Iterator[Round]:
    """pm2, in a folder of its own."""
    modules = rivals.npm(place.size, "pm2", "pm2@7.0.4")
    yield lambda: _round(place, lambda *rest: _pm2(modules, *rest))


# -- piku ----------------------------------------------------------------------------------------------------


@contextmanager
def piku(place: Place) -> Iterator[Round]:
    """Not to be had."""
    del place
    raise Left(
        "it is a file in a Git repository, in no package registry; the piku of PyPI is another program"
    )
    yield

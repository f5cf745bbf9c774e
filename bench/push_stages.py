"""What everybody is pushed to, and how it is seen: the same for all."""

import http.client
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from bench import stages
from bench.contest import Figures, Left, Size

OVER_SSH, RETURNED, SERVES = "over SSH, git ends", "git ends", "new one answers"
FAILED = "failed meanwhile"
_SECONDS_MAX = 60
_WHO = ("-c", "user.name=bench", "-c", "user.email=bench@example.com")
_REFUSED = (OSError, http.client.HTTPException)


class Visitor:
    """Asks the app, one request after the other, each on a connection of its own; who answered, and what failed."""

    def __init__(self, port: int, host: str) -> None:
        self.failed = 0
        self.answered = ""
        self._port = port
        self._host = host
        self._over = threading.Event()

    @contextmanager
    def at_work(self) -> Iterator["Visitor"]:
        """While the block runs."""
        asking = threading.Thread(target=self._ask_on)
        asking.start()
        try:
            yield self
        finally:
            self._over.set()
            asking.join()

    def another_than(self, before: str) -> None:
        """Return once somebody else has answered. Left where nobody does."""
        until = time.perf_counter() + _SECONDS_MAX
        while self.answered in {before, ""}:
            if time.perf_counter() > until:
                raise Left("what was pushed did not answer in time")
            time.sleep(0.001)

    def _ask_on(self) -> None:
        while not self._over.is_set():
            try:
                self.answered = self._asked()
            except _REFUSED:
                self.failed += 1
                time.sleep(0.01)

    def _asked(self) -> str:
        asking = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        try:
            asking.request("GET", "/", headers={"Host": self._host})
            answer = asking.getresponse()
            body = answer.read().decode()
            if answer.status != 200:
                raise http.client.HTTPException(str(answer.status))
            return body
        finally:
            asking.close()


class Repository:
    """Somebody's code."""

    def __init__(self, folder: Path, environment: Mapping[str, str], **files: str) -> None:
        self._folder = folder
        self._environment = {**os.environ, **environment}
        folder.mkdir(parents=True)
        shutil.copy(stages.APPS / "web.py", folder)
        for name, content in files.items():
            (folder / name).write_text(content)
        self._git("init", "-q", "-b", "master")
        self._git("add", "-A")

    def push(self, url: str) -> float:
        """Push the same once more; the seconds until git ends. Left where it does not end well."""
        self._git(*_WHO, "commit", "-q", "--allow-empty", "-m", "the same")
        began = time.perf_counter()
        self._git("push", "-q", url, "master")
        return time.perf_counter() - began

    def _git(self, *argv: str) -> None:
        done = subprocess.run(
            ("git", *argv),
            cwd=self._folder,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=_SECONDS_MAX,
            check=False,
        )
        if done.returncode:
            raise Left(f"git {argv[0]}: {done.stderr.strip()[-300:]}")


def figures(repository: Repository, url: str, visitor: Visitor, size: Size) -> Figures:
    """Push, again and again, while it is visited. It serves already."""
    returned: list[float] = []
    serves: list[float] = []
    with visitor.at_work():
        visitor.another_than("")
        for _ in range(1 if size.quick else 5):
            before, began = visitor.answered, time.perf_counter()
            returned.append(repository.push(url))
            visitor.another_than(before)
            serves.append(time.perf_counter() - began)
    return {RETURNED: 1000 * median(returned), SERVES: 1000 * median(serves), FAILED: visitor.failed}

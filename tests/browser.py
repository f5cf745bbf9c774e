"""A real browser, driven over WebDriver: Debian's chromium by its chromedriver. What is waited for is awaited in the page."""

import base64
import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

ENTER, TAB, BACKSPACE, SHIFT = "\ue007", "\ue004", "\ue003", "\ue008"
AWAITED_MS = 90_000
ANSWER_SECONDS = 120
OPTIONS = (
    "--headless=new",
    # Chromium's own sandbox does not work for root; it only ever sees our own pages.
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-proxy-server",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--force-device-scale-factor=1",
)
UNTIL = """
const done = arguments[arguments.length - 1], given = [...arguments].slice(0, -1);
const holds = () => { try { return (function () { %s }).apply(null, given); } catch { return null; } };
const look = () => { const it = holds(); if (it) { watch.disconnect(); clearInterval(clock); done(it); } };
const watch = new MutationObserver(look), clock = setInterval(look, 100);
watch.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
look();
"""


class Browser:
    """One window of it."""

    def __init__(self, address: str, folder: Path) -> None:
        self._http = httpx2.Client(base_url=address, timeout=ANSWER_SECONDS, trust_env=False)
        wanted = {
            "browserName": "chrome",
            "goog:chromeOptions": {"args": [*OPTIONS, f"--user-data-dir={folder}"]},
            "timeouts": {"script": AWAITED_MS, "pageLoad": AWAITED_MS},
        }
        begun = self._sent("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
        self._session = f"/session/{begun['sessionId']}"

    def close(self) -> None:
        """End it."""
        self._ask("DELETE", "")
        self._http.close()

    def open(self, url: str) -> None:
        """Load a page."""
        self._ask("POST", "/url", {"url": url})

    def reload(self) -> None:
        """Load the page again."""
        self._ask("POST", "/refresh", {})

    def run(self, script: str, *given: Any) -> Any:
        """What a function with this body returns; a promise is awaited."""
        return self._ask("POST", "/execute/sync", {"script": script, "args": given})

    def until(self, script: str, *given: Any) -> Any:
        """What a function with this body returns, as soon as that is true."""
        return self._ask("POST", "/execute/async", {"script": UNTIL % script, "args": given})

    def press(self, *keys: str) -> None:
        """Press and release keys, one after another, wherever the focus is; what begins with SHIFT while that is held."""
        moves: list[dict[str, str]] = []
        for text in keys:
            held = [SHIFT] if text.startswith(SHIFT) else []
            moves += [{"type": "keyDown", "value": key} for key in held]
            for key in text.removeprefix(SHIFT):
                moves += [{"type": kind, "value": key} for kind in ("keyDown", "keyUp")]
            moves += [{"type": "keyUp", "value": key} for key in held]
        self._ask("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": moves}]})

    def sees(self, text: str) -> None:
        """Return as soon as the text is on the page."""
        self.until("return document.body.innerText.includes(arguments[0])", text)

    def emulate(self, scheme: str, width: int, height: int = 800, *, touch: bool = False) -> None:
        """From now on it is a screen of this width, of somebody who likes it light or dark."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": touch}
        self._tell("Emulation.setDeviceMetricsOverride", size)
        self._tell("Emulation.setTouchEmulationEnabled", {"enabled": touch})
        # A colour that is on its way to another would be looked at half way.
        features = {"prefers-color-scheme": scheme, "prefers-reduced-motion": "reduce"}
        given = [{"name": name, "value": value} for name, value in features.items()]
        self._tell("Emulation.setEmulatedMedia", {"features": given})

    def offline(self, *, off: bool) -> None:
        """Whether it has no network."""
        rates = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        self._tell("Network.enable", {})
        self._tell("Network.emulateNetworkConditions", {"offline": off, **rates})

    def picture(self, path: Path) -> None:
        """Keep what is seen."""
        path.write_bytes(base64.b64decode(self._ask("GET", "/screenshot")))

    def _tell(self, command: str, params: dict[str, Any]) -> None:
        self._ask("POST", "/goog/cdp/execute", {"cmd": command, "params": params})

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        return self._sent(method, f"{self._session}{path}", body)

    def _sent(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        reply = self._http.request(method, path, json=body).json()["value"]
        error = reply.get("error") if isinstance(reply, dict) else None
        assert not error, f"{error}: {reply['message']}"
        return reply


@contextlib.contextmanager
def chromium(folder: Path) -> Iterator[Browser]:
    """A browser with its profile in that folder; skips where there is none."""
    for tool in ("chromium", "chromedriver"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed: pages are not looked at in a browser")
    folder.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {"HOME": str(folder), "TMPDIR": str(folder)}
    process = subprocess.Popen(
        ["chromedriver", "--port=0"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        browser = Browser(f"http://127.0.0.1:{_port(process.stdout)}", folder / "profile")
        try:
            yield browser
        finally:
            browser.close()
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()


def _port(said: Iterator[str]) -> int:
    for line in said:
        if "started successfully on port" in line:
            return int(line.strip().rstrip(".").rpartition(" ")[2])
    raise AssertionError("chromedriver has ended")

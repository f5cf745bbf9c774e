"""The page on which people answer tasks, in a real browser, by keyboard; what came of it is read by Toloka's own client."""

import http.server
import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests import npm
from tests.browser import BACKSPACE, ENTER, SHIFT, TAB, Browser, chromium
from tests.parity.toloka.conftest import HERE, Drive, Platform
from tests.parity.toloka.people import STUDIO

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = """
return axe.run(document, { runOnly: { type: "tag", values: arguments[0] } }).then((found) =>
  found.violations.map((it) => [it.id, it.help, it.nodes.map((node) => [node.html, node.failureSummary])]));
"""
TOO_WIDE = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
LOST_REPLY = """
const real = window.fetch;
window.sent = 0;
window.fetch = async (path, ...how) => {
  const reply = await real(path, ...how);
  if (String(path).endsWith("/submit") && window.sent++ === 0) throw new TypeError("lost");
  return reply;
};
"""
DRAWING = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 420"><rect width="640" height="420" fill="hsl({hue} 45% 78%)"/>
<path d="M0 330 Q320 270 640 330 V420 H0z" fill="hsl({hue} 30% 48%)"/><g fill="#3c3836"><ellipse cx="320" cy="270" rx="120" ry="90"/>
<circle cx="320" cy="150" r="72"/><path d="M256 118 L262 40 L312 88z M384 118 L378 40 L328 88z"/></g>
<g fill="#f3e9d2"><circle cx="294" cy="146" r="11"/><circle cx="346" cy="146" r="11"/></g>
<text x="24" y="396" font-family="sans-serif" font-size="28" fill="#fff">{name}</text></svg>"""


class Drawings(http.server.BaseHTTPRequestHandler):
    """Draws an animal for every path that ends in `.svg`."""

    def do_GET(self) -> None:
        name = self.path.strip("/")
        is_there = name.endswith(".svg")
        self.send_response(200 if is_there else 404)
        self.send_header("Content-Type", "image/svg+xml")
        self.end_headers()
        if is_there:
            self.wfile.write(DRAWING.format(hue=37 * (len(name) + ord(name[0])) % 360, name=name).encode())

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is said."""


@pytest.fixture(scope="module")
def images() -> Iterator[str]:
    """Where the pictures of the tasks are."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Drawings) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def axe() -> str:
    """axe-core, which looks whether everybody can use a page."""
    return (npm.modules(HERE, "label") / "axe-core" / "axe.min.js").read_text()


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("chromium")) as browser:
        yield browser


class Desk:
    """Somebody who works, before their screen."""

    def __init__(self, browser: Browser, site: Platform, axe: str, pictures: Path) -> None:
        self.browser = browser
        self.origin = f"http://{site.address}"
        self._axe = axe
        self._pictures = pictures

    def worker(self, name: str) -> str:
        """A new worker's token."""
        headers = {"authorization": f"Bearer {STUDIO}"}
        reply = httpx2.post(f"{self.origin}/headway/v1/workers", json={"name": name}, headers=headers)
        assert reply.status_code == 201, reply.text
        return reply.json()["token"]

    def sit_down(self) -> None:
        """The page, of which this tab knows nothing."""
        browser = self.browser
        browser.emulate("light", 1280)
        browser.open(f"{self.origin}/label")
        browser.run("sessionStorage.clear()")
        browser.open(f"{self.origin}/healthz")
        browser.open(f"{self.origin}/label")
        browser.until("return document.activeElement.id === 'token'")

    def sign_in(self, token: str) -> None:
        self.browser.press(token, ENTER)

    def begin(self, name: str) -> None:
        """Choose that work from the list by its key."""
        found = (
            "return [...document.querySelectorAll('.job')].find((it) => it.innerText.includes(arguments[0]))"
        )
        self.browser.until(found, name)
        self.browser.press(
            self.browser.run(
                f"{found.replace('return', 'const it =')}; return it.querySelector('kbd').innerText", name
            )
        )

    def heading(self, text: str) -> None:
        """Return as soon as that is the heading."""
        self.browser.until("return document.querySelector('h1')?.innerText.includes(arguments[0])", text)

    def is_usable(self, name: str) -> None:
        """By everybody: light and dark, on a large screen and on a small phone."""
        self.browser.run(self._axe + "; window.axe = axe")
        found: list[Any] = []
        for scheme in ("light", "dark"):
            for width, touch in ((1280, False), (320, True)):
                self.browser.emulate(scheme, width, 720 if touch else 800, touch=touch)
                self.browser.picture(self._pictures / f"{name}-{scheme}-{width}.png")
                found += [(scheme, width, *it) for it in self.browser.run(AXE, TAGS)]
                assert self.browser.run(TOO_WIDE) <= 0, (name, scheme, width)
        self.browser.emulate("light", 1280)
        assert found == [], name


@pytest.fixture
def desk(window: Browser, site: Platform, axe: str, tmp_path: Path) -> Desk:
    it = Desk(window, site, axe, tmp_path)
    it.sit_down()
    return it


def test_ten_tasks_are_answered_by_keyboard(desk: Desk, drive: Drive, images: str) -> None:
    pool = drive("label_animals", token=STUDIO, images=images, suites=5, size=2)["pool"]
    browser = desk.browser
    desk.is_usable("sign-in")
    desk.sign_in("tk-wk-of-nobody")
    browser.sees("does not know this token")
    desk.is_usable("sign-in-refused")
    browser.run("document.getElementById('token').value = ''")
    desk.sign_in(desk.worker("ann"))
    desk.heading("Open work")
    desk.is_usable("open-work")
    desk.begin("Cats and dogs")
    answered: dict[str, str] = {}
    for n in range(10):
        browser.sees(f"Task {n % 2 + 1} of 2")
        shown = browser.until(
            "const it = document.querySelector('.frame img'); return it?.complete && !arguments[0].includes(it.src) && it.src",
            list(answered),
        )
        if n == 0:
            desk.is_usable("task")
            browser.press(ENTER)
            browser.sees("Choose one first")
            desk.is_usable("task-unanswered")
        pressed = n % 3
        browser.press(str(pressed + 1))
        browser.until("return document.querySelectorAll('.choice input')[arguments[0]].checked", pressed)
        if n == 1:
            desk.is_usable("task-answered")
        answered[shown] = ("cat", "dog", "neither of them")[pressed]
        browser.press(ENTER)
    desk.heading("That was all for you here")
    browser.sees("10 answers were sent")
    desk.is_usable("all-answered")
    told = drive("label_answers", token=STUDIO, pool=pool)["answers"]
    assert {(it["user"], it["status"]) for it in told} == {("ann", "ACCEPTED")}
    read = {
        task["image"]: values["result"]
        for it in told
        for task, values in zip(it["tasks"], it["values"], strict=True)
    }
    assert read == answered
    browser.press(ENTER)
    desk.heading("Nothing to do just now")
    desk.is_usable("nothing-to-do")


def test_every_kind_of_field_is_shown_and_answered(desk: Desk, drive: Drive, images: str) -> None:
    pool = drive("label_everything", token=STUDIO, images=images)["pool"]
    browser = desk.browser
    desk.sign_in(desk.worker("bob"))
    desk.begin("Everything")
    browser.sees("It does not look at us")
    browser.sees("Open page")
    assert "the answer is cat" not in browser.run("return document.body.innerText")
    # In order: a kind, yes, four stars, two colours; then those that are written.
    browser.press("2", "1", "4", "1", "3")
    browser.run("document.getElementById('field-weight').focus()")
    line = SHIFT + ENTER
    browser.press("4.5", TAB, "four", TAB, TAB, "Sits,", line, "still.", TAB, "Mimi", line, "Max", ENTER)
    browser.sees("Must be a whole number")
    desk.is_usable("every-field")
    browser.press(BACKSPACE * 4, "4", ENTER)
    desk.heading("That was all for you here")
    (told,) = drive("label_answers", token=STUDIO, pool=pool)["answers"]
    assert told["values"] == [
        {
            "kind": "dog",
            "is_clear": True,
            "stars": 4,
            "colours": ["black", "red"],
            "weight": 4.5,
            "legs": 4,
            "comment": "Sits,\nstill.",
            "names": ["Mimi", "Max"],
        }
    ]


def test_nothing_is_lost_and_nothing_doubled_while_the_platform_is_away(
    desk: Desk, drive: Drive, images: str
) -> None:
    pool = drive("label_animals", token=STUDIO, images=images, suites=1, size=2)["pool"]
    browser, token = desk.browser, desk.worker("cid")
    desk.sign_in(token)
    desk.begin("Cats and dogs")
    browser.sees("Task 1 of 2")
    browser.press("2", ENTER)
    browser.sees("Task 2 of 2")
    browser.press("3")
    # What is answered outlives the page.
    browser.reload()
    browser.until("return document.querySelectorAll('.choice input')[1]?.checked")
    browser.press(ENTER)
    browser.until("return document.querySelectorAll('.choice input')[2]?.checked")
    browser.offline(off=True)
    browser.press(ENTER)
    browser.sees("The platform cannot be reached. What you have answered is kept here.")
    browser.sees("Try now")
    desk.is_usable("away")
    # Then it arrives, and nobody hears that it has.
    browser.run(LOST_REPLY)
    browser.offline(off=False)
    browser.run("document.querySelector('#trouble button')?.click()")
    desk.heading("That was all for you here")
    assert browser.run("return sent") > 1
    (told,) = drive("label_answers", token=STUDIO, pool=pool)["answers"]
    assert [it["result"] for it in told["values"]] == ["dog", "neither of them"]


def test_what_is_skipped_too_late_or_closed_is_said(desk: Desk, drive: Drive, images: str) -> None:
    pool = drive(
        "label_animals", token=STUDIO, images=images, suites=3, size=1, assignment_max_duration_seconds=3600
    )["pool"]
    browser = desk.browser
    desk.sign_in(desk.worker("dan"))
    desk.begin("Cats and dogs")
    first = browser.until("return document.querySelector('.frame img')?.src")
    browser.press("s")
    browser.until(
        "const it = document.querySelector('.frame img')?.src; return it && it !== arguments[0]", first
    )
    # As if the time had passed: the page keeps it by its own clock.
    browser.run("const now = performance.now.bind(performance); performance.now = () => now() + 3601000")
    desk.heading("Time is up")
    desk.is_usable("time-is-up")
    # The platform's clock has the last word: it is still theirs.
    browser.press(ENTER)
    browser.sees("Which animal")
    drive("label_close", token=STUDIO, pool=pool)
    browser.press("s")
    desk.heading("This work is closed")
    told = drive("label_answers", token=STUDIO, pool=pool)["answers"]
    assert {it["status"] for it in told} == {"SKIPPED"}

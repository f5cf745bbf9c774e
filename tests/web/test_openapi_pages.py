"""The page for people."""

from html.parser import HTMLParser

from headway.web.ask import Ask
from headway.web.body import Answer
from headway.web.openapi import document
from headway.web.openapi_pages import page
from headway.web.routes import Route
from headway.web.says import Param, Says
from tests.web.test_openapi import ABOUT, ROUTES, refuse


class Anchors(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.ids: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.tags.add(tag)
        self.links |= {str(told["href"])} if "href" in told else set()
        self.ids += [str(told["id"])] if "id" in told else []


def read(text: str) -> Anchors:
    anchors = Anchors()
    anchors.feed(text)
    return anchors


def test_every_link_leads_somewhere_and_nothing_comes_from_elsewhere() -> None:
    anchors = read(page(document(ABOUT, ROUTES, refuse)))
    assert anchors.links - {"openapi.json"} <= {f"#{id}" for id in anchors.ids}
    assert len(anchors.ids) == len(set(anchors.ids))
    assert not anchors.tags & {"script", "link", "img"}


def test_it_tells_what_goes_in_and_what_comes_out() -> None:
    text = page(document(ABOUT, ROUTES, refuse))
    for said in ("POST /t/things/{kind}", "A new thing.", "needs no token", "Idempotency-Key", "WebSocket"):
        assert said in text
    assert 'list of <a href="#Thing">Thing</a>' in text


@Says(dict[str, int], params=(Param("<b>", "<script>alert(1)</script>"),))
async def hostile(ask: Ask) -> Answer:
    """<i>Anything</i>."""
    raise NotImplementedError


def test_what_is_said_is_text_and_no_markup() -> None:
    text = page(document(ABOUT, (Route("GET", "/t/<i>", hostile),), refuse))
    assert "<script>" not in text
    assert "<i>" not in text
    assert "object of integer" in text

"""The router's own pages."""

from html.parser import HTMLParser
from typing import Any

import pytest

from headway.routers.pages import PAGES, Page, html_page, local_replies


class Outline(HTMLParser):
    """Which elements are opened and closed, and the words."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []
        self.language = ""
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.opened.append(tag)
        if tag == "html":
            self.language = dict(attrs)["lang"] or ""

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.error)
def test_a_page_has_a_language_a_title_one_heading_and_one_main_part(page: Page) -> None:
    outline = Outline()
    outline.feed(html_page(page))
    assert outline.language == "en"
    assert [outline.opened.count(tag) for tag in ("title", "h1", "main")] == [1, 1, 1]
    assert outline.words.count(page.title) == 2
    assert f"{page.status} · {page.error}" in outline.words


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.error)
def test_no_percent_sign_of_a_page_is_taken_for_a_command(page: Page) -> None:
    commands = html_page(page).replace("%%", "").split("%")[1::2]
    assert set(commands) <= {"METADATA(ROUTE:headway:title)"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.error)
def test_a_page_is_named_in_a_header_and_never_kept(page: Page) -> None:
    for mapper in (mapper for mapper in local_replies() if error_of(mapper) == page.error):
        kept = {added["header"]["key"]: added["header"]["value"] for added in mapper["headers_to_add"]}
        assert kept == {"X-Headway-Error": page.error, "Cache-Control": "no-store"}
        assert mapper["status_code"] == page.status


def test_json_is_offered_before_html_for_every_page() -> None:
    forms = [
        (error_of(mapper), "json_format" in mapper["body_format_override"]) for mapper in local_replies()
    ]
    assert forms == [(page.error, is_json) for page in PAGES for is_json in (True, False)]


def test_every_case_has_its_own_page() -> None:
    cases = [case for page in PAGES for case in (*page.flags, page.internal or None) if case]
    assert len(cases) == len(set(cases))


def error_of(mapper: dict[str, Any]) -> str:
    return mapper["headers_to_add"][0]["header"]["value"]

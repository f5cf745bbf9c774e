"""What is said of a route that is to be switched off."""

import msgspec

from headway.web.deprecation import Deprecation, headers_of, page

IT = Deprecation(name="old-things", since=1770854400, sunset=1864512000, successor="/things/{id}/parts")


def test_every_answer_says_since_when_until_when_and_what_instead() -> None:
    headers = headers_of(IT, "https://h", {"id": "7"})
    link = (
        b'<https://h/things/7/parts>; rel="successor-version", '
        b'<https://h/docs/deprecations/old-things>; rel="deprecation"; type="text/html", '
        b'<https://h/docs/deprecations/old-things>; rel="sunset"; type="text/html"'
    )
    assert headers == [
        (b"deprecation", b"@1770854400"),
        (b"sunset", b"Wed, 31 Jan 2029 00:00:00 GMT"),
        (b"link", link),
    ]


def test_nothing_that_was_asked_for_breaks_out_of_the_link() -> None:
    link = dict(headers_of(IT, "https://h", {"id": '>; x="\r\nü💥/'}))[b"link"]
    assert link.startswith(b"<https://h/things/%3E%3B%20x%3D%22%0D%0A%C3%BC%F0%9F%92%A5%2F/parts>; rel=")


def test_the_page_says_the_same_to_people() -> None:
    shown = page("old-things", [("/old/<id>", IT), ("/old", msgspec.structs.replace(IT, successor="/new"))])
    said = shown.body.decode()
    for text in ("2026-02-12", "2029-01-31", "<td>/old/&lt;id&gt;</td><td>/things/{id}/parts</td>", "/new"):
        assert text in said

"""Bodies, as they come in and go out."""

from collections.abc import Iterable

import msgspec
import pytest
from starlette.types import Message

from headway.errors import Invalid, Malformed, TooLarge
from headway.web import body


class Thing(msgspec.Struct):
    name: str
    size: int = 0


class Things(msgspec.Struct):
    things: list[Thing]


class Coming:
    """A body that comes in these pieces."""

    def __init__(self, pieces: Iterable[bytes], *, ends: bool = True) -> None:
        self.messages: list[Message] = [
            {"type": "http.request", "body": piece, "more_body": True} for piece in pieces
        ]
        last: Message = {"type": "http.request", "body": b""} if ends else {"type": "http.disconnect"}
        self.messages.append(last)

    async def __call__(self) -> Message:
        return self.messages.pop(0)


async def test_a_body_is_read_whole() -> None:
    assert await body.read(Coming([b"a", b"", b"bc"]), None, 3) == b"abc"


async def test_a_body_over_the_limit_is_refused_before_it_is_read_where_its_length_is_told() -> None:
    coming = Coming([b"abcd"])
    with pytest.raises(TooLarge):
        await body.read(coming, "4", 3)
    assert len(coming.messages) == 2


async def test_a_body_that_is_longer_than_was_told_is_refused_when_it_passes_the_limit() -> None:
    coming = Coming([b"ab", b"cd", b"ef"])
    with pytest.raises(TooLarge):
        await body.read(coming, "2", 3)
    assert len(coming.messages) == 2


@pytest.mark.parametrize("announced", [None, "", "-5", "many", "1e3"])
async def test_a_length_that_makes_no_sense_changes_nothing(announced: str | None) -> None:
    assert await body.read(Coming([b"abc"]), announced, 3) == b"abc"


async def test_an_asker_who_leaves_half_way_is_not_answered() -> None:
    with pytest.raises(body.Disconnected):
        await body.read(Coming([b"ab"], ends=False), None, 3)


def test_an_empty_body_is_an_empty_object() -> None:
    assert body.decode(b"", dict[str, int]) == {}


@pytest.mark.parametrize(
    "raw",
    [b"{", b"nope", b'{"name": "a",}', b'{"name": "\xff"}', b'{"name": "\\ud800"}', b"\xef\xbb\xbf{}", b"\0"],
)
def test_what_is_no_json_is_malformed(raw: bytes) -> None:
    with pytest.raises(Malformed, match="not valid JSON"):
        body.decode(raw, Thing)


def test_json_nested_without_end_is_malformed() -> None:
    with pytest.raises(Malformed):
        body.decode(b'{"other": ' + b"[" * 500_000 + b"]" * 500_000 + b', "name": "a"}', Thing)


@pytest.mark.parametrize(
    ("raw", "fields"),
    [
        (b"{}", {"things": ["missing field"]}),
        (b'{"things": [{}]}', {"name": ["missing field"]}),
        (b'{"things": [{"name": 7}]}', {"name": ["Expected `str`, got `int`"]}),
        (b'{"things": [{"name": "a", "size": 0.5}]}', {"size": ["Expected `int`, got `float`"]}),
        (b'{"things": {}}', {"things": ["Expected `array`, got `object`"]}),
        (b"[]", {"body": ["Expected `object`, got `array`"]}),
        (b"null", {"body": ["Expected `object`, got `null`"]}),
    ],
)
def test_json_of_another_shape_is_invalid_by_the_name_of_the_field(
    raw: bytes, fields: dict[str, list[str]]
) -> None:
    with pytest.raises(Invalid) as refused:
        body.decode(raw, Things)
    assert refused.value.fields == fields


def test_what_nobody_knows_is_ignored() -> None:
    assert body.decode(b'{"name": "a", "colour": {"red": 1}}', Thing) == Thing("a")


async def sent(app: body.Answer, kind: str = "http") -> list[Message]:
    messages: list[Message] = []

    async def send(message: Message) -> None:
        messages.append(message)

    await app({"type": kind}, Coming([]), send)
    return messages


async def test_an_answer_is_json_with_its_length() -> None:
    start, rest = await sent(body.answer({"a": 1}, 202, {"Location": "http://h/x"}))
    assert start["status"] == 202
    assert dict(start["headers"]) == {
        b"content-type": b"application/json; charset=utf-8",
        b"location": b"http://h/x",
        b"content-length": b"7",
    }
    assert rest["body"] == b'{"a":1}'


async def test_an_answer_with_no_content_has_no_length() -> None:
    start, rest = await sent(body.empty())
    assert (start["status"], start["headers"], rest["body"]) == (204, [], b"")


async def test_an_answer_can_refuse_a_websocket() -> None:
    assert [message["type"] for message in await sent(body.text("no", 403), "websocket")] == [
        "websocket.http.response.start",
        "websocket.http.response.body",
    ]

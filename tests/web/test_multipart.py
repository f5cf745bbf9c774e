"""A file in a form, however it is cut into pieces."""

from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headway.errors import Invalid, Malformed
from headway.web.multipart import FileInForm

TYPE = 'multipart/form-data; boundary="b-1"'


def form(content: bytes, disposition: str = 'form-data; name="file"; filename="a.txt"') -> bytes:
    head = f"--b-1\r\nContent-Disposition: {disposition}\r\nContent-Type: application/octet-stream\r\n\r\n"
    return head.encode() + content + b"\r\n--b-1--\r\n"


async def pieces(whole: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(whole), size):
        yield whole[start : start + size]


async def read(whole: bytes, size: int, type: str = TYPE) -> tuple[str, bytes]:
    file = FileInForm(type, pieces(whole, size))
    await file.begin()
    return file.name, b"".join([piece async for piece in file.content()])


@given(st.binary(max_size=300), st.integers(1, 400))
async def test_the_file_comes_as_it_went(content: bytes, size: int) -> None:
    content = content.replace(b"\r\n--b-1", b"")
    assert await read(form(content), size) == ("a.txt", content)


@pytest.mark.parametrize("content", [b"\r\n--b-", b"\r\n", b"--b-1", b"\r\r\n--b", b""])
async def test_what_looks_like_its_end_and_is_not_belongs_to_it(content: bytes) -> None:
    for size in range(1, 20):
        assert await read(form(content), size) == ("a.txt", content)


@pytest.mark.parametrize(
    "disposition", ['form-data; name="other"; filename="a"', 'form-data; name="file"', "form-data"]
)
async def test_a_form_without_the_file_is_invalid(disposition: str) -> None:
    with pytest.raises(Invalid, match="file"):
        await read(form(b"x", disposition), 1000)


@pytest.mark.parametrize(
    "type", ["", "application/json", "multipart/form-data", f"multipart/form-data; boundary={'x' * 71}"]
)
async def test_what_is_no_form_is_malformed(type: str) -> None:
    with pytest.raises(Malformed, match="multipart/form-data"):
        await read(form(b"x"), 1000, type)


@pytest.mark.parametrize(
    "whole",
    [
        b"",
        b"--b-1\r\n",
        form(b"x")[:-12],
        b"before" + form(b"x"),
        b"--b-1\r\nA: " + b"x" * 20_000,
        b"y" * 20_000,
    ],
)
async def test_a_torn_form_is_malformed(whole: bytes) -> None:
    with pytest.raises(Malformed):
        await read(whole, 100)


async def test_the_name_is_read_in_any_tongue() -> None:
    disposition = "form-data; name=\"file\"; filename*=UTF-8''%C3%BC.txt"
    assert (await read(form(b"x", disposition), 1000))[0] == "ü.txt"

import asyncio
import ssl
import tarfile
from io import BytesIO
from pathlib import Path

import pytest

from headway.cli.client import Client, Declined, Unreachable, declined, packed
from tests.routers.certificates import Authority


def test_what_the_platform_refuses_is_told_in_its_own_words() -> None:
    no = declined(409, b'{"error": {"code": "busy", "text": "wait", "holder": "6b02"}}')
    assert (no.status, str(no)) == (409, "wait (operation 6b02)")


def test_what_is_no_refusal_of_ours_is_told_as_it_came() -> None:
    no = declined(502, b"<html>Bad Gateway</html>")
    assert isinstance(no, Declined)
    assert str(no) == "the platform answered 502: <html>Bad Gateway</html>"


def test_a_folder_is_packed_below_one_root_without_its_git(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text("x")
    (tmp_path / "Procfile").write_text("web: x")
    with tarfile.open(fileobj=BytesIO(packed(tmp_path))) as tar:
        assert sorted(tar.getnames()) == [tmp_path.name, f"{tmp_path.name}/Procfile"]


async def test_where_nobody_answers_that_is_told() -> None:
    async with Client("http://127.0.0.1:9", "token") as client:
        with pytest.raises(Unreachable, match="does not answer"):
            await client.operation("x")
        with pytest.raises(Unreachable):
            [_ async for _ in client.events()]


async def test_a_platform_over_tls_is_not_spoken_to_where_nobody_vouches_for_it(tmp_path: Path) -> None:
    made = Authority().certificate("localhost", address="127.0.0.1")
    (tmp_path / "both.pem").write_text(made.key + made.chain)
    secure = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    secure.load_cert_chain(tmp_path / "both.pem")
    async with await asyncio.start_server(_spoken_to, "127.0.0.1", 0, ssl=secure) as server:
        url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with Client(url, "token") as client:
            with pytest.raises(Unreachable, match="CERTIFICATE_VERIFY_FAILED"):
                await client.operation("x")


def _spoken_to(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
    pytest.fail("a token was about to be sent to whoever this is")

"""What is sent to break things comes back as it went in, or is refused with its field named; and secrets stay secret."""

import asyncio
import base64
import gzip
import hashlib
import json
import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.driving import SETTINGS, Platform, good, platform

APP = "/v1/apps/hostile-app"
TAKEN = {
    "QUOTES": "'\"`$(reboot)\\",
    "LINES": "one\ntwo\r\nthree\ttab",
    "ANSI": "\x1b[31mred\x1b[0m\x07\x08",
    "LONG": "é" * 16384,
    "WIDEST": "x" * 32768,
    "RIGHT_TO_LEFT": "\u202eabc\u200f שלום",
    "EMOJI": "👩‍👩‍👧‍👦 🏳️‍🌈",
    "MARKUP": "<script>alert(1)</script>&amp;%00%0a",
    "ALIAS_LIKE": "$ $$ ${X} a$B",
    "SQL": "'; DROP TABLE variables; --",
}
"""Values that are as good as any other."""
NAMES = ["", "a", "A" * 10, "../../etc", "a b c d e f", "-hello-", "hello--world", "hello\n", "hello\0world", "héllo-wörld",
         "\u202ehello", "😀😀😀😀😀😀", "x" * 10_000, "'; --xxxx", "collaboration"]  # fmt: skip
MARK = "s3cr3t-m4rk"
LINE = re.compile(rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? \+0000 UTC \[[\w-]+\]( [^\n]*)?")
SPOKEN = r"printf 'nul\0 ansi\033[31m bell\a rtl\342\200\256 bad\377\376 cr\rback\n[web-9] not me\n'; printf unfinished"


async def refused(made: Platform, method: str, path: str, body: Any, name: str) -> None:
    """It is, with the field named, or as JSON that cannot be read."""
    reply = await made.ask(method, path, content=json.dumps(body).encode())
    assert reply.status_code in {400, 422}, (path, body, reply.text[:200])
    if reply.status_code == 422:
        assert name in reply.json()["errors"], (body, reply.text[:200])


async def values_come_back(made: Platform) -> None:
    """Over HTTP, and in the environment of a container."""
    wanted = [{"name": name, "value": value} for name, value in TAKEN.items()]
    assert (await made.ask("PUT", f"{APP}/variables", json={"variables": wanted})).status_code == 200
    there = (await made.ask("GET", f"{APP}/variables")).json()["variables"]
    assert {it["name"]: it["value"] for it in there} == TAKEN
    code = (
        "import os,hashlib;[print(n,hashlib.sha256(os.environb[n]).hexdigest()) for n in sorted(os.environb)]"
    )
    packed = base64.b64encode(code.encode()).decode()
    command = f'python3 -c "import base64;exec(base64.b64decode(b\\"{packed}\\"))"'
    said = await spoken(made, command)
    digests = dict(line.split(" ")[1:3] for line in said if len(line.split(" ")) == 3)
    shown = {name: digests.get(f"b'{name}'") for name in TAKEN}
    assert shown == {name: hashlib.sha256(value.encode()).hexdigest() for name, value in TAKEN.items()}


async def spoken(made: Platform, command: str) -> list[str]:
    """What a detached one-off says, when it has ended."""
    reply = await made.ask(
        "POST", f"{APP}/run", json={"command": f"{command}; echo; echo that is all", "detached": True}
    )
    assert reply.status_code == 200, reply.text
    label = reply.json()["container"]["label"]
    while not any("that is all" in line for line in await made.log("hostile-app", label)):
        await asyncio.sleep(0.1)
    return await made.log("hostile-app", label)


async def what_is_no_value_is_refused(made: Platform) -> None:
    for value in ("nul\0", "x" * 32769, "\ud800", 7, None, ["x"], {"x": 1}):
        body = {"variable": {"name": "HOSTILE", "value": value}}
        await refused(made, "POST", f"{APP}/variables", body, "value")
    for name in ("", "A B", "A=B", "A\0", "A\n", "_A", "É", "x" * 65, "\u202eA", "😀", 7):
        await refused(made, "POST", f"{APP}/variables", {"variable": {"name": name, "value": "x"}}, "name")


async def names_are_refused(made: Platform) -> None:
    for name in NAMES:
        await refused(made, "POST", "/v1/apps", {"app": {"name": name}}, "name")
        reply = await made.ask(
            "GET", "/v1/apps/" + "".join(f"%{byte:02x}" for byte in name[:200].encode()) + "/ps"
        )
        assert reply.status_code in {404, 405}, (name, reply.text)


async def names_of_tokens_come_back(made: Platform) -> None:
    for name in (*TAKEN.values(), "nul\0", "\ud800"):
        reply = await made.ask("POST", "/v1/tokens", content=json.dumps({"token": {"name": name}}).encode())
        if reply.status_code == 201:
            assert reply.json()["token"]["name"] == name
        else:
            await refused(made, "POST", "/v1/tokens", {"token": {"name": name}}, "name")


async def lines_stay_lines(made: Platform) -> None:
    """Whatever is said, each line begins with its time and who said it."""
    await spoken(made, SPOKEN)
    url = (await made.ask("GET", f"{APP}/logs")).json()["logs_url"]
    dump = (await made.ask("GET", f"{url}&n=10000")).content
    assert dump.endswith(b"\n")
    assert [line for line in dump.split(b"\n")[:-1] if not LINE.fullmatch(line)] == []
    assert b"UTC [web-9]" not in dump


async def secrets_are_kept(made: Platform) -> list[str]:
    """Bring secrets in, also where they do not belong; what is secret."""
    token = (await made.ask("POST", "/v1/tokens", json={"token": {"name": "planted"}})).json()["token"][
        "token"
    ]
    value = f"{MARK}-value"
    await made.ask("POST", f"{APP}/variables", json={"variable": {"name": "PLANTED", "value": value}})
    run = {"command": "sleep 0", "env": {"PLANTED_TOO": value}, "detached": True}
    assert (await made.ask("POST", f"{APP}/run", json=run)).status_code == 200
    assert (await made.change(f"{APP}/restart", {}))["status"] == "done"
    for given in (
        {"content": f'{{"variable": {{"name": "X", "value": "{value}"'.encode()},
        {"content": json.dumps({"variable": {"name": value * 10, "value": value}}).encode()},
        {"content": json.dumps({"variable": {"name": "X", "value": value + "\0"}}).encode()},
        {"content": json.dumps({"variable": value}).encode()},
        {"json": {}, "headers": {"Authorization": f"Bearer {value}"}},
        {
            "json": {},
            "headers": {"Authorization": f"Basic {base64.b64encode(f':{value}'.encode()).decode()}"},
        },
        {"json": {}, "headers": {"Authorization": f"Bearer {token}x"}},
    ):
        reply = await made.ask("POST", f"{APP}/variables", **given)
        assert reply.status_code >= 400
        assert MARK not in reply.text
        assert token not in reply.text
    return [token, value]


def tables_with(database: Path, secret: str) -> set[str]:
    """In which tables something contains it."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        connection.text_factory = bytes
        tables = [
            name.decode()
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        found = {
            table
            for table in tables
            for row in connection.execute(f'SELECT * FROM "{table}"')
            if any(isinstance(it, bytes) and secret.encode() in it for it in row)
        }
    connection.close()
    return found


def files_with(folder: Path, secret: str) -> set[str]:
    """Which files below contain it, compressed ones too."""
    found: set[str] = set()
    for file in folder.rglob("*"):
        if file.is_file() and not file.is_symlink():
            content = file.read_bytes()
            content = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
            found |= {str(file.relative_to(folder))} if secret.encode() in content else set()
    return found


@pytest.mark.slow
@pytest.mark.timeout(180)
async def test_hostile_content_and_secrets() -> None:
    async with platform(SETTINGS) as made:
        await made.create("hostile-app")
        assert (await made.deploy("hostile-app", good()))["status"] == "success"
        await values_come_back(made)
        await what_is_no_value_is_refused(made)
        await names_are_refused(made)
        await names_of_tokens_come_back(made)
        await lines_stay_lines(made)
        token, value = await secrets_are_kept(made)
        folder = made.config.folder
        database = folder / "headway.db"
        assert tables_with(database, token) == set()
        assert tables_with(database, value) <= {"variables", "releases", "one_offs"}
        assert tables_with(database, hashlib.sha256(token.encode()).hexdigest()) == {"tokens"}
        found = files_with(folder, token) | files_with(folder, value)
        private = {name for name in found if name.startswith(("runtime/", "headway.db"))}
        assert found - private == set()
        assert [name for name in private if (folder / name).stat().st_mode & 0o077] == []

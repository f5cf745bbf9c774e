"""Files in our own dialect."""

import hashlib
from collections.abc import AsyncIterator

import httpx2
import pytest

from headway.dialects.headway.dialect import headway
from headway.domain.world import World
from headway.engine.feed import Feed
from headway.ids import show
from headway.views.stories import Stories
from headway.web.ask import edge
from headway.web.dialect import mount
from tests.ready_made import OTHER_SECRET, SECRET

Client = httpx2.AsyncClient
BASE = "http://h/headway/v1"


@pytest.fixture
async def client(world: World) -> AsyncIterator[Client]:
    feed = Feed(world.database)
    site = mount(edge(world, feed), [headway(Stories(world.database, feed, world.clock, {}))])
    headers = {"authorization": f"Bearer {SECRET}"}
    async with Client(transport=httpx2.ASGITransport(site), base_url=BASE, headers=headers) as client:
        yield client
    feed.close()


async def test_a_file_is_uploaded_shown_listed_downloaded_and_deleted(client: Client) -> None:
    folder = (await client.post("/folders", json={"name": "reports"})).json()
    assert (folder["kind"], folder["container"], folder["media"], folder["digest"]) == (
        "folder",
        None,
        "",
        "",
    )
    made = await client.post(
        f"/files?name=Q3.csv&container={folder['id']}", content=b"a\n", headers={"content-type": "text/csv"}
    )
    assert made.status_code == 201
    file = made.json()
    assert (file["name"], file["kind"], file["size"], file["container"]) == (
        "Q3.csv",
        "spreadsheet",
        2,
        folder["id"],
    )
    assert file["digest"] == hashlib.sha256(b"a\n").hexdigest()
    assert (await client.get(f"/files/{file['id']}")).json() == file
    assert (await client.get("/files")).json() == {"files": [folder], "next": None}
    content = await client.get(f"/files/{file['id']}/content")
    assert (content.content, content.headers["x-content-type-options"]) == (b"a\n", "nosniff")
    assert content.headers["content-disposition"].startswith("attachment")
    assert (await client.delete(f"/files/{folder['id']}")).status_code == 204
    assert (await client.get(f"/files/{file['id']}")).status_code == 404


async def test_a_folder_is_listed_a_page_at_a_time(client: Client) -> None:
    names = ["one", "two", "three"]
    for name in names:
        await client.post(f"/files?name={name}&kind=other", content=b"")
    found: list[str] = []
    after = ""
    while True:
        page = (await client.get(f"/files?limit=2&after={after}")).json()
        found += [it["name"] for it in page["files"]]
        if page["next"] is None:
            break
        after = page["next"]
    assert found == names


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "name"),
        ("name=a/b", "name"),
        ("name=a&container=7", "container"),
        (f"name=a&container={show(7)}", "container"),
        ("name=a&kind=folder", "kind"),
        ("name=a&kind=odd", "kind"),
    ],
)
async def test_a_wrong_upload_is_refused_with_the_field(client: Client, query: str, field: str) -> None:
    reply = await client.post(f"/files?{query}", content=b"x")
    assert (reply.status_code, set(reply.json()["error"]["fields"])) == (422, {field})


async def test_what_is_announced_too_large_is_not_taken_in(client: Client) -> None:
    reply = await client.post("/files?name=a", content=b"x", headers={"content-length": str(101 << 20)})
    assert reply.status_code == 413


async def test_nobody_else_sees_a_file(client: Client) -> None:
    file = (await client.post("/files?name=a", content=b"x")).json()["id"]
    theirs = {"authorization": f"Bearer {OTHER_SECRET}"}
    for method, path in (("GET", ""), ("GET", "/content"), ("DELETE", "")):
        assert (await client.request(method, f"/files/{file}{path}", headers=theirs)).status_code == 404
    assert (await client.get("/files/x")).status_code == 404

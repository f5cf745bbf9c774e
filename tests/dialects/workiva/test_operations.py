"""Operations, and what came of them."""

import pytest

from headway import ids
from headway.domain.world import World
from headway.model.operations import Phase
from tests.dialects.workiva.conftest import Client, Working
from tests.dialects.workiva.moving import ended, path, queued, started
from tests.parity.workiva.test_acceptance import BODIES


async def test_a_look_that_is_refused_costs_the_database_nothing(client: Client, world: World) -> None:
    assert (await client.get(f"/operations/{'0' * 24}")).status_code == 404
    assert (await client.get(f"/operations/{'0' * 24}")).status_code == 429


async def test_a_head_is_answered_as_a_get_without_a_body(client: Client, world: World) -> None:
    it = await queued(world)
    reply = await client.head(path(it))
    assert (reply.status_code, reply.headers["retry-after"]) == (200, "1")


async def test_what_an_operation_was_about_is_told_when_it_is_completed(client: Client, world: World) -> None:
    it = await started(world)
    url = f"{path(it)}/resource"
    assert (await client.get(url)).status_code == 404
    await ended(world, it, Phase.SUCCEEDED)
    assert (await client.get(url)).json() == {"id": "north", "kind": "wall"}
    assert (await client.get(path(it))).json()["resourceUrl"] == f"http://127.0.0.1:8000{url}"


async def test_the_results_of_a_copy_come_a_page_at_a_time(working: Working) -> None:
    folder = await working.folder("one.csv", "two.csv", "three.csv")
    begun = await working.client.post(f"/files/{folder}/copy")
    url = (await working.end_of(begun))["resourceUrl"]
    found: list[str] = []
    next: str | None = f"{url}?$maxpagesize=3"
    while next:
        page = (await working.client.get(next)).json()
        found += [it["id"] for it in page["data"]]
        next = page.get("@nextLink")
    whole = (await working.client.get(url)).json()
    assert found == [it["id"] for it in whole["data"]]
    assert len(found) == 4
    assert "@nextLink" not in whole
    legacy = await working.client.get(url.replace("/operations", "/platform/v1/operations"))
    assert (legacy.json(), legacy.headers["deprecation"]) == (whole, "@1770854400")


@pytest.mark.parametrize("query", ["$maxpagesize=0", "$maxpagesize=1001", "$maxpagesize=x", "$next=7"])
async def test_a_page_that_cannot_be_is_a_bad_request(client: Client, query: str) -> None:
    reply = await client.get(f"/operations/{'0' * 24}/copyFileResults?{query}")
    assert (reply.status_code, reply.json()["code"]) == (400, BODIES[400][0])


async def test_what_an_export_made_is_downloaded_as_a_file_and_nothing_that_a_browser_runs(
    working: Working,
) -> None:
    file = await working.upload("page.html", b"<script>1</script>", "text/html")
    begun = await working.client.post(f"/files/{file}/export", json={"kind": "Document"})
    reply = await working.client.get((await working.end_of(begun))["resourceUrl"])
    assert reply.content == b"<script>1</script>"
    assert reply.headers["content-disposition"] == 'attachment; filename="page.html"'
    assert reply.headers["content-security-policy"] == "sandbox"
    assert reply.headers["x-content-type-options"] == "nosniff"
    other = f"/operations/{ids.show(7)}/exportedFile"
    assert (await working.client.get(other)).status_code == 404

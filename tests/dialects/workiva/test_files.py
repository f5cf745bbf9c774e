"""What can be begun with files."""

from typing import Any

import pytest

from headway import ids
from tests.dialects.workiva.conftest import Client, Working


async def test_a_copy_goes_where_and_is_called_as_was_asked(working: Working) -> None:
    file, folder = await working.upload("one.csv", b"1\n"), await working.folder()
    wanted = {
        "destinationContainer": folder,
        "options": {"destinationName": "another", "includeComments": True, "shallowCopy": True},
    }
    done = await working.end_of(await working.client.post(f"/files/{file}/copy", json=wanted))
    assert done["status"] == "completed"
    page = (await working.client.get(f"/headway/v1/files?container={folder}")).json()
    assert [(it["name"], it["size"]) for it in page["files"]] == [("another", 2)]


async def test_the_same_key_is_the_same_operation(client: Client) -> None:
    folder = (await client.post("/headway/v1/folders", json={"name": "top"})).json()["id"]
    headers = {"idempotency-key": "k"}
    first, again = [await client.post(f"/files/{folder}/copy", headers=headers) for _ in range(2)]
    assert first.json() == again.json()
    legacy = await client.post(f"/platform/v1/files/{folder}/copy", headers=headers)
    assert legacy.json()["operationLocation"].endswith(first.json()["operationLocation"].rpartition("/")[2])


@pytest.mark.parametrize(
    ("verb", "wanted", "field"),
    [
        ("copy", {"destinationContainer": ""}, "destinationContainer"),
        ("copy", {"destinationContainer": ids.show(7)}, "container"),
        ("copy", {"options": {"destinationName": "a/b"}}, "name"),
        ("copy", {"options": {"emailOnComplete": True}}, "emailOnComplete"),
        ("copy", {"options": {"destinationName": 5}}, "destinationName"),
        ("export", {"kind": "Document"}, "kind"),
        ("export", {"spreadsheetExport": {"format": "pdf"}}, "format"),
        ("export", {"spreadsheetExport": {"format": "gif"}}, "format"),
        ("export", {"spreadsheetExport": {"format": "csv", "sheets": ["1"]}}, "sections"),
        ("export", {"spreadsheetExport": {}}, "format"),
        ("export", {"folderExport": {"emailOnComplete": True}}, "emailOnComplete"),
    ],
)
async def test_what_cannot_be_done_is_refused_with_the_field(
    client: Client, verb: str, wanted: dict[str, Any], field: str
) -> None:
    uploaded = await client.post(
        "/headway/v1/files?name=t.csv", content=b"1\n", headers={"content-type": "text/csv"}
    )
    reply = await client.post(f"/files/{uploaded.json()['id']}/{verb}", json=wanted)
    assert (reply.status_code, reply.json()["code"]) == (400, "400BadRequest")
    assert [it["target"] for it in reply.json()["details"]] == [field]


@pytest.mark.parametrize("verb", ["copy", "export"])
async def test_a_file_that_is_not_there_is_not_found(client: Client, verb: str) -> None:
    for id in (ids.show(7), "x"):
        reply = await client.post(f"/files/{id}/{verb}")
        assert (reply.status_code, reply.json()["code"]) == (404, "404NotFound")

import httpx2

Client = httpx2.AsyncClient
PATH = "/apps/hello-world/variables"


async def test_variables_are_set_and_deleted_all_or_none(live: Client) -> None:
    told = await live.patch(PATH, json={"set": {"A": "1", "B": "2"}})
    assert told.json() == {"variables": {"A": "1", "B": "2"}}
    assert (await live.patch(PATH, json={"set": {"C": "3"}, "unset": ["NONE"]})).status_code == 404
    assert (await live.patch(PATH, json={"set": {"D": "4", "E F": "5"}})).status_code == 422
    assert (await live.patch(PATH, json={"unset": ["A"]})).json() == {"variables": {"B": "2"}}


async def test_what_has_changed_since_it_was_read_is_not_changed(live: Client) -> None:
    etag = (await live.get(PATH)).headers["etag"]
    await live.patch(PATH, json={"set": {"A": "1"}}, headers={"if-match": etag})
    late = await live.patch(PATH, json={"set": {"A": "2"}}, headers={"if-match": etag})
    assert late.status_code == 412
    assert (await live.get(PATH)).json() == {"variables": {"A": "1"}}


async def test_a_dry_run_tells_what_there_would_be(live: Client) -> None:
    dry = await live.patch(PATH, json={"set": {"A": "1"}}, headers={"x-dry-run": "true"})
    assert dry.json() == {"variables": {"A": "1"}}
    assert (await live.get(PATH)).json() == {"variables": {}}


async def test_a_secret_is_named_but_not_told_and_what_stands_for_it_is_not_taken(live: Client) -> None:
    told = await live.patch(PATH, json={"set": {"A": "1", "KEY": "hunter2"}, "secret": ["KEY"]})
    assert told.json() == {"variables": {"A": "1", "KEY": "********"}, "secret": ["KEY"]}
    assert (await live.get(PATH)).json() == told.json()
    again = await live.patch(PATH, json={"set": told.json()["variables"]})
    assert (again.status_code, "hunter2" in again.text) == (422, False)
    assert (await live.patch(PATH, json={"secret": ["NONE"]})).status_code == 404
    etag = (await live.get(PATH)).headers["etag"]
    assert (await live.patch(PATH, json={"set": {"A": "2"}}, headers={"if-match": etag})).status_code == 200

import httpx2
import pytest

from tests.dialects.headway.ending import ended

Client = httpx2.AsyncClient
APP = "/apps/hello-world"
TWO = {"formation": {"web": {"amount": 3}}}


async def test_an_app_is_shown_with_its_formation(live: Client) -> None:
    (app,) = (await live.get("/apps")).json()["apps"]
    assert (app["name"], app["status"], app["formation"]["web"]["amount"]) == ("hello-world", "running", 2)
    assert (await live.get(app["links"]["self"].removeprefix("/headway/v1"))).json() == app
    assert app["url"] == "http://hello-world.localhost:8080/"


async def test_what_is_scaled_can_be_undone_and_both_are_linked(live: Client) -> None:
    scaled = await ended(live, await live.patch(f"{APP}/formation", json=TWO))
    assert (scaled["phase"], scaled["links"]["undo"]) == (
        "succeeded",
        f"/headway/v1/operations/{scaled['id']}/undo",
    )
    assert len((await live.get(f"{APP}/containers")).json()["containers"]) == 4
    back = await ended(live, await live.post(f"/operations/{scaled['id']}/undo"))
    assert (back["phase"], back["because_of"]) == ("succeeded", {"id": scaled["id"], "kind": "undo"})
    assert (await live.get(APP)).json()["formation"]["web"]["amount"] == 2
    again = (await live.get(f"/operations/{scaled['id']}")).json()
    assert again["children"] == [{"id": back["id"], "kind": "undo"}]


async def test_a_formation_that_has_changed_since_it_was_read_is_not_changed(live: Client) -> None:
    read = await live.get(f"{APP}/formation")
    match = {"if-match": read.headers["etag"]}
    await ended(live, await live.patch(f"{APP}/formation", json=TWO, headers=match))
    late = await live.patch(f"{APP}/formation", json=TWO, headers=match)
    assert (late.status_code, late.json()["error"]["code"]) == (412, "stale")


async def test_a_dry_run_tells_what_would_be_done_and_does_nothing(live: Client) -> None:
    dry = {"x-dry-run": "true"}
    before = (await live.get("/operations")).json()
    told = await live.patch(f"{APP}/formation", json=TWO, headers=dry)
    assert told.status_code == 200
    assert (told.json()["type"], told.json()["summary"]) == ("app.scale", "scale to 3 web, 1 worker")
    assert (await live.post(f"{APP}/restart", headers=dry)).json()["type"] == "app.restart"
    assert (await live.delete(APP, params={"name": "hello-world"}, headers=dry)).json()[
        "type"
    ] == "app.delete"
    assert (await live.post(f"{APP}/run", json={"command": "true"}, headers=dry)).json()["conflicts"] == []
    assert (await live.post("/apps", json={"name": "another-app"}, headers=dry)).status_code == 200
    assert (await live.get("/operations")).json() == before
    assert len((await live.get("/apps")).json()["apps"]) == 1


async def test_what_would_be_refused_is_refused_in_a_dry_run_too(live: Client) -> None:
    wrong = {"formation": {"web": {"amount": 99}}}
    reply = await live.patch(f"{APP}/formation", json=wrong, headers={"x-dry-run": "true"})
    assert reply.status_code == 422
    assert (await live.post(f"{APP}/restart", headers={"x-dry-run": "perhaps"})).status_code == 422


async def test_an_app_is_made_renamed_and_deleted(live: Client) -> None:
    made = await live.post("/apps", json={"name": "another-app"})
    assert (made.status_code, made.json()["status"]) == (201, "new")
    assert (await ended(live, await live.post("/apps/another-app/rename", json={"name": "third-app"})))[
        "phase"
    ] == "succeeded"
    assert (await live.delete("/apps/third-app", params={"name": "wrong-app"})).status_code == 422
    await ended(live, await live.delete("/apps/third-app", params={"name": "third-app"}))
    assert (await live.get("/apps/third-app")).status_code == 404


async def test_some_of_an_app_is_restarted(live: Client) -> None:
    before = (await live.get(f"{APP}/containers")).json()["containers"]
    await ended(live, await live.post(f"{APP}/restart", json={"scope": ["web-1"]}))
    after = (await live.get(f"{APP}/containers")).json()["containers"]
    assert [it["label"] for it in after] == [it["label"] for it in before]
    assert after[0]["id"] != before[0]["id"]


async def test_a_command_is_run_and_where_to_attach_is_told(live: Client) -> None:
    started = await live.post(f"{APP}/run", json={"command": "bash"})
    assert started.json()["attach_url"].startswith("http://127.0.0.1:5000/")
    assert (await ended(live, started))["type"] == "app.start_one_off"
    detached = await live.post(f"{APP}/run", json={"command": "true", "detached": True})
    assert detached.json()["attach_url"] is None


@pytest.mark.parametrize(
    "path", ["", "/formation", "/containers", "/variables", "/releases", "/deployments", "/logs"]
)
async def test_somebody_elses_app_is_not_there(path: str, guest: Client) -> None:
    assert (await guest.get(f"{APP}{path}")).status_code == 404

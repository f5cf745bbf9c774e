import httpx2

from headway.testing.examples import PROCFILE, archive
from tests.dialects.headway.ending import ended
from tests.outside import Outside

Client = httpx2.AsyncClient
APP = "/apps/hello-world"


async def test_an_archive_that_comes_as_the_body_is_deployed(live: Client) -> None:
    reply = await live.post(f"{APP}/deployments", params={"ref": "v2"}, content=archive(PROCFILE))
    assert (await ended(live, reply))["phase"] == "succeeded"
    (newest, *_) = (await live.get(f"{APP}/deployments")).json()["deployments"]
    assert (newest["ref"], newest["status"], newest["operation"]) == (
        "v2",
        "success",
        reply.headers["location"],
    )
    (release, *_) = (await live.get(f"{APP}/releases")).json()["releases"]
    assert (release["ref"], release["serves"]) == ("v2", True)


async def test_of_a_dry_run_nothing_is_left(live: Client, outside: Outside) -> None:
    kept = outside.config.folder / "sources"
    before = sorted(kept.iterdir()) if kept.exists() else []
    reply = await live.post(f"{APP}/deployments", content=archive(PROCFILE), headers={"x-dry-run": "true"})
    assert reply.json()["steps"][:2] == ["take the source", "build"]
    assert sorted(kept.iterdir()) == before


async def test_releases_come_in_pages(live: Client) -> None:
    await ended(live, await live.post(f"{APP}/deployments", params={"ref": "v2"}, content=archive(PROCFILE)))
    first = (await live.get(f"{APP}/releases", params={"limit": 1})).json()
    assert first["next"]
    rest = (await live.get(f"{APP}/releases", params={"cursor": first["next"]})).json()
    assert first["releases"][0]["id"] not in [it["id"] for it in rest["releases"]]
    assert (await live.get(f"{APP}/releases", params={"cursor": "x"})).status_code == 422

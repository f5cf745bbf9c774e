import httpx2

Client = httpx2.AsyncClient
DRY = {"X-Dry-Run": "true"}


async def test_a_dry_run_makes_changes_and_revokes_nobody(live: Client) -> None:
    planned = await live.post("/workers", json={"name": "wanda"}, headers=DRY)
    assert (planned.status_code, planned.json()["name"]) == (200, "wanda")
    assert "token" not in planned.json()
    assert (await live.get("/workers")).json()["workers"] == []
    made = await live.post("/workers", json={"name": "wanda"})
    assert (made.status_code, "token" in made.json()) == (201, True)
    assert "token" not in (await live.post("/workers/wanda/token", headers=DRY)).json()
    assert (await live.delete("/workers/wanda", headers=DRY)).status_code == 204
    assert [it["name"] for it in (await live.get("/workers")).json()["workers"]] == ["wanda"]
    assert (await live.post("/workers", json={"name": "wanda"}, headers=DRY)).status_code == 409

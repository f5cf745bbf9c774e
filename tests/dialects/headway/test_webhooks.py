import httpx2
import msgspec

from headway.dialects.headway.webhooks import message
from headway.model.operations import Actor, Event

Client = httpx2.AsyncClient
WANTED = {"url": "https://example.com/in", "events": ["app.*"]}


async def test_the_secret_of_a_webhook_is_shown_once(live: Client) -> None:
    made = await live.post("/webhooks", json=WANTED)
    assert made.status_code == 201
    path = made.headers["location"].removeprefix("/headway/v1")
    assert made.json()["secret"].startswith("whsec_")
    for shown in (await live.get(path)).json(), (await live.get("/webhooks")).json()["webhooks"][0]:
        assert "secret" not in shown
    renewed = (await live.post(f"{path}/secret")).json()["secret"]
    assert renewed != made.json()["secret"]


async def test_a_webhook_is_told_again_sent_to_again_and_deleted(live: Client) -> None:
    path = (await live.post("/webhooks", json=WANTED)).headers["location"].removeprefix("/headway/v1")
    assert (await live.post(f"{path}/replay", json={"after": 0})).json()["reached"] == 0
    assert (await live.post(f"{path}/replay", json={"after": 1 << 40})).status_code == 422
    assert (await live.post(f"{path}/enable")).json()["disabled_at"] is None
    assert (await live.get(f"{path}/deliveries")).json() == {"deliveries": [], "next": None}
    assert (await live.delete(path)).status_code == 204
    assert (await live.get(path)).status_code == 404


async def test_what_leads_to_a_private_address_is_refused(live: Client) -> None:
    reply = await live.post("/webhooks", json={"url": "http://169.254.169.254/latest"})
    assert (reply.status_code, list(reply.json()["error"]["fields"])) == (422, ["url"])


async def test_somebody_elses_is_not_there(live: Client, guest: Client) -> None:
    path = (await live.post("/webhooks", json=WANTED)).headers["location"].removeprefix("/headway/v1")
    for method, where in (
        ("GET", ""),
        ("DELETE", ""),
        ("POST", "/secret"),
        ("POST", "/enable"),
        ("GET", "/deliveries"),
    ):
        assert (await guest.request(method, f"{path}{where}")).status_code == 404
    assert (await guest.get("/webhooks")).json() == {"webhooks": []}
    assert (await guest.get("/webhooks/x")).status_code == 404


def test_a_message_holds_the_event() -> None:
    it = Event(
        seq=7, at=0, name="app.scaled", operation=None, target="app:1", by=Actor(), data={"web": "2:M"}
    )
    told = msgspec.json.decode(message(it))
    assert (told["type"], told["timestamp"]) == ("app.scaled", "1970-01-01T00:00:00.000Z")
    assert (told["data"]["seq"], told["data"]["data"]) == (7, {"web": "2:M"})


async def test_a_dry_run_says_what_would_be_there_and_nothing_stays(live: Client) -> None:
    dry = {"X-Dry-Run": "true"}
    planned = await live.post("/webhooks", json=WANTED, headers=dry)
    assert (planned.status_code, planned.json()["url"]) == (200, WANTED["url"])
    assert "secret" not in planned.json()
    assert (await live.get("/webhooks")).json() == {"webhooks": []}
    path = (await live.post("/webhooks", json=WANTED)).headers["location"].removeprefix("/headway/v1")
    before = (await live.get(path)).json()
    assert "secret" not in (await live.post(f"{path}/secret", headers=dry)).json()
    assert (await live.post(f"{path}/replay", json={"after": 0}, headers=dry)).json()["reached"] == 0
    assert (await live.post(f"{path}/enable", headers=dry)).status_code == 200
    assert (await live.delete(path, headers=dry)).status_code == 204
    assert (await live.get(path)).json() == before
    for wrong in ({"url": "http://10.0.0.1/"}, {"url": "x"}):
        assert (await live.post("/webhooks", json=wrong, headers=dry)).status_code == 422

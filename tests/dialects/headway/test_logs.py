import httpx2
import msgspec

from headway import ids
from headway.store import apps
from tests.outside import Outside

Client = httpx2.AsyncClient


async def test_the_last_lines_are_told_a_line_each(live: Client, outside: Outside) -> None:
    app = await outside.database.read(lambda tx: apps.by_name(tx, "hello-world"))
    assert app is not None
    said = (await live.get("/apps/hello-world/logs")).text.splitlines()
    assert all("text" in msgspec.json.decode(line) for line in said)
    by_id = await live.get(f"/apps/{ids.show(app.id)}/logs", params={"lines": 0})
    assert (by_id.status_code, by_id.text) == (200, "")

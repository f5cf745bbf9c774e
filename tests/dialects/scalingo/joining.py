"""How somebody comes to work on an app, over HTTP."""

import httpx2


async def joined(
    owner: httpx2.AsyncClient,
    guest: httpx2.AsyncClient,
    app: str = "hello-world",
    *,
    is_limited: bool = False,
) -> str:
    """Invite the account `other`, and let it accept; the id of the collaborator."""
    reply = await owner.post(
        f"/v1/apps/{app}/collaborators",
        json={"collaborator": {"email": "other@example.com", "is_limited": is_limited}},
    )
    it = reply.json()["collaborator"]
    assert (await guest.get(it["invitation_link"])).status_code == 200
    return it["id"]

import pytest

from headway.domain.webhooks.create import create_webhook
from headway.domain.world import World
from headway.errors import Invalid
from headway.model.operations import Actor
from headway.views import webhooks


async def test_a_new_one_is_told_from_now_on_and_has_a_secret_of_its_own(world: World, by: Actor) -> None:
    one = await create_webhook(world, "https://example.com/in", ["app.*"], by)
    two = await create_webhook(world, "https://example.com/in", ["app.*"], by)
    assert one.secret.startswith("whsec_")
    assert one.secret != two.secret
    assert two.reached == one.reached + 1
    assert await webhooks.of_account(world.database, by.account_id) == [one, two]


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "http://[::1]/", "http://10.0.0.8:80/x"])
async def test_what_is_plainly_private_is_refused_unless_it_is_allowed(
    world: World, by: Actor, url: str
) -> None:
    with pytest.raises(Invalid, match="private"):
        await create_webhook(world, url, ["*"], by)


async def test_one_too_many_is_refused(world: World, by: Actor) -> None:
    for _ in range(world.config.webhooks_per_account_max):
        await create_webhook(world, "https://example.com/", ["*"], by)
    with pytest.raises(Invalid, match="at most 20"):
        await create_webhook(world, "https://example.com/", ["*"], by)

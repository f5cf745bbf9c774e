import pytest

from headway.cli.child import Child
from headway.cli.client import Client, api_token
from headway.errors import Refusal

pytestmark = pytest.mark.slow


async def test_one_token_opens_both_dialects(platform: Child) -> None:
    token = api_token(platform.config.folder)
    async with Client(f"http://{platform.config.listen}", token) as client:
        await client.sign_in()
        made = await client.scalingo("POST", "/apps", {"app": {"name": "hello-world"}})
        assert made.json()["app"]["name"] == "hello-world"
        with pytest.raises(IndexError):
            await client.newest()


async def test_what_the_platform_refuses_is_raised_in_its_own_words(platform: Child) -> None:
    token = api_token(platform.config.folder)
    async with Client(f"http://{platform.config.listen}", token) as client:
        await client.sign_in()
        with pytest.raises(Refusal, match=r"POST /v1/apps answered 422: .*between 6 and 32"):
            await client.scalingo("POST", "/apps", {"app": {"name": "x"}})

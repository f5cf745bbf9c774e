"""The first account."""

from headway.domain.accounts.ensure_admin import ensure_admin
from headway.domain.accounts.secret import hash_of
from headway.domain.world import World
from headway.views import accounts


async def test_at_the_first_start_the_file_holds_the_key_to_the_account(bare_world: World) -> None:
    await ensure_admin(bare_world)
    file = bare_world.config.folder / "admin.token"
    account, _ = await accounts.by_token_hash(bare_world.database, hash_of(file.read_text().strip()))
    assert account.name == "admin"
    assert file.stat().st_mode & 0o777 == 0o600


async def test_at_later_starts_nothing_happens(bare_world: World) -> None:
    await ensure_admin(bare_world)
    file = bare_world.config.folder / "admin.token"
    file.unlink()
    await ensure_admin(bare_world)
    assert not file.exists()


async def test_a_file_of_a_start_that_was_cut_short_is_replaced(bare_world: World) -> None:
    file = bare_world.config.folder / "admin.token"
    file.write_text("half a tok")
    file.with_suffix(".new").write_text("ha")
    await ensure_admin(bare_world)
    assert await accounts.by_token_hash(bare_world.database, hash_of(file.read_text().strip()))

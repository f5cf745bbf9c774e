"""The first account, made at the first start."""

import os
from pathlib import Path

from headway.domain.accounts.create_token import new_token
from headway.domain.world import World
from headway.model.accounts import Account
from headway.model.operations import NewEvent
from headway.store import accounts, tokens
from headway.store.database import Tx

NAME = "admin"
FILE = "admin.token"


async def ensure_admin(world: World) -> None:
    """Where there is no account at all, make `admin`; its token is in `admin.token`, mode 0600."""
    if await world.database.read(accounts.is_any):
        return
    now, config = world.clock.now(), world.config
    account = Account(world.ids.next(), NAME, f"{NAME}@{config.domain}", now)
    token, secret = new_token(world, account.id, "first")

    async def body(tx: Tx) -> bool:
        if await accounts.is_any(tx):
            return False
        await accounts.insert(tx, account)
        await tokens.insert(tx, token)
        tx.append(NewEvent(at=now, name="account.created", target=f"account:{account.id}"))
        return True

    # The file comes first: a death in between leaves a file to be overwritten, not an account without a key.
    file = config.folder / FILE
    _write(file, secret)
    if not await world.database.write(body):
        file.unlink()


def _write(file: Path, secret: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_suffix(".new")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(f"{secret}\n")
        opened.flush()
        os.fsync(descriptor)
    beside.replace(file)

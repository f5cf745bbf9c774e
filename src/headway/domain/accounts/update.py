"""Change what an account says of itself."""

import msgspec

from headway.domain.accounts.hashing import hashed, matches
from headway.domain.world import World
from headway.errors import Invalid
from headway.model.accounts import Account, checked_name, checked_password, checked_words
from headway.model.collaborators import checked_email
from headway.model.operations import Actor, NewEvent
from headway.store import accounts, passwords
from headway.store.database import Tx


class Update(msgspec.Struct, frozen=True, kw_only=True):
    """What is to change; None stays."""

    name: str | None = None
    email: str | None = None
    fullname: str | None = None
    company: str | None = None
    location: str | None = None
    password: str | None = None
    current_password: str | None = None
    """What opens the account now: name, address and password change only for who knows it, where there is one."""

    @property
    def words(self) -> dict[str, str]:
        """The fields of the account that change."""
        known = (
            ("name", self.name and checked_name(self.name)),
            ("email", self.email and checked_email(self.email)),
            ("fullname", self.fullname),
            ("company", self.company),
            ("location", self.location),
        )
        return {field: words for field, words in known if words is not None}

    @property
    def is_grave(self) -> bool:
        """Whether it changes by what one logs in."""
        return any(it is not None for it in (self.name, self.email, self.password))


async def update(world: World, account_id: int, wanted: Update, by: Actor) -> Account:
    """The account as it is now. Invalid, by field, where anything of it cannot be: then nothing has changed."""
    checked_words(**{field: words for field, words in wanted.words.items() if field not in {"name", "email"}})
    hash = None if wanted.password is None else await hashed(checked_password(wanted.password))
    known = await world.database.read(lambda tx: passwords.get(tx, account_id))
    if wanted.is_grave and known is not None:
        await _check_current(known, wanted.current_password)

    async def body(tx: Tx) -> Account:
        account = msgspec.structs.replace(await accounts.get(tx, account_id), **wanted.words)
        await accounts.update(tx, account)
        at, target = world.clock.now(), f"account:{account_id}"
        if hash is not None:
            await passwords.set(tx, account_id, hash, at)
            tx.append(NewEvent(at=at, name="account.password_set", target=target, by=by))
        if wanted.words:
            said = {"fields": sorted(wanted.words)}
            tx.append(NewEvent(at=at, name="account.updated", target=target, by=by, data=said))
        return account

    return await world.database.write(body)


async def _check_current(known: str, given: str | None) -> None:
    wrong = "is needed to change this" if given is None else "is wrong"
    if given is None or not await matches(known, given):
        raise Invalid(current_password=wrong)

"""SSH keys: list, look at, add, remove."""

from headway.dialects.scalingo import project_accounts as project
from headway.dialects.scalingo.asked import id_of
from headway.dialects.scalingo.wire import keys as wire
from headway.domain.keys.add import add as add_key
from headway.domain.keys.remove import remove as remove_key
from headway.errors import Invalid
from headway.views import keys
from headway.web.ask import Ask
from headway.web.body import Answer, answer, empty
from headway.web.says import Says


@Says(wire.KeysReply)
async def list_all(ask: Ask) -> Answer:
    """The asker's keys."""
    found = await keys.of_account(ask.world.database, ask.account.id)
    return answer(wire.KeysReply([project.key(one, ask.account) for one in found]))


@Says(wire.KeyReply)
async def get(ask: Ask) -> Answer:
    """One of them."""
    found = await keys.get(ask.world.database, ask.account.id, id_of(ask.params["id"], "key"))
    return answer(wire.KeyReply(project.key(found, ask.account)))


@Says(wire.KeyReply, 201, body=wire.AddKey)
async def add(ask: Ask) -> Answer:
    """One more."""
    name, content = _said(await ask.body(wire.AddKey))
    key = await add_key(ask.world, ask.account.id, name, content, ask.actor)
    return answer(wire.KeyReply(project.key(key, ask.account)), 201)


@Says(status=204)
async def remove(ask: Ask) -> Answer:
    """One less."""
    await remove_key(ask.world, ask.account.id, id_of(ask.params["id"], "key"), ask.actor)
    return empty()


def _said(body: wire.AddKey) -> tuple[str, str]:
    if body.key is not None:
        return body.key.name, body.key.content
    if body.name is not None and body.content is not None:
        return body.name, body.content
    missing = {"name": body.name, "content": body.content}
    raise Invalid(**{field: "missing field" for field, value in missing.items() if value is None})

"""Who asks, as the vendor tells it."""

from headway.dialects.toloka import wire
from headway.ids import show
from headway.web.ask import Ask
from headway.web.body import Answer, answer
from headway.web.says import Says


@Says(wire.OBJECT)
async def get(ask: Ask) -> Answer:
    """The account. Nothing costs money here, so the balance is always the same."""
    name = ask.account.name
    return answer({"id": show(ask.account.id), "balance": 0, "public_name": {"EN": name}, "company": None})

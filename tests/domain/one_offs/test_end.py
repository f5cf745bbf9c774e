"""An end is written once, and told once."""

import pytest

from headway.domain.one_offs.end import record_end
from headway.errors import NotFound
from headway.model.one_offs import OneOff
from headway.store import events
from tests.outside import Outside


async def test_an_end_is_told_once_with_its_code_and_reason(outside: Outside, detached: OneOff) -> None:
    for code in (3, 4):
        it = await outside.database.write(lambda tx, code=code: record_end(tx, detached.id, code, 9))
        assert (it.exit_code, it.finished_at) == (3, 9)
    told = await outside.database.read(lambda tx: events.after(tx, 0, 1000))
    (ended,) = [event for event in told if event.name == "app.one_off_ended"]
    assert (ended.target, ended.data["label"]) == (f"app:{detached.app_id}", "one-off-1")
    assert (ended.data["exit_code"], ended.data["reason"]) == (3, "")


async def test_what_is_not_there_does_not_end(outside: Outside) -> None:
    with pytest.raises(NotFound):
        await outside.database.write(lambda tx: record_end(tx, 1, 0, 9))

"""The witness sees what nobody told it."""

from headway.store.sheets import parsed
from headway.testing.simulation.plays import Asked
from headway.testing.simulation.town import Setting, Town, perform

SQL = parsed(
    "test",
    """
-- name: meddle
UPDATE operations SET progress = 99 WHERE id = :id
-- name: lose
DELETE FROM operations WHERE id = :id
""",
)


def broken_by(name: str) -> str | None:
    async def script(town: Town) -> None:
        await town.open()
        (node,) = town.nodes
        node.start()
        await node.ready.wait()
        it = await node.call(lambda: node.submit(town.types["play.0"], Asked("thing:1")))
        await node.call(lambda: node.database.write(lambda tx: tx.run(SQL[name], id=it.id)))
        await town.recover()

    return perform(script, Setting(lines=("a:long/plain",), nodes=1)).breach


def test_a_row_that_changes_without_an_event_is_noticed() -> None:
    assert broken_by("meddle") == "row-is-fold"


def test_an_operation_that_vanishes_is_noticed() -> None:
    assert broken_by("lose") == "retention-kept"

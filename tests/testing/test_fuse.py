"""A fuse cuts the power where it is told to, for all that it wraps."""

import contextlib
from typing import Any

import pytest

from headway.store.database import Database, Tx
from headway.testing.fuse import Fuse, Fused, FusedDatabase, PowerCut
from tests.rows import entry, epoch, get, put, up


class Port:
    """A port of two calls, one of them not to be waited for."""

    def __init__(self) -> None:
        self.called: list[str] = []

    async def act(self, what: str, *, again: bool = False) -> str:
        self.called.append(what)
        return f"{what} {again}"

    def offers(self) -> list[str]:
        return self.called


async def test_without_a_fuse_that_blows_all_goes_through() -> None:
    fuse, port = Fuse(), Port()
    fused: Any = Fused(port, "port", fuse)
    assert await fused.act("one", again=True) == "one True"
    assert fused.offers() == ["one"]
    assert fuse.things == ["before port.act", "after port.act"]


@pytest.mark.parametrize(("cut", "called"), [(1, []), (2, ["one"]), (3, ["one"]), (4, ["one", "two"])])
async def test_it_blows_before_or_after_a_call(cut: int, called: list[str]) -> None:
    fuse, port = Fuse(cut), Port()
    fused: Any = Fused(port, "port", fuse)
    with contextlib.suppress(PowerCut):
        for what in ("one", "two", "three"):
            await fused.act(what)
    assert port.called == called
    assert (fuse.blown, len(fuse.things)) == (True, cut)


async def test_once_it_has_blown_nothing_happens_any_more_behind_any_port() -> None:
    fuse, one, other = Fuse(1), Port(), Port()
    for port in (one, other, one):
        with pytest.raises(PowerCut):
            await Fused(port, "port", fuse).act("anything")
    assert (one.called, other.called) == ([], [])


async def test_whoever_watches_sees_each_thing_before_the_power_is_cut() -> None:
    seen: list[str] = []
    fuse = Fuse(2, seen.append)
    with pytest.raises(PowerCut):
        await Fused(Port(), "port", fuse).act("one")
    assert seen == ["before port.act", "after port.act"]


async def test_a_power_cut_is_caught_by_nobody_who_catches_exceptions() -> None:
    assert not issubclass(PowerCut, Exception)


@pytest.mark.parametrize(("cut", "written"), [(1, 0), (2, 1)])
async def test_a_transaction_is_either_not_begun_or_on_disk(
    database: Database, cut: int, written: int
) -> None:
    await put(database, 1)
    with pytest.raises(PowerCut):
        await FusedDatabase(database, Fuse(cut)).write(up)
    assert await get(database, 1) == written


@pytest.mark.parametrize(("cut", "written"), [(1, 0), (2, 1)])
async def test_so_is_an_entry_of_the_journal(database: Database, cut: int, written: int) -> None:
    await put(database, 1)
    with pytest.raises(PowerCut):
        await FusedDatabase(database, Fuse(cut)).journal(entry("up", 1))
    assert await get(database, 1) == written


async def test_reading_goes_on_as_ever_and_closing_closes_nothing(database: Database) -> None:
    await put(database, 1)
    fused = FusedDatabase(database, Fuse())
    assert fused.name == database.name
    await fused.open()
    await fused.close()

    async def body(tx: Tx) -> int:
        return await epoch(tx)

    assert await fused.read(body) == 0

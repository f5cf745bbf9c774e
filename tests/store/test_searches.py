from headway.domain.apps.create import create
from headway.domain.world import World
from headway.model.accounts import Account
from headway.model.operations import ACTIVE, Actor, Operation, Phase, Search
from headway.store import operations, searches
from headway.store.searches import Page
from headway.store.sheets import parsed
from tests.records import an_operation

MANY = parsed(
    "test",
    """
-- name: many
INSERT INTO operations (id, type, target, exclusive, phase, params, account_id, owner, fence, step, turning_back,
    attempt, progress, cancel_reason, created_at, started_at, updated_at, finished_at)
-- only: sqlite
SELECT n, 'app.many', :target, 1, 3, '{}', :account, NULL, 1, 1, 0, 1, 100, '', n, n, n, n + 2000000
FROM (WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted LIMIT :count) SELECT n FROM counted)
-- only: postgres
SELECT n, 'app.many', :target, 1, 3, '{}', :account, NULL, 1, 1, 0, 1, 100, '', n, n, n, n + 2000000
FROM generate_series(1, :count::bigint) AS n
-- all
""",
)["many"]


async def put(world: World, *given: Operation) -> list[int]:
    for it in given:
        await world.database.journal(operations.accepted(it, Actor(account_id=it.account_id)))
    return [it.id for it in given]


async def found(world: World, account_id: int, wanted: Search, count: int = 100) -> list[int]:
    page = await world.database.read(lambda tx: searches.search(tx, account_id, wanted, count))
    return [it.id for it in page.found]


async def test_what_is_seen_is_what_one_began_and_what_is_about_ones_apps(
    world: World, by: Actor, other: Account
) -> None:
    app = await create(world, "hello-world", by)
    me = by.account_id
    mine, theirs, shared = await put(
        world,
        an_operation(id=1, target="wall:1", account_id=me),
        an_operation(id=2, target="wall:2", account_id=other.id),
        an_operation(id=3, target=f"app:{app.id}", account_id=other.id),
    )
    assert await found(world, me, Search()) == [shared, mine]
    assert await found(world, other.id, Search()) == [shared, theirs]
    assert await found(world, me, Search(actor=other.id)) == [shared]
    assert await found(world, me, Search(actor=me)) == [mine]
    assert await found(world, me, Search(target=f"app:{app.id}")) == [shared]
    assert await found(world, me, Search(target="wall:2")) == []


async def test_what_is_looked_for_is_found_by_type_phase_and_time(world: World, by: Actor) -> None:
    me = by.account_id
    await put(
        world,
        an_operation(id=1, target="a", type="x.go", account_id=me, phase=Phase.QUEUED),
        an_operation(id=2, target="b", type="x.stop", account_id=me, phase=Phase.RUNNING),
        an_operation(id=3, target="c", type="x.go", account_id=me, phase=Phase.QUEUED),
    )
    assert await found(world, me, Search(type="x.go")) == [3, 1]
    assert await found(world, me, Search(phases=ACTIVE)) == [3, 2, 1]
    assert await found(world, me, Search(phases=frozenset({Phase.RUNNING}), type="x.stop")) == [2]
    assert await found(world, me, Search(phases=frozenset({Phase.FAILED}))) == []
    assert await found(world, me, Search(since=2, before=3)) == [2]
    assert await found(world, me, Search(oldest_first=True)) == [1, 2, 3]


async def test_pages_go_on_where_the_last_one_ended_in_either_order(world: World, by: Actor) -> None:
    app = await create(world, "hello-world", by)
    made = await put(
        world,
        *(
            an_operation(
                id=n,
                target=f"app:{app.id}" if n % 2 else f"wall:{n}",
                exclusive=False,
                account_id=by.account_id,
            )
            for n in range(1, 8)
        ),
    )
    for wanted in (Search(), Search(oldest_first=True), Search(phases=ACTIVE), Search(type="app.scale")):
        assert await in_pages(world, by, wanted) == (made if wanted.oldest_first else made[::-1])


async def in_pages(world: World, by: Actor, wanted: Search) -> list[int]:
    seen: list[int] = []
    cursor: int | None = None
    while True:
        now = Search(type=wanted.type, phases=wanted.phases, oldest_first=wanted.oldest_first, cursor=cursor)
        page: Page = await world.database.read(lambda tx, now=now: searches.search(tx, by.account_id, now, 2))
        seen += [it.id for it in page.found]
        if page.next is None:
            return seen
        cursor = page.next


async def test_for_what_is_rare_only_so_many_rows_are_looked_at(world: World, by: Actor) -> None:
    count = searches.LOOKED_AT * 2
    await world.database.write(lambda tx: tx.run(MANY, target="wall:1", account=by.account_id, count=count))
    page = await world.database.read(
        lambda tx: searches.search(tx, by.account_id, Search(type="no.such"), 10)
    )
    assert (page.found, page.next) == ([], count - searches.LOOKED_AT + 1)
    assert await in_pages(world, by, Search(type="no.such")) == []


async def test_what_past_runs_took_is_told_of_the_same_target_first(world: World, by: Actor) -> None:
    await world.database.write(lambda tx: tx.run(MANY, target="wall:1", account=by.account_id, count=5))
    took = await world.database.read(lambda tx: searches.durations(tx, "app.many", "wall:1", 3))
    assert took == [2.0] * 5
    assert await world.database.read(lambda tx: searches.durations(tx, "app.many", "wall:2", 3)) == took
    assert await world.database.read(lambda tx: searches.durations(tx, "app.few", "wall:1", 3)) == []


async def test_a_place_in_the_queue_is_how_many_came_before(world: World, by: Actor) -> None:
    await put(
        world,
        *(
            an_operation(id=n, target=f"w:{n}", phase=Phase.QUEUED, account_id=by.account_id)
            for n in (1, 2, 3)
        ),
    )
    assert await world.database.read(lambda tx: searches.queue(tx, 3)) == (2, 0)
    assert await world.database.read(lambda tx: searches.lease_until(tx, 99)) is None

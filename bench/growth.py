"""The engine and a read on SQLite, with few and with many operations stored: what grows with them, and what must not.

The file is filled with rows that the engine itself has written, events and log with them, over and over, each time later;
so the file with ten million takes minutes to make, not hours. It is made once and serves all rounds.
"""

import random
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import apsw

from bench import script
from bench.contest import Ahead, Benchmark, Contender, Figures, Left, Measure, Place, Round, Size

FEWEST, SOME = 1_000, 100_000
PATTERN = 1_000
SECONDS = 3.0
SAMPLE = 2_000
DUE_MAX = 2_000
BYTES_EACH = 2_500
"""How much room is asked for before a file is filled."""
RATE, P99 = "FL3, 10 submitters", "FL3, 10 submitters, p99"
RECENT, ANY = "read of one of the last 1,000, p99", "read of any, p99"
START, BYTES, FORGOTTEN = "start", "file", "retention"


def benchmark(size: Size) -> Benchmark:
    """The table: the most first, because it is what is asked about."""
    amounts = sorted({min(amount, size.stored) for amount in (FEWEST, SOME, size.stored)}, reverse=True)
    names = [f"{amount:,} stored" for amount in amounts]
    fewest = names[-1]
    return Benchmark(
        name="growth",
        measures=(
            Measure(RATE, "operations/s"),
            Measure(P99, "ms", more_is_better=False),
            Measure(RECENT, "µs", more_is_better=False),
            Measure(ANY, "µs", more_is_better=False),
            Measure(START, "ms", more_is_better=False),
            Measure(BYTES, "bytes an operation", more_is_better=False),
            Measure(FORGOTTEN, "operations forgotten/s"),
        ),
        contenders=tuple(
            Contender(name, partial(_grown, amount)) for name, amount in zip(names, amounts, strict=True)
        ),
        targets=tuple(Ahead(measure=it, rival=fewest, times=1 / 1.5) for it in (P99, RECENT))
        if len(names) > 1
        else (),
    )


@contextmanager
def _grown(amount: int, place: Place) -> Iterator[Round]:
    if shutil.disk_usage(place.folder).free < 2 * amount * BYTES_EACH:
        raise Left(f"the disk has no room for {amount:,} operations")
    file = place.folder / "headway.db"
    _fill(file, amount)
    bytes_each = file.stat().st_size / amount
    ids, due = _sample(file, place.size.rounds)
    each_round = iter(due)

    def round() -> Figures:
        seconds = place.size.seconds(SECONDS)
        told = script.figures(
            script.OURS, "growth_headway", file=str(file), seconds=seconds, ids=ids, due=next(each_round)
        )
        return {
            RATE: told["rate"],
            P99: told["p99"],
            RECENT: told["recent"],
            ANY: told["any"],
            START: told["start"],
            BYTES: bytes_each,
            FORGOTTEN: told["forgotten"],
        }

    yield round


def _fill(file: Path, amount: int) -> None:
    """The pattern is made by the engine itself, then put into the file so often."""
    pattern = file.with_name("pattern.db")
    script.figures(script.OURS, "pattern", url=str(pattern), count=min(PATTERN, amount))
    shutil.copy(pattern, file)
    script.figures(script.OURS, "grow", pattern=str(pattern), file=str(file), stored=amount)


def _sample(file: Path, rounds: int) -> tuple[list[int], list[int]]:
    """Ids of what is kept, oldest first, the last thousand among them; and for each round until when more are due."""
    with closing(apsw.Connection(str(file))) as connection:
        execute = connection.execute
        count, last = execute("SELECT count(*), max(id) FROM operations").get
        each = min(DUE_MAX, count // (2 * rounds))
        nth = "SELECT id, created_at FROM operations ORDER BY id LIMIT 1 OFFSET ?"
        due = [execute(nth, (each * (number + 1),)).get for number in range(rounds)]
        kept = due[-1][0]
        ids = {
            id
            for (id,) in execute(
                "SELECT id FROM operations WHERE id >= ? ORDER BY id DESC LIMIT 1000", (kept,)
            )
        }
        for _ in range(min(SAMPLE, count)):
            ids.add(
                execute("SELECT id FROM operations WHERE id >= ? LIMIT 1", (random.randint(kept, last),)).get
            )
        return sorted(ids), [at for _, at in due]

"""Measure this checkout beside its rivals: `./headway bench [NAME …]`."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

from bench import (
    aggregation,
    engine,
    following,
    growth,
    labelling,
    page,
    platform,
    posting,
    push,
    ratios,
    reading,
    restart,
    stats,
)
from bench.contest import Benchmark, Left, Size, hold
from bench.measure import machine
from bench.script import Broken

BENCHMARKS: dict[str, Callable[[Size], Benchmark]] = {
    "engine": engine.benchmark,
    "posting": posting.benchmark,
    "reading": reading.benchmark,
    "growth": growth.benchmark,
    "following": following.benchmark,
    "restart": restart.benchmark,
    "platform": platform.benchmark,
    "push": push.benchmark,
    "stats": stats.benchmark,
    "aggregation": aggregation.benchmark,
    "labelling": labelling.benchmark,
}


def main() -> None:
    """Measure, print, and write what is asked for."""
    given = _arguments()
    size = Size(
        quick=given.quick,
        rounds=given.rounds or (1 if given.quick else 3),
        stored=given.stored or (1_000_000 if given.quick else 10_000_000),
    )
    rows: list[ratios.Row] = []
    failed = False
    _keep(given.json, rows)
    print(page.heading(machine()))
    for name in given.names or BENCHMARKS:
        print(f"\n{name}", flush=True)
        began = machine()
        try:
            outcome = hold(BENCHMARKS[name](size), size)
        except Left as reason:
            print(f"  left out: {reason}")
            continue
        except Broken as reason:
            print(f"  failed: {reason}")
            failed = True
            continue
        print(*page.shown(outcome), sep="\n", flush=True)
        rows += ratios.rows(outcome)
        if given.page:
            page.refresh(given.page, outcome, began)
        _keep(given.json, rows)
    sys.exit(failed)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="headway bench", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)}; all, if none is given"
    )
    parser.add_argument(
        "--quick",
        action="store_true",
        help="only show that each works: seconds, and only rivals that are here",
    )
    parser.add_argument("--rounds", type=int, metavar="N", help="by turns, 3 if not given, 1 with --quick")
    parser.add_argument(
        "--stored",
        type=int,
        metavar="N",
        help="how far growth grows: 10000000 operations, 1000000 with --quick",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="where the ratios are written")
    parser.add_argument("--page", type=Path, metavar="FILE", help="a page whose tables are written anew")
    given = parser.parse_args()
    if unknown := set(given.names) - set(BENCHMARKS):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}")
    return given


def _keep(file: Path | None, rows: list[ratios.Row]) -> None:
    """After each benchmark: a long run that is interrupted keeps what it has."""
    if file is not None:
        file.write_bytes(msgspec.json.format(msgspec.json.encode(rows)) + b"\n")


if __name__ == "__main__":
    main()

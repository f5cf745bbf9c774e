"""`headway simulate`: the engine under a made-up clock, with everything that can go wrong, seed after seed."""

import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import click
import msgspec

from headway.cli.output import as_json as json_option
from headway.cli.output import said
from headway.cli.settings import options, settings
from headway.cli.simulate_type import trial_of, try_all, try_one
from headway.errors import Invalid
from headway.testing.simulation.breach import INVARIANTS
from headway.testing.simulation.town import OPERATIONS, Report, simulate

CASES = 200


@click.command(name="simulate")
@click.argument("type", required=False)
@click.option("--params", default="{}", help="Of a TYPE: what is asked, as JSON.")
@click.option(
    "--cases", type=click.IntRange(1), default=CASES, show_default=True, help="Of a TYPE: about how many."
)
@click.option(
    "--zombies", is_flag=True, help="Of a TYPE: also freeze its process until another has taken over."
)
@options()
@click.option("--seed", help="Live through this one seed.")
@click.option("--seeds", type=click.IntRange(1), default=20, show_default=True, help="How many seeds.")
@click.option("--from", "first", type=int, default=1, show_default=True, help="The first of them.")
@click.option("--events", type=int, help="Stop once so many events were checked.")
@click.option(
    "--operations", type=click.IntRange(1), default=OPERATIONS, show_default=True, help="In each seed."
)
@click.option("--trace", is_flag=True, help="Print everything that happened in the seed.")
@json_option
def simulation(type: str | None, file: Path | None, seed: str | None, **given: Any) -> None:
    """Simulate the engine: power cuts, frozen and woken nodes, clocks that jump, a database that stalls and fails.

    After every commit each invariant is checked. A seed that breaks one is named, and `--seed N --trace` lives
    through exactly the same again. Ends with 1 where one was broken.

    With TYPE, `module:NAME` or the name of one in the settings, that operation type is tried instead: it is killed at
    every moment, fails at each step and is cancelled, and what is left is held against what should be.
    """
    if type is not None:
        sys.exit(_of_a_type(type, file, seed, given))
    if seed is not None:
        sys.exit(_one(_number(seed), given["operations"], trace=given["trace"], as_json=given["as_json"]))
    limits = {name: given[name] for name in ("operations", "events", "as_json")}
    sys.exit(_all(range(given["first"], given["first"] + given["seeds"]), **limits))


def _of_a_type(name: str, file: Path | None, seed: str | None, given: dict[str, Any]) -> bool:
    try:
        trial = trial_of(name, given["params"], settings(file).operation_types)
        if seed is not None:
            return try_one(name, trial, seed, trace=given["trace"], as_json=given["as_json"])
        limits = {name: given[name] for name in ("cases", "zombies", "as_json")}
        return try_all(name, trial, **limits)
    except Invalid as invalid:
        raise click.UsageError(str(invalid)) from invalid


def _number(seed: str) -> int:
    try:
        return int(seed)
    except ValueError:
        raise click.UsageError(f"{seed} is no seed of the engine's simulation: those are numbers") from None


def _all(seeds: range, *, events: int | None, operations: int, as_json: bool) -> bool:
    began, broken, checked, lived = time.monotonic(), 0, 0, 0
    for report in _many(seeds, operations, events):
        lived, checked, broken = lived + 1, checked + report.events, broken + bool(report.breach)
        if as_json:
            said(msgspec.json.encode(report))
        elif report.breach:
            click.echo(f"seed {report.seed}: {report.breach}: {report.told}")
    if as_json:
        return bool(broken)
    took = time.monotonic() - began
    click.echo(
        f"{lived} seeds, {checked} events checked, {broken} broken, {took:.0f} s, {checked / took:.0f} events/s"
    )
    return bool(broken)


def _one(seed: int, operations: int, *, trace: bool, as_json: bool) -> bool:
    report = simulate(seed, operations=operations)
    if as_json:
        said(msgspec.json.encode(report if trace else msgspec.structs.replace(report, trace=[])))
        return bool(report.breach)
    for moment in report.trace if trace else report.trace[-40:] if report.breach else ():
        click.echo(str(moment))
    outcomes = ", ".join(f"{count} {phase}" for phase, count in report.outcomes.items())
    click.echo(f"seed {seed}: {report.events} events in {report.seconds:.1f} s of its own time: {outcomes}")
    click.echo(f"trace {report.digest}")
    if report.breach:
        click.echo(f"broken: {report.breach}: {INVARIANTS[report.breach]}\n  {report.told}")
    return bool(report.breach)


def _many(seeds: range, operations: int, events: int | None) -> Iterator[Report]:
    """The reports as they come, one process for each core."""
    checked = 0
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        running = {pool.submit(_lived, seed, operations): seed for seed in seeds}
        for done in as_completed(running):
            trouble = done.exception()
            yield (report := done.result() if trouble is None else _failed(running[done], trouble))
            checked += report.events
            if events is not None and checked >= events:
                pool.shutdown(cancel_futures=True)
                return


def _failed(seed: int, trouble: BaseException) -> Report:
    """The simulation itself failed: that is named as a seed, and stops no other."""
    told, breach = str(trouble), type(trouble).__name__
    empty = Report(seed=seed, events=0, operations=0, outcomes={}, seconds=0, digest="")
    return msgspec.structs.replace(empty, breach=breach, told=told)


def _lived(seed: int, operations: int) -> Report:
    """Without its trace, which another process can make again."""
    report = simulate(seed, operations=operations)
    report.trace.clear()
    return report

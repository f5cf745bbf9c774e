"""How a run is shown: in the terminal, and as blocks of a page that a run refreshes."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from bench import rivals
from bench.contest import Outcome
from bench.measure import Machine
from bench.ratios import Comparison, comparisons

WORDS = {True: "met", False: "NOT met", None: "not measured"}


def shown(outcome: Outcome) -> Iterator[str]:
    """The lines of a table for the terminal."""
    for measure, group in groupby(comparisons(outcome), key=lambda it: it.measure):
        yield f"  {measure.name} ({measure.unit})"
        for it in group:
            reached = "" if it.reached is None else str(it.reached)
            yield f"    {it.contender:34} {reached:>34}  {_ratio(it):>36}  {_verdict(it)}".rstrip()
    for name, reason in outcome.left.items():
        yield f"  without {name}: {reason}"


def heading(machine: Machine) -> str:
    """Where the figures come from."""
    where = f"{machine.cores} cores of {machine.processor}, {machine.memory_mb:,} MB, Linux {machine.kernel}"
    versions = ", ".join(f"{name} {version}" for name, version in machine.packages.items())
    theirs = "".join(f", {rival}" for rival in rivals.versions())
    return f"{where}, load {machine.load:.1f}\nPython {machine.python}, {versions}{theirs}"


def refresh(page: Path, outcome: Outcome, machine: Machine) -> None:
    """Put the table between the page's marks for this benchmark; it has to have them."""
    name = outcome.benchmark.name
    between = re.compile(rf"(<!-- bench:{name} -->\n).*?(<!-- end -->)", re.DOTALL)
    table = "\n".join((*_markdown(outcome, machine), ""))
    text, count = between.subn(lambda marks: f"{marks[1]}{table}{marks[2]}", page.read_text())
    if not count:
        raise ValueError(f"{page} has no <!-- bench:{name} --> … <!-- end -->")
    page.write_text(text)


def _markdown(outcome: Outcome, machine: Machine) -> Iterator[str]:
    today = datetime.now(UTC).date().isoformat()
    yield f"{today}, {heading(machine)}".replace("\n", "; ") + ".\n"
    yield "| measure | who | reached | ours over theirs | target | |"
    yield "|---|---|---|---|---|---|"
    for it in comparisons(outcome):
        reached = "" if it.reached is None else f"{it.reached} {it.measure.unit}"
        target = "" if it.target is None else f"{it.target:.3g}"
        word = "" if it.target is None else WORDS[it.met]
        yield f"| {it.measure.name} | {it.contender} | {reached} | {_ratio(it)} | {target} | {word} |"
    if outcome.left:
        yield ""
    for name, reason in outcome.left.items():
        yield f"Without {name}: {reason}.  "


def _ratio(it: Comparison) -> str:
    ours = f"{it.ours}: " if it.ours else ""
    return "" if it.ratio is None else f"{ours}{it.ratio} ×"


def _verdict(it: Comparison) -> str:
    return "" if it.target is None else f"target {it.target:.3g}: {WORDS[it.met]}"

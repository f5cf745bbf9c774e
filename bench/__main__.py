"""Measure this checkout on this machine: `python -m bench [NAME …] [--runs N] [--json FILE]`."""

import argparse
from collections.abc import Callable
from pathlib import Path

import msgspec

from bench import idle, logs, platform, restart
from bench.measure import Figure, Left, Machine, machine

MEASUREMENTS: dict[str, Callable[[int], list[Figure]]] = {
    "restart": restart.figures,
    "idle": idle.figures,
    "logs": logs.figures,
    "platform": platform.figures,
}


class Report(msgspec.Struct, frozen=True):
    """Everything that was measured, and what was left out and why."""

    machine: Machine
    figures: dict[str, list[Figure]]
    left: dict[str, str]


def main() -> None:
    """Measure, print, and write the JSON if that is asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(MEASUREMENTS))
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--json", type=Path, metavar="FILE")
    given = parser.parse_args()
    if unknown := set(given.names) - set(MEASUREMENTS):
        parser.error(f"no such measurement: {', '.join(sorted(unknown))}")
    report = measure(given.names or list(MEASUREMENTS), max(1, given.runs))
    if given.json:
        given.json.write_bytes(msgspec.json.format(msgspec.json.encode(report)) + b"\n")


def measure(names: list[str], runs: int) -> Report:
    """Run the measurements one after another, printing each as it ends."""
    report = Report(machine(), {}, {})
    _print_machine(report.machine)
    for name in names:
        print(f"\n{name}")
        try:
            report.figures[name] = MEASUREMENTS[name](runs)
            print(*(f"  {figure}" for figure in report.figures[name]), sep="\n")
        except Left as reason:
            report.left[name] = str(reason)
            print(f"  left out: {reason}")
    return report


def _print_machine(it: Machine) -> None:
    print(f"{it.cores} cores of {it.processor}, {it.memory_mb:,} MB, Linux {it.kernel}, load {it.load:.1f}")
    print(f"Python {it.python}, " + ", ".join(f"{name} {version}" for name, version in it.packages.items()))


if __name__ == "__main__":
    main()

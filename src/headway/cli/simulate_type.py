"""`headway simulate TYPE`: an operation type of your own, killed at every moment; and what came of it, for people."""

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import msgspec

from headway.cli.output import said
from headway.domain import own_types
from headway.engine.declare import OperationType
from headway.errors import Invalid
from headway.testing.simulation.breach import INVARIANTS, OF_A_TYPE
from headway.testing.simulation.killing import BACK, ELSEWHERE, Case, Life, case_of
from headway.testing.simulation.trying import again, tried
from headway.testing.simulation.witness import Moment
from headway.testing.trial import Trial, of_type


class Broken(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that did not hold, in the first of the cases in which it broke so."""

    rule: str
    meaning: str
    happened: str
    told: str
    seed: str
    cases: int
    """How many."""


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a type, as JSON."""

    type: str
    cases: int
    broken: list[Broken]
    trace: list[Moment] = []


def trial_of(name: str, params: str, known: Sequence[str]) -> Trial[Any, Any]:
    """The trial of that name, or that of the type: `module:NAME`, or the name of one of the `known`. Invalid."""
    sys.path.insert(0, str(Path.cwd()))
    found = own_types.at(name) if ":" in name else _among(name, known)
    if isinstance(found, Trial):
        return found  # pyright: ignore[reportUnknownVariableType] - of what, only its author knows
    if not isinstance(found, OperationType):
        raise Invalid(type=f"{name} is neither an operation type nor a trial of one")
    try:
        return of_type(found, msgspec.json.decode(params, type=dict[str, Any]))
    except msgspec.DecodeError as error:
        raise Invalid(params=str(error)) from error


def _among(name: str, known: Sequence[str]) -> object:
    types = [own_types.at(path) for path in known]
    found = [type for type in types if isinstance(type, OperationType) and type.name == name]
    if not found:
        raise Invalid(type=f"{name} is none of the operation_types in the settings; or say module:NAME")
    return found[0]  # pyright: ignore[reportUnknownVariableType]


def try_all(name: str, trial: Trial[Any, Any], *, cases: int, zombies: bool, as_json: bool) -> bool:
    """Try it; what is broken is told, each thing once. Whether anything is."""
    began, count = time.monotonic(), 0
    broken: dict[tuple[str, str], list[Life]] = {}
    for life in tried(trial, cases_max=cases, zombies=zombies):
        count += 1
        if life.rule is not None:
            broken.setdefault((life.rule, life.doing), []).append(life)
    found = [_broken(lives[0], len(lives)) for lives in broken.values()]
    if as_json:
        said(msgspec.json.encode(Tried(type=trial.type.name, cases=count, broken=found)))
        return bool(found)
    for it in found:
        _tell(name, it)
    took, many = time.monotonic() - began, sum(map(len, broken.values()))
    click.echo(f"{trial.type.name}: {count} cases, {many} broken, {took:.0f} s")
    return bool(broken)


def try_one(name: str, trial: Trial[Any, Any], seed: str, *, trace: bool, as_json: bool) -> bool:
    """Try one case again; whether something is broken. Invalid for what is no seed."""
    try:
        case = case_of(seed)
    except ValueError as error:
        raise Invalid(seed=str(error)) from error
    life = again(trial, case)
    found = [_broken(life, 1)] if life.rule is not None else []
    moments = life.trace if trace else []
    if as_json:
        said(msgspec.json.encode(Tried(type=trial.type.name, cases=1, broken=found, trace=moments)))
        return bool(found)
    for moment in moments:
        click.echo(str(moment))
    for it in found:
        _tell(name, it)
    click.echo(f"{trial.type.name}: {life.case}: {'broken' if life.rule else 'as it should be'}")
    return bool(found)


def _broken(life: Life, cases: int) -> Broken:
    assert life.rule is not None
    return Broken(
        rule=life.rule,
        meaning=OF_A_TYPE.get(life.rule) or INVARIANTS[life.rule],
        happened=happened(life.case, life.doing),
        told=life.told,
        seed=str(life.case),
        cases=cases,
    )


def _tell(name: str, it: Broken) -> None:
    click.echo(f"{it.rule}: {it.meaning}\n  {it.happened}\n  {it.told}")
    if it.cases > 1:
        click.echo(f"  the same in {it.cases - 1} cases more")
    click.echo(f"  again: headway simulate {name} --seed {it.seed} --trace\n")


def happened(case: Case, doing: str) -> str:
    """What befell it, in a sentence."""
    parts = [f"step {case.fails} does its work and then fails"] if case.fails is not None else []
    if case.cancels is not None:
        parts.append(f"it is cancelled at moment {case.cancels}")
    if case.dies is not None:
        then = {BACK: "its process is killed", ELSEWHERE: "its node is lost, another one takes over"}
        frozen = "its process is frozen, another one takes over, it wakes"
        parts.append(f"{then.get(case.then, frozen)} at moment {case.dies}, when it {doing}".strip())
    return "; ".join(parts) or "nothing goes wrong"

"""`headway pools simulate`: a made-up crowd that works in a pool."""

from pathlib import Path
from typing import Any

import click
import msgspec

from headway.cli.client import Client, Declined
from headway.cli.labelling import Door, Labelling, let_in
from headway.cli.output import as_json as json_option
from headway.cli.output import said
from headway.cli.remote import remote
from headway.clock import SystemClock
from headway.errors import Invalid, Refusal
from headway.model.specs import Fields
from headway.testing.crowd import Crowd, Known, Person, crowd, key_of, matrix, questions
from headway.testing.shift import Foreman, Shift

NOT_FOUND = 404
JSON_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@remote
@click.argument("pool")
@click.option("--people", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many.")
@click.option(
    "--accuracy",
    type=click.FloatRange(0, 1),
    default=0.8,
    show_default=True,
    help="How often they are right; each a little more or less.",
)
@click.option("--people-file", type=JSON_FILE, help="Who they are and how they err, instead: a JSON list.")
@click.option("--known", type=JSON_FILE, help="Tasks whose right answers are known: a JSON list.")
@click.option(
    "--skips", type=click.FloatRange(0, 1), default=0.0, show_default=True, help="How often they give back."
)
@click.option(
    "--pace", type=click.FloatRange(0), default=0.0, show_default=True, help="Seconds that a task takes."
)
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same answers.")
@click.option("--by-turns", is_flag=True, help="One after another, so that who gets what is the same, too.")
@json_option
async def simulate(client: Client, pool: str, *, as_json: bool, **how: Any) -> None:
    """Let a made-up crowd answer what is open in POOL, until there is nothing for any of them.

    How each of them errs is known, and told with --json: what is made of their answers can be judged by it.
    """
    people = _people(**how)
    async with Labelling.at(client.url, client.token) as labelling:
        fields = await _fields(labelling, pool)
        of = questions(people.seed, fields, _read(how["known"], list[Known]) if how["known"] else ())
        async with let_in(client, [it.name for it in people.people]) as tokens:
            door = Door(labelling, pool, tokens)
            foreman = Foreman(people, of, door, SystemClock(), pace=how["pace"])
            shift = await watched(foreman, by_turns=how["by_turns"])
    told = report(people, fields, shift)
    said(msgspec.json.encode(told)) if as_json else click.echo(summary(shift))


async def _fields(labelling: Labelling, pool: str) -> Fields:
    try:
        return await labelling.fields(pool)
    except Declined as refusal:
        if refusal.status != NOT_FOUND:
            raise
        raise Refusal(f"there is no open pool {pool}: open it first") from refusal


def _people(*, people: int, accuracy: float, people_file: Path | None, **how: Any) -> Crowd:
    if people_file is None:
        return crowd(how["seed"], people, accuracy, how["skips"])
    return Crowd(how["seed"], tuple(_read(people_file, list[Person])), how["skips"])


def _read(file: Path, type: Any) -> Any:
    try:
        return msgspec.json.decode(file.read_bytes(), type=type)
    except msgspec.DecodeError as error:
        raise Invalid(file=f"{file}: {error}") from error


async def watched(foreman: Foreman, *, by_turns: bool = False) -> Shift:
    """Let them work, and tell on a terminal how far they are; what they have done."""
    from rich.console import Console  # noqa: PLC0415 - what draws is a fifth of all that is read at start

    with Console(stderr=True).status("…") as status:
        shift = Shift(lambda shift: status.update(summary(shift)))
        await (foreman.by_turns(shift) if by_turns else foreman.all_at_once(shift))
    return shift


def summary(shift: Shift) -> str:
    """What they have done, in a line."""
    back = f", {shift.skipped} given back" if shift.skipped else ""
    return f"{len(shift.answered)} people have answered {shift.tasks} tasks in {shift.suites} suites{back}"


def report(people: Crowd, fields: Fields, shift: Shift) -> dict[str, Any]:
    """The same, and who they are: how many tasks each has answered, and how often they say what instead of what."""
    return {
        "seed": people.seed,
        "tasks": shift.tasks,
        "suites": shift.suites,
        "skipped": shift.skipped,
        "people": [
            {
                "name": it.name,
                "accuracy": it.accuracy,
                "answered": shift.answered[it.name],
                "confusion": {
                    name: _shown(people, it, name, spec.labels)
                    for name, spec in fields.items()
                    if spec.labels
                },
            }
            for it in people.people
        ],
    }


def _shown(people: Crowd, person: Person, name: str, labels: list[Any]) -> dict[str, dict[str, float]]:
    keys = [key_of(label) for label in labels]
    rows = matrix(people.seed, person, name, labels)
    return {key: dict(zip(keys, row, strict=True)) for key, row in zip(keys, rows, strict=True)}

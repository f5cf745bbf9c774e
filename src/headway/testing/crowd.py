"""A seeded crowd: people who answer tasks as known confusion matrices say. The same seed gives the same answers.

What somebody answers depends on the seed, on who they are and on what is asked; not on when it is asked, nor on who
else works. So what is made of the answers can be judged by what the people are known to be, and a run can be repeated.
"""

import math
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from headway.errors import Invalid
from headway.model.specs import Fields, FieldSpec

Matrix = dict[str, dict[str, float]]
"""For each right label how often each label is said; labels that are no text as JSON has them (`true`, `3`)."""
MADE_UP = "crowd-"
"""What the names of people begin with who are made up here."""
SPREAD = 0.1
"""People are right more or less often than the crowd by up to this."""
_NEAR_ONE = 1e-6
_WIDE = 1000


class Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody who works. How they err in a field is said by its matrix; elsewhere they are right by `accuracy`."""

    name: str
    accuracy: float = 0.8
    confusion: dict[str, Matrix] = {}


class Crowd(msgspec.Struct, frozen=True):
    """People, the seed of all their doings, and how often one of them gives back what they were given."""

    seed: int
    people: tuple[Person, ...]
    skips: float = 0.0


class Known(msgspec.Struct, frozen=True):
    """A task whose right answer is known: what is asked, of what people see, and the answer."""

    input_values: dict[str, Any]
    output_values: dict[str, Any]


class Questions(msgspec.Struct, frozen=True):
    """What is asked of the crowd: the fields of an answer, and what is known of the right ones."""

    seed: int
    fields: Fields
    known: dict[str, dict[str, Any]]

    def right(self, asked: Mapping[str, Any], name: str, labels: Sequence[Any]) -> int:
        """Which label is right there: the known one, or one that the seed draws for this task."""
        said = self.known.get(text_of(asked), {}).get(name)
        if said in labels:
            return labels.index(said)
        return _lot(self.seed, "right", name, text_of(asked)).randrange(len(labels))


def crowd(seed: int, count: int, accuracy: float, skips: float = 0.0) -> Crowd:
    """So many people who are right about that often, each a little more or less."""
    lot = _lot(seed, "people")
    shares = [min(1.0, max(0.0, accuracy + lot.uniform(-SPREAD, SPREAD))) for _ in range(count)]
    people = [Person(f"{MADE_UP}{seed}-{n:03}", round(share, 4)) for n, share in enumerate(shares, 1)]
    return Crowd(seed, tuple(people), skips)


def questions(seed: int, fields: Fields, known: Sequence[Known] = ()) -> Questions:
    """What is asked in a pool with these fields of an answer."""
    return Questions(seed, fields, {text_of(it.input_values): it.output_values for it in known})


def matrix(seed: int, person: Person, name: str, labels: Sequence[Any]) -> list[list[float]]:
    """How somebody answers a field: a row for each right label, in it how often each label is said.

    Invalid where a row of theirs does not add up to 1, or has a label that the field does not have.
    """
    return [_row(seed, person, name, labels, right) for right in range(len(labels))]


def _row(seed: int, person: Person, name: str, labels: Sequence[Any], right: int) -> list[float]:
    """Theirs, or right as often as they are; the rest goes to the others, to some more than to others."""
    keys = [key_of(label) for label in labels]
    if theirs := person.confusion.get(name, {}).get(keys[right]):
        return _checked(person, name, theirs, keys)
    if len(keys) == 1:
        return [1.0]
    lot = _lot(seed, person.name, "errs", name, keys[right])
    shares = [0.0 if n == right else lot.uniform(0.5, 1.5) for n in range(len(keys))]
    missed = (1 - person.accuracy) / sum(shares)
    return [person.accuracy if n == right else share * missed for n, share in enumerate(shares)]


def _checked(person: Person, name: str, row: Mapping[str, float], keys: Sequence[str]) -> list[float]:
    if unknown := row.keys() - set(keys):
        raise Invalid(confusion=f"{person.name}: {name} cannot be {', '.join(sorted(unknown))}")
    found = [row.get(key, 0.0) for key in keys]
    if min(found) < 0 or abs(sum(found) - 1) > _NEAR_ONE:
        raise Invalid(confusion=f"{person.name}: what is said of one label should add up to 1")
    return found


def answer(crowd: Crowd, person: Person, asked: Mapping[str, Any], of: Questions) -> dict[str, Any]:
    """What that person answers. Invalid where there is a field that nobody could make up a value for."""
    return {
        name: _said(crowd, person, asked, of, name)
        for name, spec in of.fields.items()
        if spec.labels or spec.required
    }


def _said(crowd: Crowd, person: Person, asked: Mapping[str, Any], of: Questions, name: str) -> Any:
    lot = _lot(crowd.seed, person.name, name, text_of(asked))
    labels = of.fields[name].labels
    if not labels:
        return _made_up(lot, name, of.fields[name])
    row = _row(crowd.seed, person, name, labels, of.right(asked, name, labels))
    return lot.choices(labels, row)[0]


def gives_back(crowd: Crowd, person: Person, asked: Sequence[Mapping[str, Any]]) -> bool:
    """Whether that person does not want to answer these tasks."""
    return _lot(crowd.seed, person.name, "skips", text_of(list(asked))).random() < crowd.skips


def patience(crowd: Crowd, person: Person, asked: Sequence[Mapping[str, Any]]) -> float:
    """How much longer than usual they take for these tasks: half as long to half as long again."""
    return _lot(crowd.seed, person.name, "takes", text_of(list(asked))).uniform(0.5, 1.5)


def text_of(asked: Any) -> str:
    """The same text for the same values, whatever their order."""
    return msgspec.json.encode(asked, order="deterministic").decode()


def key_of(label: Any) -> str:
    """A label as a key of a matrix."""
    return label if isinstance(label, str) else msgspec.json.encode(label).decode()


def _lot(seed: int, *about: str) -> random.Random:
    return random.Random("\n".join((str(seed), *about)))  # noqa: S311


def _made_up(lot: random.Random, name: str, spec: FieldSpec) -> Any:
    """Some value that the field takes, where there is no right one."""
    if spec.type.startswith("array_"):
        one = msgspec.structs.replace(spec, type=spec.type.removeprefix("array_"))
        return [lot.choice(one.labels) if one.labels else _made_up(lot, name, one)] * (spec.min_size or 1)
    number = lot.randrange(_WIDE)
    if spec.type not in VALUES or spec.pattern is not None:
        raise Invalid(fields=f"the crowd cannot make up values of {name} ({spec.type})")
    return VALUES[spec.type](number, spec)


def _fitting(text: str, spec: FieldSpec) -> str:
    return text.ljust(spec.min_length or 0, ".")[: spec.max_length or None]


def _bounds(spec: FieldSpec) -> tuple[float, float]:
    """Between which numbers a value lies; where only one is said, the other is some way off."""
    least, most = spec.min_value, spec.max_value
    if least is None:
        return (0 if most is None else most - _WIDE), (_WIDE if most is None else most)
    return least, least + _WIDE if most is None else most


def _whole(number: int, spec: FieldSpec) -> int:
    least, most = (math.ceil(it) for it in _bounds(spec))
    return least + number % max(1, most - least)


def _share(number: int, spec: FieldSpec) -> float:
    least, most = _bounds(spec)
    return least + (most - least) * number / _WIDE


VALUES: dict[str, Callable[[int, FieldSpec], Any]] = {
    "string": lambda number, spec: _fitting(f"seen {number}", spec),
    "url": lambda number, _: f"https://example.com/{number}",
    "integer": _whole,
    "float": _share,
    "json": lambda number, _: {"seen": number},
    "coordinates": lambda number, _: f"{number % 90}.5,{number % 180}.5",
    "file": lambda number, _: f"{number}.jpg",
}
"""How a number becomes a value, by type."""

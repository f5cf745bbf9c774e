"""What requests name: ids, bounds, an order, a limit, objects. What is wrong with a query is told of every parameter."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from headway.errors import NotFound, TooLarge
from headway.ids import parse, show
from headway.model.batches import Options
from headway.model.fields import Errors, FieldError, WrongFields, parsed_time
from headway.model.listing import HIGHEST, MAX, Bounds, Order, Search, Texts
from headway.web import body
from headway.web.ask import Ask

T = TypeVar("T")
MILLISECOND = 1000
NO_BODY = FieldError("not-null-body", "The request needs a body")
_EVERY_ID = range((0xFFFFFFFF * 1000 + 999) << 21)
"""Every id that is shown with as many digits as any other."""
_NUMBER = re.compile(r"-?[0-9]{1,9}")


def id_of(ask: Ask, noun: str, name: str = "id") -> int:
    """The id in the path; NotFound where none is shown like that."""
    id = parse(ask.params[name])
    if id is None:
        raise NotFound(noun)
    return id


class Query:
    """Reads the parameters of one request; `done` refuses them all at once where any is wrong."""

    def __init__(self, ask: Ask) -> None:
        self._query = ask.query
        self.errors: Errors = {}

    def done(self) -> None:
        """WrongFields where a parameter is wrong."""
        if self.errors:
            raise WrongFields(self.errors)

    def wrong(self, name: str, code: str, message: str) -> None:
        """A parameter is wrong."""
        self.errors.setdefault(name, FieldError(code, message))

    def text(self, name: str) -> str:
        """A parameter, empty where it is not there."""
        return self._query.get(name, "")

    def among(self, name: str, table: Mapping[str, T]) -> T | None:
        """What a word stands for."""
        given = self.text(name)
        if given and given not in table:
            self.wrong(name, "unknown-enum-value", f"Value must be one of {', '.join(table)}")
        return table.get(given)

    def several(self, name: str, table: Mapping[str, T]) -> tuple[T, ...]:
        """What each of several words stands for."""
        given = [word.strip() for word in self.text(name).split(",") if word.strip()]
        if any(word not in table for word in given):
            self.wrong(name, "unknown-enum-value", f"Values must be among {', '.join(table)}")
        return tuple(table[word] for word in given if word in table)

    def id(self, name: str) -> int | None:
        """An id; 0, which nothing has, where none is shown like that."""
        given = self.text(name)
        return parse(given) or 0 if given else None

    def flag(self, name: str) -> bool:
        """True or false."""
        return self.among(name, {"true": True, "false": False}) or False

    def limit(self, default: int, most: int) -> int:
        """How many are wanted."""
        given = self.text("limit")
        if not given:
            return default
        if not _NUMBER.fullmatch(given):
            self.wrong("limit", "integer-expected", "Value must be an integer")
        elif not 1 <= int(given) <= most:
            self.wrong("limit", "value-out-of-bounds", f"Value must be between 1 and {most}")
        else:
            return int(given)
        return default

    def order(self, *names: str) -> Order:
        """By what is sorted, and whether downwards."""
        wanted = [word.strip() for word in self.text("sort").split(",") if word.strip()]
        order = tuple((word.removeprefix("-"), word.startswith("-")) for word in wanted)
        if any(name not in names for name, _ in order) or len({name for name, _ in order}) < len(order):
            self.wrong("sort", "unknown-enum-value", f"Values must be among {', '.join(names)}, each once")
            return ()
        return order

    def ids(self, name: str = "id") -> Bounds:
        """Between which ids, compared as people see them: as strings."""
        least, most = -1, MAX
        if text := self.text(f"{name}_gte"):
            least = max(least, bisect_left(_EVERY_ID, text, 0, len(_EVERY_ID), key=show))
        if text := self.text(f"{name}_gt"):
            least = max(least, bisect_right(_EVERY_ID, text, 0, len(_EVERY_ID), key=show))
        if text := self.text(f"{name}_lte"):
            most = min(most, bisect_right(_EVERY_ID, text, 0, len(_EVERY_ID), key=show) - 1)
        if text := self.text(f"{name}_lt"):
            most = min(most, bisect_left(_EVERY_ID, text, 0, len(_EVERY_ID), key=show) - 1)
        return Bounds(least, most)

    def texts(self) -> Texts:
        """The same for ids that may be anything."""
        return Texts(
            gt=self.text("id_gt"),
            gte=self.text("id_gte"),
            lt=self.text("id_lt") or HIGHEST,
            lte=self.text("id_lte") or HIGHEST,
        )

    def times(self, *names: str) -> dict[str, Bounds]:
        """From when to when, for each name that is asked for; times count as they are shown: to the millisecond."""
        return {name: bounds for name in names if (bounds := self._times(name)) is not None}

    def numbers(self, name: str) -> Bounds:
        """From how many to how many."""
        found = [self._number(f"{name}_{end}") for end in ("gte", "gt", "lte", "lt")]
        if all(it is None for it in found):
            return Bounds()
        gte, gt, lte, lt = found
        least = max(0, gte or 0, 0 if gt is None else gt + 1)
        most = min(MAX if lte is None else lte, MAX if lt is None else lt - 1)
        return Bounds(least, most)

    def search(
        self,
        *,
        times: tuple[str, ...],
        sorts: tuple[str, ...],
        default: int,
        most: int,
        numbers: tuple[str, ...] = (),
    ) -> Search:
        """All of that."""
        return Search(
            ids=self.ids(),
            times=self.times(*times) | {name: self.numbers(name) for name in numbers},
            order=self.order(*sorts),
            count=self.limit(default, most),
        )

    def _number(self, name: str) -> int | None:
        given = self.text(name)
        if given and not _NUMBER.fullmatch(given):
            self.wrong(name, "integer-expected", "Value must be an integer")
            return None
        return int(given) if given else None

    def _times(self, name: str) -> Bounds | None:
        found = {end: self._time(f"{name}_{end}") for end in ("gte", "gt", "lte", "lt")}
        if all(at is None for at in found.values()):
            return None
        least, most = 0, MAX
        if (at := found["gte"]) is not None:
            least = max(least, -(-at // MILLISECOND) * MILLISECOND)
        if (at := found["gt"]) is not None:
            least = max(least, (at // MILLISECOND + 1) * MILLISECOND)
        if (at := found["lte"]) is not None:
            most = min(most, (at // MILLISECOND + 1) * MILLISECOND - 1)
        if (at := found["lt"]) is not None:
            most = min(most, -(-at // MILLISECOND) * MILLISECOND - 1)
        return Bounds(least, most)

    def _time(self, name: str) -> int | None:
        given = self.text(name)
        if not given:
            return None
        # Where a sign stood a form-decoded query has a blank.
        at = parsed_time(re.sub(r" (\d\d:?\d\d)$", r"+\1", given))
        if at is None:
            self.wrong(name, "invalid-date-time-syntax", "Value must be a date and time, as ISO 8601 has it")
        return at


class Wish:
    """How an upload is meant: its options, and whether it is an operation, and of which id."""

    def __init__(self, ask: Ask) -> None:
        query = Query(ask)
        self.asynchronous = query.flag("async_mode")
        self.options = Options(
            allow_defaults=query.flag("allow_defaults"),
            skip_invalid_items=query.flag("skip_invalid_items"),
            open_pool=query.flag("open_pool"),
        )
        self.operation_id = uuid_of(query) if self.asynchronous else ""
        query.done()


def uuid_of(query: Query) -> str:
    """The id that an operation is to have; empty where none is given."""
    given = query.text("operation_id")
    try:
        found = str(UUID(given)) if given else ""
    except ValueError:
        found = ""
    if given.lower() != found:
        query.wrong("operation_id", "uuid-expected", "Value must be a UUID, as RFC 4122 has it")
    return found


async def value(ask: Ask, bytes_max: int | None = None) -> Any:
    """The JSON that came. TooLarge; Malformed; WrongFields where nothing came."""
    found = await _value(ask, bytes_max)
    if found is None:
        raise WrongFields({"body": NO_BODY})
    return found


async def _value(ask: Ask, bytes_max: int | None = None) -> Any:
    most = bytes_max or ask.world.config.body_bytes_max
    raw = bytearray()
    async for chunk in ask.chunks():
        raw += chunk
        if len(raw) > most:
            raise TooLarge(f"the body is larger than {most} bytes")
    return body.anything(bytes(raw)) if raw else None


async def object_or_nothing(ask: Ask) -> dict[str, Any]:
    """The object that came, an empty one where nothing came; WrongFields where it is none."""
    found = await _value(ask)
    return {} if found is None else _object(found)


async def object_of(ask: Ask) -> dict[str, Any]:
    """The object that came; WrongFields where it is none."""
    return _object(await value(ask))


def _object(found: Any) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise WrongFields({"body": FieldError("object-expected", "The body must be an object")})
    return found


async def objects_of(ask: Ask) -> tuple[list[dict[str, Any]], bool]:
    """The objects that came, and whether it was a single one; WrongFields where it is neither."""
    found = await value(ask, ask.world.config.batch_bytes_max)
    if isinstance(found, dict):
        return [found], True
    if not isinstance(found, list) or not all(isinstance(it, dict) for it in found):
        raise WrongFields({
            "body": FieldError("object-expected", "The body must be an object or a list of objects")
        })
    if not found:
        raise WrongFields({"body": FieldError("array-size-less-than-min", "The list must not be empty")})
    return found, False

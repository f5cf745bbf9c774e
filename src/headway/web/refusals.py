"""The refusals that only HTTP knows, beside the family in `errors.py`."""

import contextlib
from collections.abc import Generator

from headway.errors import NotFound, Refusal, Unavailable
from headway.store.database import StorageFull


class NoSuchPath(NotFound):
    """The dialect has nothing at this path."""

    def __init__(self) -> None:
        super().__init__("path")


class WrongMethod(Refusal):
    """The dialect has the path, and not with this method; `allowed` are those that it has."""

    def __init__(self, method: str, allowed: tuple[str, ...]) -> None:
        self.allowed = allowed
        super().__init__(f"{method} is not possible here, only {', '.join(allowed)}")


class Gone(Refusal):
    """What was called is past its sunset, and switched off."""

    def __init__(self) -> None:
        super().__init__("this path was switched off, the Link header leads to what has taken its place")


class Broken(Refusal):
    """Our own fault: what happened is in the platform's log, under the request's id."""

    def __init__(self) -> None:
        super().__init__("something went wrong on our side, it has been logged")


@contextlib.contextmanager
def disk_full_refused() -> Generator[None]:
    """Say that the disk is full in the family of refusals."""
    try:
        yield
    except StorageFull as error:
        raise Unavailable("the disk is full", retry_after=60) from error

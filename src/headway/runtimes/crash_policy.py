"""What follows when a container ends by itself: run again, at once or later, or give up. Decides; does nothing."""

from collections.abc import Sequence

import msgspec


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done after an end."""

    crashes: int
    """Crashes in a row, this one included."""
    delay_seconds: float | None
    """How long to wait before the next start, or None: the container has crashed too often and stays down."""


def after_end(
    crashes: int, ran_seconds: float, *, delays_seconds: Sequence[float], warm_up_seconds: float
) -> Verdict:
    """The verdict on a container that had crashed `crashes` times in a row and then ran for `ran_seconds`.

    A run that outlives the warm-up makes earlier crashes forgotten. The delay after crash n is entry n-1 of
    `delays_seconds`; a crash beyond the last entry is the last.
    """
    count = 1 if ran_seconds >= warm_up_seconds else crashes + 1
    if count > len(delays_seconds):
        return Verdict(crashes=count, delay_seconds=None)
    return Verdict(crashes=count, delay_seconds=delays_seconds[count - 1])

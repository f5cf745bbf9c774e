"""Ids: 63-bit integers in the order they were made, shown as 24 lower-case hex digits.

An id is 42 bits of milliseconds since 1970 above 21 bits of node and sequence. Shown, the first eight
digits are its second, so that ids sort as strings just as they sort as numbers.
"""

from headway.clock import Clock

NODE_BITS = 8
SEQUENCE_BITS = 13
_LOW_BITS = NODE_BITS + SEQUENCE_BITS
_SEQUENCE_MAX = (1 << SEQUENCE_BITS) - 1
_SHOWN_DIGITS = 24
_REST_MAX = 1000 << _LOW_BITS


class Ids:
    """Makes ids that strictly rise within one process and differ between nodes 0 to 255.

    Up to 8,192 per millisecond; beyond that, and when the clock is set back, ids run ahead of time.
    """

    def __init__(self, clock: Clock, node: int = 0) -> None:
        self._clock = clock
        self.belong_to(node)
        self._millisecond = 0
        self._sequence = 0

    def belong_to(self, node: int) -> None:
        """From now on make ids of this node, which has learned its number."""
        self._node = (node % (1 << NODE_BITS)) << SEQUENCE_BITS

    def next(self) -> int:
        """An id greater than every id made before."""
        now = self._clock.now() // 1000
        if now > self._millisecond:
            self._millisecond, self._sequence = now, 0
        elif self._sequence == _SEQUENCE_MAX:
            self._millisecond, self._sequence = self._millisecond + 1, 0
        else:
            self._sequence += 1
        return self._millisecond << _LOW_BITS | self._node | self._sequence


def first_at(at: int) -> int:
    """The smallest id that can be made at this time, in microseconds UTC since 1970."""
    return at // 1000 << _LOW_BITS


def show(id: int) -> str:
    """The 24 hex digits that people and clients see."""
    milliseconds, low = id >> _LOW_BITS, id & ((1 << _LOW_BITS) - 1)
    second, rest = divmod(milliseconds, 1000)
    return f"{second:08x}{rest << _LOW_BITS | low:016x}"


def parse(shown: str) -> int | None:
    """The id that is shown as `shown`, or None where no id is shown like that."""
    if len(shown) != _SHOWN_DIGITS or not set(shown) <= set("0123456789abcdef"):
        return None
    second, rest = int(shown[:8], 16), int(shown[8:], 16)
    if rest >= _REST_MAX:
        return None
    milliseconds = second * 1000 + (rest >> _LOW_BITS)
    return milliseconds << _LOW_BITS | rest & ((1 << _LOW_BITS) - 1)

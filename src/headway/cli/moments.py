"""Moments as people at this machine read them."""

from datetime import datetime


def clock(at: str) -> str:
    """The time of day here: `12:01:03`."""
    return datetime.fromisoformat(at).astimezone().strftime("%H:%M:%S")


def moment(at: str) -> str:
    """Day and time of day here: `01-02 12:01:03`."""
    return datetime.fromisoformat(at).astimezone().strftime("%m-%d %H:%M:%S")


def seconds(began: str, ended: str) -> float:
    """How long that took."""
    return (datetime.fromisoformat(ended) - datetime.fromisoformat(began)).total_seconds()

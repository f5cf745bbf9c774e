"""What the tests of faults share."""

from tests.faults.figures import figures

__all__ = ["figures"]

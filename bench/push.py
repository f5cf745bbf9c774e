"""`git push` of unchanged code, with nothing to install: all that it takes is the platform's own."""

from bench import push_headway, push_rivals
from bench.contest import Benchmark, Contender, Measure, Size, Within
from bench.push_stages import FAILED, OVER_SSH, RETURNED, SERVES

MILLISECONDS = 500


def benchmark(_size: Size) -> Benchmark:
    """The table."""
    return Benchmark(
        name="push",
        measures=(
            Measure(OVER_SSH, "ms", more_is_better=False),
            Measure(RETURNED, "ms", more_is_better=False),
            Measure(SERVES, "ms", more_is_better=False),
            Measure(FAILED, "requests", more_is_better=False),
        ),
        contenders=(
            Contender("headway", push_headway.opened),
            Contender("daka", push_rivals.daka),
            Contender("a hook of one's own", push_rivals.hook),
            Contender("piku", push_rivals.piku),
        ),
        targets=(
            Within(measure=OVER_SSH, bound=MILLISECONDS),
            Within(measure=RETURNED, bound=MILLISECONDS),
            Within(measure=FAILED, bound=0),
        ),
    )

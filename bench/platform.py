"""Containers, or what others call processes: started, scaled and restarted under load; held while idle; and heard.

Everybody runs the same two apps (`apps/web.py`, `apps/web.js`) in the way its own documentation names for it, told by
its own API and not by a command that has to start first. The ratios of times are theirs over ours.
"""

from bench import platform_headway, platform_rivals
from bench.contest import Ahead, Benchmark, Contender, Measure, Size, Target, Within
from bench.stages import CHANGES, IDLE, LANGUAGES, LINES, LOST, PROCESSOR, failed, memory, ready

TIMES = 0.91
"""A container, and traffic that is led elsewhere and back, may cost a tenth more than a process."""
MEMORY_MB = 60
LINES_PER_SECOND = 1_000_000
RIVALS = {"python": ("supervisor", "circus"), "node": ("pm2",)}

MEASURES = (
    *(
        measure
        for language in LANGUAGES
        for change in CHANGES
        for measure in (
            Measure(ready(language, change), "ms", more_is_better=False),
            Measure(failed(language, change), "requests", more_is_better=False),
        )
    ),
    *(Measure(memory(number), "MB", more_is_better=False) for number in IDLE),
    Measure(PROCESSOR, "ms a minute", more_is_better=False),
    Measure(LINES, "lines/s"),
    Measure(LOST, "lines", more_is_better=False),
)

TARGETS: tuple[Target, ...] = (
    *(
        Ahead(measure=ready(language, change), rival=rival, times=TIMES)
        for language in LANGUAGES
        for change in CHANGES
        for rival in RIVALS[language]
    ),
    *(Within(measure=failed(language, change), bound=0) for language in LANGUAGES for change in CHANGES[1:]),
    Within(measure=memory(20), bound=MEMORY_MB),
    Within(measure=LINES, bound=LINES_PER_SECOND),
    Within(measure=LOST, bound=0),
)


def benchmark(_size: Size) -> Benchmark:
    """The table."""
    return Benchmark(
        name="platform",
        measures=MEASURES,
        contenders=(
            Contender("headway", platform_headway.opened),
            Contender("bare processes", platform_rivals.bare),
            Contender("supervisor", platform_rivals.supervisor),
            Contender("circus", platform_rivals.circus),
            Contender("pm2", platform_rivals.pm2),
            Contender("piku", platform_rivals.piku),
        ),
        targets=TARGETS,
    )

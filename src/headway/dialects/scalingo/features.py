"""What the platform offers: stacks, sizes, metrics."""

from headway.dialects.scalingo import project
from headway.dialects.scalingo.wire import containers as wire_containers
from headway.dialects.scalingo.wire import features as wire
from headway.model.sizes import SIZES
from headway.model.stacks import DEFAULT_STACK, STACKS
from headway.web.ask import Ask
from headway.web.body import Answer, answer
from headway.web.says import Says

METRICS = [
    wire.Metric(id="cpu", label="CPU", suffix="%", type="container"),
    wire.Metric(id="memory", label="Memory", suffix="B", type="container"),
    wire.Metric(id="swap", label="Swap", suffix="B", type="container"),
    wire.Metric(id="router", label="Requests per minute", suffix="RPM", type="app"),
]


@Says(wire.StacksReply)
async def stacks(_ask: Ask) -> Answer:
    """All stacks."""
    return answer(wire.StacksReply([project.stack(stack, DEFAULT_STACK) for stack in STACKS.values()]))


@Says(wire_containers.SizesReply)
async def container_sizes(_ask: Ask) -> Answer:
    """All sizes, smallest first."""
    return answer(wire_containers.SizesReply([project.container_size(size) for size in SIZES.values()]))


@Says(wire.MetricsReply)
async def metrics(_ask: Ask) -> Answer:
    """All metrics."""
    return answer(wire.MetricsReply(METRICS))

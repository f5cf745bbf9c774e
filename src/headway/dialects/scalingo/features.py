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
    wire.Metric(id="cpu", label="CPU", suffix="%", type="global"),
    wire.Metric(id="memory", label="Memory", suffix="B", type="global"),
    wire.Metric(id="swap", label="Swap", suffix="B", type="global"),
    wire.Metric(id="router", label="Requests per minute by status", suffix="RPM", type="router"),
    wire.Metric(id="requests", label="Response time", suffix="ms", type="router"),
    wire.Metric(id="5XX", label="Server errors", suffix="RPM", type="router"),
    wire.Metric(id="all", label="Requests per minute", suffix="RPM", type="router"),
    wire.Metric(id="rpm_per_container", label="RPM per container", suffix="RPM", type="router"),
    wire.Metric(
        id="p95_response_time", label="95th percentile of response times", suffix="ms", type="router"
    ),
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

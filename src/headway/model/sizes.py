"""Container sizes: what a container of each may use."""

import msgspec

MEGABYTE = 1 << 20


class Size(msgspec.Struct, frozen=True, kw_only=True):
    """A container size. CPU is a weight, never a cap; 100 is the standard share."""

    name: str
    human_name: str
    memory_bytes: int
    pids: int
    cpu_weight: int
    human_cpu: str
    ordinal: int


SIZES: dict[str, Size] = {
    size.name: size
    for size in (
        Size(
            name="S",
            human_name="Small",
            memory_bytes=256 * MEGABYTE,
            pids=128,
            cpu_weight=50,
            human_cpu="Low",
            ordinal=1,
        ),
        Size(
            name="M",
            human_name="Medium",
            memory_bytes=512 * MEGABYTE,
            pids=256,
            cpu_weight=100,
            human_cpu="Standard",
            ordinal=2,
        ),
        Size(
            name="L",
            human_name="Large",
            memory_bytes=1024 * MEGABYTE,
            pids=512,
            cpu_weight=100,
            human_cpu="Standard",
            ordinal=3,
        ),
        Size(
            name="XL",
            human_name="Extra Large",
            memory_bytes=2048 * MEGABYTE,
            pids=1024,
            cpu_weight=200,
            human_cpu="High",
            ordinal=4,
        ),
        Size(
            name="2XL",
            human_name="2X Large",
            memory_bytes=4096 * MEGABYTE,
            pids=2048,
            cpu_weight=200,
            human_cpu="High",
            ordinal=5,
        ),
    )
}
DEFAULT_SIZE = "M"

"""Container types, containers and sizes on the wire."""

from typing import Any

import msgspec


class ContainerType(msgspec.Struct, kw_only=True):
    """How many containers of a type an app runs."""

    id: str
    app_id: str
    name: str
    amount: int
    size: str
    command: str


class Formation(msgspec.Struct):
    """All types of an app."""

    containers: list[ContainerType]


class ContainerSize(msgspec.Struct, kw_only=True):
    """One size. Prices are zero: the machine is yours."""

    id: str
    name: str
    human_name: str
    human_cpu: str
    memory: int
    swap: int
    pids_limit: int
    ordinal: int
    hourly_price: int = 0
    thirtydays_price: int = 0
    sku: str
    pricings: list[Any] = []


class SizesReply(msgspec.Struct):
    """All sizes."""

    container_sizes: list[ContainerSize]


class Container(msgspec.Struct, kw_only=True):
    """One running copy. Clients find it by `label`, and crash where `created_at` is null."""

    id: str
    app_id: str
    type: str
    type_index: int
    label: str
    created_at: str
    deleted_at: None = None
    state: str
    size: str
    command: str
    container_size: ContainerSize


class ContainersReply(msgspec.Struct):
    """What runs now."""

    containers: list[Container]


class Wanted(msgspec.Struct, kw_only=True):
    """What is asked of one type. Clients send zero values for what they leave alone."""

    name: str
    amount: int | None = None
    size: str | None = None


class Scale(msgspec.Struct):
    """The types to be scaled."""

    containers: list[Wanted]


class Restart(msgspec.Struct):
    """What is to be restarted; nothing means everything."""

    scope: list[str] | None = None


class Kill(msgspec.Struct):
    """Which signal is to be sent."""

    signal: str

"""Operation types of somebody else's, from packages that the settings name: `reports.operations:EXPORT`.

Nothing is looked for: what is not named is not there, and what is named and cannot be loaded stops the start.
"""

import importlib
from collections.abc import Iterable, Mapping
from typing import Any

from headway.domain.catalog import CATALOG
from headway.engine.declare import OperationType
from headway.errors import Invalid


def catalog_with(named: Iterable[str]) -> Mapping[str, OperationType[Any, Any]]:
    """Every type of ours and those that are named. Invalid for one that cannot be loaded, or whose name is taken."""
    catalog: dict[str, OperationType[Any, Any]] = dict(CATALOG)
    for path in named:
        type = _loaded(path)
        if type.name in catalog:
            raise Invalid(operation_types=f"{path}: there is a type called {type.name} already")
        catalog[type.name] = type
    return catalog


def _loaded(path: str) -> OperationType[Any, Any]:
    found = at(path)
    if not isinstance(found, OperationType):
        raise Invalid(operation_types=f"{path}: is no operation type")
    return found  # pyright: ignore[reportUnknownVariableType] - of which params, only its author knows


def at(path: str) -> object:
    """What a module has under a name; Invalid where it cannot be loaded."""
    module, colon, name = path.partition(":")
    if not (module and colon and name):
        raise Invalid(
            operation_types=f"{path}: should be a module and a name, like reports.operations:EXPORT"
        )
    try:
        return getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise Invalid(operation_types=f"{path}: {error}") from error

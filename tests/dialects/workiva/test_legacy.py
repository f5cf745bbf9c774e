"""The one declaration of what is to be switched off."""

from typing import Any

import pytest

from headway.config import Config
from headway.dialects.workiva.legacy import DEPRECATED, both, sunset_of
from headway.errors import Invalid


def test_the_days_are_those_of_the_documents() -> None:
    assert (DEPRECATED, sunset_of(Config())) == (1770854400, 1864512000)


@pytest.mark.parametrize("given", ["", "soon", "2029-01-31T00:00:00", "2026-02-11T00:00:00Z"])
def test_another_sunset_has_to_be_a_time_behind_the_deprecation(given: str) -> None:
    with pytest.raises(Invalid) as refused:
        sunset_of(Config(workiva_sunset=given))
    assert set(refused.value.fields) == {"workiva_sunset"}


def test_the_end_of_the_day_may_be_meant() -> None:
    assert sunset_of(Config(workiva_sunset="2029-01-31T23:59:59Z")) == 1864598399


def test_each_legacy_path_stands_beside_its_successor() -> None:
    async def handler(_ask: Any) -> Any:
        raise NotImplementedError

    old, new = both("GET", "/things/{id}", handler, "old-things", sunset=1864512000)
    assert (old.path, new.path, new.deprecation) == ("/platform/v1/things/{id}", "/things/{id}", None)
    assert old.deprecation is not None
    assert (old.deprecation.successor, old.deprecation.name) == ("/things/{id}", "old-things")

import pytest

from headway.clock import SystemClock
from headway.config import Config
from headway.dialects.workiva.alone import alone
from headway.errors import Invalid


def test_the_legacy_path_is_marked_and_its_successor_is_not() -> None:
    routes = {it.path: it.deprecation for it in alone(Config(), SystemClock()).routes}
    assert routes["/operations/{operationId}"] is None
    assert routes["/platform/v1/operations/{operationId}"] is not None


def test_a_sunset_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(Invalid):
        alone(Config(workiva_sunset="someday"), SystemClock())

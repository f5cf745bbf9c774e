"""Operations under the ids that their askers know."""

from typing import Any, cast

from headway.model.pool_operations import PoolOperation


def test_details_are_read_from_what_was_written() -> None:
    assert PoolOperation(cast(Any, None), "x", '{"a":1}').said == {"a": 1}
    assert PoolOperation(cast(Any, None), "x").said == {}

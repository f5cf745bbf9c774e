"""Skills."""

from typing import Any

import pytest

from headway.model.fields import WrongFields
from headway.model.skills import checked_skill


@pytest.mark.parametrize("name", [None, 1, " ", "x" * 1001])
def test_a_skill_has_a_name(name: Any) -> None:
    with pytest.raises(WrongFields):
        checked_skill({"name": name})
    assert checked_skill({"name": "cats"}) == "cats"

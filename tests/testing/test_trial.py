from pathlib import Path

import msgspec
import pytest

from headway.testing.trial import asked, contents, difference, of_type, shown
from tests.testing.walls import PAINT, Paint


def test_what_is_there_is_every_file_by_its_path(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b").write_text("c")
    assert contents(tmp_path) == {"a/b": b"c"}


def test_a_difference_is_told_in_a_line() -> None:
    there, wanted = {"a": 1, "b": 2, "c": 3}, {"b": 2, "c": 4, "d": 5}
    assert difference(there, wanted) == "d is missing; a is left; c is 3, and should be 4"
    assert difference([1], [2]) == "[1] is there, and should be [2]"


def test_what_is_long_is_cut_and_its_length_told() -> None:
    assert shown(b"x" * 1000).endswith("…, 1000 long")


async def test_functions_of_the_author_may_be_async() -> None:
    async def one() -> int:
        return 1

    assert [await asked(one()), await asked(2)] == [1, 2]


def test_the_trial_of_a_bare_type_asks_for_given_params() -> None:
    assert of_type(PAINT, {"wall": "south"}).asks == [Paint(wall="south")]
    with pytest.raises(msgspec.ValidationError):
        of_type(PAINT, {"wall": 5})

from collections.abc import Iterator
from contextlib import contextmanager

from bench.contest import Benchmark, Contender, Left, Measure, Place, Round, Size, hold, steady


def refusing(place: Place) -> Iterator[Round]:
    raise Left("there is none")


def benchmark(*contenders: Contender) -> Benchmark:
    return Benchmark(name="b", measures=(Measure("n", ""),), contenders=contenders)


def test_contenders_take_their_rounds_by_turns() -> None:
    said: list[str] = []
    names = ("ours", "theirs")
    contenders = [
        Contender(name, steady(lambda place, name=name: said.append(name) or {"n": len(said)}))
        for name in names
    ]
    outcome = hold(benchmark(*contenders), Size(rounds=2))
    assert said == ["ours", "theirs", "ours", "theirs"]
    assert outcome.taken == {"ours": [{"n": 1}, {"n": 3}], "theirs": [{"n": 2}, {"n": 4}]}


def test_who_cannot_be_had_is_left_with_the_reason() -> None:
    there = Contender("there", steady(lambda place: {"n": 1}))
    outcome = hold(benchmark(there, Contender("absent", contextmanager(refusing))), Size(rounds=1))
    assert (outcome.taken, outcome.left) == ({"there": [{"n": 1}]}, {"absent": "there is none"})


def test_who_gives_up_in_a_round_takes_no_further_part_and_its_rounds_are_kept() -> None:
    count = iter([1])

    def tires(place: Place) -> dict[str, float]:
        for number in count:
            return {"n": number}
        raise Left("tired")

    outcome = hold(benchmark(Contender("one", steady(tires))), Size(rounds=3))
    assert (outcome.taken, outcome.left) == ({"one": [{"n": 1}]}, {"one": "tired"})


def test_each_has_a_folder_of_its_own_that_is_gone_afterwards() -> None:
    places: list[Place] = []
    contenders = [
        Contender(name, steady(lambda place: places.append(place) or {})) for name in ("one", "other")
    ]
    hold(benchmark(*contenders), Size(rounds=1))
    one, other = (place.folder for place in places)
    assert one != other
    assert not one.exists()

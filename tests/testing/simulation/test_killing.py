import pytest

from headway.testing.simulation.killing import Case, case_of, live
from headway.testing.trial import Scene
from tests.testing import walls


@pytest.mark.parametrize("seed", ["a0", "k7", "f2k41x", "c12k41z", "a1f1c2k3", "c5"])
def test_a_case_is_told_as_a_seed_and_read_from_it(seed: str) -> None:
    assert str(case_of(seed)) == seed


@pytest.mark.parametrize("seed", ["", "41", "k", "k4y", "kx"])
def test_what_is_no_seed_is_refused(seed: str) -> None:
    with pytest.raises(ValueError, match="no seed"):
        case_of(seed)


def test_the_same_case_is_the_same_history() -> None:
    first, second = (live(walls.GOOD, case_of("c22k33x")) for _ in range(2))
    assert first.trace == second.trace
    assert first.moments == 33


def test_one_that_was_taken_over_is_ended_by_another_node() -> None:
    life = live(walls.GOOD, Case(dies=39, then="x"))
    claims = [it.what for it in life.trace if "taken_over" in it.what]
    assert life.rule is None
    assert len(claims) == 1
    assert "node=1 dead=2" in claims[0]


def test_a_zombie_that_does_not_look_at_its_fence_is_found() -> None:
    async def look(scene: Scene) -> list[str]:
        return sorted(it.name for it in scene.folder.iterdir())

    trial = walls.trial(walls.paint, walls.wash, look=look)
    lives = [live(trial, Case(cancels=at, dies=at + 1, then="z")) for at in range(4, 20, 2)]
    assert any(life.rule == "undone" and "plaster" in life.told for life in lives)


def test_a_step_that_never_gives_the_loop_back_is_stopped() -> None:
    life = live(walls.trial(walls.stare, None), Case(), cpu_seconds=1.5)
    assert (life.rule, "does “paint”" in life.told) == ("everything-ends", True)

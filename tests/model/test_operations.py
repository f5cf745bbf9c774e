from headway.model.operations import NEXT, Phase


def test_every_phase_has_its_line_in_the_table() -> None:
    assert set(NEXT) == set(Phase)


def test_a_phase_is_never_left_for_an_earlier_one() -> None:
    assert all(later > phase for phase, nexts in NEXT.items() for later in nexts)


def test_exactly_the_terminal_phases_are_never_left() -> None:
    assert {phase for phase, nexts in NEXT.items() if not nexts} == {it for it in Phase if it.terminal}

"""From several answers to one, weighed by skill."""

import pytest

from headway.model.weighing import known_before, numbered, skill_of, weighed, weighted

OK, BAD, NOT_FOUND = range(3)
LABELS = {"result": ["OK", "BAD", "404"]}


@pytest.mark.parametrize(
    ("said", "winner", "confidence"),
    [
        ([(OK, 0.7), (OK, 0.9)], OK, 0.97674),
        ([(OK, 0.7), (BAD, 0.9)], BAD, 0.76056),
        ([(OK, 0.7), (BAD, 0.9), (BAD, 0.8)], BAD, 0.96214),
    ],
)
def test_by_skill_as_the_vendor_documents_it(
    said: list[tuple[int, float]], winner: int, confidence: float
) -> None:
    found = weighted(said, 3)
    assert found[0] == winner
    assert found[1] == pytest.approx(confidence, abs=0.000005)


def test_two_who_are_never_wrong_and_disagree_are_equally_likely_right_and_the_first_value_wins() -> None:
    assert weighted([(BAD, 1.0), (OK, 1.0)], 2) == (OK, pytest.approx(0.5))


def test_the_one_with_most_skill_behind_it_need_not_be_the_most_likely() -> None:
    assert weighted([(OK, 0.5), (OK, 0.5), (BAD, 0.95)], 2) == (OK, pytest.approx(0.05))


def test_of_one_label_one_is_sure() -> None:
    assert weighted([(0, 0.5)], 1) == (0, 1.0)


def test_many_answers_are_no_trouble() -> None:
    winner, confidence = weighted([(OK, 0.9)] * 20_000 + [(BAD, 0.9)] * 10_000, 3)
    assert (winner, confidence) == (OK, pytest.approx(1.0))


def test_somebody_whose_skill_nobody_knows_is_right_half_the_time() -> None:
    assert (skill_of({"ann": 80}, "ann"), skill_of({}, "bob")) == (0.8, 0.5)


def test_each_field_is_found_by_itself_and_their_confidences_are_multiplied() -> None:
    fields = LABELS | {"adult": [True, False]}
    said = [
        (numbered({"result": "OK", "adult": False}, fields), 0.7),
        (numbered({"result": "OK"}, fields), 0.9),
    ]
    assert weighed(said, fields) == ({"result": "OK", "adult": False}, pytest.approx(0.97674 * 0.7, abs=1e-5))


def test_what_nobody_has_answered_is_not_sure() -> None:
    assert weighed([], LABELS) == ({}, 0.0)
    assert weighed([((-1,), 0.9)], LABELS) == ({}, 0.0)


def test_what_was_said_beforehand_is_one_more_answer() -> None:
    content = {
        "baseline_solutions": [
            {"output_values": {"result": "BAD"}, "confidence_weight": 0.8},
            {"output_values": {"result": "404"}},
        ]
    }
    assert known_before(content, LABELS) == [((BAD,), 0.8), ((NOT_FOUND,), 1.0)]
    assert known_before({}, LABELS) == []

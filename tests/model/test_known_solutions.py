"""Control tasks made of answers."""

from headway.ids import show
from headway.model.known_solutions import balanced, copied, usual_count


def test_labels_take_turns_and_the_surest_of_each_come_first() -> None:
    sure = [("cat", 1), ("cat", 2), ("dog", 3), ("cat", 4), ("cow", 5)]
    assert balanced(sure, 4) == [1, 5, 3, 2]
    assert balanced(sure, 9) == [1, 5, 3, 2, 4]
    assert balanced([], 3) == []


def test_a_tenth_of_the_tasks_and_at_least_one() -> None:
    assert [usual_count(count) for count in (0, 1, 10, 11, 1000)] == [1, 1, 1, 2, 100]


def test_a_copy_asks_the_same_knows_the_answer_and_names_its_origin() -> None:
    content = {
        "input_values": {"image": "x"},
        "reserved_for": ["ann"],
        "baseline_solutions": [{"output_values": {"result": "dog"}}],
        "origin_task_id": "another",
    }
    assert copied(7, content, {"result": "cat"}) == {
        "input_values": {"image": "x"},
        "reserved_for": ["ann"],
        "known_solutions": [{"output_values": {"result": "cat"}, "correctness_weight": 1}],
        "origin_task_id": show(7),
    }

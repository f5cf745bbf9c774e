"""A crowd answers as its matrices say, and the same each time."""

from collections import Counter
from typing import Any

import pytest

from headway.errors import Invalid
from headway.model.specs import Fields, FieldSpec, check_values
from headway.testing.crowd import (
    Crowd,
    Known,
    Person,
    answer,
    crowd,
    gives_back,
    key_of,
    matrix,
    patience,
    questions,
)

ANIMALS = ["cat", "dog", "cow"]
FIELDS: Fields = {"result": FieldSpec("string", allowed_values=ANIMALS), "sure": FieldSpec("boolean")}
ANN = Person("ann", 0.9)


def asked(n: int) -> dict[str, Any]:
    return {"image": f"https://example.com/{n}"}


def test_the_same_seed_gives_the_same_people_and_the_same_answers() -> None:
    first, second = (crowd(7, 5, 0.8, 0.1) for _ in range(2))
    assert first == second
    assert len({it.name for it in first.people}) == 5
    of = questions(7, FIELDS)
    for person in first.people:
        assert [answer(first, person, asked(n), of) for n in range(20)] == [
            answer(second, person, asked(n), questions(7, FIELDS)) for n in range(20)
        ]
        assert patience(first, person, [asked(1)]) == patience(second, person, [asked(1)])


def test_another_seed_gives_others() -> None:
    of, other = questions(1, FIELDS), questions(2, FIELDS)
    one, two = Crowd(1, (ANN,)), Crowd(2, (ANN,))
    assert [answer(one, ANN, asked(n), of) for n in range(20)] != [
        answer(two, ANN, asked(n), other) for n in range(20)
    ]


def test_people_err_as_their_matrix_says() -> None:
    people, of = Crowd(3, (ANN,)), questions(3, FIELDS)
    said: Counter[tuple[int, str]] = Counter()
    for n in range(1500):
        right = of.right(asked(n), "result", ANIMALS)
        said[right, answer(people, ANN, asked(n), of)["result"]] += 1
    for right, row in enumerate(matrix(3, ANN, "result", ANIMALS)):
        whole = sum(said[right, label] for label in ANIMALS)
        assert whole > 350
        assert sum(row) == pytest.approx(1)
        assert row[right] == 0.9
        shares = [said[right, label] / whole for label in ANIMALS]
        assert shares == pytest.approx(row, abs=0.07)


def test_a_matrix_that_is_given_is_the_one() -> None:
    contrary = Person(
        "bob", confusion={"result": {"cat": {"dog": 1}, "dog": {"cat": 1}, "cow": {"cow": 0.5, "cat": 0.5}}}
    )
    assert matrix(1, contrary, "result", ANIMALS) == [[0, 1, 0], [1, 0, 0], [0.5, 0, 0.5]]


@pytest.mark.parametrize("rows", [{"cat": {"cat": 0.5}}, {"cat": {"cat": 2, "dog": -1}}, {"cat": {"owl": 1}}])
def test_a_matrix_that_cannot_be_is_refused(rows: Any) -> None:
    with pytest.raises(Invalid):
        matrix(1, Person("bob", confusion={"result": rows}), "result", ANIMALS)


def test_what_is_known_to_be_right_is_right() -> None:
    known = [Known(asked(n), {"result": "cow"}) for n in range(20)]
    of, people = questions(1, FIELDS, known), Crowd(1, (Person("ann", 1.0),))
    assert {answer(people, people.people[0], asked(n), of)["result"] for n in range(20)} == {"cow"}


def test_some_is_given_back_as_often_as_it_is_said() -> None:
    back = sum(gives_back(Crowd(1, (ANN,), 0.2), ANN, [asked(n)]) for n in range(2000))
    assert 300 < back < 500
    assert not any(gives_back(Crowd(1, (ANN,)), ANN, [asked(n)]) for n in range(100))


def test_every_type_of_field_gets_a_value_that_it_takes() -> None:
    fields: Fields = {
        "text": FieldSpec("string", min_length=3, max_length=7),
        "url": FieldSpec("url"),
        "count": FieldSpec("integer", min_value=3, max_value=900),
        "share": FieldSpec("float", min_value=0.25, max_value=0.5),
        "below": FieldSpec("integer", max_value=-5),
        "json": FieldSpec("json"),
        "where": FieldSpec("coordinates"),
        "file": FieldSpec("file"),
        "several": FieldSpec("array_string", allowed_values=ANIMALS, min_size=2),
        "numbers": FieldSpec("array_float"),
        "one": FieldSpec("boolean", allowed_values=[True]),
        "idle": FieldSpec("string", required=False),
    }
    of, people = questions(1, fields), Crowd(1, (ANN,))
    for n in range(50):
        values, errors = answer(people, ANN, asked(n), of), {}
        check_values(values, fields, "output_values", errors)
        assert not errors
        assert "idle" not in values


def test_what_nobody_can_make_up_is_refused() -> None:
    fields: Fields = {"text": FieldSpec("string", pattern="[0-9]{7}")}
    with pytest.raises(Invalid):
        answer(Crowd(1, (ANN,)), ANN, asked(1), questions(1, fields))


def test_labels_that_are_no_text_have_keys_too() -> None:
    assert [key_of(label) for label in ("cat", True, 3)] == ["cat", "true", "3"]

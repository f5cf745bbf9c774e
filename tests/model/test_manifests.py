"""What a manifest wants, beside what is there."""

from headway.model.manifests import Manifest, Shape, Wanted, defaults, missing, shaped
from tests.records import a_type

TOKENS = {"APP": "my-app", "PARENT_APP": "parent", "PR_NUMBER": "", "URL": "http://my-app.localhost"}
MANIFEST = Manifest(
    file="scalingo.json",
    variables={
        "PLAIN": Wanted(value="v"),
        "EMPTY": Wanted(),
        "KEY": Wanted(generator="secret"),
        "HOME_URL": Wanted(generator="url"),
        "ADMIN_URL": Wanted(generator="url", template="%URL%/admin"),
        "NAMED": Wanted(generator="template", template="%APP% of %PARENT_APP%%PR_NUMBER% at %OTHER%"),
        "NEEDED": Wanted(required=True),
        "NEEDED_TOO": Wanted(required=True, value="has one"),
    },
)


def test_what_is_not_there_is_made_and_nothing_is_set_to_nothing() -> None:
    assert defaults(MANIFEST, {}, TOKENS, lambda: "random") == {
        "PLAIN": "v",
        "KEY": "random",
        "HOME_URL": "http://my-app.localhost",
        "ADMIN_URL": "http://my-app.localhost/admin",
        "NAMED": "my-app of parent at %OTHER%",
        "NEEDED_TOO": "has one",
    }


def test_what_is_there_stays_as_it_is() -> None:
    there = {"PLAIN": "mine", "KEY": "", "HOME_URL": "x", "ADMIN_URL": "x", "NAMED": "x", "NEEDED_TOO": "x"}
    assert defaults(MANIFEST, there, TOKENS, lambda: "random") == {}


def test_what_is_required_and_has_no_value_must_be_there() -> None:
    assert missing(MANIFEST, {}) == ["NEEDED"]
    assert missing(MANIFEST, {"NEEDED": ""}) == ["NEEDED"]
    assert missing(MANIFEST, {"NEEDED": "x"}) == []


def test_what_nobody_has_scaled_gets_its_shape() -> None:
    web, worker, clock = a_type(), a_type(name="worker", amount=0), a_type(name="clock", amount=3)
    shapes = {name: Shape(amount=2, size="L") for name in ("web", "worker", "clock", "other")}
    assert [(it.name, it.amount, it.size) for it in shaped([web, worker, clock], shapes)] == [
        ("web", 2, "L"),
        ("worker", 2, "L"),
        ("clock", 3, "M"),
    ]
    assert shaped([web, worker], {}) == [web, worker]

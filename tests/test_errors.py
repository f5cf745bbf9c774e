from headway import errors


def test_a_refusal_of_fields_carries_every_error_of_every_field() -> None:
    refusal = errors.Invalid(name=["is too short", "is reserved"], size="is unknown")
    assert refusal.fields == {"name": ["is too short", "is reserved"], "size": ["is unknown"]}
    assert str(refusal) == "name is too short, is reserved; size is unknown"


def test_a_thing_that_is_not_there_is_named_where_its_name_is_known() -> None:
    assert str(errors.NotFound("app", "hello")) == "app hello not found"
    assert str(errors.NotFound("operation")) == "operation not found"


def test_a_held_target_is_refused_with_its_holder() -> None:
    busy = errors.Busy("app:1", 7, "app.scale")
    assert (busy.target, busy.holder, busy.holder_type) == ("app:1", 7, "app.scale")
    assert "app.scale" in str(busy)


def test_a_step_that_fails_says_so_to_machines_and_to_people() -> None:
    failure = errors.Failure("timeout-error", "web-1 did not listen")
    assert (failure.code, str(failure)) == ("timeout-error", "web-1 did not listen")

"""What is said of a handler."""

from headway.web.says import Says, said


async def handler() -> None: ...


def test_what_is_said_stays_with_the_handler_and_changes_nothing_of_it() -> None:
    says = Says(int, 201)
    assert says(handler) is handler
    assert said(handler) is says


def test_nothing_is_said_of_most_functions() -> None:
    assert said(print) is None


class Things:
    @Says(str)
    async def get(self) -> None: ...


def test_what_is_said_of_a_method_is_said_of_it_bound() -> None:
    says = said(Things().get)
    assert says is not None
    assert says.reply is str

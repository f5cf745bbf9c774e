from typing import Any, cast

from headway.dialects.headway.alone import alone
from headway.dialects.headway.dialect import headway


def test_it_has_what_the_whole_dialect_has_of_operations_but_beginning_one() -> None:
    stories = cast(Any, None)
    here, whole = ({(it.method, it.path) for it in it.routes} for it in (alone(stories), headway(stories)))
    of_operations = {it for it in whole if "/operations" in it[1] or it[1] == "/headway/v1/events"}
    begins = ("POST", "/headway/v1/operations")
    assert begins in of_operations
    assert {it for it in here if "openapi" not in it[1]} == of_operations - {begins}

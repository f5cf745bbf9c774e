"""How Toloka says no."""

import json
from typing import Any

import pytest

from headway import errors
from headway.dialects.toloka.refuse import SAID, refuse
from headway.model.fields import FieldError, Unfit, WrongFields, WrongItems
from headway.web.refusals import Broken, NoSuchPath, WrongMethod

WRONG = {"a.0.b": FieldError("value-required", "missing")}
TOLD = {"a.0.b": {"code": "VALUE_REQUIRED", "message": "missing"}}


@pytest.mark.parametrize(
    ("refusal", "status", "code", "payload"),
    [
        (WrongFields(WRONG), 400, "VALIDATION_ERROR", TOLD),
        (WrongItems({"3": WRONG}), 400, "VALIDATION_ERROR", {"3": TOLD}),
        (errors.Invalid(user_id="bad"), 400, "VALIDATION_ERROR", {"user_id": {"code": "INVALID_VALUE", "message": "bad"}}),
        (errors.Malformed("no JSON"), 400, "VALIDATION_ERROR", {"body": {"code": "JSON_EXPECTED", "message": "no JSON"}}),
        (Unfit("empty-pool", "empty"), 409, "EMPTY_POOL", None),
        (Unfit("inappropriate-status", "no", appropriate_statuses=["CLOSED"]), 409, "INAPPROPRIATE_STATUS", {"appropriate_statuses": ["CLOSED"]}),
        (errors.Busy("pool:1", 1, "pool.open"), 409, "POOL_LOCKED_BY_ANOTHER_OPERATION", {"operation_type": "POOL.OPEN"}),
        (errors.NotFound("pool"), 404, "DOES_NOT_EXIST", None),
        (NoSuchPath(), 404, "DOES_NOT_EXIST", None),
        (WrongMethod("PUT", ("GET",)), 405, "METHOD_NOT_ALLOWED", None),
        (errors.Unauthenticated("who"), 401, "AUTHENTICATION_ERROR", None),
        (errors.Forbidden("no"), 403, "ACCESS_DENIED", None),
        (errors.TooLarge("big"), 413, "ENTITY_TOO_LARGE", None),
        (errors.TooMany("often"), 429, "TOO_MANY_REQUESTS", None),
        (errors.Unavailable("away"), 503, "REMOTE_SERVICE_UNAVAILABLE", None),
        (Broken(), 500, "INTERNAL_ERROR", None),
    ],
)  # fmt: skip
def test_each_refusal_has_its_status_and_code(
    refusal: errors.Refusal, status: int, code: str, payload: Any
) -> None:
    answer = refuse(refusal)
    said = json.loads(answer.body)
    assert (answer.status, said["code"], said.get("payload")) == (status, code, payload)
    assert b"retry-after" not in {name for name, _ in answer.headers}


def test_every_kind_is_in_the_table() -> None:
    ours = {it for it in vars(errors).values() if isinstance(it, type) and issubclass(it, errors.Refusal)}
    assert ours - set(SAID) <= {errors.KeyReused, errors.Stale}

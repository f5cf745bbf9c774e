"""Our records in Workiva's shapes."""

import uuid

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headway.dialects.workiva import project
from headway.ids import show
from headway.model.files import ROOT, File, Kind
from headway.model.operations import Actor, Detail, Phase
from tests.records import AT, an_operation

ORIGIN = "http://h"
REQUEST = "7bee78f7417b42bcace9e588c65d19bf"
BY = Actor(account_id=1, request_id=REQUEST)


def shown(asker: int = 1, **changes: object) -> dict[str, object]:
    made = project.operation(an_operation(**changes), BY, asker, ORIGIN)
    return msgspec.json.decode(msgspec.json.encode(made))


def test_times_are_to_the_second_and_never_go_back() -> None:
    said = shown(updated_at=AT - 5_000_000)
    assert said["created"] == {"dateTime": "2023-11-14T22:13:20Z"} == said["updated"]


def test_who_began_it_is_told_to_others_only() -> None:
    assert shown(asker=2)["created"] == {"dateTime": "2023-11-14T22:13:20Z", "user": {"id": show(1)}}


def test_every_phase_has_its_word() -> None:
    assert [shown(phase=phase)["status"] for phase in Phase] == [
        "acknowledged",
        "queued",
        "started",
        "completed",
        "failed",
        "cancelled",
    ]


def test_what_goes_back_says_nothing_of_why_until_it_has_ended() -> None:
    why = Detail(code="no-paint", text="dry")
    assert "details" not in shown(phase=Phase.RUNNING, turning_back=True, detail=why)
    said = shown(phase=Phase.FAILED, detail=why)["details"]
    assert said == [{"code": "no-paint", "message": "dry", "target": f"app:{show(5)}"}]
    assert shown(phase=Phase.CANCELLED)["details"] == [
        {"code": "cancelled", "message": "the operation cancelled", "target": f"app:{show(5)}"}
    ]


@pytest.mark.parametrize(
    ("type", "last"),
    [("file.copy", "copyFileResults"), ("file.export", "exportedFile"), ("app.scale", "resource")],
)
def test_what_came_of_it_is_told_when_it_is_completed(type: str, last: str) -> None:
    assert "resourceUrl" not in shown(type=type, phase=Phase.RUNNING)
    url = shown(type=type, phase=Phase.SUCCEEDED)["resourceUrl"]
    assert url == f"{ORIGIN}/operations/{show(77)}/{last}"


def test_of_what_was_deleted_nothing_is_left_to_fetch() -> None:
    assert "resourceUrl" not in shown(type="app.delete", phase=Phase.SUCCEEDED)


@given(st.text(max_size=70))
def test_the_original_request_is_always_a_uuid_and_always_the_same(request: str) -> None:
    made = project.original_request(5, request)
    assert str(uuid.UUID(made)) == made == project.original_request(5, request)


def test_a_request_id_that_is_a_uuid_is_itself() -> None:
    assert project.original_request(5, REQUEST) == str(uuid.UUID(REQUEST))
    assert project.original_request(5, "") != project.original_request(6, "")
    assert project.original_request(5, "abc") == project.original_request(6, "abc")


@pytest.mark.parametrize(
    ("age", "rate", "pause"),
    [(0, 1, 1), (9, 1, 1), (30, 1, 2), (3600, 1, 5), (0, 0.1, 10), (0, 0, 1), (0, 5, 1)],
)
def test_the_longer_it_takes_the_later_the_next_look(age: int, rate: float, pause: int) -> None:
    it = an_operation(phase=Phase.RUNNING)
    assert project.retry_after(it, AT + age * 1_000_000, rate) == pause


def test_after_the_end_nobody_need_look_again() -> None:
    for phase in (Phase.SUCCEEDED, Phase.FAILED, Phase.CANCELLED):
        assert project.retry_after(an_operation(phase=phase), AT, 1) is None


def test_a_target_is_shown_with_its_id_where_it_has_one() -> None:
    assert project.target("app:5") == f"app:{show(5)}"
    assert project.target("wall:north") == "wall:north"
    assert project.target("wall:" + "9" * 30) == "wall:" + "9" * 30
    said = project.resource(an_operation())
    assert (said.kind, said.id) == ("app", show(5))


def test_every_kind_of_file_has_its_word_but_where_the_vendors_list_is_closed() -> None:
    assert set(project.KINDS) == set(Kind)
    file = File(7, 1, ROOT, "a", Kind.OTHER, "", "", 0, 0, AT)
    assert project.copy_result(file) == project.wire.CopyResult(container="", id=show(7))
    below = msgspec.structs.replace(file, container_id=8, kind=Kind.FOLDER)
    assert project.copy_result(below) == project.wire.CopyResult(container=show(8), id=show(7), kind="Folder")

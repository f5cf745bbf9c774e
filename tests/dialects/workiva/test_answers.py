"""Answers as they are sent."""

from headway.dialects.workiva.answers import Cased, said


def test_an_answer_is_compact_json_in_the_order_of_its_fields() -> None:
    answer = said({"b": 1, "a": "ü"}, 202, {"Location": "/x"})
    assert (answer.status, answer.body) == (202, '{"b":1,"a":"ü"}'.encode())
    assert answer.headers == [(b"content-type", b"application/json"), (b"location", b"/x")]
    assert answer.about is None


def test_the_name_of_a_header_is_sent_as_it_is_written_and_found_as_any() -> None:
    name = Cased(b"Retry-After")
    assert b"%b" % name.lower() == b"Retry-After"
    assert name == b"retry-after"
    assert {name: 1}[Cased(b"RETRY-AFTER")] == 1
    assert name not in {b"location", "Retry-After"}

"""Names of domains, and when a certificate is due."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headway.clock import SECOND
from headway.errors import Invalid
from headway.model.domains import AGAIN_SECONDS, AGAIN_SECONDS_MAX, checked_name, is_due, pause
from tests.records import AT, a_domain

OURS = ("apps.example.com",)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("www.example.org", "www.example.org"),
        (" WWW.Example.ORG. ", "www.example.org"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("münchen.例え.jp", "xn--mnchen-3ya.xn--r8jz45g.jp"),
        ("a.b.c.d.example.org", "a.b.c.d.example.org"),
        ("notapps.example.com", "notapps.example.com"),
    ],
)
def test_a_name_is_kept_as_it_is_in_the_dns(given: str, kept: str) -> None:
    assert checked_name(given, reserved=OURS) == kept


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "example",
        "*.example.org",
        "*",
        "a..b",
        "-a.example.org",
        "a-.example.org",
        "a_b.example.org",
        "a b.example.org",
        "http://example.org",
        "example.org/path",
        "example.org:80",
        "127.0.0.1",
        "1.2.3",
        "::1",
        "x" * 64 + ".org",
        ".".join(["x" * 60] * 5),
        "x" * 100_000 + ".org",
        "a\x00.example.org",
        "a\n.example.org",
        "ü" * 300 + ".org",
        "apps.example.com",
        "Shop.Apps.Example.com.",
        "app.localhost",
        "probe.headway.invalid",
        "\u202eexample.org",
    ],
)
def test_what_cannot_be_a_domain_or_is_the_platform_s_is_refused(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked_name(name, reserved=OURS)
    assert set(refused.value.fields) == {"name"}


@given(st.text(max_size=40).map(lambda text: f"{text}.org"))
def test_whatever_is_given_what_is_kept_is_kept_again(text: str) -> None:
    try:
        kept = checked_name(text, reserved=())
    except Invalid:
        return
    assert checked_name(kept, reserved=()) == kept
    assert kept.isascii()


def test_a_certificate_is_due_where_there_is_none_and_when_two_thirds_of_its_life_are_over() -> None:
    assert is_due(a_domain(), None, AT)
    life = (AT, AT + 90 * SECOND)
    assert not is_due(a_domain(), life, AT + 59 * SECOND)
    assert is_due(a_domain(), life, AT + 60 * SECOND)
    assert is_due(a_domain(), life, AT + 600 * SECOND)


def test_nothing_is_due_that_is_not_wanted_or_is_being_asked_for() -> None:
    assert not is_due(a_domain(automatic=False), None, AT)
    assert not is_due(a_domain(certifying=77), None, AT)


def test_after_a_failure_there_is_a_pause() -> None:
    failed = a_domain(failures=2, failed_at=AT)
    assert not is_due(failed, None, AT + pause(2) * SECOND - 1)
    assert is_due(failed, None, AT + pause(2) * SECOND)


def test_pauses_double_up_to_a_day() -> None:
    assert [pause(n) for n in (1, 2, 3)] == [AGAIN_SECONDS, 2 * AGAIN_SECONDS, 4 * AGAIN_SECONDS]
    assert {pause(n) for n in (10, 29, 30, 10_000)} == {AGAIN_SECONDS_MAX}

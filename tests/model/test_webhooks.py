import pytest

from headway.errors import Invalid
from headway.model.webhooks import Webhook, checked_names, checked_url, shown_secret


def test_a_webhook_wants_what_it_names() -> None:
    it = Webhook(1, 2, "http://x", ["app.scaled", "operation.*"], "s", 0, 0, None, None, "")
    assert it.wants("app.scaled")
    assert it.wants("operation.failed")
    assert not it.wants("app.renamed")
    assert Webhook(1, 2, "http://x", ["*"], "s", 0, 0, None, None, "").wants("app.renamed")


@pytest.mark.parametrize("url", ["https://example.com/in?x=1", "http://[2001:db8::1]:8080"])
def test_a_url_that_can_be_sent_to(url: str) -> None:
    assert checked_url(url) == url


@pytest.mark.parametrize(
    "url",
    ["", "ftp://x/", "http://", "http://a b/", "http://u:p@x/", "http://x:99999/", "https://" + "x" * 2000],
)
def test_a_url_that_cannot(url: str) -> None:
    with pytest.raises(Invalid):
        checked_url(url)


@pytest.mark.parametrize("names", [[], ["App.Scaled"], ["app"], ["a.b"] * 51])
def test_what_is_no_name_of_an_event_is_refused(names: list[str]) -> None:
    with pytest.raises(Invalid):
        checked_names(names)


def test_a_secret_is_shown_as_the_standard_says() -> None:
    assert shown_secret(b"\0" * 3) == "whsec_AAAA"

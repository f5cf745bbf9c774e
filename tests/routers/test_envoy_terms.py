"""The words that documents for Envoy share."""

from headway.routers.envoy_terms import Settings, answer, cluster_name, named, seconds


def test_a_duration_is_told_in_seconds_with_their_thousandths() -> None:
    assert (seconds(2), seconds(0.25)) == ("2.000s", "0.250s")


def test_what_envoy_answers_itself_is_answered_at_every_path() -> None:
    assert answer("unknown", 404)["match"] == {"prefix": "/"}


def test_an_extension_is_named_beside_its_settings() -> None:
    assert named("file", {"path": "x"}) == {"name": "file", "typed_config": {"path": "x"}}


def test_a_port_decides_whether_there_is_tls() -> None:
    its = Settings(host="127.0.0.1", port=1, workers=1)
    assert (its.is_tls, cluster_name("1")) == (False, "app-1")

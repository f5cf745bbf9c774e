from headway.dialects.scalingo.alone import alone


def test_it_has_the_one_route_that_clients_poll() -> None:
    assert [(it.method, it.path) for it in alone("bakery").routes] == [
        ("GET", "/v1/apps/{app}/operations/{id}")
    ]

import pytest

from headway.config import Config
from headway.web.attaching import attach_origin


@pytest.mark.parametrize(
    ("attach", "public", "told"),
    [
        ("127.0.0.1:5000", "", "http://127.0.0.1:5000"),
        ("0.0.0.0:5000", "", "http://box.example:5000"),
        ("[::1]:5000", "", "http://[::1]:5000"),
        ("127.0.0.1:5000", "https://run.example", "https://run.example:443"),
        ("127.0.0.1:5000", "http://run.example:7000/", "http://run.example:7000"),
    ],
)
def test_where_one_offs_are_attached_always_has_a_port(attach: str, public: str, told: str) -> None:
    config = Config(attach=attach, public_attach_url=public)
    assert attach_origin(config, "http://box.example:8000") == told

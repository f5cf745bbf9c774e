from headway.config import Config
from headway.dialects.headway import project_apps
from headway.model.logs import Line
from tests.records import a_release, a_type


def test_an_address_has_a_port_unless_it_is_the_usual_one() -> None:
    assert project_apps.address("hello", Config(apps="0.0.0.0:80", domain="x.org")) == "http://hello.x.org/"
    assert project_apps.address("hello", Config()) == "http://hello.localhost:8080/"


def test_a_release_says_whether_it_serves_and_nothing_of_its_variables() -> None:
    it = a_release(variables={"PASSWORD": "x"})
    assert project_apps.release(it, it.id).serves
    assert not project_apps.release(it, None).serves
    assert "PASSWORD" not in str(project_apps.release(it, None))


def test_a_formation_is_told_by_type() -> None:
    assert project_apps.formation([a_type(name="web", amount=3)])["web"].amount == 3


def test_a_line_is_told_with_its_time() -> None:
    it = Line(at=1_767_322_985_000_000, source="web-1", text="hi")
    assert project_apps.line(it).at == "2026-01-02T03:03:05.000Z"

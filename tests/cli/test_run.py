import pytest

from headway.cli.run import spoken


@pytest.mark.parametrize(
    ("words", "command"),
    [
        (("echo $HOME | wc",), "echo $HOME | wc"),
        (("python", "manage.py"), "python manage.py"),
        (("sh", "-c", "exit 7"), "sh -c 'exit 7'"),
        (("--", "sh", "-c", "exit 7"), "sh -c 'exit 7'"),
    ],
)
def test_one_word_is_a_line_for_the_shell_and_several_stay_words(
    words: tuple[str, ...], command: str
) -> None:
    assert spoken(words) == command

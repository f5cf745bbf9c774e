"""`headway simulate`: seeds from the command line."""

from click.testing import CliRunner

from headway.cli.main import main


def test_a_seed_is_lived_through_again_exactly() -> None:
    said = [
        CliRunner().invoke(main, ["simulate", "--seed", "5", "--operations", "5", "--trace"])
        for _ in range(2)
    ]
    assert said[0].exit_code == 0, said[0].output
    assert said[0].output == said[1].output
    assert "operation.queued" in said[0].output


def test_many_seeds_are_counted() -> None:
    done = CliRunner().invoke(
        main, ["simulate", "--seeds", "2", "--from", "3", "--operations", "3", "--events", "1"]
    )
    assert done.exit_code == 0, done.output
    assert "0 broken" in done.output

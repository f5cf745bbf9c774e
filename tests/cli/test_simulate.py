"""`headway simulate`: seeds from the command line."""

import json

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


def test_scripts_are_told_each_seed_on_a_line() -> None:
    argv = ["simulate", "--seeds", "2", "--from", "3", "--operations", "3", "--json"]
    done = CliRunner().invoke(main, argv)
    assert done.exit_code == 0, done.output
    told = {it["seed"]: it for it in map(json.loads, done.stdout.splitlines())}
    assert set(told) == {3, 4}
    assert {it["breach"] for it in told.values()} == {None}
    again = CliRunner().invoke(main, ["simulate", "--seed", "3", "--operations", "3", "--trace", "--json"])
    lived = json.loads(again.stdout)
    assert lived["digest"] == told[3]["digest"]
    assert {"at", "who", "what"} == set(lived["trace"][0])

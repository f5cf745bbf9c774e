"""The command line: its verbs, listed. Each is in a file of its own name."""

import click

from headway.cli.account import account
from headway.cli.apps import apps, deploy, logs, releases, restart, rollback, scale
from headway.cli.bench import bench
from headway.cli.completion import completion
from headway.cli.demo import demo
from headway.cli.deprecations import deprecations
from headway.cli.doctor import doctor
from headway.cli.down import down
from headway.cli.env import env
from headway.cli.login import login
from headway.cli.ops import ops
from headway.cli.pools import pools
from headway.cli.run import run
from headway.cli.simulate import simulation
from headway.cli.test import test
from headway.cli.token import token
from headway.cli.up import up


@click.group(
    commands=[
        up,
        down,
        demo,
        doctor,
        account,
        token,
        deprecations,
        login,
        ops,
        apps,
        deploy,
        scale,
        restart,
        run,
        logs,
        env,
        releases,
        rollback,
        pools,
        completion,
        test,
        bench,
        simulation,
    ],
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
def main() -> None:
    """A self-hosted application platform in which every slow change is an operation."""

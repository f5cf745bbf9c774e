"""The command line: its verbs, listed. Each is in a file of its own name, read only when it is asked for."""

import importlib
from typing import Final, NamedTuple

import click
from click.shell_completion import CompletionItem


class Verb(NamedTuple):
    """Where a verb is, and what it says of itself in the list of all."""

    module: str
    name: str
    text: str


VERBS: Final = {
    "up": Verb("up", "up", "Run the platform in the foreground."),
    "down": Verb("down", "down", "Stop apps, router and control plane."),
    "demo": Verb("demo", "demo", "Run a platform in a scratch folder, and an app's life on it."),
    "doctor": Verb("doctor", "doctor", "Tell what this machine offers."),
    "account": Verb("account", "account", "Accounts: who may ask."),
    "token": Verb("token", "token", "API tokens: one opens every dialect."),
    "deprecations": Verb(
        "deprecations",
        "deprecations",
        "Say what is to be switched off and when, and which tokens still call it.",
    ),
    "login": Verb("login", "login", "Keep which platform to speak to, and an API token for it."),
    "ops": Verb("ops", "ops", "Operations: list, show, follow, explain, cancel, retry, undo."),
    "apps": Verb("apps", "apps", "Apps: list, show, create, rename, delete."),
    "deploy": Verb("apps", "deploy", "Deploy the source in a folder."),
    "scale": Verb("apps", "scale", "Change how many containers an app runs, and how large."),
    "restart": Verb("apps", "restart", "Restart an app, or some of its containers."),
    "run": Verb("run", "run", "Run a command beside an app, at this terminal."),
    "cron": Verb("cron", "cron", "List what an app runs by the clock."),
    "logs": Verb("apps", "logs", "Show what an app has said."),
    "env": Verb("env", "env", "Environment variables: show, set, unset."),
    "releases": Verb("apps", "releases", "List the releases of an app."),
    "rollback": Verb("apps", "rollback", "Let a release that is kept serve again."),
    "pools": Verb("pools", "pools", "Labelling pools: list, show, open, close, archive; who works in them."),
    "completion": Verb(
        "completion", "completion", "Print what a shell is to read so that it completes our commands."
    ),
    "test": Verb("test", "test", "Run format, lint, floors, types and tests."),
    "bench": Verb("bench", "bench", "Measure this checkout beside its rivals."),
    "simulate": Verb("simulate", "simulation", "Simulate the engine, with everything that can go wrong."),
}


class Verbs(click.Group):
    """A group that knows its verbs by name and sentence, and reads the file of the one that is asked for."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as in click
        """The verb of that name."""
        if cmd_name not in VERBS:
            return None
        module, name, _ = VERBS[cmd_name]
        command: click.Command = getattr(importlib.import_module(f"headway.cli.{module}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """All of them with a sentence each."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, verb.text) for name, verb in VERBS.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Those that begin like this."""
        options = click.Command.shell_complete(self, ctx, incomplete)
        begun = [(name, it) for name, it in VERBS.items() if name.startswith(incomplete)]
        return [*(CompletionItem(name, help=it.text) for name, it in begun), *options]


@click.group(
    cls=Verbs,
    commands={name: click.Command(name, short_help=it.text) for name, it in VERBS.items()},
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
def main() -> None:
    """A self-hosted application platform in which every slow change is an operation."""

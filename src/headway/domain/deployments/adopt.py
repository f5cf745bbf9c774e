"""Adopt what a project's manifest wants: at the first deployment of an app, and of a child app its hook at each one.

The variables are set before the build, for they may say how to build. They stay when the deployment fails, so that a
secret that was made is the same at the next attempt; and what somebody has set or scaled already stays as it is.
"""

import secrets
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from headway.builders.port import Source
from headway.builders.procfile import POSTDEPLOY
from headway.builders.refusals import wrong
from headway.config import Config
from headway.domain.world import World
from headway.errors import Invalid, PaymentRequired
from headway.model import apps as app_rules
from headway.model import manifests
from headway.model.apps import App, Change, ContainerType, initial_amount, initial_size
from headway.model.free_use import check_formation
from headway.model.manifests import Manifest, Shape
from headway.model.operations import Actor, NewEvent, Operation
from headway.model.variables import Variable
from headway.store import accounts, apps, containers, variables
from headway.store.database import Tx

FIRST_DEPLOY = "first-deploy"
_SECRET_BYTES = 16


class Adopted(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What later steps need of it."""

    formation: dict[str, Shape] = {}
    first_deploy: str = ""
    postdeploy: str = ""

    def hook(self, processes: Mapping[str, str]) -> tuple[str, str]:
        """What is run before a release with these processes gets traffic: what it is called, and its command."""
        if self.first_deploy:
            return FIRST_DEPLOY, self.first_deploy
        return POSTDEPLOY, processes.get(POSTDEPLOY) or self.postdeploy


async def adopt(
    world: World, app: App, source: Source, operation: Operation, say: Callable[[str], None]
) -> Adopted:
    """Set the variables that the manifest wants and the app has not; what else it wants.

    Nothing where there is none, or it does not count any more. Failure `build-error` where it is wrong, or wants what
    cannot be.
    """
    is_first = app.release_id is None
    if not is_first and app.parent_id is None:
        return Adopted()
    manifest = await world.builder.manifest(source)
    if manifest is None:
        return Adopted()
    say(f"-----> Reading {manifest.file}")
    for warning in manifest.warnings:
        say(f" !     Warning: {warning}")
    if not is_first:
        return Adopted(postdeploy=manifest.postdeploy)
    names = await world.database.write(lambda tx: _begin(world, tx, app, manifest, operation))
    if names:
        say(f"       It sets {', '.join(names)}")
    return Adopted(
        formation=dict(manifest.formation),
        first_deploy=manifest.first_deploy,
        postdeploy=manifest.postdeploy,
    )


def adopted(notes: Mapping[str, Any]) -> Adopted:
    """What was adopted, from the notes of an operation."""
    return msgspec.convert(notes.get("manifest", {}), Adopted)


async def _begin(world: World, tx: Tx, app: App, manifest: Manifest, operation: Operation) -> list[str]:
    """Set the variables; the names of those that were set."""
    await _check(world, tx, app, manifest)
    there = {it.name: it.value for it in await variables.of_app(tx, app.id)}
    if lacking := manifests.missing(manifest, there):
        raise wrong(f"{manifest.file} requires variables that are not set: {', '.join(lacking)}")
    parent = "" if app.parent_id is None else (await apps.get(tx, app.parent_id)).name
    tokens = {"APP": app.name, "PARENT_APP": parent, "PR_NUMBER": "", "URL": url_of(world.config, app)}
    made = manifests.defaults(manifest, there, tokens, lambda: secrets.token_hex(_SECRET_BYTES))
    for name, value in made.items():
        await variables.set(tx, Variable(world.ids.next(), app.id, name, value))
    if made:
        by = Actor(account_id=operation.account_id)
        told = {"names": list(made), "new": list(made)}
        at, target = world.clock.now(), f"app:{app.id}"
        tx.append(
            NewEvent(at=at, name="variables.set", operation=operation.id, target=target, by=by, data=told)
        )
    return list(made)


async def _check(world: World, tx: Tx, app: App, manifest: Manifest) -> None:
    """Failure where the app may not have such containers."""
    known = [
        *await containers.types(tx, app.id),
        *(
            ContainerType(0, app.id, name, initial_amount(name), initial_size(), "")
            for name in manifest.formation
        ),
    ]
    changes = [Change(name=name, amount=it.amount, size=it.size) for name, it in manifest.formation.items()]
    config = world.config
    try:
        after = app_rules.changed(known, changes, config.containers_per_type_max)
        check_formation(await accounts.get(tx, app.owner_id), known, after, config.payment_url)
    except (Invalid, PaymentRequired) as refusal:
        raise wrong(f"{manifest.file} wants containers that cannot be: {refusal}") from refusal


def url_of(config: Config, app: App) -> str:
    """Where the app is reached, by its own name."""
    port = config.apps.rpartition(":")[2]
    return f"http://{app.name}.{config.domain}{'' if port == '80' else f':{port}'}"

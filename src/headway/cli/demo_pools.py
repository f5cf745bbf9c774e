"""The life of a labelling pool, as `headway demo --pools` shows it: a made-up crowd answers, and what they mean is found out."""

from typing import Any

from rich.console import Console

from headway.cli import terminal
from headway.cli.client import Client
from headway.cli.crowd import summary, watched
from headway.cli.labelling import API, Door, Labelling, let_in
from headway.clock import SystemClock
from headway.testing.crowd import Questions, crowd, questions
from headway.testing.shift import Foreman

SEED, PEOPLE, ACCURACY, TASKS, OVERLAP, CONTROLS = 7, 12, 0.75, 120, 5, 12
FIELD, ANIMALS = "result", ["cat", "dog", "cow"]
PROJECT: dict[str, Any] = {
    "public_name": "Animals",
    "public_description": "Which animal is it?",
    "task_spec": {
        "input_spec": {"image": {"type": "url"}},
        "output_spec": {FIELD: {"type": "string", "allowed_values": ANIMALS}},
    },
    "assignments_issuing_type": "AUTOMATED",
}
POOL: dict[str, Any] = {
    "private_name": "which animal",
    "will_expire": "2100-01-01T00:00:00",
    "reward_per_assignment": 0.01,
    "assignment_max_duration_seconds": 600,
    # It is to be closed by us, not by itself.
    "auto_close_after_complete_delay_seconds": 3600,
    "defaults": {"default_overlap_for_new_task_suites": 1, "default_overlap_for_new_tasks": OVERLAP},
    "mixer_config": {"real_tasks_count": 5, "golden_tasks_count": 0, "training_tasks_count": 0},
}


class PoolLife:
    """Project, pool, batch, open, crowd, aggregate, close, control tasks, archive."""

    def __init__(self, console: Console, client: Client, labelling: Labelling) -> None:
        self._console = console
        self._client = client
        self._labelling = labelling

    async def live(self) -> str:
        """All of it; the pool's id. Refusal at the first thing that does not go well."""
        ask = self._labelling.ask
        project = await ask("POST", f"{API}/projects", PROJECT)
        pool = (await ask("POST", f"{API}/pools", POOL | {"project_id": project["id"]}))["id"]
        await self._followed("/tasks?async_mode=true&allow_defaults=true", _tasks(pool))
        await self._followed(f"/pools/{pool}/open")
        of = await self._crowd(pool)
        found = await self._followed("/aggregated-solutions/aggregate-by-pool", _aggregation(pool))
        await self._judge(of, pool, found)
        await self._followed(f"/pools/{pool}/close")
        controls = {"field": FIELD, "min_answers": OVERLAP, "max_count": CONTROLS}
        await self._followed(f"/pools/{pool}/known-solutions/generate", controls)
        await self._followed(f"/pools/{pool}/archive")
        await self._followed(f"/projects/{project['id']}/archive")
        return pool

    async def _followed(self, path: str, body: Any = None) -> str:
        """The id of what is begun there, once it has ended well."""
        begun = await self._labelling.ask("POST", f"{API}{path}", body)
        return (await terminal.to_success(self._console, self._client.follow(begun["id"]))).id

    async def _crowd(self, pool: str) -> Questions:
        """Everybody answers; what they were asked."""
        of = questions(SEED, await self._labelling.fields(pool))
        people = crowd(SEED, PEOPLE, ACCURACY)
        async with let_in(self._client, [it.name for it in people.people]) as tokens:
            door = Door(self._labelling, pool, tokens)
            self._say(summary(await watched(Foreman(people, of, door, SystemClock()))))
        return of

    async def _judge(self, of: Questions, pool: str, operation: str) -> None:
        """How often the people were right, and how often what they say together is."""
        found = await self._labelling.ask("GET", f"{API}/aggregated-solutions/{operation}", limit=TASKS)
        tasks = await self._labelling.ask("GET", f"{API}/tasks", pool_id=pool, limit=TASKS)
        answers = await self._labelling.ask("GET", f"{API}/assignments", pool_id=pool, limit=TASKS * OVERLAP)
        right = {it["id"]: ANIMALS[of.right(it["input_values"], FIELD, ANIMALS)] for it in tasks["items"]}
        alone = [
            right[task["id"]] == said["output_values"][FIELD]
            for it in answers["items"]
            for task, said in zip(it["tasks"], it["solutions"], strict=True)
        ]
        together = [right[it["task_id"]] == it["output_values"][FIELD] for it in found["items"]]
        self._say(f"Alone they are right {_share(alone)}, together {_share(together)} of the time")

    def _say(self, text: str) -> None:
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)


def _tasks(pool: str) -> list[dict[str, Any]]:
    return [
        {"pool_id": pool, "input_values": {"image": f"https://example.com/{n}.jpg"}} for n in range(TASKS)
    ]


def _aggregation(pool: str) -> dict[str, Any]:
    return {"type": "DAWID_SKENE", "pool_id": pool, "fields": [{"name": FIELD}]}


def _share(found: list[bool]) -> str:
    return f"{100 * sum(found) / len(found):.0f} %"

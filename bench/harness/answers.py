"""Seeded answers of people of whom some are careless; only the standard library, since rivals import it, too."""

import random
import resource

KINDS = (0.9, 0.8, 0.4)


def answers(asked: dict) -> list[tuple[int, int, int]]:
    """Who said what: task, person, label."""
    lot = random.Random(asked["seed"])
    labels, people = asked["labels"], range(asked["people"])
    sure = [lot.choice(KINDS) for _ in people]
    rows: list[tuple[int, int, int]] = []
    for task in range(asked["tasks"]):
        right = lot.randrange(labels)
        rows += [
            (task, person, right if lot.random() < sure[person] else lot.randrange(labels))
            for person in lot.sample(people, asked["answers"])
        ]
    return rows


def megabytes() -> float:
    """The most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

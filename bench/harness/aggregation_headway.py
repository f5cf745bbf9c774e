"""Our own aggregation: see `bench/aggregation.py`."""

import time

from answers import answers, megabytes
from loop import given, tell

from headway.model.aggregation import ROUNDS_MAX, Answers, believed, crowd_of, likeliest, next_round

asked = given()
tasks, people, labels = (list(column) for column in zip(*answers(asked), strict=True))
it = Answers(tasks, people, labels, (asked["tasks"], asked["people"], asked["labels"]))
began = time.perf_counter()
crowd = crowd_of(it)
now = next_round(crowd, None)
while not now.settled and now.round < ROUNDS_MAX:
    now = next_round(crowd, now)
found = dict(zip(crowd.order, likeliest(believed(crowd, now)), strict=True))
seconds = time.perf_counter() - began
assert len(found) == asked["tasks"]
tell({"seconds": seconds, "megabytes": megabytes(), "rounds": now.round})

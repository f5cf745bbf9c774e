"""Toloka's client on a leash: reads scenarios from its standard input, lives through several at once, says what came of each."""

import json
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor

import scenarios_batches
import scenarios_label
import scenarios_operations
import scenarios_overlap
import scenarios_pools
import scenarios_solutions
from making import Site

AT_ONCE = 8
"""Most of what the client does is wait: half a second until it first looks at an operation, then a second each time."""
FILES = (
    *(scenarios_operations, scenarios_batches, scenarios_label, scenarios_overlap),
    *(scenarios_pools, scenarios_solutions),
)
SCENARIOS = {name: it for file in FILES for name, it in vars(file).items()}
ANSWERS, sys.stdout = sys.stdout, sys.stderr
LOCK = threading.Lock()


def lived(asked):
    site = Site(asked["url"])
    site.mine, site.theirs = asked["tokens"]
    try:
        told = {"result": SCENARIOS[asked["scenario"]](site, **asked["given"])}
    except BaseException:  # noqa: BLE001 - whatever it is, the test is told
        told = {"error": traceback.format_exc()}
    with LOCK:
        ANSWERS.write(json.dumps({"number": asked["number"], **told}, default=str) + "\n")
        ANSWERS.flush()


with ThreadPoolExecutor(AT_ONCE) as pool:
    for line in sys.stdin:
        pool.submit(lived, json.loads(line))

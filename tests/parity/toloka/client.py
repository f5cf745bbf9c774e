"""Toloka's client on a leash: reads scenarios from its standard input, and says what came of each."""

import contextlib
import json
import sys
import traceback

import scenarios_batches
import scenarios_operations
import scenarios_pools
import scenarios_solutions

SCENARIOS = {
    **vars(scenarios_operations),
    **vars(scenarios_batches),
    **vars(scenarios_pools),
    **vars(scenarios_solutions),
}

for line in sys.stdin:
    asked = json.loads(line)
    try:
        with contextlib.redirect_stdout(sys.stderr):
            result = SCENARIOS[asked["scenario"]](asked["url"], **asked["given"])
        told = {"result": result}
    except Exception:  # noqa: BLE001 - whatever it is, the test is told
        told = {"error": traceback.format_exc()}
    sys.stdout.write(json.dumps(told, default=str) + "\n")
    sys.stdout.flush()

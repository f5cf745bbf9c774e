"""Toloka's client on a leash: reads scenarios from its standard input, and says what came of each."""

import contextlib
import json
import sys
import traceback

import scenarios

for line in sys.stdin:
    asked = json.loads(line)
    try:
        with contextlib.redirect_stdout(sys.stderr):
            result = getattr(scenarios, asked["scenario"])(asked["url"], **asked["given"])
        told = {"result": result}
    except BaseException:
        told = {"error": traceback.format_exc()}
    print(json.dumps(told, default=str), flush=True)

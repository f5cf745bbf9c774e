"""In circus' environment: hands each line of its input, a command in JSON, to the circusd of the endpoint."""

import json
import sys

from circus.client import CircusClient

SECONDS_MAX = 120


def main() -> None:
    """One line of answer for each."""
    client = CircusClient(endpoint=json.loads(sys.argv[1])["endpoint"], timeout=SECONDS_MAX)
    for line in sys.stdin:
        command, properties = json.loads(line)
        print(json.dumps(client.call({"command": command, "properties": properties})), flush=True)


if __name__ == "__main__":
    main()

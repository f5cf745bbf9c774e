"""What a user of one of Workiva's clients does. It runs in the environment of the clients, not in ours.

`client.py PACKAGE SCENARIO BASE SECRET …` prints what it saw as JSON.
"""

import importlib
import json
import sys
import time

ENDED = {"completed", "failed", "cancelled"}
AWAY_SECONDS_MAX = 60


class Client:
    """One package, signed in."""

    def __init__(self, package: str, base: str, secret: str) -> None:
        self.package = importlib.import_module(package)
        self.configuration = self.package.Configuration(host=base)
        self.api = self.package.ApiClient(self.configuration)
        iam = self.package.IAMApi(self.api)
        wanted = {"grant_type": "client_credentials", "client_id": "somebody", "client_secret": secret}
        self.token = insisted(lambda: iam.token_request(**wanted))
        self.configuration.access_token = self.token.access_token
        self.files = self.package.FilesApi(self.api)
        self.operations = self.package.OperationsApi(self.api)

    def begun(self, reply) -> str:
        """The id of what a 202 tells of."""
        location = reply.headers["Location"]
        told = getattr(reply.data, "operation_location", location)
        assert told == location, (told, location)
        assert int(reply.headers["Retry-After"]) >= 1
        return location.rpartition("/")[2]

    def look(self, id: str):
        """The operation and how long to wait, also while the platform is away."""
        reply = insisted(lambda: self.operations.get_operation_by_id_with_http_info(id))
        return reply.data, reply.headers.get("Retry-After")

    def follow(self, id: str, told) -> tuple[list[str], object]:
        """Look until it has ended, as long apart as the platform says."""
        seen: list[str] = []
        while True:
            operation, pause = self.look(id)
            if not seen or seen[-1] != operation.status:
                seen.append(operation.status)
                told(operation.status)
            if operation.status in ENDED:
                assert pause is None
                return seen, operation
            time.sleep(int(pause))


def insisted(ask):
    """What is answered, also where the platform is away for a while."""
    until = time.monotonic() + AWAY_SECONDS_MAX
    while True:
        try:
            return ask()
        except Exception as error:
            if not away(error) or time.monotonic() > until:
                raise
            time.sleep(0.1)


def away(error: Exception) -> bool:
    """Whether nobody answered, or it was said to come again."""
    return getattr(error, "status", None) in {502, 503} or "urllib3" in type(error).__module__


def say(status: str) -> None:
    """Tell whoever runs this."""
    sys.stderr.write(f"{status}\n")
    sys.stderr.flush()


def nothing(_status: str) -> None:
    """Tell nobody."""


def walk(client: Client, folder: str) -> dict:
    """Copy, follow, look at what came of it; then ask for what is not there."""
    models = client.package
    wanted = models.FileCopy(options=models.FileCopyOptions(destination_name="another"))
    id = client.begun(client.files.copy_file_with_http_info(folder, wanted))
    seen, operation = client.follow(id, nothing)
    results = client.operations.get_copy_file_results(id, maxpagesize=2)
    try:
        client.operations.get_operation_by_id("0" * 24)
        refused = {}
    except models.exceptions.NotFoundException as error:
        refused = {"code": error.data.code, "message": error.data.message}
    return {
        "token_type": client.token.token_type,
        "expires_in": client.token.expires_in,
        "seen": seen,
        "original_request": str(operation.original_request),
        "resource_url": operation.resource_url,
        "created": operation.created.date_time.isoformat(),
        "results": [[it.id, it.container, it.kind] for it in results.data],
        "next": results.next_link,
        "refused": refused,
    }


def export(client: Client, file: str) -> dict:
    """Export a spreadsheet as CSV, and download it."""
    models = client.package
    wanted = models.FileExportById(
        kind="Spreadsheet", spreadsheet_export=models.SpreadsheetExport(format="csv")
    )
    id = client.begun(client.files.export_file_by_id_with_http_info(file, wanted))
    _, operation = client.follow(id, nothing)
    reply = client.api.rest_client.request(
        "GET", operation.resource_url, {"Authorization": f"Bearer {client.configuration.access_token}"}
    )
    return {"status": reply.status, "content": reply.read().decode()}


def poll(client: Client, id: str) -> dict:
    """Follow an operation that somebody else began, and tell each status as it comes."""
    seen, operation = client.follow(id, say)
    details = [[it.code, it.message, it.target] for it in operation.details or []]
    return {"seen": seen, "details": details, "resource_url": operation.resource_url}


SCENARIOS = {"walk": walk, "export": export, "poll": poll}

if __name__ == "__main__":
    package, scenario, base, secret, *more = sys.argv[1:]
    sys.stdout.write(json.dumps(SCENARIOS[scenario](Client(package, base, secret), *more)))

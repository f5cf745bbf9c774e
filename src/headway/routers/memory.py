"""What a router remembers: one JSON file per app in a folder, each change safe on disk before it is told."""

import os
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

import msgspec

from headway.routers.port import Route


class Memory:
    """The routes by app id; reads its folder once, when made."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        found = (msgspec.json.decode(file.read_bytes(), type=Route) for file in folder.glob("*.json"))
        self._routes = {route.app_id: route for route in found}

    def routes(self) -> list[Route]:
        """All routes, by app id."""
        return sorted(self._routes.values(), key=lambda route: route.app_id)

    def keep(self, changes: Iterable[tuple[str, Route | None]]) -> None:
        """Make each the whole route of its app, or forget the app, in this order; on disk when it returns."""
        for app_id, route in changes:
            if self._routes.get(app_id) == route:
                continue
            if route is None:
                self._file(app_id).unlink(missing_ok=True)
                del self._routes[app_id]
            else:
                self._write(self._file(app_id), msgspec.json.encode(route))
                self._routes[app_id] = route
        _sync(self._folder)

    def _file(self, app_id: str) -> Path:
        return self._folder / f"{quote(app_id, safe='')}.json"

    def _write(self, file: Path, content: bytes) -> None:
        beside = file.with_suffix(".new")
        with beside.open("wb") as output:
            output.write(content)
            output.flush()
            os.fsync(output.fileno())
        beside.replace(file)


def _sync(folder: Path) -> None:
    at = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(at)
    finally:
        os.close(at)

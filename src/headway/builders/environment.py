"""The environment of a build."""

from collections.abc import Mapping

from headway.builders.packs.pack import APP, CACHE, SETTINGS
from headway.builders.port import Source
from headway.model.variables import resolved

DENIED = frozenset({
    "BASH_ENV",
    "CPATH",
    "CPPATH",
    "ENV",
    "GIT_DIR",
    "GIT_WORK_TREE",
    "HOME",
    "LD_LIBRARY_PATH",
    "LD_PRELOAD",
    "LIBRARY_PATH",
    "NODE_OPTIONS",
    "PATH",
    "PIP_TARGET",
    "PYTHONHOME",
    "PYTHONPATH",
    "PYTHONSTARTUP",
    "TMPDIR",
    "VIRTUAL_ENV",
})
"""Variables of an app that would break its build; they reach its containers all the same."""


def environment(source: Source, operator: Mapping[str, str]) -> dict[str, str]:
    """The operator's settings, over them the app's variables, over those what a build stands on."""
    own = {name: value for name, value in resolved(dict(source.environment)).items() if name not in DENIED}
    base = {
        "APP": source.app,
        "HOME": APP,
        "LANG": "C.UTF-8",
        "PATH": f"{APP}/bin:/usr/local/bin:/usr/bin:/bin",
        "PIP_CONFIG_FILE": f"{SETTINGS}/pip.conf",
        "SOURCE_VERSION": source.ref,
        "STACK": source.stack,
        "XDG_CACHE_HOME": CACHE,
    }
    return {**operator, **own, **base}

"""Settings: one frozen `Config` from `headway.toml`, `HEADWAY_…` and options; the only reader of the environment."""

import os
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

import msgspec

from headway.errors import Invalid


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every setting; `config.example.toml` explains each. Times are in seconds."""

    data: str = "~/.local/share/headway"
    listen: str = "127.0.0.1:8000"
    apps: str = "127.0.0.1:8080"
    apps_tls: str = ""
    attach: str = "127.0.0.1:5000"
    ssh: str = "127.0.0.1:2222"
    domain: str = "localhost"
    public_url: str = ""
    public_attach_url: str = ""
    database: str = ""
    runtime: str = "process"
    region: str = "local"

    acme_directory: str = ""
    acme_email: str = ""
    acme_roots: str = ""

    drain_seconds: float = 5
    lease_seconds: float = 4
    operation_types: tuple[str, ...] = ()
    operations_max: int = 200
    operations_waiting_max: int = 10_000
    operation_retention_days: int = 30

    boot_seconds: float = 60
    stop_grace_seconds: float = 30
    request_drain_seconds: float = 30
    crash_delays_seconds: tuple[float, ...] = (0.0, *(300.0 * n for n in range(11)))
    crash_warm_up_seconds: float = 600

    app_name_length_max: int = 32
    containers_per_type_max: int = 10
    one_offs_per_app_max: int = 10
    one_offs_per_account_max: int = 50
    one_off_attach_seconds: float = 600
    one_off_idle_seconds: float = 1800
    one_off_upload_bytes_max: int = 100 << 20
    body_bytes_max: int = 1 << 20
    archive_bytes_max: int = 300 << 20
    source_bytes_max: int = 2 << 30
    source_files_max: int = 200_000
    build_seconds: float = 1800
    build_output_bytes_max: int = 16 << 20
    build_disk_bytes_max: int = 4 << 30
    slug_bytes_max: int = 2 << 30
    buildpack_folder: str = ""
    source_url_seconds: int = 600
    file_bytes_max: int = 100 << 20
    file_bytes_per_account_max: int = 10 << 30
    files_per_account_max: int = 100_000
    source_download_seconds: float = 300
    source_private_addresses: bool = False
    push_bytes_max: int = 1 << 30
    push_seconds: float = 600
    push_when_busy: Literal["wait", "refuse"] = "wait"
    push_wait_seconds: float = 1800
    ssh_connections_max: int = 200
    ssh_login_seconds: float = 30
    ssh_attempts_max: int = 6
    postdeploy_seconds: float = 1200
    releases_kept: int = 10
    hot_log_bytes: int = 50 << 20
    archived_log_bytes: int = 1 << 30
    archived_log_days: float = 90
    log_lines_per_minute: int = 16_384
    log_bytes_per_minute: int = 64 << 20
    pool_update_seconds: float = 900
    pool_look_seconds: float = 1
    batch_bytes_max: int = 64 << 20
    jwt_seconds: int = 3600
    workiva_token_seconds: int = 600
    workiva_polls_per_second: float = 1
    workiva_sunset: str = "2029-01-31T00:00:00Z"
    enforce_sunset: bool = False
    cors_origins: tuple[str, ...] = ()
    payment_url: str = ""
    requests_per_minute: int = 6000
    scalingo_requests_per_minute: int = 60
    requests_at_once_max: int = 1000
    webhooks_per_account_max: int = 20
    webhook_private_addresses: bool = False
    connections_max: int = 20_000

    @property
    def folder(self) -> Path:
        """The data folder."""
        return Path(self.data).expanduser()


def load(file: Path | None, environment: Mapping[str, str] | None = None, **options: object) -> Config:
    """The settings: options win over `HEADWAY_…`, that over the file, that over the defaults.

    Invalid, naming the nearest known setting, when one is unknown or of the wrong type.
    """
    given: dict[str, Any] = {}
    if file is not None:
        given |= tomllib.loads(file.read_text())
    given |= _from_environment(os.environ if environment is None else environment)
    given |= {name: value for name, value in options.items() if value is not None}
    for name in given:
        if name not in Config.__struct_fields__:
            near = get_close_matches(name, Config.__struct_fields__, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise Invalid(**{name: f"is not a setting{hint}"})
    try:
        return msgspec.convert(given, Config, strict=False)
    except msgspec.ValidationError as error:
        raise Invalid(settings=str(error)) from error


def environment() -> Mapping[str, str]:
    """The environment, for the few parts that hand pieces of it on."""
    return os.environ


def user_folder(environment: Mapping[str, str] | None = None) -> Path:
    """Where this user's own settings are kept, as the desktop standard says."""
    given = os.environ if environment is None else environment
    return Path(given.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "headway"


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    prefix = "HEADWAY_"
    names = {key: key.removeprefix(prefix).lower() for key in environment if key.startswith(prefix)}
    known = {name: environment[key] for key, name in names.items() if name in Config.__struct_fields__}
    return {
        name: [part.strip() for part in text.split(",")] if name in _LISTS else text
        for name, text in known.items()
    }


_LISTS = {field.name for field in msgspec.structs.fields(Config) if isinstance(field.default, tuple)}
"""Settings of several values: in the environment, with commas between them."""

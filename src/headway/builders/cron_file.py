"""cron.json: what an app runs by the clock.

{"jobs": [{"command": "0 5 * * * bin/report", "size": "L"}]}
"""

import msgspec

from headway.builders.refusals import shown, wrong
from headway.errors import Invalid
from headway.model.cron_tasks import TASKS_MAX, CronLine, line_of

NAME = "cron.json"
BYTES_MAX = 16 << 10
_KNOWN = frozenset({"command", "size"})


class CronFile(msgspec.Struct, frozen=True, kw_only=True):
    """What a cron.json says."""

    lines: tuple[CronLine, ...]
    warnings: tuple[str, ...] = ()


def parse(content: bytes) -> CronFile:
    """Read a cron.json. Failure `build-error` with every error, each with its job."""
    lines: list[CronLine] = []
    errors: list[str] = []
    warnings: list[str] = []
    jobs = _jobs(content)
    for number, job in enumerate(jobs, 1):
        try:
            line = _line(job)
        except Invalid as invalid:
            errors += [f"job {number}: {name} {it}" for name, its in invalid.fields.items() for it in its]
            continue
        if line.text in {it.text for it in lines}:
            warnings.append(f"job {number} is the same as one before, it runs once")
        else:
            lines.append(line)
        warnings += [
            f"job {number}: {shown(name)} means nothing here" for name in sorted(job.keys() - _KNOWN)
        ]
    if len(jobs) > TASKS_MAX:
        errors.append(f"it has {len(jobs):,} jobs, at most {TASKS_MAX} may be")
    if errors:
        raise wrong(f"{NAME} is wrong: {'; '.join(errors[:20])}")
    return CronFile(lines=tuple(lines), warnings=tuple(warnings[:20]))


def _jobs(content: bytes) -> list[dict[str, object]]:
    form = 'it should be like {"jobs": [{"command": "0 5 * * * bin/report"}]}'
    try:
        said = msgspec.json.decode(content.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, RecursionError) as error:
        raise wrong(f"{NAME} is no JSON: {shown(str(error))}") from None
    if not isinstance(said, dict) or "jobs" not in said:
        raise wrong(f"{NAME} is wrong: {form}")
    try:
        return msgspec.convert(said["jobs"], list[dict[str, object]] | None) or []
    except msgspec.ValidationError:
        raise wrong(f"{NAME} is wrong: {form}") from None


def _line(job: dict[str, object]) -> CronLine:
    command, size = job.get("command"), job.get("size")
    if not isinstance(command, str):
        raise Invalid(command="should be a text like `0 5 * * * bin/report`")
    if size is not None and not isinstance(size, str):
        raise Invalid(size="should be a text like M")
    return line_of(command, size)

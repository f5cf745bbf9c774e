"""Somebody at a terminal, with the real git and the real ssh."""

import asyncio
import os
import subprocess
from pathlib import Path

SERVES = "web: serve\n"
SECONDS_MAX = 60


class Somebody:
    """At a terminal, with a repository and keys of their own."""

    def __init__(self, home: Path, ssh_port: int = 0) -> None:
        self.home = home
        self.repository = home / "repository"
        self.ssh_port = ssh_port
        self.repository.mkdir(parents=True)

    @property
    def environment(self) -> dict[str, str]:
        ssh = f"ssh -F none -o BatchMode=yes -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -i {self.home}/key"
        who = {
            f"GIT_{role}_{what}": "me@example.com"
            for role in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        }
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_SSH_COMMAND": f"{ssh} -o UserKnownHostsFile={self.home}/known_hosts -o LogLevel=ERROR",
            "LC_ALL": "C",
            **who,
        }

    async def does(self, *argv: str, fed: bytes | None = None) -> tuple[int, str]:
        """A command in the repository: how it ended, and what it said."""
        child = await asyncio.create_subprocess_exec(
            *argv,
            cwd=self.repository,
            env=self.environment,
            stdin=asyncio.subprocess.DEVNULL if fed is None else asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            async with asyncio.timeout(SECONDS_MAX):
                said, _ = await child.communicate(fed)
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
        assert child.returncode is not None
        return child.returncode, said.decode(errors="replace")

    async def git(self, *argv: str) -> tuple[int, str]:
        """Git does it."""
        return await self.does("git", *argv)

    async def well(self, *argv: str) -> str:
        """Git does it, and well."""
        code, said = await self.git(*argv)
        assert code == 0, said
        return said

    async def commits(self, procfile: str, **files: str) -> str:
        """A Procfile and other files, committed; the commit."""
        if not (self.repository / ".git").exists():
            await self.well("init", "-q", "-b", "main")
        for name, content in {"Procfile": procfile, **files}.items():
            (self.repository / name).parent.mkdir(parents=True, exist_ok=True)
            (self.repository / name).write_text(content)
        await self.well("add", "-A")
        await self.well("commit", "-q", "--allow-empty", "-m", "changed")
        return (await self.well("rev-parse", "HEAD")).strip()

    def at(self, app: str) -> str:
        """The URL of an app's repository over SSH."""
        return f"ssh://git@127.0.0.1:{self.ssh_port}/{app}.git"


def key_made(file: Path) -> str:
    """A new key in the file; its fingerprint."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(file)], check=True)
    told = subprocess.run(["ssh-keygen", "-lf", str(file)], check=True, capture_output=True, text=True)
    return told.stdout.split()[1]


async def branches(me: Somebody) -> dict[str, str]:
    """What a clone would get."""
    said = await me.well("ls-remote", me.at("hello-git"))
    return {ref: commit for commit, ref in (line.split() for line in said.splitlines())}

"""Where do tests get a PostgreSQL? They start one of their own, in a temporary folder, on a port that the system gives.

It refuses to run as root, so under root it runs as another user of the machine.
"""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_USER = "kweek"
_FAST = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=200"


def find_postgres() -> Path | None:
    """The folder with `initdb` and `pg_ctl`: the newest of Debian's, else the one on the PATH."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = str(debian[-1]) if debian else shutil.which("initdb")
    return Path(found).parent if found else None


@dataclass
class Postgres:
    """`stop("immediate")` is a crash; after `start()` it recovers, at the same address."""

    programs: Path
    folder: Path
    port: int
    account: dict[str, Any]  # whose processes they are
    _names: Iterator[int] = field(default_factory=itertools.count)

    @classmethod
    @contextmanager
    def running(cls, programs: Path) -> Iterator[Postgres]:
        folder = Path(tempfile.mkdtemp(prefix="kweek-pg-"))
        server = cls(programs, folder, _free_port(), _account())
        try:
            if server.account:
                os.chown(folder, server.account["user"], server.account["group"])
            server._run("initdb", "-D", "data", "-U", _USER, "-A", "trust", "-E", "UTF8", "--no-sync", "--no-locale")
            server.start()
            try:
                yield server
            finally:
                server.stop("immediate")
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self.folder} {_FAST}"
        self._run("pg_ctl", "-D", "data", "-l", "log", "-w", "-t", "60", "-o", options, "start")

    def stop(self, mode: str) -> None:
        self._run("pg_ctl", "-D", "data", "-w", "-m", mode, "stop")

    def create(self, name: str | None = None, template: str = "template1") -> str:
        """A new database; its address."""
        name = name or f"test_{next(self._names)}"
        self._run("psql", "-h", "127.0.0.1", "-p", str(self.port), "-U", _USER, "-d", "postgres", "-qc",
                  f'CREATE DATABASE "{name}" TEMPLATE "{template}"')  # fmt: skip
        return f"postgresql://{_USER}@127.0.0.1:{self.port}/{name}"

    def make_durable(self, url: str) -> None:
        """A crash may not take what was committed in this database: the server for tests is fast, and forgets it."""
        name = url.rpartition("/")[2]
        self._run("psql", "-h", "127.0.0.1", "-p", str(self.port), "-U", _USER, "-d", "postgres", "-qc",
                  f'ALTER DATABASE "{name}" SET synchronous_commit TO on')  # fmt: skip

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self.programs / program, *arguments],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE
            if program != "pg_ctl"
            else subprocess.DEVNULL,  # the server would keep the pipe open
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC"},
            **self.account,
        )
        if done.returncode:
            log = self.folder / "log"
            told = log.read_text()[-2000:] if log.exists() else ""
            raise RuntimeError(f"{program} failed ({done.returncode}): {done.stdout or ''}\n{told}")


def _account() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}
    raise RuntimeError("PostgreSQL does not run as root, and this machine has neither “postgres” nor “nobody”")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

"""Where is the race run? One Temporal server, one relay, and a database that is copied for each round."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from temporalio.client import Client

from kweek.commands.prepare import prepare_database
from kweek.config import Settings, settings
from kweek.secret import make_secret
from kweek.temporal_server import temporal_command

ROOT: Final = Path(__file__).parents[1]
WEEK: Final = 2.0  # seconds that the flow's first seven days take
TEMPO: Final = 7 * 86_400 / WEEK

# At this tempo a busy machine would miss every deadline. Each is kept, and put off until after the race; only the
# seven days at the beginning pass.
SLACK: Final = 500
PUT_OFF: Final = {
    "    within: 7 days": "    within: 3500 days",
    "      within: 5 business days": "      within: 3500 days",
    "      follow_up: 24 hours": "      follow_up: 12000 hours",
    "      remind: 20 hours": "      remind: 10000 hours",
    "        - after: 24 hours": "        - after: 12000 hours",
    "        - after: 48 hours": "        - after: 24000 hours",
}


class Course:
    """The server, the relay, and a database that is copied for each round."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = _free_port()
        self.workspace = course_workspace(folder / "workspace")
        log = (folder / "temporal.log").open("wb")
        command = temporal_command(folder, self.port, None)
        self.server = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        sink = [sys.executable, "-m", "bench.sink"]
        self.sink = subprocess.Popen(sink, stdout=subprocess.PIPE, cwd=ROOT, text=True)
        assert self.sink.stdout is not None
        self.smtp = int(self.sink.stdout.readline())
        self.rounds = 0
        self.prepared = self.settings_in(folder / "prepared")
        make_secret(self.prepared.secret_file)
        for _ in prepare_database(self.prepared, TEMPO):
            pass

    def settings_in(self, data: Path) -> Settings:
        data.mkdir(exist_ok=True)
        return settings(self.environment(data), data)

    def environment(self, data: Path) -> dict[str, str]:
        return {
            "KWEEK_DATA": str(data), "KWEEK_WORKSPACE": str(self.workspace),
            "KWEEK_TEMPORAL_ADDRESS": f"127.0.0.1:{self.port}", "KWEEK_SMTP_URL": f"smtp://127.0.0.1:{self.smtp}",
            "KWEEK_SECRET_FILE": str(self.folder / "secret"),
        }  # fmt: skip

    def new_data(self) -> Path:
        self.rounds += 1
        data = self.folder / f"round-{self.rounds}"
        data.mkdir()
        shutil.copy(self.prepared.data / "kweek.db", data / "kweek.db")
        return data

    @contextmanager
    def contestant(self, which: str, data: Path, *more: str) -> Generator[tuple[int, Path]]:
        report = data / "report.json"
        environment = {**os.environ, **self.environment(data)}
        with (data / "worker.log").open("wb") as log:
            command = [sys.executable, "-m", "bench.contestant", which, str(report), *more]
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            _wait_for(report, process)
            yield process.pid, report
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()

    def close(self) -> None:
        for process in (self.server, self.sink):
            process.terminate()
            process.wait(20)


async def connect(port: int) -> Client:
    """As soon as the server answers."""
    deadline = time.monotonic() + 60
    while True:
        try:
            client = await Client.connect(f"127.0.0.1:{port}")
            await client.count_workflows()
        except Exception:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.2)
        else:
            return client


def course_workspace(folder: Path) -> Path:
    """The one that ships, with deadlines that a busy machine keeps, and no hours for mail: days pass in a blink."""
    folder.mkdir()
    for part in ("flows", "rules", "surveys", "templates"):
        shutil.copytree(ROOT / part, folder / part)
    flow, rules = folder / "flows" / "brochure-request.yaml", folder / "rules" / "workspace.yaml"
    text = flow.read_text()
    for line, other in PUT_OFF.items():
        if f"{line}\n" not in text and f"{line} " not in text:
            raise SystemExit(f"{flow.name} has no line “{line.strip()}” any more")
        text = text.replace(line, other)
    flow.write_text(text)
    kept = [line for line in rules.read_text().splitlines() if not line.startswith("send_hours:")]
    rules.write_text("\n".join(kept) + "\n")
    return folder


def _wait_for(file: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while not file.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"the worker did not start; see {file.parent / 'worker.log'}")
        time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

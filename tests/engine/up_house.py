"""A real `kweek up` for tests: started in a folder of its own, spoken to over HTTP as people and programs do."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx
from sqlalchemy import func, select

from kweek.leads import tables
from kweek.leads.database import Database, open_database
from tests.engine.servers import ports_of_up

ROOT = Path(__file__).parents[2]
KWEEK = [sys.executable, "-m", "kweek"]
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PARTS = ("temporal", "catcher", "worker", "web")
SAYS = {
    "KWEEK_TEMPORAL_ADDRESS": ("temporal-port", "ui-port"),
    "KWEEK_SMTP_URL": ("smtp-port",),
    "KWEEK_BASE_URL": ("port",),
}
"""Setting → the options that need not be given then, or may not."""

START = 90.0  # seconds that a start may take on a machine that does other things too

_T = TypeVar("_T")


def wait_for(true: Callable[[], _T], seconds: float = 30, what: str = "") -> _T:
    """Ask until the answer is true, and give it; AssertionError when the time is up."""
    deadline = time.monotonic() + seconds
    while not (answer := true()):
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what or true}"
        time.sleep(0.05)
    return answer


def children_of(pid: int) -> set[int]:
    """All processes below this one, also the children of children."""
    below: set[int] = set()
    for task in Path(f"/proc/{pid}/task").glob("*"):
        with suppress(FileNotFoundError):  # a thread ends while we look
            for child in (task / "children").read_text().split():
                below |= {int(child)} | children_of(int(child))
    return below


def alive(pid: int) -> bool:
    """A zombie that nobody has waited for is dead."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def kweek(*words: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, in a folder, with nothing else said."""
    command = [*KWEEK, *words]
    return subprocess.run(
        command, cwd=cwd, env=_bare() | environment, capture_output=True, text=True, timeout=120, check=False
    )


def _bare() -> dict[str, str]:
    """The environment, without what somebody says there of Kweek."""
    said = {name: value for name, value in os.environ.items() if not name.startswith("KWEEK_")}
    return said | {"PYTHONPATH": str(ROOT), "KWEEK_WORKSPACE": str(ROOT)}


@dataclass
class Up:
    """One `kweek up`, or another command that keeps a house up. `folder` is where it is started; its data are in
    `folder/data`."""

    folder: Path
    tempo: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    command: Sequence[str] = ("up",)
    ports: dict[str, int] = field(default_factory=ports_of_up)
    process: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.ports['port']}"

    @property
    def temporal(self) -> str:
        return f"127.0.0.1:{self.ports['temporal-port']}"

    @property
    def database(self) -> str:
        """Its address."""
        return self.environment.get("KWEEK_DATABASE_URL", f"sqlite:///{self.data / 'kweek.db'}")

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    @property
    def terminal(self) -> str:
        """All that it has said so far."""
        return (self.folder / "terminal").read_text()

    def start(self) -> Up:
        said = {option for name in self.environment for option in SAYS.get(name, ())}
        ours = {name: port for name, port in self.ports.items() if name not in said}
        options = [word for name, port in ours.items() for word in (f"--{name}", str(port))]
        pace = ["--tempo", self.tempo] if self.tempo else []
        with (self.folder / "terminal").open("wb") as terminal:
            self.process = subprocess.Popen(
                [*KWEEK, *self.command, "--data", str(self.data), *options, *pace],
                cwd=self.folder, env=_bare() | dict(self.environment), stdout=terminal, stderr=terminal,
            )  # fmt: skip
        return self

    def says(self, words: str, seconds: float = START) -> str:
        """Wait until the terminal says so; the whole line."""
        process = self.process
        assert process is not None

        def line() -> str:
            found = [line for line in self.terminal.splitlines() if words in line]
            assert found or process.poll() is None, f"it ended ({process.returncode}):\n{self.terminal}"
            return found[0] if found else ""

        try:
            return wait_for(line, seconds, words)
        except AssertionError as error:
            raise AssertionError(f"{error}\nterminal:\n{self.terminal}\n{self.logs}") from None

    @property
    def logs(self) -> str:
        return "\n".join(f"{log.name}: {log.read_text()[-1500:]}" for log in sorted((self.data / "logs").glob("*.log")))

    def stop(self, seconds: float = 30) -> int:
        """Ctrl-C, and what it answers the shell with."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(seconds)

    def kill(self) -> None:
        """For the end of a test that failed: nothing stays."""
        if self.process is not None and self.process.poll() is None:
            below = children_of(self.pid)
            self.process.kill()
            self.process.wait()
            wait_for(lambda: not any(map(alive, below)), 40, "children end with their supervisor")

    def pid_of(self, part: str) -> int | None:
        """The process of a part, by what it was started as."""
        sign = {"temporal": "start-dev"}.get(part, part)
        for child in children_of(self.pid):
            try:
                words = Path(f"/proc/{child}/cmdline").read_bytes().decode().split("\0")
            except (FileNotFoundError, ProcessLookupError):
                continue
            if sign in words:
                return child
        return None


@contextmanager
def up(folder: Path, tempo: str | None = None, **environment: str) -> Iterator[Up]:
    """Started; not waited for."""
    folder.mkdir(exist_ok=True)
    house = Up(folder, tempo, environment)
    try:
        yield house.start()
    finally:
        house.kill()


class Visitor:
    """What programs, people with a browser and colleagues do to a running house; and a look into its books."""

    def __init__(self, house: Up) -> None:
        self.house = house
        words = ("key", "make", "website", "--may", "everything", "--data", str(house.data))
        made = kweek(*words, cwd=house.folder, **house.environment)
        assert made.returncode == 0, made.stderr
        self.api = httpx.Client(
            base_url=house.base, headers={"authorization": f"Bearer {made.stdout.strip()}"}, timeout=30
        )
        self.browser = httpx.Client(
            base_url=house.base, headers={"user-agent": FIREFOX}, timeout=30, follow_redirects=True
        )
        self.database: Database = open_database(house.database)

    def close(self) -> None:
        self.api.close()
        self.browser.close()
        self.database.close()

    def sign_in(self) -> None:
        link = re.search(r"http\S+/login/\S+", self.house.says("Kweek is up"))
        assert link is not None
        assert self.browser.get(link[0]).status_code == 200

    def post(self, path: str, body: object) -> dict[str, Any]:
        """What the interface answers; a refusal is a failure of the test."""
        answer = self.api.post(path, json=body)
        assert answer.status_code in (200, 201), (answer.status_code, answer.text)
        return answer.json()

    def rows(self, query: Any) -> list[Any]:
        with self.database.read() as read:
            return list(read.execute(query))

    def count(self, query: Any) -> int:
        with self.database.read() as read:
            return int(read.execute(select(func.count()).select_from(query.subquery())).scalar_one())

    def lead(self, name: str) -> str:
        """The id of the lead with this external id."""
        [row] = self.rows(select(tables.leads.c.id).where(tables.leads.c.external_id == name))
        return row.id

    def way(self, name: str) -> list[str]:
        """The steps that a lead has entered, flow by flow, and how each flow ended: `brochure-request: …`."""
        lead, e = self.lead(name), tables.enrolments.c
        found: list[str] = []
        for one in self.rows(select(tables.enrolments).where(e.lead_id == lead).order_by(e.started_at, e.id)):
            end = [] if one.ended_at is None else [f"{one.result} {one.because or ''}".strip()]
            entered = select(tables.journal.c.step).where(
                tables.journal.c.enrolment_id == one.id, tables.journal.c.kind == "entered"
            )
            steps = [row.step for row in self.rows(entered.order_by(tables.journal.c.id)) if row.step]
            found.append(f"{one.flow}: {' > '.join([*steps, *end])}")
        return found

    def mail(self, name: str, mail: str) -> Any:
        """The mail that this lead got last, or nothing yet."""
        m = tables.mails.c
        where = (m.lead_id == self.lead(name), m.mail == mail, m.audience == "lead", m.status == "sent")
        found = self.rows(select(tables.mails).where(*where).order_by(m.sent_at.desc()))
        return found[0] if found else None

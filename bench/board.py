"""What does the board cost with many leads in one flow? First answer of a page, and from a commit to the browser.

    python -m bench.board postgresql://kweek@127.0.0.1/bench [leads]

The database must be new. Rows are made for the purpose: each lead stands on a step, has taken rows before, and is
counted as a turn would have counted it; who is to be called has a call task, and who is at sales a handover. The pages
are asked for by HTTP, one after another, while leads walk.
"""

from __future__ import annotations

import argparse
import json
import socket
import tempfile
import threading
import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from sqlalchemy import insert, text

from kweek import config
from kweek.flow.state import Enrolment, Token
from kweek.flow.stored import dump_enrolment
from kweek.leads import publish, tables
from kweek.leads.database import Database, open_database
from kweek.leads.migrate import migrate
from kweek.leads.tally import Place, Tally, counted, numbers, tallied
from kweek.secret import make_secret
from kweek.versions import source_of
from kweek.web.app import make_app
from kweek.web.assemble import open_house
from kweek.web.house import House
from kweek.web.session import login_link
from kweek.workspace import read_workspace

ROOT = Path(__file__).parents[1]
FLOW = "brochure-request"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CALLED, SALES = "call/call-brochure", "sales/handover-sales"
STEPS = ("steps/wait-1", "steps/send-survey", CALLED, SALES)
ROWS = ("steps/send-survey when:2", "steps/send-survey otherwise:1", "call/call-brochure when:1")
PAGES = ("/", f"/flows/{FLOW}", f"/flows/{FLOW}/leads?at={STEPS[1]}", f"/flows/{FLOW}/leads?at={ROWS[0]}", "/leads/l77")
ASKED = 60


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", metavar="URL", help="of a new database")
    parser.add_argument("leads", type=int, nargs="?", default=100_000, help="in one flow (default: 100000)")
    args = parser.parse_args()
    url, many = args.url, args.leads
    database = open_database(url)
    migrate(database.engine)
    version = publish.publish(database, source_of(read_workspace(ROOT), FLOW), FLOW, "bench", NOW).hash
    began = time.perf_counter()
    fill(database, version, many)
    print(f"{many:,} leads in one flow, made in {time.perf_counter() - began:.0f} s")
    with database.read() as read:
        began = time.perf_counter()
        assert numbers(read) == counted(read)
        print(f"counted by the rows: {(time.perf_counter() - began) * 1000:.0f} ms; the tally says the same")
    with served(url) as house, httpx.Client(base_url=house.settings.base_url, timeout=30) as client:
        client.get(login_link(house.settings))
        for path in PAGES:
            ask(client, path)
        with walking(database, version):
            print("while leads walk:")
            for path in PAGES[:2]:
                ask(client, path)
        follow(client, database, version)
    database.close()


def fill(database: Database, version: str, many: int) -> None:
    """In blocks of a thousand."""
    for start in range(0, many, 1000):
        block = [(f"l{n}", n) for n in range(start, min(many, start + 1000))]
        with database.write() as tx:
            tx.execute(insert(tables.leads), [_lead(lead, n) for lead, n in block])
            tx.execute(insert(tables.enrolments), [_enrolment(lead, n, version) for lead, n in block])
            tx.execute(insert(tables.journal), [line for lead, n in block for line in _journal(lead, n)])
            tx.execute(insert(tables.call_tasks), [_call(lead, n) for lead, n in block if n % 4 == STEPS.index(CALLED)])
            tx.execute(
                insert(tables.handovers), [_handover(lead, n) for lead, n in block if n % 4 == STEPS.index(SALES)]
            )
            tx.execute(insert(tables.events), [event for lead, n in block for event in _events(lead, n)])
            for tally in _tallies(block, version):
                tally.write(tx)
    if not database.sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def _lead(lead: str, n: int) -> dict[str, Any]:
    email = f"{lead}@example.com"
    return {"id": lead, "name": f"Lead {n}", "email": email, "email_key": email, "created_at": NOW, "fields": {}}


def _enrolment(lead: str, n: int, version: str) -> dict[str, Any]:
    entered, step = NOW - timedelta(seconds=n), STEPS[n % 4]
    state = dump_enrolment(Enrolment(f"{lead}-1", FLOW, version, NOW, 1, Token(step, 1, entered)))
    about = {"id": f"{lead}-1", "lead_id": lead, "flow": FLOW, "version": version, "live": True, "state": state}
    return {**about, "started_at": NOW, "step": step, "entered_at": entered}


def _call(lead: str, n: int) -> dict[str, Any]:
    about = {"key": f"{lead}-1/2", "lead_id": lead, "enrolment_id": f"{lead}-1", "script": "brochure", "status": "open"}
    return {**about, "queue": "telemarketing", "attempts_allowed": 3, "opened_at": NOW - timedelta(seconds=n)}


def _handover(lead: str, n: int) -> dict[str, Any]:
    about = {"key": f"{lead}-1/3", "lead_id": lead, "enrolment_id": f"{lead}-1", "team": "sales", "status": "open"}
    given = NOW - timedelta(seconds=n)
    return {
        **about,
        "owner": "youssef",
        "sales_ready": True,
        "given_at": given,
        "follow_up_at": given + timedelta(days=1),
    }


def _journal(lead: str, n: int) -> Iterator[dict[str, Any]]:
    about: dict[str, Any] = {"lead_id": lead, "enrolment_id": f"{lead}-1", "turn": 1, "at": NOW}
    for step in STEPS[: n % 4 + 1]:
        yield {**about, "kind": "entered", "step": step, "detail": {}, "place": None}
    for place in ROWS[: n % 4]:
        step, row = place.split()
        yield {**about, "kind": "reacted", "step": step, "detail": {"row": row}, "place": place}


def _events(lead: str, n: int) -> Iterator[dict[str, Any]]:
    """A mail that left, and an open: of which the board tells the one."""
    at = NOW - timedelta(seconds=n)
    about: dict[str, Any] = {"lead_id": lead, "ref": f"{lead}-1/1", "at": at, "recorded_at": at, "data": {}}
    for seq, kind in enumerate(("sent", "opened", "sent", "attempted")[: 2 + n % 3], 1):
        by = "els" if kind == "attempted" else None
        yield {**about, "seq": seq, "id": f"{lead}/{seq}", "kind": kind, "by": by}


def _tallies(block: list[tuple[str, int]], version: str) -> Iterable[Tally]:
    """One for each shard."""
    found: dict[int, Tally] = {}
    for lead, n in block:
        mine = Tally(lead)
        for place in (STEPS[n % 4], *ROWS[: n % 4]):
            found.setdefault(mine.shard, mine).changes[Place(FLOW, version, place)] += 1
    return found.values()


@contextmanager
def served(url: str) -> Generator[House]:
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        settings = replace(
            config.settings({}, Path(folder)), workspace=ROOT, data=Path(folder), secret_file=Path(folder) / "secret",
            database_url=url, base_url=f"http://127.0.0.1:{port}",
        )  # fmt: skip
        make_secret(settings.secret_file)
        house = open_house(settings)
        server = uvicorn.Server(uvicorn.Config(make_app(house), port=port, log_level="error"))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield house
        house.seats.close()
        server.should_exit = True
        thread.join(10)


def ask(client: httpx.Client, path: str) -> None:
    took: list[float] = []
    size = 0
    for _ in range(ASKED):
        began = time.perf_counter()
        answer = client.get(path)
        took.append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 200, (path, answer.status_code)
        size = len(answer.content)
        time.sleep(0.02)
    took.sort()
    middle, most = took[ASKED // 2], took[int(ASKED * 0.95)]
    print(f"  {path:60} p50 {middle:5.0f} ms  p95 {most:5.0f} ms  {size / 1000:.0f} kB")


def walk(database: Database, version: str, n: int) -> None:
    """One lead takes a row, as a turn writes it."""
    lead = f"l{n}"
    with database.lead_tx(lead) as tx, tallied(tx, lead) as tally:
        step, row = ROWS[1].split()
        about = {"lead_id": lead, "enrolment_id": f"{lead}-1", "turn": 9, "at": NOW, "kind": "timed_out", "step": step}
        tx.execute(insert(tables.journal).values(**about, detail={"row": row}, place=ROWS[1]))
        tally.changes[Place(FLOW, version, ROWS[1])] += 1


@contextmanager
def walking(database: Database, version: str) -> Generator[None]:
    ended = threading.Event()

    def run() -> None:
        n = 0
        while not ended.wait(0.02):
            walk(database, version, n := n + 1)

    thread = threading.Thread(target=run)
    thread.start()
    yield
    ended.set()
    thread.join()


def follow(client: httpx.Client, database: Database, version: str) -> None:
    """From the commit to the line that a browser reads."""
    took: list[float] = []
    with client.stream("GET", "/live", params={"flow": FLOW, "version": version}) as answer:
        lines = (json.loads(line[6:]) for line in answer.iter_lines() if line.startswith("data: "))
        shown = next(lines)["counts"][ROWS[1]]
        for n in range(20):
            time.sleep(0.13 * (n % 7))
            walk(database, version, n)
            began = time.perf_counter()
            while (now := next(lines).get("counts", {}).get(ROWS[1], shown)) == shown:
                pass
            shown = now
            took.append(time.perf_counter() - began)
    took.sort()
    print(f"from a commit to the browser: p50 {took[10]:.2f} s, at most {took[-1]:.2f} s")


if __name__ == "__main__":
    main()

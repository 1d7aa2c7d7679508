"""How fast does an event get into the books? `intake.record`: the lead found, the event, its points and its bell.

    python -m bench.intake sqlite:////tmp/intake.db postgresql://kweek@127.0.0.1/intake

The databases must be new; the flows that ship are published in them. Measured among a thousand leads and among a
hundred thousand, in one process, on one thread and on eight; every lead has ten events before. Beside it: the same over
HTTP (`POST /api/events`, one event each, eight at once, served by this very process), and all leads rescored.
"""

from __future__ import annotations

import argparse
import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import httpx
import msgspec
from sqlalchemy import insert

from bench.board import served
from kweek.intake.ears import FlowEars
from kweek.intake.incoming import Incoming, LeadIn
from kweek.intake.record import record
from kweek.intake.rescoring import rescore
from kweek.leads import publish, tables
from kweek.leads.database import Database, open_database
from kweek.leads.keys import make_key
from kweek.leads.migrate import migrate
from kweek.rulebook import in_force
from kweek.versions import source_of
from kweek.workspace import read_workspace

ROOT: Final = Path(__file__).parent.parent
SIZES: Final = (1_000, 100_000)
EVENTS: Final = 2_000
BEFORE: Final = 10  # events of each lead
NOW: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KINDS: Final = ("page.viewed", "opened", "clicked", "download.taken", "newsletter.subscribed", "contact.requested")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("urls", metavar="URL", nargs="+", help="of a new database")
    workspace = read_workspace(ROOT)
    ears = in_force(workspace).ears
    for url in parser.parse_args().urls:
        database = open_database(url, make=True)
        migrate(database.engine)
        for flow in workspace.flows:
            publish.publish(database, source_of(workspace, flow), flow, "bench", NOW)
        kind, there, alone = database.engine.dialect.name, 0, 0.0
        for size in SIZES:
            _people(database, there, size)
            there = size
            for threads in (1, 8):
                rate, p99, each = _ingest(database, ears, size, threads)
                alone = alone or each
                ratio = f"; {each / alone:.2f} of what it was" if size != SIZES[0] and threads == 1 else ""
                words = f"{rate:5.0f} events/s, p99 {p99 * 1e3:.0f} ms, {each * 1e3:.2f} ms CPU each{ratio}"
                print(f"{kind:10}  {size:7,} leads, {threads} threads: {words}")
        over, p99 = _over_http(database, url, there)
        print(f"{kind:10}  {there:7,} leads, over HTTP: {over:5.0f} events/s, p99 {p99 * 1e3:.0f} ms")
        for what, others in (("never scored before", ears), ("as it was", ears), ("one rule changed", _other(ears))):
            print(f"{kind:10}  rescoring, {what}: {_rescore(database, others):,.0f} leads/s")
        database.close()


def _people(db: Database, since: int, until: int) -> None:
    """Leads with what they did before."""
    dice = random.Random(1)
    for start in range(since, until, 5_000):
        numbers = range(start, min(until, start + 5_000))
        people: list[dict[str, object]] = [
            {
                "id": f"l{n:06}", "email": f"a{n}@there.example", "email_key": f"a{n}@there.example",
                "name": "Ann Smit", "job_title": dice.choice((None, "grower", "student")), "created_at": NOW,
                "fields": {}, "seq": BEFORE, "seen": BEFORE,
            }
            for n in numbers
        ]  # fmt: skip
        did: list[dict[str, object]] = [
            {
                "lead_id": f"l{n:06}", "seq": seq, "id": f"{n}/{seq}", "kind": dice.choice(KINDS),
                "at": NOW + timedelta(hours=seq), "recorded_at": NOW, "data": {"topic": "energy"},
            }
            for n in numbers
            for seq in range(1, BEFORE + 1)
        ]  # fmt: skip
        with db.write() as tx:
            tx.execute(insert(tables.leads), people)
            tx.execute(insert(tables.events), did)


def _ingest(db: Database, ears: FlowEars, size: int, threads: int) -> tuple[float, float, float]:
    """Events a second, seconds at the 99th percentile, and processor seconds each."""
    dice, tag = random.Random(threads), f"{time.monotonic_ns()}"
    at = NOW + timedelta(days=1)
    said = [
        Incoming(f"{tag}/{n}", dice.choice(KINDS), at, LeadIn(email=f"a{dice.randrange(size)}@there.example"))
        for n in range(EVENTS)
    ]

    def one(incoming: Incoming) -> float:
        started = time.perf_counter()
        record(db, incoming, at, ears)
        return time.perf_counter() - started

    for incoming in said[:100]:  # warm
        one(incoming)
    wall, cpu = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(threads) as pool:
        took = sorted(pool.map(one, said[100:]))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return len(took) / wall, took[len(took) * 99 // 100], cpu / len(took)


def _over_http(db: Database, url: str, size: int) -> tuple[float, float]:
    """Events a second, and seconds at the 99th percentile."""
    dice, tag = random.Random(8), f"{time.monotonic_ns()}"
    with db.write() as tx:
        headers = {"Authorization": f"Bearer {make_key(tx, 'bench', NOW)}"}
    said: list[dict[str, object]] = [
        {"id": f"{tag}/{n}", "type": "download.taken", "lead": {"email": f"a{dice.randrange(size)}@there.example"}}
        for n in range(EVENTS)
    ]
    with served(url) as house, httpx.Client(base_url=house.settings.base_url, headers=headers) as client:

        def one(event: dict[str, object]) -> float:
            started = time.perf_counter()
            client.post("/api/events", json=event).raise_for_status()
            return time.perf_counter() - started

        for event in said[:50]:  # warm
            one(event)
        started = time.perf_counter()
        with ThreadPoolExecutor(8) as pool:
            took = sorted(pool.map(one, said[50:]))
        return len(took) / (time.perf_counter() - started), took[len(took) * 99 // 100]


def _other(ears: FlowEars) -> FlowEars:
    """The first rule about an event that many have is worth a point more."""
    scores = ears.scores
    first = next(rule for rule in scores.rules if rule.event == KINDS[1])
    rules = tuple(msgspec.structs.replace(rule, points=rule.points + (rule is first)) for rule in scores.rules)
    return replace(ears, scores=replace(scores, rules=rules))


def _rescore(db: Database, ears: FlowEars) -> float:
    started = time.perf_counter()
    leads = sum(batch.leads for batch in rescore(db, ears, "", lambda: NOW + timedelta(days=30)))
    return leads / (time.perf_counter() - started)


if __name__ == "__main__":
    main()

"""What does the lead database cost? One lead's transaction, and an event with its bell, on the database that is named.

    python -m bench.store sqlite:////tmp/bench.db postgresql://kweek@127.0.0.1/bench

The databases must be new; everything is measured in one process, on one thread and on eight.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from sqlalchemy import insert

from kweek.leads import tables
from kweek.leads.database import Database, open_database
from kweek.leads.events import append, ring
from kweek.leads.migrate import migrate

LEADS, EVENTS = 200, 4_000
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("urls", metavar="URL", nargs="+", help="of a new database")
    for url in parser.parse_args().urls:
        database = open_database(url, make=True)
        migrate(database.engine)
        with database.write() as tx:
            tx.execute(insert(tables.leads), [{"id": f"lead{n}", "created_at": NOW} for n in range(LEADS)])
        kind = database.engine.dialect.name
        for name, work in (("lead_tx", lock), ("append + outbox", record)):
            for threads in (1, 8):
                wall, cpu = measure(database, work, threads)
                print(f"{kind:10}  {name:15}  {threads} threads: {1 / wall:7.0f}/s, {cpu * 1e6:5.0f} µs CPU each")
        database.close()


def measure(database: Database, work: Callable[[Database, str, int], None], threads: int) -> tuple[float, float]:
    """Seconds of wall and of this process's CPU for each piece of work."""
    tag = f"{time.monotonic_ns()}"
    for n in range(100):
        work(database, f"warm-{tag}", n)
    wall, cpu = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(work, database, tag, n) for n in range(EVENTS)]:
            done.result()
    return (time.perf_counter() - wall) / EVENTS, (time.process_time() - cpu) / EVENTS


def lock(database: Database, tag: str, n: int) -> None:
    with database.lead_tx(f"lead{n % LEADS}"):
        pass


def record(database: Database, tag: str, n: int) -> None:
    lead = f"lead{n % LEADS}"
    with database.lead_tx(lead) as tx:
        seq = append(tx, lead, f"{tag}-{n}", "page.viewed", NOW, data={"path": "/prices"}, recorded_at=NOW)
        if seq is not None:
            ring(tx, lead, seq)


if __name__ == "__main__":
    main()

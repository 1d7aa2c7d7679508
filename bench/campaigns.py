"""How long does it take to count what campaigns brought? The page of all, of one, and the lists behind its numbers.

    python -m bench.campaigns sqlite:////tmp/campaigns.db postgresql://kweek@127.0.0.1/bench [leads]

Each database must be new. 300 campaigns, 20 of them with all the others below them; two and a half touches a lead; a
lead in five handed over. The best of five, as a person waits for it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final

from sqlalchemy import Connection, Table, func, insert, select, text

from kweek.leads import tables
from kweek.leads.database import Database, open_database
from kweek.leads.earned import Period, behind, tree
from kweek.leads.migrate import migrate
from kweek.rules.stages import STAGES

_NOW: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
_WORDS: Final = tuple(f"campaign-{n}" for n in range(300))
_TOPS: Final = 20
_BATCH: Final = 5_000


def fill(db: Database, leads: int) -> None:
    chance = Random(1)
    with db.write() as tx:
        rows = ({"id": one, "title": one, "parent_id": None if n < _TOPS else _WORDS[n % _TOPS], "created_at": _NOW}
                for n, one in enumerate(_WORDS))  # fmt: skip
        _write(tx, tables.campaigns, rows)
        _write(tx, tables.leads, (_lead(n, chance) for n in range(leads)))
        _write(tx, tables.touches, (_touch(n % leads, chance) for n in range(leads * 5 // 2)))
        _write(tx, tables.handovers, (_handover(n, chance) for n in range(0, leads, 5)))
    if not db.sqlite:
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def _write(tx: Connection, table: Table, rows: Iterator[dict[str, Any]]) -> None:
    while some := [row for _, row in zip(range(_BATCH), rows, strict=False)]:
        tx.execute(insert(table), some)


def _lead(n: int, chance: Random) -> dict[str, Any]:
    word = chance.choice(_WORDS) if chance.random() < 0.8 else None
    at = _NOW - timedelta(minutes=chance.randrange(500_000))
    return {
        "id": f"{n:016x}", "email": f"{n}@example.com", "email_key": f"{n}@example.com", "name": "Sanne de Vries",
        "fields": {"building": "greenhouse"}, "created_at": at, "campaign": word, "last_campaign": word,
        "campaign_at": at if word else None, "stage": chance.choice(STAGES),
    }  # fmt: skip


def _touch(n: int, chance: Random) -> dict[str, Any]:
    at = _NOW - timedelta(minutes=chance.randrange(500_000))
    return {"lead_id": f"{n:016x}", "campaign": chance.choice(_WORDS), "how": "visit", "more": {}, "at": at}


def _handover(n: int, chance: Random) -> dict[str, Any]:
    return {
        "key": f"h{n}", "lead_id": f"{n:016x}", "enrolment_id": "e", "team": "sales", "given_at": _NOW, "rungs": 0,
        "status": chance.choice(("open", "closed")), "sales_ready": chance.random() < 0.7,
    }  # fmt: skip


def measure(db: Database) -> Iterator[tuple[str, float, float]]:
    """What, the seconds that it took, and those of this process's processor."""
    month = Period(UTC, _NOW.date() - timedelta(days=30), _NOW.date())
    of_one = [_WORDS[0], *_WORDS[_TOPS::_TOPS]]
    asks: dict[str, Callable[[Connection], object]] = {
        "all": lambda read: tree(read, Period(UTC)),
        "all, of a month": lambda read: tree(read, month),
        "one, with 14 below it": lambda read: tree(read, Period(UTC), _WORDS[0]),
        "how many it touched": lambda read: read.execute(
            select(func.count()).select_from(tables.leads).where(*behind("touched", of_one, Period(UTC)))
        ).scalar_one(),
    }
    for what, ask in asks.items():
        best = (float("inf"), float("inf"))
        for _ in range(5):
            with db.read() as read:
                wall, processor = time.perf_counter(), time.process_time()
                ask(read)
                best = min(best, (time.perf_counter() - wall, time.process_time() - processor))
        yield what, *best


def main() -> None:
    urls = [word for word in sys.argv[1:] if "://" in word]
    leads = next((int(word) for word in sys.argv[1:] if word.isdecimal()), 100_000)
    for url in urls:
        db = open_database(url, make=True)
        migrate(db.engine)
        fill(db, leads)
        print(f"{db.engine.dialect.name}: {leads:,} leads")
        for what, wall, processor in measure(db):
            print(f"  {what:<24}{wall * 1000:>8.0f} ms, {processor * 1000:.0f} of them here")
        db.close()


if __name__ == "__main__":
    main()

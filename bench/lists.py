"""What do the list of leads and the matrix cost with many leads? Each page by HTTP, and the whole list as a file.

    python -m bench.lists sqlite:////tmp/bench.db postgresql://kweek@127.0.0.1/bench [--leads 100000]

The databases must be new. Rows are made for the purpose: a third have no points, few are A1, one campaign brought half
of them, a tenth walk a flow and a handful another.
"""

from __future__ import annotations

import argparse
import random
import time
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx
from sqlalchemy import insert, text

from bench.board import ROOT, ask, served
from kweek.leads import publish, tables
from kweek.leads.database import Database, open_database
from kweek.leads.migrate import migrate
from kweek.rules.grades import Grades, Points
from kweek.versions import source_of
from kweek.web.session import login_link
from kweek.workspace import read_workspace

NOW: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FIRST: Final = ("Anna", "Bas", "Carla", "Daan", "Eva", "Fleur", "Guus", "Hanna", "Isa", "Jan", "Koen", "Lotte", "Mila")
LAST: Final = ("de Vries", "Jansen", "Smit", "Visser", "van den Berg", "Bakker", "Mulder", "Bos", "Vos", "Peters")
STAGES: Final = ("suspect", "suspect", "suspect", "suspect", "marketing qualified", "sales qualified", "customer")
PAGES: Final = (
    "/matrix", "/leads", "/leads?by=points", "/leads?grade=A1", "/leads?grade=C4", "/leads?grade=C4&by=points",
    "/leads?grade=D4&by=points", "/leads?grade=B2&stage=customer", "/leads?stage=customer", "/leads?stage=opportunity",
    "/leads?campaign=fair", "/leads?campaign=fair&by=points", "/leads?campaign=c3&grade=A1", "/leads?flow=long-term",
    "/leads?flow=renewal", "/leads?flow=renewal&by=points", "/leads?flow=long-term&grade=A1",
    "/leads?company=company+7",
   
    "/leads?company=c", "/leads?q=jan", "/leads?q=jan&by=points", "/leads?q=lotte+vos", "/leads?q=m4711", "/leads?q=zz",
    "/leads?q=company+99", "/leads?q=a", "/leads?q=jan&grade=A1&campaign=c3&flow=long-term",
)  # fmt: skip
FILES: Final = ("/leads.csv", "/leads.csv?by=points", "/campaigns/fair/leads.csv", "/flows/long-term/leads.csv")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("urls", metavar="URL", nargs="+", help="of a new database")
    parser.add_argument("--leads", type=int, default=100_000, help="how many (default: 100000)")
    args = parser.parse_args()
    for url in args.urls:
        database = open_database(url, make=True)
        migrate(database.engine)
        fill(database, args.leads)
        print(f"{database.engine.dialect.name}, {args.leads:,} leads")
        with served(url) as house, httpx.Client(base_url=house.settings.base_url, timeout=60) as client:
            client.get(login_link(house.settings))
            for path in (*PAGES, deep(client)):
                ask(client, path)
            for path in FILES:
                export(client, path)
        database.close()


def fill(database: Database, many: int) -> None:
    """In blocks of a thousand."""
    source = source_of(read_workspace(ROOT), "long-term")
    version = publish.publish(database, source, "long-term", "bench", NOW).hash
    draw, grades = random.Random(1), Grades()
    with database.write() as tx:
        rows: list[dict[str, Any]] = [
            {"id": f"c{n}", "name": f"Company {n}", "name_key": f"company {n}", "fields": {}} for n in range(10_000)
        ]
        tx.execute(insert(tables.companies), rows)
        tx.execute(insert(tables.campaigns).values(id="fair", title="Fair", created_at=NOW))
    for start in range(0, many, 1000):
        block = [_lead(n, draw, grades) for n in range(start, min(many, start + 1000))]
        walks = [one for n in range(start, min(many, start + 1000)) for one in _walks(n, version)]
        with database.write() as tx:
            tx.execute(insert(tables.leads), block)
            tx.execute(insert(tables.enrolments), walks)
    if not database.sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def _lead(n: int, draw: random.Random, grades: Grades) -> dict[str, Any]:
    first, last, email = draw.choice(FIRST), draw.choice(LAST), f"m{n}@example.com"
    points = Points(draw.randint(-30, 22), draw.randint(0, 15), draw.randint(0, 30)) if n % 3 else Points()
    return {
        "id": _id(n), "email": email, "email_key": email, "fields": {"building": "greenhouse"},
        "name": f"{first} {last}" if n % 2 else None, "first_name": first, "last_name": last, "phone": "+31201234567",
        "company_id": f"c{draw.randrange(10_000)}" if n % 5 else None, "stage": draw.choice(STAGES),
        "campaign": "fair" if n % 2 else f"c{draw.randrange(20)}", "created_at": NOW - timedelta(seconds=n * 60),
        "campaign_at": NOW - timedelta(seconds=n * 60),
        "profile": grades.profile_of(points) if n % 3 else None,
        "engagement": grades.engagement_of(points) if n % 3 else None,
        "points_profile": points.profile, "points_intent": points.intent, "points_interest": points.interest,
    }  # fmt: skip


def _walks(n: int, version: str) -> list[dict[str, Any]]:
    flow = "renewal" if n % 20_000 == 0 else "long-term" if n % 10 == 0 else None
    if flow is None:
        return []
    about: dict[str, Any] = {
        "id": f"{_id(n)}-1",
        "lead_id": _id(n),
        "flow": flow,
        "version": version,
        "live": True,
        "state": {},
    }
    return [{**about, "started_at": NOW, "step": "steps/wait-1", "entered_at": NOW}]


def _id(n: int) -> str:
    """In no order, as those of real leads."""
    return f"{n * 0x9E3779B97F4A7C15 % 2**64:016x}"


def deep(client: httpx.Client) -> str:
    """The address of the fortieth page."""
    path = "/leads"
    for _ in range(40):
        path = (
            client.get(path).text.partition('class="pager"')[2].split('href="')[-2].split('"')[0].replace("&amp;", "&")
        )
    return path


def export(client: httpx.Client, path: str) -> None:
    began, size = time.perf_counter(), 0
    with client.stream("GET", path) as answer:
        for chunk in answer.iter_bytes():
            size += len(chunk)
    took = time.perf_counter() - began
    print(f"  {path}: {size / 1_000_000:.1f} MB in {took:.1f} s")


if __name__ == "__main__":
    main()

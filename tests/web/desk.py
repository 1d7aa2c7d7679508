"""A lead with a call, a handover and a task, and short ways to act on them."""

from __future__ import annotations

from typing import Any

from httpx import Response

from kweek.leads import tables
from tests.web.conftest import NOW, Books, TestClient

CALL, HANDOVER, TASK = "l1-1/2", "l1-1/3", "l1-1/4"
KEYS = {"call_tasks": CALL, "handovers": HANDOVER, "tasks": TASK}
CLOSING = ("interested", "rejected", "later", "won", "lost", "done")
PASSING = {"accept": "accepted", "contact": "contacted", "appointment": "appointment", "quote": "quoted"}


def lay_desk(books: Books, version: str) -> None:
    books.lead(phone="+31201234567")
    about = {"lead_id": "l1", "enrolment_id": "l1-1"}
    books.enrolment(version)
    books.add(
        tables.call_tasks, key=CALL, script="brochure", attempts_allowed=3, apart="1 business day", status="open",
        opened_at=NOW, **about,
    )  # fmt: skip
    books.add(tables.handovers, key=HANDOVER, team="sales", owner="anna", status="open", given_at=NOW, **about)
    books.add(tables.tasks, key=TASK, title="Answer", outcomes=["done"], status="open", opened_at=NOW, **about)


def post(api: TestClient, path: str, by: str = "els", **body: object) -> Response:
    return api.post(f"/api/{path}", json={"by": by, **body})


def kinds(books: Books) -> list[str]:
    return [row.kind for row in books.rows(tables.events)]


def one(books: Books, table: Any) -> Any:
    [row] = books.rows(table)
    return row

"""Which numbers stand on the first page, and which would SELECTs of their own give? They must be the same."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

from sqlalchemy import text

from tests.engine.up_house import Visitor


class _Cells(HTMLParser):
    """The rows of every table and the headings, each under the id of what holds them; and the numbers that move."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[str, list[list[str]]] = {}
        self.heads: dict[str, str] = {}
        self.numbers: dict[str, str] = {}  # flow|place → as it is written
        self._id = ""
        self._place: str | None = None
        self._text: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag in ("section", "article"):
            self._id = said.get("id") or ""
        elif tag == "tr":
            self.rows.setdefault(self._id, []).append([])
        elif tag in ("td", "h2"):
            self._text = []
        elif tag == "span":
            self._place = said.get("data-count")
        elif tag == "br" and self._text is not None:
            self._text.append("\n")

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)
        if self._place is not None:
            self.numbers[self._place] = data

    def handle_endtag(self, tag: str) -> None:
        if tag == "span":
            self._place = None
        if self._text is None or tag not in ("td", "h2"):
            return
        text = "".join(self._text).strip()
        if tag == "td":
            self.rows[self._id][-1].append(text)
        else:
            self.heads[self._id] = text
        self._text = None


def first_page(html: str) -> dict[str, Any]:
    """The numbers of the page at `/`, as `books` gives those of the database."""
    cells = _Cells()
    cells.feed(html)
    steps, ended = dict[tuple[str, str], int](), dict[tuple[str, str], int]()
    for name, written in cells.numbers.items():
        flow, _, place = name.partition("|")
        number = int(re.sub(r"\D", "", written) or 0)
        if number == 0:  # a place that is kept for who may come there
            continue
        if place.startswith("ended:"):
            ended[flow, place.removeprefix("ended:")] = number
        elif flow and place and place != "under way":
            steps[flow, place] = number
    lists = {name: [row for row in cells.rows.get(name, []) if row] for name in ("handovers", "calls", "mails")}
    numbers = {name: int(re.sub(r"\D", "", cells.heads[name])) for name in ("handovers", "calls")}
    return {
        "steps": steps,
        "ended": ended,
        "numbers": numbers,
        "handovers": sorted((row[0], row[1], row[2], int(row[5])) for row in lists["handovers"]),
        "calls": sorted((row[0], row[1], row[5]) for row in lists["calls"]),
        "mails": [(row[0], row[1], row[2].split("\n")[0].split(" ")[0]) for row in lists["mails"]],
    }


def books(visitor: Visitor) -> dict[str, Any]:
    """The same numbers, by SELECTs of their own."""

    def ask(sql: str) -> list[Any]:
        return visitor.rows(text(sql))

    names = "nullif(trim(coalesce(l.first_name, '') || ' ' || coalesce(l.last_name, '')), '')"
    who = f"coalesce(l.name, {names}, l.email, l.external_id, l.id)"
    handovers = ask(
        f"SELECT {who}, h.team, coalesce(h.owner, ''), h.rungs FROM handovers h JOIN leads l ON l.id = h.lead_id "
        "WHERE h.status <> 'closed'"
    )
    calls = ask(
        f"SELECT {who}, c.script, (SELECT count(*) FROM events e WHERE e.ref = c.key AND e.kind = 'attempted'), "
        "c.attempts_allowed FROM call_tasks c JOIN leads l ON l.id = c.lead_id WHERE c.status IN ('open', 'taken')"
    )
    return {
        "steps": {(flow, step): n for flow, step, n in ask(
            "SELECT flow, step, count(*) FROM enrolments WHERE step IS NOT NULL GROUP BY flow, step")},
        "ended": {(flow, result): n for flow, result, n in ask(
            "SELECT flow, result, count(*) FROM enrolments WHERE ended_at IS NOT NULL GROUP BY flow, result")},
        "numbers": {"handovers": len(handovers), "calls": len(calls)},
        "handovers": sorted(tuple(row) for row in handovers),
        "calls": sorted((lead, script, f"{tried} / {most}") for lead, script, tried, most in calls),
        "mails": [tuple(row) for row in ask(
            "SELECT coalesce(subject, mail), coalesce(recipient, lead_id), CASE status WHEN 'claimed' THEN 'leaving' "
            "WHEN 'unknown' THEN 'unclear' ELSE status END FROM mails ORDER BY claimed_at DESC, key LIMIT 20")],
    }  # fmt: skip

"""Where do make-believe people live? In a real house: its doors over HTTP, and a look into its books.

Whatever is done is done by a door that everybody has. The books are only read.
"""

from __future__ import annotations

import re
import smtplib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email import policy
from email.parser import BytesParser
from http import HTTPStatus
from typing import Any, Final

import httpx
from itsdangerous import URLSafeSerializer
from sqlalchemy import ColumnElement, Row, Select, func, select

from kweek.demo.days import Days, days_on
from kweek.demo.hands import Hands
from kweek.demo.stage import Letter, OpenCall, OpenHandover, OpenTask, Place, Stage, Walk
from kweek.flow.plan import Plan
from kweek.flow.state import Value
from kweek.leads import publish, tables
from kweek.leads.clock import Clock
from kweek.leads.database import Database
from kweek.returned import reply

BROWSER: Final = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
_PIXEL: Final = re.compile(r'src="([^"]+/o/[^"]+)"')
_CLICK: Final = re.compile(r'href="([^"]+/c/([^"]+))"')
_SURVEY: Final = re.compile(r'href="([^"]+/s/[^"]+)"')
_PATIENCE: Final = 30.0  # seconds
_WHO: Final = tables.leads.c.external_id

AnySelect = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Numbers:
    """leads: ever. mails: that left. calls, handovers: that are open. overdue: of these. won: handovers."""

    leads: int
    mails: int
    calls: int
    handovers: int
    overdue: int
    won: int


class _Door(httpx.HTTPTransport):
    """Who waits behind it keeps nobody from acting."""

    def __init__(self, hands: Hands) -> None:
        super().__init__()
        self.hands = hands

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        with self.hands.waiting():
            return super().handle_request(request)


class House(Stage):
    """base: where the pages are. key: of the interface. smtp: where mail is caught. hands: of those who act in it.
    refused: what a door said no to, and how often: such a demo would show less than it says."""

    def __init__(
        self, database: Database, clock: Clock, base: str, key: str, smtp: tuple[str, int], hands: Hands
    ) -> None:
        self.database, self.clock, self.smtp = database, clock, smtp
        desk, browser = {"authorization": f"Bearer {key}"}, {"user-agent": BROWSER}
        self.desk = httpx.Client(base_url=base, headers=desk, timeout=_PATIENCE, transport=_Door(hands))
        self.browser = httpx.Client(base_url=base, headers=browser, timeout=_PATIENCE, transport=_Door(hands))
        self.refused: Counter[str] = Counter()
        self._mail = self._row = 0

    def close(self) -> None:
        self.desk.close()
        self.browser.close()

    def now(self) -> datetime:
        return self.clock.flow(datetime.now(UTC))

    def days(self) -> Days:
        return days_on(self.clock)

    # --- what leads do --------------------------------------------------------------------------------

    def tell(self, events: Sequence[Mapping[str, object]]) -> None:
        """What a website, a form or a stand at a fair reports."""
        self._sure(self.desk.post("/api/events", json=list(events)))

    def look(self, address: str) -> None:
        """A picture that a mail program loads, or a link that is pressed; where it leads to is not our business."""
        self._sure(self.browser.get(address))

    def answer(self, address: str, answers: Mapping[str, Any]) -> None:
        """Where clicks are noticed, the link of the mail leads to the questions by a way round."""
        asked = self.browser.get(address, follow_redirects=True)
        self._sure(asked)
        self._sure(self.browser.post(asked.url, data=dict(answers)))

    def leave(self, address: str) -> None:
        """With one click (RFC 8058)."""
        self._sure(self.browser.post(address, data={"List-Unsubscribe": "One-Click"}))

    def come_back(self, letter: Letter, action: str, words: str = "") -> None:
        """`reply`, `bounce` or `complain`."""
        self._sure(self.desk.post(f"/mails/{letter.number}", data={"action": action, "words": words}))

    def out_of_office(self, letter: Letter) -> None:
        """What a mailbox answers by itself (RFC 3834)."""
        raw, recipient = self._as_it_came(letter.number)
        to, answer = reply(raw, recipient, "I am away until Monday.", datetime.now(UTC))
        with smtplib.SMTP(*self.smtp, timeout=_PATIENCE) as relay:
            relay.sendmail(recipient, [to], b"Auto-Submitted: auto-replied\r\n" + answer)

    def _as_it_came(self, number: int) -> tuple[bytes, str]:
        """And to whom."""
        caught = tables.caught.c
        [row] = self.rows(select(caught.raw, caught.recipient).where(caught.id == number))
        return row.raw, row.recipient

    # --- what colleagues do ---------------------------------------------------------------------------

    def act(self, path: str, by: str, **said: Value | Mapping[str, object]) -> bool:
        """False: it was too late, or somebody else has it."""
        body = {name: value.isoformat() if isinstance(value, date) else value for name, value in said.items()}
        answer = self.desk.post(path, json={"by": by, **body})
        if answer.status_code == HTTPStatus.CONFLICT:
            return False
        self._sure(answer)
        return True

    # --- what a visitor sees --------------------------------------------------------------------------

    def page(self, path: str) -> str:
        answer = self.desk.get(path)
        self._sure(answer)
        return answer.text

    def _sure(self, answer: httpx.Response) -> None:
        """A refusal is counted; nobody refuses what was rightly asked."""
        if answer.is_client_error or answer.is_server_error:
            self.refused[f"{answer.status_code} {answer.request.url.path.split('/')[1]}: {answer.text[:200]}"] += 1

    # --- what lies there ------------------------------------------------------------------------------

    def letters(self) -> list[Letter]:
        """Mails to leads that came since the last look."""
        caught, mails = tables.caught.c, tables.mails.c
        query = (
            select(caught.id, caught.raw, caught.at, mails.key, mails.mail, tables.leads.c.external_id)
            .join_from(tables.caught, tables.mails, mails.message_id == caught.message_id)
            .join(tables.leads, tables.leads.c.id == mails.lead_id)
            .where(caught.id > self._mail, mails.audience == "lead")
            .order_by(caught.id)
        )
        rows = self.rows(query)
        self._mail = max((row.id for row in rows), default=self._mail)
        tracked = self._tracked([row.key for row in rows])
        return [_letter(row, tracked.get(row.key, {})) for row in rows]

    def _tracked(self, keys: Sequence[str]) -> dict[str, dict[int, Row[Any]]]:
        """Key of a mail → position of a link → the link."""
        links, found = tables.links.c, dict[str, dict[int, Row[Any]]]()
        for row in self.rows(select(tables.links).where(links.mail_key.in_(keys))):
            found.setdefault(row.mail_key, {})[row.position] = row
        return found

    def open_calls(self) -> list[OpenCall]:
        c, e, now = tables.call_tasks.c, tables.events.c, self.now()
        tried = select(func.count()).where(e.lead_id == c.lead_id, e.ref == c.key).scalar_subquery().label("tries")
        due = (c.status == "open", (c.not_before.is_(None)) | (c.not_before <= now))
        query = select(c.key, c.script, c.queue, tried, _WHO).join_from(
            tables.call_tasks, tables.leads, tables.leads.c.id == c.lead_id
        )
        rows = self.rows(query.where(*due).order_by(c.opened_at, c.key))
        return [OpenCall(row.key, row.external_id or "", row.script, row.queue or "default", row.tries) for row in rows]

    def open_handovers(self) -> list[OpenHandover]:
        h = tables.handovers.c
        query = select(h.key, h.team, h.owner, _WHO).join_from(
            tables.handovers, tables.leads, tables.leads.c.id == h.lead_id
        )
        rows = self.rows(query.where(h.status != "closed").order_by(h.given_at, h.key))
        return [OpenHandover(row.key, row.external_id or "", row.team, row.owner) for row in rows]

    def open_tasks(self) -> list[OpenTask]:
        t = tables.tasks.c
        query = select(t.key, t.assignee, t.outcomes, _WHO).join_from(
            tables.tasks, tables.leads, tables.leads.c.id == t.lead_id
        )
        rows = self.rows(query.where(t.status == "open").order_by(t.opened_at, t.key))
        return [OpenTask(row.key, row.external_id or "", row.assignee, tuple(row.outcomes)) for row in rows]

    def numbers(self, now: datetime) -> Numbers:
        m, h = tables.mails.c, tables.handovers.c
        with self.database.read() as read:

            def count(*which: ColumnElement[bool]) -> int:
                return read.execute(select(func.count()).where(*which)).scalar_one()

            return Numbers(
                leads=count(tables.leads.c.id.is_not(None)),
                mails=count(m.audience == "lead", m.status == "sent"),
                calls=count(tables.call_tasks.c.status.in_(("open", "taken"))),
                handovers=count(h.status != "closed"),
                overdue=count(h.status != "closed", h.contacted_at.is_(None), h.follow_up_at < now),
                won=count(h.outcome == "won"),
            )

    def place(self, key: str) -> Place | None:
        """None: it belongs to nothing that is published (any more)."""
        effects, enrolments = tables.effects.c, tables.enrolments.c
        query = select(effects.step, enrolments.version).join_from(
            tables.effects, tables.enrolments, enrolments.id == effects.enrolment_id
        )
        with self.database.read() as read:
            row = read.execute(query.where(effects.key == key)).one_or_none()
            return Place(publish.plan_in(read, row.version), row.step) if row else None

    def published(self) -> list[str]:
        with self.database.read() as read:
            return [row.flow for row in publish.published(read)]

    def plans(self) -> list[Plan]:
        with self.database.read() as read:
            return [publish.plan_in(read, row.version) for row in publish.published(read)]

    def plan(self, version: str) -> Plan:
        with self.database.read() as read:
            return publish.plan_in(read, version)

    def walks(self) -> list[Walk]:
        """What leads did in their flows since the last look."""
        j, e, leads = tables.journal.c, tables.enrolments.c, tables.leads.c
        query = (
            select(j.id, j.kind, j.step, j.place, e.flow, e.version, leads.external_id)
            .join_from(tables.journal, tables.enrolments, e.id == j.enrolment_id)
            .join(tables.leads, leads.id == j.lead_id)
            .where(j.id > self._row, (j.kind == "entered") | j.place.is_not(None))
            .order_by(j.id)
        )
        found = self.rows(query)
        self._row = max((row.id for row in found), default=self._row)
        return [Walk(row.external_id or "", row.flow, row.version, row.step or "", row.place) for row in found]

    def rows(self, query: AnySelect) -> list[Row[Any]]:
        with self.database.read() as read:
            return list(read.execute(query).all())


def _letter(row: Row[Any], tracked: Mapping[int, Row[Any]]) -> Letter:
    message = BytesParser(policy=policy.default).parsebytes(row.raw)
    body = message.get_body(("html",))
    html = str(body.get_content()) if body else ""
    clicks = [(tracked.get(_position(token)), address) for address, token in _CLICK.findall(html)]
    asks = [address for link, address in clicks if link is not None and "/s/" in link.target]
    ways_out = re.findall(r"<(https?://[^>]+)>", str(message["List-Unsubscribe"] or ""))
    return Letter(
        number=row.id,
        key=row.key,
        person=row.external_id or "",
        name=row.mail,
        at=row.at,
        pixel=_first(_PIXEL.findall(html)),
        links={link.name: address for link, address in clicks if link is not None and link.name},
        survey=_first([*_SURVEY.findall(html), *asks]),
        leave=_first(ways_out),
    )


def _position(token: str) -> int:
    """Which link of its mail a token is about. It is signed, and no secret."""
    _, about = URLSafeSerializer("").loads_unsafe(token)
    match about:
        case [_, _, int() as position]:
            return position
        case _:
            return -1


def _first(found: Iterable[str]) -> str | None:
    return next(iter(found), None)

"""A whole house for tests of the engine: a workspace published in a database of its own, people put in, books read."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select, update

from kweek.config import Settings, settings
from kweek.flow.simulate.memory import Memory
from kweek.flow.state import Entry, Event, Value
from kweek.flow.stored import load_enrolment
from kweek.flow.world import World
from kweek.intake.incoming import Incoming, LeadIn, Recorded
from kweek.intake.record import Also, record
from kweek.leads import enrolments, tables
from kweek.leads.clock import Clock
from kweek.leads.database import Database, open_database
from kweek.leads.events import pull
from kweek.leads.migrate import migrate
from kweek.leads.points import add_points
from kweek.leads.publish import publish_in
from kweek.leads.rows import insert_once, upsert
from kweek.leads.traits import add_tags, set_fields
from kweek.secret import make_secret
from kweek.versions import source_of
from kweek.workspace import Workspace, read_workspace
from kweek.worlds import mails_of, world_of

ROOT = Path(__file__).parents[2]
EARNEST = Clock()


@dataclass
class House:
    """`folder` holds everything of it. world: the workspace, as the pure machine knows it."""

    folder: Path
    settings: Settings
    database: Database
    workspace: Workspace
    world: World
    clock: Clock

    @property
    def now(self) -> datetime:
        """Flow time, by this machine's clock."""
        return self.clock.flow(datetime.now(UTC))

    def close(self) -> None:
        self.database.close()

    # --- who ------------------------------------------------------------------------------------------

    def lead(self, lead: str, **columns: Any) -> str:
        """Put a person in, who allows everything."""
        self.leads([lead], **columns)
        return lead

    def leads(self, ids: Iterable[str], **columns: Any) -> None:
        ids, at = list(ids), self.clock.anchor_flow
        base = {"fields": {}, "stage": "suspect", "created_at": at, "first_name": "Robin", "country": "NL"}
        people = [base | {"id": lead} | _reached(lead) | columns for lead in ids]
        with self.database.write() as tx:
            tx.execute(insert(tables.leads), people)
            for channel in ("email", "telephone", "open tracking", "click tracking"):
                self._allow(tx, ids, channel, at)

    def like(self, memory: Memory, at: datetime) -> str:
        """Put in whoever the pure machine has in memory, before anything happens to it."""
        lead = memory.lead
        row = {"id": lead, "created_at": at, "fields": {}, "stage": "suspect"} | _reached(lead)
        allowed = {
            "telephone": True, "email": memory.consent,
            "open tracking": memory.tracking, "click tracking": memory.tracking,
        }  # fmt: skip
        with self.database.write() as tx:
            tx.execute(insert(tables.leads), row)
            for channel in (channel for channel, yes in allowed.items() if yes):
                self._allow(tx, [lead], channel, at)
            points = {"profile": memory.points.profile, "intent": memory.points.intent, "interest": memory.points.interest}  # noqa: E501  # fmt: skip
            add_points(tx, lead, f"{lead}/given", points, "given", at, self.world.grades)
            add_tags(tx, lead, sorted(memory.tags))
            self.learn(tx, lead, memory.fields, at)
        return lead

    def _allow(self, tx: Any, leads: list[str], channel: str, at: datetime) -> None:
        purposes = sorted({mail.purpose for mail in mails_of(self.workspace).values() if mail.purpose}) or ["news"]
        words = {"channel": channel, "words": "yes", "source": "test", "at": at}
        rows = [
            words | {"lead_id": lead, "purpose": purpose}
            for lead in leads
            for purpose in sorted(filter(None, purposes))
        ]
        tx.execute(insert(tables.consents), rows)

    def learn(self, tx: Any, lead: str, facts: Mapping[str, Any], at: datetime) -> None:
        """What becomes known, by its dotted path: rows as intake writes them."""
        for path, value in facts.items():
            root, _, name = path.partition(".")
            kept = list(value) if isinstance(value, tuple) else value
            match root:
                case "bant":
                    upsert(tx, tables.bant, {"lead_id": lead, "fact": name, "value": kept, "source": "test", "at": at})
                case "survey":
                    survey, _, question = name.rpartition(".")
                    row = {"lead_id": lead, "survey": survey, "question": question, "value": kept, "source": "test"}
                    upsert(tx, tables.answers, {**row, "at": at})
                case "lead":
                    set_fields(tx, lead, {name: value})
                case "company":
                    own = {"id": f"of-{lead}", "name": "Company", "name_key": f"of {lead}", "fields": {}}
                    insert_once(tx, tables.companies, own)
                    tx.execute(update(tables.companies).filter_by(id=f"of-{lead}").values({name: value}))
                    tx.execute(update(tables.leads).filter_by(id=lead).values(company_id=f"of-{lead}"))
                case _:
                    raise AssertionError(f"who keeps {path}?")

    # --- what happens ---------------------------------------------------------------------------------

    def happens(
        self, lead: str, kind: str, at: datetime | None = None, data: Mapping[str, Value] | None = None,
        ref: str | None = None, id: str | None = None, also: Also | None = None,
    ) -> Recorded:  # fmt: skip
        """An event, as intake records it, with its bell."""
        at = at or self.now
        name = id or f"{lead}/{kind}/{ref}/{at.isoformat()}"
        return record(self.database, Incoming(name, kind, at, LeadIn(id=lead), data or {}, ref), at, also=also)

    # --- the books ------------------------------------------------------------------------------------

    def row(self, lead: str) -> Any:
        with self.database.read() as tx:
            return enrolments.lead_row(tx, lead)

    def rows(self, query: Any) -> list[Any]:
        with self.database.read() as tx:
            return list(tx.execute(query))

    def count(self, query: Any) -> int:
        with self.database.read() as tx:
            return int(tx.execute(select(func.count()).select_from(query.subquery())).scalar_one())

    def journal(self, lead: str) -> list[tuple[datetime, Entry]]:
        with self.database.read() as tx:
            return [
                (row.at, Entry(row.enrolment_id, row.kind, row.step, row.visit, row.detail))
                for row in enrolments.read_journal(tx, lead)
            ]

    def events(self, lead: str) -> list[Event]:
        with self.database.read() as tx:
            return pull(tx, lead, 0)

    def mails(self, lead: str | None = None) -> list[Any]:
        query = select(tables.mails).order_by(tables.mails.c.claimed_at, tables.mails.c.key)
        return self.rows(query if lead is None else query.where(tables.mails.c.lead_id == lead))

    def step(self, lead: str) -> str | None:
        """Where the lead stands; None: nowhere any more, or not yet."""
        e = tables.enrolments.c
        found = self.rows(select(e.step).where(e.lead_id == lead, e.step.is_not(None)).order_by(e.id))
        return found[0].step if found else None

    def misplaced(self) -> list[str]:
        """Leads whose journal and whose stored tokens disagree on where they stand: there may be none, ever."""
        wrong: list[str] = []
        with self.database.read() as tx:
            for (lead,) in tx.execute(select(tables.leads.c.id)).all():
                if enrolments.fold(enrolments.read_journal(tx, lead)) != _live(tx, lead):
                    wrong.append(lead)
        return wrong


def _reached(lead: str) -> dict[str, str]:
    return {"email": f"{lead}@there.example", "email_key": f"{lead}@there.example", "phone": "+31201234567"}


def _live(tx: Any, lead: str) -> dict[str, tuple[str, int]]:
    query = select(tables.enrolments.c.state).where(tables.enrolments.c.lead_id == lead)
    stored = [load_enrolment(state) for state in tx.execute(query).scalars()]
    return {
        one.id: (one.token.step, one.token.visit) for one in stored if one.token and one.token.visit and not one.ended
    }


def build(
    folder: Path, workspace: Path = ROOT, *, clock: Clock = EARNEST, temporal: str = "127.0.0.1:1",
    smtp: str = "smtp://127.0.0.1:1", url: str | None = None, migrated: Path | None = None, **environment: str,
) -> House:  # fmt: skip
    """Migrate, set the clock and publish every flow; nothing runs yet. migrated: a database file to copy."""
    folder.mkdir(parents=True, exist_ok=True)
    if migrated is not None and url is None:
        (folder / "kweek.db").write_bytes(migrated.read_bytes())
    said = {
        "KWEEK_DATA": str(folder), "KWEEK_WORKSPACE": str(workspace), "KWEEK_TEMPORAL_ADDRESS": temporal,
        "KWEEK_SMTP_URL": smtp, "KWEEK_BASE_URL": "http://k.example", "KWEEK_DATABASE_URL": url or "",
    }  # fmt: skip
    chosen = settings(said | environment, folder)
    make_secret(chosen.secret_file)
    database = open_database(chosen.database_url, make=True)
    migrate(database.engine)
    files = read_workspace(workspace)
    with database.write() as tx:
        row = {"id": 1, "tempo": clock.tempo, "anchor_real": clock.anchor_real, "anchor_flow": clock.anchor_flow}
        tx.execute(insert(tables.clock), row)
        for flow in files.flows:
            publish_in(tx, source_of(files, flow), flow, "test", clock.anchor_flow)
    return House(folder, chosen, database, files, world_of(files), clock)


class Away(Exception):
    """Whoever `until` asks is away for the moment."""


async def until(
    true: Callable[[], Awaitable[Any] | Any], seconds: float = 30, what: str = "", each: float = 0.05
) -> Any:
    """Wait for it, and answer what it answered; AssertionError when the time is up."""
    deadline = time.monotonic() + seconds
    while True:
        answer = None
        with suppress(Away):
            answer = true()
            if isinstance(answer, Awaitable):
                answer = await answer
        if answer:
            return answer
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what or true}"
        await asyncio.sleep(each)

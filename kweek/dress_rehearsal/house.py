"""Where does it happen? A database of its own with every flow published, and the leads of the pure machine in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, insert, select, update

from kweek.config import Settings, settings
from kweek.errors import KweekError
from kweek.flow.facts import Fact
from kweek.flow.simulate.memory import Memory
from kweek.flow.state import Entry, Event, Value
from kweek.flow.world import World
from kweek.intake.incoming import Incoming, LeadIn, Recorded
from kweek.intake.record import Also, AlwaysRing, append, record
from kweek.leads import enrolments, tables
from kweek.leads.clock import Clock
from kweek.leads.database import Database, open_database
from kweek.leads.events import pull
from kweek.leads.migrate import migrate
from kweek.leads.points import add_points
from kweek.leads.publish import publish_in
from kweek.leads.reckoned import Scores
from kweek.leads.rows import insert_once, upsert
from kweek.leads.scores import settle
from kweek.leads.topics import read_about
from kweek.leads.traits import add_tags, set_fields
from kweek.mails.template import MailTemplate
from kweek.rules.grades import Axis, Points
from kweek.secret import make_secret
from kweek.versions import source_of
from kweek.workspace import Workspace, read_workspace
from kweek.worlds import mails_of, world_of

_SOURCE: Final = "test"
NO_SERVER: Final = "127.0.0.1:1"


@dataclass
class House:
    """`folder` holds everything of it. world: the workspace, as the pure machine knows it."""

    folder: Path
    settings: Settings
    database: Database
    workspace: Workspace
    world: World
    clock: Clock

    def close(self) -> None:
        self.database.close()

    # --- who ------------------------------------------------------------------------------------------

    def like(self, memory: Memory, at: datetime, start: datetime) -> str:
        """Put in whoever the pure machine has in memory, before anything happens to it. start: from when counts what is
        known of it."""
        lead, points = memory.lead, memory.points
        row: dict[str, Any] = {"id": lead, "created_at": at, "fields": {}, "stage": "suspect", **reached(lead)}
        allowed = {
            "telephone": True, "email": memory.consent,
            "open tracking": memory.tracking, "click tracking": memory.tracking,
        }  # fmt: skip
        by_axis: dict[Axis, int] = {"profile": points.profile, "intent": points.intent, "interest": points.interest}
        with self.database.write() as tx:
            tx.execute(insert(tables.leads), row)
            for channel in (channel for channel, yes in allowed.items() if yes):
                self.allow(tx, [lead], channel, at)
            add_points(tx, lead, f"{lead}/given", by_axis, "given", at, self.world.grades)
            add_tags(tx, lead, sorted(memory.tags))
            self.learn(tx, lead, memory.fields, start)
            tx.execute(update(tables.leads).filter_by(id=lead).values(graded=self._grade(tx, lead)))
        return lead

    def _grade(self, tx: Connection, lead: str) -> str:
        """With what it comes, it has not come to."""
        row = enrolments.lead_row(tx, lead)
        return f"{row.profile}{row.engagement}" if row.profile else self.world.grades.grade_of(Points())

    @cached_property
    def scores(self) -> Scores:
        return Scores(self.world.scoring, self.world.grades, self.world.timezone, matrix=self.world.matrix)

    def allow(self, tx: Connection, leads: Iterable[str], channel: str, at: datetime) -> None:
        """Consent, for every purpose that there is."""
        words = {"channel": channel, "words": "yes", "source": _SOURCE, "at": at}
        rows = [words | {"lead_id": lead, "purpose": purpose} for lead in leads for purpose in self._purposes]
        tx.execute(insert(tables.consents), rows)

    @cached_property
    def _purposes(self) -> list[str]:
        mails: Iterable[MailTemplate] = mails_of(self.workspace).values()
        return sorted({mail.purpose for mail in mails if mail.purpose}) or ["news"]

    def learn(self, tx: Connection, lead: str, facts: Mapping[str, Fact | None], at: datetime) -> None:
        """What becomes known, by its dotted path: rows as intake writes them."""
        for path, value in facts.items():
            root, _, name = path.partition(".")
            kept = list(value) if isinstance(value, tuple) else value
            told: dict[str, Any] = {"lead_id": lead, "value": kept, "source": _SOURCE, "at": at}
            match root:
                case "bant":
                    until = self.world.facts.expires(name, kept, at)
                    upsert(tx, tables.bant, told | {"fact": name, "expires_at": until})
                case "survey":
                    survey, _, question = name.rpartition(".")
                    upsert(tx, tables.answers, told | {"survey": survey, "question": question})
                case "lead" if name == "topic":
                    read_about(tx, lead, str(value), at)
                case "lead" if not isinstance(value, tuple):
                    set_fields(tx, lead, {name: value})
                case "company" if name in tables.companies.c:
                    own: dict[str, Any] = {
                        "id": f"of-{lead}",
                        "name": "Company",
                        "name_key": f"of {lead}",
                        "fields": {},
                    }
                    insert_once(tx, tables.companies, own)
                    tx.execute(update(tables.companies).filter_by(id=f"of-{lead}").values({name: kept}))
                    tx.execute(update(tables.leads).filter_by(id=lead).values(company_id=f"of-{lead}"))
                case "campaign":
                    _learn_campaign(tx, lead, name, kept, at)
                case _:
                    raise KweekError(f"{path} cannot be given to a lead on a real server; test it on the machine alone")
        settle(tx, self.scores, lead, at)

    # --- what happens ---------------------------------------------------------------------------------

    def happens(
        self, lead: str, kind: str, at: datetime, data: Mapping[str, Value] | None = None, ref: str | None = None,
        id: str | None = None, also: Also | None = None,
    ) -> Recorded:  # fmt: skip
        """An event, as intake records it, with its bell."""
        name, ears = id or f"{lead}/{kind}/{ref}/{at.isoformat()}", AlwaysRing(self.scores, self.world.conversions)
        return record(self.database, Incoming(name, kind, at, LeadIn(id=lead), data or {}, ref), at, ears, also)

    def tells(self, lead: str, said: Incoming, keep: Callable[[Connection], None]) -> None:
        """The same, with what the lead told beside it, which is kept before: as intake does it with answers."""
        with self.database.lead_tx(lead) as tx:
            keep(tx)
            append(tx, lead, said, said.at, AlwaysRing(self.scores))

    # --- the books ------------------------------------------------------------------------------------

    def journal(self, lead: str) -> list[tuple[datetime, Entry]]:
        with self.database.read() as tx:
            return [
                (row.at, Entry(row.enrolment_id, row.kind, row.step, row.visit, row.detail))
                for row in enrolments.read_journal(tx, lead)
            ]

    def events(self, lead: str) -> list[Event]:
        with self.database.read() as tx:
            return pull(tx, lead, 0)


def _learn_campaign(tx: Connection, lead: str, name: str, told: object, at: datetime) -> None:
    """Its word or its channel; either may be told alone, or first."""
    leads, campaigns = tables.leads, tables.campaigns
    was = tx.execute(select(leads.c.campaign).filter_by(id=lead)).scalar_one()
    before = tx.execute(select(campaigns.c.channel).filter_by(id=was)).scalar_one_or_none()
    word, channel = (told, before) if name == "name" else (was or f"of-{lead}", told)
    if word is not None:
        insert_once(tx, campaigns, {"id": word, "title": word, "created_at": at})
        tx.execute(update(campaigns).filter_by(id=word).values(channel=channel))
    tx.execute(update(leads).filter_by(id=lead).values(campaign=word))


def reached(lead: str) -> dict[str, str]:
    """Under which address and number: nobody's."""
    return {"email": f"{lead}@there.example", "email_key": f"{lead}@there.example", "phone": "+31201234567"}


def furnish(
    folder: Path, workspace: Path, clock: Clock, *, temporal: str = NO_SERVER, smtp: str = f"smtp://{NO_SERVER}",
    url: str | None = None, migrated: Path | None = None, **environment: str,
) -> House:  # fmt: skip
    """Migrate, set the clock and publish every flow that can be; nothing runs yet. migrated: a database file to copy.
    No setting of this machine is heard, so that no webhook and no channel has an address or a key."""
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
    world = world_of(files)
    with database.write() as tx:
        row = {"id": 1, "tempo": clock.tempo, "anchor_real": clock.anchor_real, "anchor_flow": clock.anchor_flow}
        tx.execute(insert(tables.clock), row)
        for flow in world.plans:
            publish_in(tx, source_of(files, flow), flow, _SOURCE, clock.anchor_flow)
    return House(folder, chosen, database, files, world, clock)

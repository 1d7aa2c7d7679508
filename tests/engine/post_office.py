"""A lead database with one published flow and leads that have mail coming, and activities run as Temporal runs them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import insert, select, update
from temporalio.testing import ActivityEnvironment

from activities.email import Email
from activities.notify import Notify
from activities.post import From, LookUp, Post
from kweek.config import settings
from kweek.flow.catalogue import Person, Rules, Sender, Settings, Team, Teams
from kweek.flow.problems import Located, Position
from kweek.flow.world import World
from kweek.intake.ears import FlowEars
from kweek.leads import publish, tables
from kweek.leads.clock import Clock
from kweek.leads.database import Database, open_database
from kweek.mails.message import Person as Address
from kweek.mails.render import Renderer
from kweek.rulebook import InForce
from kweek.secret import make_secret

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FLOW = """flow: welcome
title: Welcome
start: manual
steps:
  - send: hello
  - send: hello-again
  - tell: anna
    text: A lead said hello
  - end: done
"""
HELLO = """---
subject: Hello {{ lead.first_name }}
kind: marketing
purpose: news
---
Hello {{ lead.first_name }}, [book](https://own.example/demo "book-a-demo") or [answer]({{ survey_url }} "survey").
"""
INVITED = "---\nsubject: See you on {{ event.starts_at }}\nkind: service\n---\nUntil then.\n"
SERVICE = "---\nsubject: Your download\nkind: service\n---\nHere it is.\n"


def here(name: str) -> Located[str]:
    return Located(name, Position(1, 1), Position(1, 1))


ANNA, MARK = Person(here("anna"), here("anna@own.example")), Person(here("mark"), here("mark@own.example"))
RULES = Rules(
    teams=Teams(teams={"sales": Team(here("sales"), (ANNA,), MARK)}),
    settings=Settings(languages=("en",), sender=Sender("Own", "hello@own.example", None, "Street 1")),
)


class Office:
    """`ask(key)` is one attempt of `send_mail`."""

    def __init__(
        self, folder: Path, smtp_url: str, when_unsure: Literal["resend", "hold"] = "resend",
        look_up: LookUp | None = None, url: str | None = None, **more: str,
    ) -> None:  # fmt: skip
        """more: settings."""
        environment = {
            "KWEEK_DATA": str(folder), "KWEEK_SMTP_URL": smtp_url, "KWEEK_BASE_URL": "https://k.example",
            "KWEEK_DATABASE_URL": url or f"sqlite:///{folder}/leads.db",
        }  # fmt: skip
        self.settings = settings(environment | more, folder)
        make_secret(self.settings.secret_file)
        self.database: Database = open_database(self.settings.database_url, make=True)
        self.real = datetime.now(UTC)
        self.rules, self.world = RULES, World(plans={})
        self.renderer = Renderer()
        sender = From(Address("hello@own.example", "Own"))
        self.post = Post(
            self.database, Clock(), self.settings, lambda: sender, lambda: when_unsure, look_up, lambda: self.real
        )
        self.email = Email(self.post, self.in_force, self.renderer)
        self.notify = Notify(self.post, self.in_force, self.renderer)

    def in_force(self) -> InForce:
        return InForce(self.rules, self.world, {}, FlowEars())

    def prepare(self) -> None:
        tables.metadata.create_all(self.database.engine)
        source = {
            "flows/welcome.yaml": FLOW, "templates/mails/hello.en.md": HELLO,
            "templates/mails/hello-again.en.md": HELLO,
            "templates/mails/download.en.md": SERVICE,
            "templates/mails/invited.en.md": INVITED,
        }  # fmt: skip
        self.version = publish.publish(self.database, source, "welcome", "test", NOW).hash

    def lead(self, lead: str = "a1", *, consent: bool = True, tracking: bool = False, **more: Any) -> str:
        with self.database.write() as tx:
            row = {
                "id": lead, "email": f"{lead}@there.example", "email_key": f"{lead}@there.example",
                "name": "Planted Person",
                "first_name": "Planted", "created_at": NOW, "fields": {}, "stage": "suspect",
            }  # fmt: skip
            tx.execute(insert(tables.leads).values(**(row | more)))
            tx.execute(
                insert(tables.enrolments).values(
                    id=f"{lead}-1",
                    lead_id=lead,
                    flow="welcome",
                    version=self.version,
                    started_at=NOW,
                    state={},
                    live=False,
                )
            )
        channels = (["email"] if consent else []) + (["open tracking", "click tracking"] if tracking else [])
        for channel in channels:
            with self.database.write() as tx:
                values = {"lead_id": lead, "channel": channel, "purpose": "news", "words": "yes", "source": "test"}
                tx.execute(insert(tables.consents).values(at=NOW - timedelta(days=1), **values))
        return lead

    def starts_with(self, lead: str, **data: object) -> None:
        """The event that began its enrolment said this."""
        with self.database.write() as tx:
            mine = update(tables.enrolments).where(tables.enrolments.c.lead_id == lead)
            tx.execute(mine.values(state={"start_data": data}))

    def order(self, lead: str = "a1", n: int = 1, mail: str = "hello", kind: str = "send_mail", **args: Any) -> str:
        key = f"{lead}-1/{n}"
        with self.database.write() as tx:
            tx.execute(
                insert(tables.effects).values(
                    key=key, lead_id=lead, enrolment_id=f"{lead}-1", kind=kind, step="steps/send", status="pending",
                    args={"mail": mail, "expires_at": None} | args, issued_at=NOW,
                )
            )  # fmt: skip
        return key

    async def ask(self, key: str, at: datetime = NOW, attempt: int = 1, tell: bool = False) -> None:
        environment = ActivityEnvironment()
        environment.info = dataclasses.replace(environment.info, started_time=at, attempt=attempt)
        await environment.run(self.notify.tell if tell else self.email.send_mail, key)

    def mail(self, key: str) -> Any:
        with self.database.read() as tx:
            return tx.execute(select(tables.mails).where(tables.mails.c.key == key)).one_or_none()

    def mail_id(self, key: str) -> str:
        return self.post.addresses().message_id(key)

    def effect(self, key: str) -> Any:
        with self.database.read() as tx:
            return tx.execute(select(tables.effects).where(tables.effects.c.key == key)).one()

    def events(self, lead: str = "a1") -> list[tuple[str, str | None]]:
        with self.database.read() as tx:
            rows = tx.execute(
                select(tables.events).where(tables.events.c.lead_id == lead).order_by(tables.events.c.seq)
            )
            return [(row.kind, row.data.get("reason")) for row in rows]

    def change(self, key: str, **values: Any) -> None:
        with self.database.write() as tx:
            tx.execute(update(tables.mails).where(tables.mails.c.key == key).values(**values))

    def close(self) -> None:
        self.renderer.close()
        self.database.close()


@contextmanager
def office(folder: Path, smtp_url: str, **more: Any) -> Iterator[Office]:
    opened = Office(folder, smtp_url, **more)
    try:
        opened.prepare()
        yield opened
    finally:
        opened.close()

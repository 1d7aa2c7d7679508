"""`kweek receive`: real messages on stdin, as a mail server's delivery agent gives them, and the exit codes."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from kweek import config
from kweek.leads import tables
from kweek.leads.database import Database, open_database
from kweek.mails.addresses import Addresses
from kweek.returned import complaint_report, delivery_report

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KEY = "l1-1/1"


@dataclass
class Server:
    """A mail server that has a message for Kweek, and nothing of Kweek but the command."""

    db: Database
    environment: dict[str, str]
    addresses: Addresses

    def gives(self, raw: bytes, *words: str) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", "kweek", "receive", *words]
        return subprocess.run(command, input=raw, capture_output=True, env=self.environment, timeout=60, check=False)

    @property
    def message_id(self) -> str:
        return self.addresses.message_id(KEY)

    def to(self, role: Any = "bounces") -> str:
        return self.addresses.address(role, self.message_id)

    def events(self) -> list[str]:
        with self.db.read() as read:
            return list(read.execute(select(tables.events.c.kind).order_by(tables.events.c.seq)).scalars())

    def original(self) -> bytes:
        return f"Message-ID: {self.message_id}\r\nTo: l1@example.com\r\n\r\nhello\r\n".encode()


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[Server]:
    (tmp_path / "secret").write_text(secrets.token_urlsafe(48))
    kweeks = {"KWEEK_DATABASE_URL": database_url, "KWEEK_DATA": str(tmp_path)}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KWEEK_")} | kweeks
    addresses = Addresses(config.settings(kweeks, tmp_path).key, "own.example")
    db = open_database(database_url)
    with db.write() as tx:
        tx.execute(insert(tables.leads).values(
            id="l1", email="l1@example.com", email_key="l1@example.com", created_at=NOW, fields={}
        ))  # fmt: skip
        tx.execute(insert(tables.mails).values(
            key=KEY, lead_id="l1", audience="lead", mail="survey", kind="marketing", status="sent", sent_at=NOW,
            recipient="l1@example.com", claimed_at=NOW, message_id=addresses.message_id(KEY),
        ))  # fmt: skip
    yield Server(db, environment, addresses)
    db.close()


def test_a_report_a_reply_an_answering_machine_a_complaint_and_a_farewell(server: Server) -> None:
    reply = b"From: Ann <l1@example.com>\nMessage-ID: <r1@example.com>\nSubject: Re: hello\n\nYes please.\n"
    away = b"From: l1@example.com\nMessage-ID: <r2@example.com>\nAuto-Submitted: auto-replied\n\nMonday.\n"
    given = [
        (reply, server.to(), "l1@example.com", "replied"),
        (away, server.to(), "MAILER-DAEMON", "out of office"),
        (delivery_report(server.original(), "l1@example.com", server.to()), server.to(), "", "bounced"),
        (complaint_report(server.original(), "l1@example.com", server.to(), NOW), server.to(), "f@x.nl", "complained"),
        (b"From: l1@example.com\nSubject: unsubscribe\n\n", server.to("leave").upper(), "l1@x.nl", "unsubscribed"),
    ]  # fmt: skip
    for raw, to, sender, meant in given:
        for _ in range(2):  # a server that saw no answer comes again
            done = server.gives(raw, "--recipient", to, "--sender", sender)
            assert (done.returncode, done.stderr.decode()) == (0, f"kweek receive: {meant}, for the mail {KEY}\n")
    assert server.events() == ["replied", "out of office", "bounced", "complained", "unsubscribed"]


def test_an_answer_in_a_mailbox_is_known_by_what_it_answers(server: Server) -> None:
    raw = f"From: other@example.com\nIn-Reply-To: {server.message_id}\nSubject: Re: hello\n\nYes.\n".encode()
    assert server.gives(raw, "--recipient", "advies@own.example").returncode == 0
    assert server.events() == ["replied"]


@pytest.mark.parametrize(
    "to", ["bounces+" + "a" * 26 + "-" + "b" * 26 + "@own.example", "advies@own.example", "l1@example.com"]
)
def test_what_is_not_about_a_mail_of_ours_is_let_go(server: Server, to: str) -> None:
    """Neither a bounce, which would go to whoever's address a spammer wrote, nor a retry."""
    done = server.gives(b"From: x@spam.example\nSubject: hello\n\n", "--recipient", to, "--sender", "x@spam.example")
    assert (done.returncode, b"no mail of ours" in done.stderr) == (0, True)
    assert server.events() == []


MISUSED: dict[str, list[str]] = {
    "no recipient": [],
    "no address": ["--recipient", "nobody"],
    "an unknown option": ["--recipient", "a@own.example", "--to", "b@own.example"],
    "a surplus word": ["--recipient", "a@own.example", "b@own.example"],
}


@pytest.mark.parametrize("words", MISUSED.values(), ids=MISUSED.keys())
def test_what_is_not_understood_is_64(server: Server, words: list[str]) -> None:
    done = server.gives(b"Subject: hello\n\n", *words)
    assert (done.returncode, b"usage: kweek" in done.stderr) == (64, True)


@pytest.mark.parametrize("raw", [b"", b"\n\n", b"\x00" * 5_000, b"hello there\n"])
def test_what_is_no_message_is_65(server: Server, raw: bytes) -> None:
    assert server.gives(raw, "--recipient", server.to()).returncode == 65


@pytest.mark.parametrize(
    "change",
    [
        {"KWEEK_DATABASE_URL": "postgresql://127.0.0.1:1/kweek"},
        {"KWEEK_DATABASE_URL": "sqlite:////nowhere/kweek.db"},
        {"KWEEK_DATABASE_URL": "mysql://there"},
        {"KWEEK_SECRET_FILE": "/nowhere/secret"},
        {"KWEEK_TEMPO": "fast"},
    ],
    ids=["PostgreSQL is away", "no database", "no such kind of database", "no secret", "a bad setting"],
)
def test_whatever_is_wrong_here_is_75_and_the_server_keeps_the_message(server: Server, change: dict[str, str]) -> None:
    server.environment |= change
    done = server.gives(b"From: l1@example.com\nSubject: Re: hello\n\n", "--recipient", server.to())
    assert (done.returncode, done.stderr.startswith(b"kweek receive: not taken, come again later: ")) == (75, True)
    assert b"Traceback" not in done.stderr


def test_a_data_folder_that_is_away_is_not_made_anew(server: Server, tmp_path: Path) -> None:
    away = tmp_path / "away"
    server.environment |= {"KWEEK_DATA": str(away)}
    del server.environment["KWEEK_DATABASE_URL"]
    done = server.gives(b"From: l1@example.com\nSubject: Re: hello\n\n", "--recipient", server.to())
    assert (done.returncode, away.exists()) == (75, False)


def test_a_database_that_is_away_is_not_made_anew(server: Server, tmp_path: Path) -> None:
    server.environment["KWEEK_DATABASE_URL"] = f"sqlite:///{tmp_path}/away.db"
    done = server.gives(b"From: l1@example.com\nSubject: Re: hello\n\n", "--recipient", server.to())
    assert (done.returncode, (tmp_path / "away.db").exists()) == (75, False)


def test_tables_of_another_release_are_left_alone(server: Server) -> None:
    with server.db.write() as tx:
        tx.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    done = server.gives(b"From: l1@example.com\nSubject: Re: hello\n\n", "--recipient", server.to())
    assert (done.returncode, server.events()) == (75, [])

"""Promise 12: who someone is stands in our own database and nowhere else — also where everything goes wrong.

A planted person walks through mails, calls and sales; her data comes in with events as free text; a relay refuses her
by her address, a template and a turn fail over her. Then Temporal's database and every log are searched, byte by byte:
as text, in other encodings of it, and in whatever is compressed.
"""

from __future__ import annotations

import base64
import gzip
import shutil
import sqlite3
import zlib
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from kweek.leads import tables
from tests.chaos.planted import FAMILY, MAIL, NAME, PHONE, PLANTED, WORDS, found_in
from tests.engine.house import until
from tests.engine.servers import dev_server
from tests.engine.smtp_server import Told
from tests.engine.test_workflow import Room, room

pytestmark = pytest.mark.slow


async def test_a_planted_person_is_found_in_our_database_only(
    tmp_path: Path, migrated_sqlite: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with dev_server(tmp_path) as server:
        told = Told(say={"rcpt": [f"451 4.3.0 not now, <{MAIL}>".encode(), b"250 2.1.5 OK"]})
        async with room(server, tmp_path / "one", migrated_sqlite, told=told) as at:
            lead = _plant(at, "walks")
            await at.happens(lead, "talk.asked", note=WORDS, name=NAME, phone=PHONE, mail=MAIL)
            await until(lambda: at.ended(lead), 60, "a mail that is refused at first, and then leaves")
            assert len(told.got) == 1

            told.say["rcpt"] = f"550 5.1.1 <{MAIL}>: there is no {NAME} {FAMILY} here".encode()
            refused = _plant(at, "refused", "+refused")
            await at.happens(refused, "talk.asked", note=WORDS)
            await until(lambda: at.ended(refused), 60, "a mail that bounces")
            told.say.clear()

            stumbles = _plant(at, "stumbles", "+stumbles")
            _stumble(at, stumbles)
            await at.happens(stumbles, "talk.asked", note=WORDS)
            await until(lambda: at.ended(stumbles), 90, "turns and a template that fail over her")

        async with room(server, tmp_path / "two", migrated_sqlite, told=Told(), workspace=_broken(tmp_path)) as at:
            unfit = _plant(at, "unfit")
            await at.happens(unfit, "talk.asked", note=WORDS)
            await until(
                lambda: at.house.rows(select(tables.tasks)), 60, "a mail that cannot be made: a person is asked"
            )
            assert [mail.status for mail in at.house.mails(unfit)] == ["undelivered"]
            books = b"".join(path.read_bytes() for path in (tmp_path / "one").glob("kweek.db*"))
            assert MAIL.encode() in books  # she is there to be found at all
            assert _words(at), "what went wrong is in our own books"

    out, err = capfd.readouterr()
    stores = {path.name: path.read_bytes() for path in tmp_path.glob("temporal*")}
    assert "temporal.db" in stores
    stores |= {"the worker's output": (out + err + caplog.text).encode()}
    assert [(name, what) for name, raw in stores.items() for what in found_in(raw)] == []
    assert _runs(tmp_path / "temporal.db") >= 4


def _plant(at: Room, lead: str, tag: str = "") -> str:
    address = MAIL.replace("@", f"{tag}@")
    return at.house.lead(lead, email=address, email_key=address, first_name=NAME, last_name=FAMILY, phone=PHONE)


def _stumble(at: Room, lead: str) -> None:
    """Her first turns end in a database error that shows her row, and one of nobody's making."""
    turn, errors = at.hands.turns._turn, iter(
        [
            IntegrityError(f"INSERT INTO leads VALUES ('{MAIL}')", {"name": NAME}, Exception(f"{FAMILY} {PHONE}")),
            ValueError(f"no such thing as {NAME} {WORDS}"),
        ]
    )  # fmt: skip

    def stumbling(tx: Any, ask: Any, *more: Any) -> Any:
        error = next(errors, None) if ask.lead == lead else None
        if error is not None:
            raise error
        return turn(tx, ask, *more)

    object.__setattr__(at.hands.turns, "_turn", stumbling)


def _broken(folder: Path) -> Path:
    """The same workspace with a mail that fails on her name."""
    copy = folder / "broken-workspace"
    shutil.copytree(Path(__file__).parents[1] / "engine" / "workspace", copy)
    note = copy / "templates/mails/note.en.md"
    note.write_text(note.read_text() + "\n{{ lead.first_name + 1 }} {{ lead.email.nothing.there }}\n", "utf-8")
    return copy


def _words(at: Room) -> list[str]:
    return [row.words for row in at.house.rows(select(tables.problems.c.words))]


def _runs(file: Path) -> int:
    """How many workflows are in that file: an empty one would hold nobody either."""
    books = sqlite3.connect(file)
    try:
        return int(books.execute("SELECT count(*) FROM executions").fetchone()[0])
    finally:
        books.close()


@pytest.mark.parametrize("hide", [
    lambda text: b"xx" + text + b"yy", lambda text: text.upper(), lambda text: text.decode().encode("utf-16-le"),
    lambda text: base64.b64encode(b"a" + text + b"bcd"), lambda text: base64.b64encode(b"ab" + text + b"bcd"),
    lambda text: base64.b64encode(text + b"bcd"), lambda text: b"xx" + gzip.compress(b"<" + text + b">") + b"yy",
    lambda text: b"xx" + zlib.compress(text) + b"yy",
])  # fmt: skip
def test_the_search_finds_what_is_hidden(hide: Any) -> None:
    assert all(what in found_in(hide(what.encode())) for what in PLANTED)
    assert found_in(hide(b"nobody in particular")) == []

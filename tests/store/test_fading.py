"""Do points fade by themselves, once a week, and does a flow whose goal hangs on them hear of it?"""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

import activities.fading
from activities.fading import Fading
from kweek.flow.state import Enrolment, LeadState, Token
from kweek.intake.ears import FlowEars
from kweek.intake.incoming import Incoming, LeadIn
from kweek.intake.record import record
from kweek.leads import tables
from kweek.leads.database import Database
from kweek.leads.enrolments import lead_row, load_state, save_state
from kweek.leads.publish import publish
from kweek.leads.reckoned import Scores
from kweek.rules.scoring import Rule
from tests.store.making import NOW, a_lead, let_others_pass

WEEK = timedelta(weeks=1)
LOOKED = Rule("looked", "looked around", "interest", 10, "page.viewed", fades=4)
TOOK = Rule("took", "took a download", "interest", 10, "download.taken")
EARS = FlowEars(scores=Scores((LOOKED, TOOK), timezone="Europe/Amsterdam"))
COOLED = """
flow: cooled
title: Cooled
start: page.viewed
reentry: never
goal:
  if: lead.score.interest < 5
  go: gone
steps:
  - wait: 50 weeks
  - end: done
paths:
  gone:
    - end: lost
"""


def happened(db: Database, lead: str, kind: str, at: datetime = NOW) -> None:
    record(db, Incoming(f"{lead}/{kind}", kind, at, LeadIn(id=lead)), at, EARS)


def interest(db: Database) -> dict[str, int]:
    with db.read() as read:
        return {row.id: row.points_interest for row in read.execute(select(tables.leads))}


def bells(db: Database) -> list[str]:
    with db.read() as read:
        return list(read.execute(select(tables.outbox.c.lead_id)).scalars())


def test_points_fade_on_mondays_whenever_somebody_looks(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    looked, took = [a_lead(database, f"looked-{n}") for n in range(5)], a_lead(database, "took")
    for lead in looked:
        happened(database, lead, "page.viewed")
    happened(database, took, "download.taken")
    monkeypatch.setattr(activities.fading, "BATCH", 2)
    fading = Fading(database, lambda: EARS)
    assert fading.fade(NOW, NOW + timedelta(days=6)) == 0, "no Monday lies between"
    assert fading.fade(NOW, NOW + WEEK) == 5
    assert interest(database) == {**dict.fromkeys(looked, 6), took: 10}
    assert fading.fade(NOW, NOW + WEEK) == 0, "nothing fades twice"
    assert fading.fade(NOW + WEEK, NOW + 5 * WEEK) == 5, "what fell due while nobody looked"
    assert interest(database) == {**dict.fromkeys(looked, 0), took: 10}
    assert fading.fade(NOW + 5 * WEEK, NOW + 9 * WEEK) == 0, "nothing is left that could"
    with database.read() as read:
        p = tables.points.c
        rows = read.execute(select(p.about, p.points).where(p.lead_id == looked[0]).order_by(p.id)).all()
    assert [tuple(row) for row in rows] == [
        ("looked-0/page.viewed", 10), ("2026-03-09", -4), ("2026-03-16", -4), ("2026-03-23", -2),
    ]  # fmt: skip


def test_a_goal_that_hangs_on_points_is_told_of_it(database: Database) -> None:
    version = publish(database, {"flows/cooled.yaml": COOLED}, "cooled", "anna", NOW)
    for lead in (a_lead(database, "walks"), a_lead(database, "free")):
        happened(database, lead, "page.viewed")
    with database.lead_tx("walks") as tx:
        before = load_state(tx, lead_row(tx, "walks"))
        token = Token("steps/wait-1", 1, NOW, deadline=NOW + 50 * WEEK)
        enrolment = Enrolment("walks-1", "cooled", version.hash, NOW, 1, token)
        walks = LeadState("walks", 1, (enrolment,), seen=1)
        save_state(tx, before, walks, turn=1, seen=1, wake_at=NOW + 50 * WEEK)
        tx.execute(tables.outbox.delete())
    Fading(database, lambda: EARS).fade(NOW, NOW + WEEK)
    assert bells(database) == ["walks"]
    assert let_others_pass(database)

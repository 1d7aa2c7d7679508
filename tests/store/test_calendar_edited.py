"""An edited calendar moves what was promised by it: what was left at the edit, once, on the page as in the machine."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, select, update

from kweek import rulebook
from kweek.flow.stored import load_enrolment
from kweek.leads import tables
from kweek.leads.clock import Clock
from tests.engine.house import ROOT, House, build
from tests.store.making import let_others_pass
from worker import Hands, hands_of
from workflows.messages import TurnInput

HALF_DAYS = ('["08:30-12:30", "13:00-17:30"]', '["08:30-12:30"]')
NO_TUESDAY = ("closed: [2026-12-24", "closed: [2026-03-03, 2026-12-24")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=ZoneInfo("Europe/Amsterdam")).astimezone(UTC)


class Office:
    """A house whose turns are taken by hand, and whose calendars are edited."""

    def __init__(self, house: House, hands: Hands) -> None:
        self.house, self.hands = house, hands

    def turn(self, lead: str, now: datetime) -> None:
        self.hands.turns.turn(TurnInput(lead, self.house.row(lead).turn, now))

    def edit(self, now: datetime, *changes: tuple[str, str]) -> None:
        file = self.house.settings.workspace / "rules" / "calendars.yaml"
        text = file.read_text("utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        file.write_text(text, "utf-8")
        self.hands.book.now()
        self.hands.book.keep(now)

    def handover(self) -> Any:
        [row] = self.house.rows(select(tables.handovers))
        return row

    def rungs(self, lead: str) -> list[datetime | None]:
        e = tables.enrolments.c
        [state] = [row.state for row in self.house.rows(select(e.state).where(e.lead_id == lead, e.live))]
        token = load_enrolment(state).token
        assert token is not None
        return list(token.rungs)

    def bells(self) -> list[str]:
        return [row.lead_id for row in self.house.rows(select(tables.outbox.c.lead_id))]


@pytest.fixture
def office(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setattr(rulebook, "FRESH", -1.0)
    workspace = tmp_path / "workspace"
    for folder in ("flows", "rules", "surveys", "templates"):
        shutil.copytree(ROOT / folder, workspace / folder)
    house = build(tmp_path / "data", workspace, clock=Clock(1.0, at("02 10:00"), at("02 10:00")), url=database_url)
    hands = hands_of(house.settings)
    hands.book.keep(at("02 09:00"))
    house.leads(["ann", "bob"])
    house.happens("ann", "demo.requested", at("02 10:00"))
    made = Office(house, hands)
    made.turn("ann", at("02 10:00"))
    with house.database.write() as tx:
        tx.execute(delete(tables.outbox))
    yield made
    hands.close()
    house.close()


def test_what_was_left_at_the_edit_is_reckoned_anew_once(office: Office) -> None:
    assert office.handover().follow_up_at == at("02 14:30")
    assert office.rungs("ann") == [at("02 12:00"), at("02 14:30"), at("03 10:00")]
    office.edit(at("02 11:00"), HALF_DAYS, NO_TUESDAY)
    assert office.bells() == ["ann"], "who waits is looked at; who is nowhere is not"
    assert let_others_pass(office.house.database)
    for minutes in (5, 10):  # the second turn finds nothing to move
        office.turn("ann", at("02 11:00") + timedelta(minutes=minutes))
        # of four hours one has passed: an hour and a half today, the rest on Wednesday morning
        assert office.handover().follow_up_at == at("04 10:00")
        assert office.rungs("ann") == [at("02 12:00"), at("04 10:00"), at("04 10:00")]
        assert office.house.row("ann").wake_at == at("02 12:00")


def test_an_edit_that_was_undone_before_anybody_looked_moves_nothing(office: Office) -> None:
    before = office.rungs("ann")
    office.edit(at("02 11:00"), HALF_DAYS)
    office.edit(at("02 11:01"), (HALF_DAYS[1], HALF_DAYS[0]))
    office.turn("ann", at("02 11:05"))
    assert office.rungs("ann") == before


def test_a_promise_that_was_kept_stays_as_it_was(office: Office) -> None:
    with office.house.database.write() as tx:
        tx.execute(update(tables.handovers).values(contacted_at=at("02 10:30")))
    office.edit(at("02 11:00"), HALF_DAYS)
    office.turn("ann", at("02 11:05"))
    assert office.handover().follow_up_at == at("02 14:30")


def test_who_comes_after_the_edit_is_promised_by_the_new_one(office: Office) -> None:
    office.edit(at("02 11:00"), HALF_DAYS, NO_TUESDAY)
    office.house.happens("bob", "demo.requested", at("02 12:00"))
    office.turn("bob", at("02 12:00"))
    office.turn("bob", at("02 12:01"))
    assert office.rungs("bob")[:2] == [at("04 10:00"), at("04 12:00")]


def test_a_word_of_comment_rings_nobody(office: Office) -> None:
    office.edit(at("02 11:00"), ("# When we are there.", "# When we are there, mostly."))
    assert office.bells() == []
    assert office.house.rows(select(tables.past_calendars)) == []

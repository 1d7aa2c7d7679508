"""The stream tells what a manager wants to know, in order of time and in plain words; and is not flooded."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest

from kweek.leads import tables
from kweek.leads.database import Database
from kweek.web import stream
from kweek.web.live import as_shown
from kweek.words import Tongue
from tests.web.conftest import NOW, Books, TestClient
from tests.web.scene import CALL, HANDOVER, event, scene

EN, NL = Tongue("en"), Tongue("nl")


def told(db: Database, say: Tongue = EN, flow: str | None = None) -> list[str]:
    """Who, and what of him; the newest first."""
    with db.read() as read:
        return [
            f"{one['who']}: {one['words']}" for one in (as_shown(read, say, UTC, x) for x in stream.last(read, flow))
        ]


@pytest.fixture
def lived(books: Books, published: str) -> Books:
    scene(books, published)
    return books


def test_handovers_reminders_and_escalations_are_told_with_who_has_them(lived: Books, db: Database) -> None:
    rows = (("remind", "ann-1/4", 6, 2), ("escalate", "ann-1/5", 2, 3))
    for effect, key, hours, turn in rows:
        lived.add(
            tables.journal, lead_id="ann", enrolment_id="ann-1", turn=turn, at=NOW - timedelta(hours=hours),
            kind="effect", step="sales/handover-sales", detail={"key": key, "effect": effect, "what": "sales"},
        )  # fmt: skip
    lines = told(db)
    assert lines[:2] == [
        "Ann de Vries: Escalation, rung 1, told: the manager",
        "Ann de Vries: Reminder to anna",
    ]
    assert "Ann de Vries: Brochure requested → Handed over to sales (anna)" in lines
    assert "Ann de Vries: Escalatie, trede 1, verteld aan: de manager" in told(db, NL)


def test_of_who_rested_the_line_says_from_what_it_goes_on(lived: Books, db: Database) -> None:
    for turn, kind in ((2, "held"), (3, "released")):
        lived.add(
            tables.journal, lead_id="carla", enrolment_id="carla-1", turn=turn, at=NOW - timedelta(minutes=9 - turn),
            kind=kind, step="steps/send-survey", detail={},
        )  # fmt: skip
    assert told(db)[:2] == ["Carla Smit: Goes on after its rest", "Carla Smit: Rests for a while"]
    assert told(db, NL)[0] == "Carla Smit: Gaat na de rust verder"


def test_calls_bounces_and_what_sales_did_are_told_though_they_moved_nobody(lived: Books, db: Database) -> None:
    event(lived, "ann", 3, "contacted", NOW - timedelta(minutes=3), HANDOVER, ("anna", None))
    event(lived, "ann", 4, "quoted", NOW - timedelta(minutes=2), HANDOVER, ("anna", None))
    event(lived, "carla", 2, "bounced", NOW - timedelta(minutes=1), "carla-1/1")
    for seq, kind in enumerate(("opened", "clicked", "page.viewed"), 3):
        event(lived, "carla", seq, kind, NOW, "carla-1/1")
    lines = told(db)
    assert lines[:3] == [
        "Carla Smit: The mail came back: this address is dead",
        "Ann de Vries: Quote sent (anna)",
        "Ann de Vries: Contacted (anna)",
    ]
    assert "Bas Jansen: Called, no answer (joris)" in lines
    assert not any("Opened" in one or "Clicked" in one or "looked" in one.lower() for one in lines)
    assert [one for one in told(db, flow="brochure-request") if "Contacted" in one] == [lines[2]]
    assert told(db, flow="renewal") == []


def test_an_event_that_moved_a_lead_is_one_line_with_whoever_did_it(lived: Books, db: Database) -> None:
    event(lived, "bas", 3, "interested", NOW - timedelta(minutes=9), CALL, ("els", None))
    for kind, detail in (("reacted", {"event": "interested", "seq": 3, "row": "when:1"}), ("ended", {"result": "won"})):
        lived.add(
            tables.journal, lead_id="bas", enrolment_id="bas-1", turn=2, at=NOW - timedelta(minutes=9), kind=kind,
            step="call/call-brochure", detail=detail,
        )  # fmt: skip
    assert [one for one in told(db) if "nterested" in one] == ["Bas Jansen: Is interested (els) → left the flow (won)"]


def test_mails_that_left_within_the_hour_are_one_line(lived: Books, db: Database) -> None:
    for n in range(7):
        lead = lived.lead(f"m{n}", name=f"Lead {n}")
        at = NOW - timedelta(minutes=7 - n) if n else NOW - timedelta(hours=5)
        lived.mail(f"{lead}-1/1", lead, mail="survey", subject=f"Hello {n}")
        event(lived, lead, 1, "sent", at, f"{lead}-1/1")
    assert [one for one in told(db) if "Hello" in one] == [
        "Lead 6: Mail left: Hello 6, and to 5 others", "Lead 0: Mail left: Hello 0",
    ]  # fmt: skip


def test_lines_are_in_order_of_time_whichever_book_they_are_from(lived: Books, db: Database) -> None:
    event(lived, "ann", 3, "contacted", NOW - timedelta(days=5), HANDOVER, ("anna", None))
    with db.read() as read:
        moments = [one.at for one in stream.last(read)]
    assert moments == sorted(moments, reverse=True)


def test_an_escalation_is_red_on_the_page_and_a_line_of_no_flow_says_none(lived: Books, staff: TestClient) -> None:
    lived.add(
        tables.journal, lead_id="ann", enrolment_id="ann-1", turn=9, at=NOW, kind="effect",
        step="sales/handover-sales", detail={"key": "ann-1/5", "effect": "escalate", "what": "rung 1"},
    )  # fmt: skip
    event(lived, "carla", 2, "unsubscribed", NOW)
    page = staff.get("/").text
    escalated = "Escalation, rung 1, told: the manager · Brochure request"
    assert f'<span title="{escalated}" class="alarm">{escalated}</span>' in page, "cut, it is all there to be read"
    assert '<span title="Unsubscribed">Unsubscribed</span>' in page

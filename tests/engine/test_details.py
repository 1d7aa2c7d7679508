"""On Temporal's own pages one reads what a lead waits for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.engine.house import build
from worker import hands_of
from workflows.messages import TurnInput

MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)  # nine o'clock in Amsterdam


def test_in_the_words_of_the_flow(tmp_path: Path, migrated_sqlite: Path) -> None:
    house = build(tmp_path, migrated=migrated_sqlite)
    hands = hands_of(house.settings)
    try:
        lead = house.lead("one", language="en")

        def turn(n: int, now: datetime) -> object:
            return hands.turns.turn(TurnInput(lead, n, now)).get("details")

        house.happens(lead, "brochure.requested", MONDAY)
        assert turn(0, MONDAY) == "brochure-request: rests until Mon 9 March 2026 9:00"
        week = MONDAY + timedelta(days=7)
        assert turn(1, week) == "brochure-request: *survey* is on its way"
        house.happens(lead, "sent", week, ref="one-1/1")
        assert turn(2, week) == "brochure-request: waits for a reaction to *survey* until Mon 16 March 2026 9:00"
        house.happens(lead, "quote.requested", week)
        assert turn(3, week) == (
            "brochure-request: is with *sales* until Tue 10 March 2026 5:00\n\n"
            "contact-request: is with *sales*"  # it joined the other, which has the clock
        )
    finally:
        hands.close()
        house.close()

"""The turn that a mail's result asks for is taken where the mail left: the same turn, and only where nothing came
between. No server is needed for that."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kweek.intake.fates import tell_flow
from kweek.intake.record import AlwaysRing
from kweek.leads import ledger
from tests.engine.house import House, build
from worker import Hands, hands_of
from workflows.messages import TurnAnswer, TurnInput

WORKSPACE = Path(__file__).parent / "workspace"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def house(tmp_path: Path, migrated_sqlite: Path) -> Iterator[House]:
    house = build(tmp_path, WORKSPACE, migrated=migrated_sqlite)
    yield house
    house.close()


@pytest.fixture
def hands(house: House) -> Iterator[Hands]:
    hands = hands_of(house.settings)
    yield hands
    hands.close()


@pytest.fixture
def key(house: House, hands: Hands) -> str:
    """Of a mail that turn 1 has started, and that has left since."""
    lead = house.lead("one")
    house.happens(lead, "talk.asked", NOW)
    answer = hands.turns.turn(TurnInput(lead, 0, NOW))
    assert answer["n"] == 1
    key = "one-1/1"
    assert answer["start"] == [f"send_mail {key}"]
    with house.database.lead_tx(lead) as tx:
        ledger.write_off(tx, key, "sent", "", LATER, lead_id=lead, enrolment_id="one-1", mail="note")
        tell_flow(tx, lead, key, "sent", LATER, AlwaysRing())
    return key


def test_it_hears_the_result_at_the_moment_of_the_mail(hands: Hands, key: str) -> None:
    answer = hands.turns.turn_after("one", 1, LATER)
    assert answer is not None
    assert (answer["n"], answer["wake_at"]) == (2, LATER + timedelta(hours=1))


def test_taken_twice_it_is_taken_once(hands: Hands, key: str) -> None:
    """A worker that died before it could answer: the next attempt leaves the rest to the workflow."""
    assert hands.turns.turn_after("one", 1, LATER) is not None
    assert hands.turns.turn_after("one", 1, LATER) is None


def test_another_event_since_leaves_it_to_the_workflow(house: House, hands: Hands, key: str) -> None:
    house.happens("one", "talk.refused", LATER)
    assert hands.turns.turn_after("one", 1, LATER) is None
    assert house.row("one").turn == 1


def test_another_turn_since_leaves_it_to_the_workflow(house: House, hands: Hands, key: str) -> None:
    hands.turns.turn(TurnInput("one", 1, LATER + timedelta(minutes=5)))
    assert hands.turns.turn_after("one", 1, LATER) is None
    assert house.row("one").turn == 2


CALLS = """\
flow: talk
title: A talk
start: talk.asked

whenever:
  talk.refused: call

steps:
  - send: note
    within: 1 hour
    when:
      bounced: discard
      blocked: discard
    otherwise: done

paths:
  call:
    - call: why
      within: 1 business day
      when:
        else: done
      otherwise: done
"""
SCRIPT = """\
survey: why
title: Why not?
questions:
  - ask: why
    text: Why not?
    type: text
"""


def test_what_is_cancelled_is_told_also_where_the_turn_goes_on(tmp_path: Path, migrated_sqlite: Path) -> None:
    """Who cannot be called is known in the same turn; the mail that was on its way is called back all the same."""
    workspace = tmp_path / "workspace"
    shutil.copytree(WORKSPACE, workspace)
    (workspace / "flows" / "talk.yaml").write_text(CALLS, "utf-8")
    (workspace / "surveys").mkdir()
    (workspace / "surveys" / "why.yaml").write_text(SCRIPT, "utf-8")
    house = build(tmp_path / "data", workspace, migrated=migrated_sqlite)
    try:
        hands = hands_of(house.settings)
        lead = house.lead("one", phone=None)
        house.happens(lead, "talk.asked", NOW)
        assert hands.turns.turn(TurnInput(lead, 0, NOW))["start"] == ["send_mail one-1/1"]
        house.happens(lead, "talk.refused", LATER)
        answer = hands.turns.turn(TurnInput(lead, 1, LATER))
        assert (answer["cancel"], answer["open"]) == (["one-1/1"], False)
        hands.close()
    finally:
        house.close()


@pytest.mark.parametrize(
    "answer",
    [TurnAnswer(3), TurnAnswer(0, open=False), TurnAnswer(7, start=["tell x-1/2"], wake_at=NOW, details="talk: ear")],
)
def test_an_answer_in_brief_is_the_answer(answer: TurnAnswer) -> None:
    brief = answer.brief()
    assert TurnAnswer(**brief) == answer  # pyright: ignore[reportArgumentType]
    assert all(name == "n" or value not in ([], "", None, True) for name, value in brief.items())

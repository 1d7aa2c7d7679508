"""The machine's memory, as JSON and back."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone

from kweek.flow.state import Ended, Enrolment, Event, LeadState, Token
from kweek.flow.stored import dump_enrolment, dump_event, dump_state, load_enrolment, load_event, load_state

NOW = datetime(2026, 3, 29, 1, 30, 0, 123_456, tzinfo=UTC)
DATA = {
    "text": "x", "whole": 3, "part": 0.5, "yes": True, "no": False, "none": None, "day": date(2026, 2, 28),
    "moment": NOW, "elsewhere": datetime(2026, 3, 2, tzinfo=timezone(timedelta(hours=2))), "like": "2026-02-28",
}  # fmt: skip


def test_an_event_keeps_its_facts_with_their_types() -> None:
    event = Event(7, "clicked", NOW, "lead-1/3", DATA)
    back = load_event(json.loads(json.dumps(dump_event(event))))
    assert back == event
    assert {name: type(value) for name, value in back.data.items()} == {n: type(v) for n, v in DATA.items()}


def test_an_enrolment_with_every_field_comes_back_as_it_was() -> None:
    token = Token("a/b", 2, NOW, "lead-1/3", NOW, NOW, True, (None, NOW, None), NOW, 2, "circles")
    enrolment = Enrolment(
        "lead-1", "f", "v", NOW, 4, token, "spring", DATA, 3, {"a/b": 2}, {"a/go": 1}, True, {"lead-1/2": "a/call"},
        (Event(5, "quote.requested", NOW, None, DATA),), ("lead-1/3",), "opened", 7, Ended("won", "because", NOW),
        token,
    )  # fmt: skip
    assert load_enrolment(json.loads(json.dumps(dump_enrolment(enrolment)))) == enrolment


def test_a_lead_with_every_field_comes_back_as_it_was() -> None:
    state = LeadState("lead", 3, (), "lead-1/3", ("lead-1/4",), (NOW,), 9, True, True)
    assert load_state(json.loads(json.dumps(dump_state(state)))) == state


def test_a_lead_that_waits_weighs_little() -> None:
    enrolment = Enrolment("lead-1", "f", "v", NOW, 1, Token("a/wait", 1, NOW, None, NOW), visits={"a/wait": 1})
    assert len(json.dumps(dump_enrolment(enrolment))) < 300
    assert load_enrolment(dump_enrolment(enrolment)) == enrolment

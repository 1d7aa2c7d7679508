"""A lead that is to be called: outcomes, attempts, call-backs, and time that is up."""

from __future__ import annotations

import pytest

from tests.lives import DAY, HOUR, MONDAY, OFFICE
from tests.unit.held import on_the_desk


@pytest.mark.parametrize(
    "kind",
    ["interested", "not interested", "appointment", "quote", "wrong person", "objected", "blocked", "wants a brochure"],
)
def test_an_outcome_ends_the_call(kind: str) -> None:
    life = on_the_desk({kind: "b", "else": "a"})
    assert life.hear(kind, life.ref()).at() == "done: b"
    assert life.issued("withdraw") == []  # the desk has closed the task itself
    life = on_the_desk({"else": "a"})
    assert life.hear(kind, life.ref()).at() == "done: a"


def test_after_the_last_attempt_the_machine_concludes_that_the_lead_is_unreachable() -> None:
    for when, way in (({"unreachable": "b", "else": "a"}, "b"), ({"else": "a"}, "a")):
        life = on_the_desk(when)
        ref = life.ref()
        for n in range(1, 4):
            assert life.at() == "steps/1-call-x"
            life.after(DAY).hear("taken", ref).hear("attempted", ref)
            assert n == 3 or life.token().attempts == n
        assert life.at() == f"done: {way}"
        assert life.issued("withdraw")[0].args == {"ref": ref, "because": "unreachable"}


def test_otherwise_knows_whether_anyone_tried() -> None:
    lines = {"attempted": "b", "else": "c"}
    assert on_the_desk(None, lines).after(5 * DAY).at() == "done: c"
    life = on_the_desk(None, lines)
    assert life.hear("attempted", life.ref()).after(5 * DAY).at() == "done: b"


def test_time_is_up_for_a_call_and_its_task_is_withdrawn() -> None:
    life = on_the_desk(None, "c")
    ref = life.ref()
    assert life.after(5 * DAY).at() == "done: c"
    assert life.issued("withdraw")[0].args == {"ref": ref, "because": "timed out"}


def test_an_agreed_call_back_is_no_attempt_and_extends_the_time_to_one_business_day_after_it() -> None:
    life = on_the_desk(None, "c", world={"queues": {"default": OFFICE}})
    at = MONDAY + 11 * DAY + 4 * HOUR  # a Friday, 13:00
    life.hear("taken", life.ref()).hear("call_back", life.ref(), at=None, **{})
    token = life.token()
    assert (token.attempts, token.call_back) == (0, None)  # without a moment nothing was agreed
    life.memory.record("call_back", life.now, life.ref(), {"at": at.isoformat()})
    life.turn(life.memory.events[-1])
    token = life.token()
    assert (token.attempts, token.call_back, token.taken) == (0, at, False)
    assert life.wake_at == at + 3 * DAY  # Monday, 13:00
    assert life.until(at + 3 * DAY).at() == "done: c"


def test_a_call_back_soon_does_not_shorten_the_time() -> None:
    life = on_the_desk()
    life.memory.record("call_back", life.now, life.ref(), {"at": (MONDAY + HOUR).isoformat()})
    life.turn(life.memory.events[-1])
    assert life.wake_at == MONDAY + 5 * DAY


def test_a_task_that_someone_has_taken_is_never_timed_out() -> None:
    life = on_the_desk(None, "c")
    life.after(4 * DAY).hear("taken", life.ref()).after(30 * DAY)
    assert (life.at(), life.wake_at) == ("steps/1-call-x", None)
    assert life.hear("given_back", life.ref()).at() == "done: c"


def test_an_overdue_task_that_a_colleague_takes_over_in_one_breath_is_kept() -> None:
    life = on_the_desk()
    ref = life.ref()
    life.hear("taken", ref).after(6 * DAY)
    life.turn(*(life.memory.record(kind, life.now, ref) for kind in ("given_back", "taken")))
    assert life.token().taken
    assert life.hear("given_back", ref).at() == "done: below"

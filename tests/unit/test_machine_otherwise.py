"""What `otherwise` says when the time is up; and our own fault never discards a lead."""

from __future__ import annotations

import pytest

from tests.drafts import ENDS, flow, send
from tests.lives import DAY, MINUTE, MONDAY, Life
from tests.unit.waiting import at_survey

# --- otherwise -------------------------------------------------------------------------------------------------

LINES = {"answered": "a", "opened": "b", "else": "c"}


@pytest.mark.parametrize(
    ("happened", "way"),
    [([], "c"), (["opened"], "b"), (["clicked"], "b"), (["answered"], "a"), (["opened", "answered"], "a")],
)
def test_otherwise_reads_at_the_deadline_what_was_recorded_by_then(happened: list[str], way: str) -> None:
    life = at_survey(None, LINES)
    for kind in happened:
        life.hear(kind, life.ref())
    assert life.until(MONDAY + 7 * DAY - MINUTE).at() == "steps/1-send-survey"
    assert life.after(MINUTE).at() == f"done: {way}"


def test_unclear_is_where_nobody_can_know() -> None:
    life = at_survey(None, {"opened": "a", "unclear": "b", "else": "c"})
    life.memory.unclear.add(life.ref())
    assert life.after(7 * DAY).at() == "done: b"


def test_without_otherwise_it_carries_on_below() -> None:
    assert at_survey().after(7 * DAY).at() == "done: below"
    assert at_survey(None, {"opened": "a"}).after(7 * DAY).at() == "done: below"


def test_otherwise_waits_for_the_grade_of_a_hit() -> None:
    life = at_survey(None, LINES).until(MONDAY + 7 * DAY - MINUTE)
    life.memory.grading = MONDAY + 7 * DAY + MINUTE
    life.until(MONDAY + 7 * DAY)
    assert (life.at(), life.wake_at) == ("steps/1-send-survey", MONDAY + 7 * DAY + MINUTE)
    life.memory.record("opened", life.now, life.ref())
    assert life.after(MINUTE).at() == "done: b"


def test_an_event_counts_if_it_was_committed_before_the_turn() -> None:
    life = at_survey({"answered": "a"}, "c")
    life.now = MONDAY + 8 * DAY  # a day's outage; the answer came after the deadline, and before anyone looked
    assert life.hear("answered", life.ref()).at() == "done: a"


def test_what_comes_after_the_step_was_left_changes_nothing() -> None:
    life = at_survey({"bounced": "discard", "answered": "a"})
    ref = life.ref()
    life.hear("bounced", ref)
    lines = len(life.journal)
    life.hear("opened", ref).hear("answered", ref).hear("bounced", ref)
    assert (life.at(), len(life.journal)) == ("discard: bounced", lines)


# --- undelivered: our own fault must not discard a lead --------------------------------------------------------


def test_undelivered_is_never_else() -> None:
    life = at_survey(None, {"opened": "a", "else": "discard"})
    life.hear("undelivered", life.ref())
    assert life.at() == "steps/1-send-survey"
    assert life.after(7 * DAY).at() == "done: below"


def test_undelivered_goes_where_the_author_says() -> None:
    life = at_survey(None, {"undelivered": "b", "else": "discard"})
    life.hear("undelivered", life.ref())
    assert life.after(7 * DAY).at() == "done: b"


def test_a_mail_that_never_left_has_no_reaction_to_wait_for() -> None:
    life = Life([flow("f", [send("survey", "7 days", None, {"undelivered": "b", "else": "c"})], ENDS)], holds_mail=True)
    life.hear("brochure.requested").after(3 * DAY)
    assert life.hear("undelivered", life.ref()).at() == "done: b"


def test_what_was_opened_did_arrive_whatever_a_server_said_later() -> None:
    life = at_survey(None, {"answered": "a", "else": "c"})
    life.hear("opened", life.ref()).hear("undelivered", life.ref())
    assert life.after(7 * DAY).at() == "done: c"


def test_where_nothing_is_below_a_person_is_asked_and_may_try_again_or_let_go() -> None:
    for outcome, way in (("carry on", "steps/1-send-survey"), ("leave", "done: undelivered")):
        life = Life([flow("f", [send("survey", "7 days", None, {"else": "discard"})])], holds_mail=True)
        life.hear("brochure.requested").hear("undelivered", life.ref())
        assert life.issued()[-1].args["outcomes"] == ["carry on", "leave"]
        assert life.token().asks == "undelivered"
        asked = life.ref()
        life.hear("taken", asked).hear(outcome, asked)
        assert life.at() == way
        assert life.enrolment().ended is not None or life.token().visit == 3

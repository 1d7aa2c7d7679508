"""What each verb does, as the table of verbs says it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest

from kweek.flow.machine.acting import half
from kweek.flow.machine.entering import COME_TO
from kweek.flow.machine.moments import next_clock
from kweek.flow.moment import parse_until
from kweek.flow.plan import AnyStep
from tests.drafts import (
    call,
    choose,
    end,
    flow,
    go,
    handover,
    rung,
    score,
    send,
    set_field,
    tag,
    task,
    tell,
    untag,
    wait,
    webhook,
)
from tests.lives import DAY, HOUR, MINUTE, MONDAY, OFFICE, Life


def begun(*steps: Any, paths: Any = None, world: Any = None, fields: Any = None, **data: Any) -> Life:
    """A lead that has just entered a flow of these steps."""
    life = Life([flow("f", steps, paths)], world=world or {}, fields=fields or {})
    return life.hear("brochure.requested", **data)


def test_every_verb_of_the_language_has_its_function() -> None:
    assert set(COME_TO) == set(get_args(AnyStep))


# --- wait ------------------------------------------------------------------------------------------------


def test_wait_rests_for_its_duration() -> None:
    life = begun(wait("7 days"), end("done"))
    assert life.wake_at == MONDAY + 7 * DAY
    assert life.until(MONDAY + 7 * DAY - MINUTE).at() == "steps/1-wait"
    assert life.after(MINUTE).at() == "done: None"


def test_wait_in_business_time_runs_on_the_workspaces_calendar() -> None:
    assert begun(wait("5 business days"), end("done"), world={"calendar": OFFICE}).wake_at == MONDAY + 7 * DAY
    assert begun(wait("9 business hours"), end("done"), world={"calendar": OFFICE}).wake_at == MONDAY + DAY + HOUR


@pytest.mark.parametrize(
    ("until", "moment"),
    [
        ("until monday 09:00", MONDAY + 7 * DAY),  # half-open: who arrives at 09:00 sharp waits for the next
        ("until tuesday 08:30", MONDAY + DAY - 30 * MINUTE),
        ("until 09:30", MONDAY + 30 * MINUTE),
        ("until 08:59", MONDAY + DAY - MINUTE),
        ("until lead.contract_end", datetime(2026, 6, 1, tzinfo=UTC)),
        ("until 90 days before lead.contract_end", datetime(2026, 3, 3, tzinfo=UTC)),
        ("until 2 weeks after lead.contract_end", datetime(2026, 6, 15, tzinfo=UTC)),
        ("until 3 hours before lead.contract_end", datetime(2026, 5, 31, 21, tzinfo=UTC)),
        ("until 1 business day before lead.contract_end", datetime(2026, 5, 29, 9, tzinfo=UTC)),
        ("until event.starts_at", MONDAY + 4 * HOUR),
        ("until 1 hour before event.starts_at", MONDAY + 3 * HOUR),
    ],
)
def test_wait_until(until: str, moment: datetime) -> None:
    fields = {"lead.contract_end": date(2026, 6, 1)}
    life = begun(
        wait(until), end("done"), world={"calendar": OFFICE}, fields=fields, starts_at="2026-03-02T13:00:00+00:00"
    )
    assert life.wake_at == moment


def test_a_date_in_winter_and_summer_is_midnight_where_the_lead_is() -> None:
    life = begun(
        wait("until 90 days before lead.contract_end"), end("done"),
        world={"timezone": "Europe/Amsterdam"}, fields={"lead.contract_end": date(2026, 6, 1)},
    )  # fmt: skip
    assert life.wake_at == datetime(2026, 3, 2, 23, tzinfo=UTC)  # 3 March 00:00, winter time


def test_a_past_date_is_now_and_an_unknown_one_is_otherwise_at_once() -> None:
    steps = (wait("until lead.contract_end", otherwise="unknown"), end("done"))
    paths = {"unknown": [end("lost")]}
    past = begun(*steps, paths=paths, fields={"lead.contract_end": date(2020, 1, 1)})
    assert past.at() == begun(*steps, paths=paths).at() == "lost: None"


@pytest.mark.parametrize("offset", ["", "90 days before ", "10 business days after ", "2600 business days before "])
@pytest.mark.parametrize("filled_in", [date(1, 1, 2), date(9999, 12, 31), "9999-12-31", "0001-01-01T00:00:00+14:00"])
def test_a_date_that_nobody_means_is_not_known(offset: str, filled_in: date | str) -> None:
    """Many programs write 9999-12-31 where there is none: no turn fails over it."""
    steps = (wait(f"until {offset}lead.contract_end", otherwise="unknown"), end("done"))
    life = begun(*steps, paths={"unknown": [end("lost")]}, fields={"lead.contract_end": filled_in})
    assert life.at() == "lost: None"


def test_a_date_that_changes_moves_the_wait() -> None:
    life = begun(wait("until lead.contract_end"), end("done"), fields={"lead.contract_end": (MONDAY + 9 * DAY).date()})
    life.memory.fields["lead.contract_end"] = (MONDAY + 4 * DAY).date()
    life.after(HOUR)
    assert life.wake_at == datetime(2026, 3, 6, tzinfo=UTC)
    life.memory.fields["lead.contract_end"] = (MONDAY - DAY).date()
    assert life.after(HOUR).at() == "done: None"


def test_a_date_that_is_no_longer_known_ends_the_wait() -> None:
    life = begun(wait("until lead.contract_end"), end("done"), fields={"lead.contract_end": (MONDAY + 9 * DAY).date()})
    del life.memory.fields["lead.contract_end"]
    assert life.after(HOUR).at() == "done: None"


def test_a_wait_may_end_early_by_any_named_event() -> None:
    life = begun(send("offer"), wait("7 days", when={"clicked demo": "sales"}), paths={"sales": [end("won")]})
    life.hear("clicked", "lead-1/1", link="other")
    assert life.at() == "steps/2-wait"
    assert life.hear("clicked", "lead-1/1", link="demo").at() == "won: None"


@pytest.mark.parametrize("clock", [0, 90, 150, 180, 720])
@pytest.mark.parametrize("day", ["2026-03-28", "2026-03-29", "2026-10-24", "2026-10-25"])
def test_until_a_clock_time_is_that_time_on_the_wall_also_when_the_clock_changes(day: str, clock: int) -> None:
    zone = ZoneInfo("Europe/Amsterdam")
    start = datetime.fromisoformat(f"{day}T00:00:00+00:00")
    until = parse_until(f"{clock // 60:02}:{clock % 60:02}")
    for minutes in range(0, 36 * 60, 30):
        now = start + timedelta(minutes=minutes)
        moment = next_clock(now, until, zone)
        wall = moment.astimezone(zone)
        assert now < moment <= now + timedelta(hours=26)
        skipped = clock == 150 and wall.date().isoformat() == "2026-03-29"
        assert wall.hour * 60 + wall.minute == (clock + 60 if skipped else clock)


def test_until_a_clock_time_spreads_leads() -> None:
    life = Life([flow("f", [wait("until 09:30"), end("done")])])
    life.memory.minutes, life.memory.drawn = 15, 0.5
    assert life.hear("brochure.requested").wake_at == MONDAY + 37 * MINUTE + timedelta(seconds=30)


# --- send ------------------------------------------------------------------------------------------------


def test_send_without_within_does_not_wait() -> None:
    life = begun(send("welcome"), wait("1 day"), end("done"))
    assert life.at() == "steps/2-wait"
    assert [(e.key, e.kind, e.args["mail"]) for e in life.issued()] == [("lead-1/1", "send_mail", "welcome")]


def test_within_counts_from_the_moment_the_mail_left() -> None:
    life = Life([flow("f", [send("survey", "7 days"), end("done")])], holds_mail=True)
    life.hear("brochure.requested")
    assert life.wake_at is None  # nothing but the mail's own bell
    life.after(2 * DAY).hear("sent", life.ref(), at=MONDAY + DAY)
    assert life.wake_at == MONDAY + 8 * DAY


def test_a_mail_may_expire() -> None:
    life = begun(send("offer", expires="2 days"), end("done"))
    assert life.issued()[0].args["expires_at"] == (MONDAY + 2 * DAY).isoformat()


def test_an_ab_test_shares_leads_out_and_each_keeps_its_half() -> None:
    mails = (("a", 30), ("b", 50), (None, 20))
    assert [half(mails, x / 10) for x in range(10)] == [(1, "a")] * 3 + [(2, "b")] * 5 + [(3, None)] * 2
    edges = [half(mails, x)[0] for x in (0.299, 0.3, 0.7999, 0.8, 0.99999)]
    assert edges == [1, 2, 2, 3, 3]


def test_the_half_that_gets_nothing_waits_as_long() -> None:
    life = begun(
        send({None: 100}, "3 days", otherwise={"opened": "other", "else": "next"}),
        end("done"),
        paths={"other": [end("lost")]},
    )
    assert (life.kinds(), life.wake_at) == ([], MONDAY + 3 * DAY)
    assert life.after(3 * DAY).at() == "done: None"


# --- call, handover, task: what they hand out ----------------------------------------------------------------


def test_call_opens_a_task_with_its_script_and_deadline() -> None:
    life = begun(
        call("brochure", "5 business days", {"else": "next"}, attempts=2),
        end("done"),
        world={"queues": {"default": OFFICE}},
    )
    [effect] = life.issued()
    assert effect.kind == "open_call_task"
    assert effect.args == {
        "script": "brochure", "queue": None, "priority": None, "attempts": 2, "apart": "1 day",
        "deadline": (MONDAY + 7 * DAY).isoformat(),
    }  # fmt: skip
    assert life.wake_at == MONDAY + 7 * DAY


def test_handover_gives_sales_the_lead_with_the_promised_moment() -> None:
    life = begun(handover("sales", {"else": "done"}, follow_up="24 hours", remind="20 hours"))
    [effect] = life.issued()
    assert effect.kind == "give_handover"
    assert effect.args == {"team": "sales", "prefer": None, "follow_up_at": (MONDAY + DAY).isoformat()}
    assert life.wake_at == MONDAY + 20 * HOUR


def test_task_is_for_a_colleague_and_ends_with_its_outcome_or_in_time() -> None:
    steps = (task("check", "2 days", {"fine": "won"}, "lost", outcomes=("fine",)),)
    life = begun(*steps)
    assert life.issued()[0].args == {
        "title": "check", "to": None, "outcomes": ["fine"], "deadline": (MONDAY + 2 * DAY).isoformat(), "rests": False,
    }  # fmt: skip
    assert life.hear("fine", life.ref()).at() == "won: None"
    late = begun(*steps).after(2 * DAY)
    assert late.at() == "lost: None"
    assert late.issued()[-1].kind == "withdraw"


def test_a_tasks_reminder_and_rungs_speak_on_time() -> None:
    life = begun(
        task("check", "9 days", {"done": "done"}, remind="1 day", escalate=[rung("2 days", "3 days", tell="boss")])
    )
    life.until(MONDAY + 8.5 * DAY)
    assert (life.when("remind"), life.when("escalate")) == ([DAY], [2 * DAY, 5 * DAY, 8 * DAY])


# --- the verbs that decide -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("profile", "way"), [("A", "won: None"), ("D", "lost: None"), (None, "lost: None")])
def test_choose_takes_the_first_true_line_and_unknown_is_not_true(profile: str | None, way: str) -> None:
    step = choose(('lead.country == "NL"', "won"), (None, "lost"))
    assert begun(step, fields={"lead.country": "NL" if profile == "A" else profile and "BE"}).at() == way


def test_choose_by_share_is_a_draw_that_a_lead_keeps() -> None:
    plan = flow("f", [choose((50, "won"), (50, "lost"))])
    for drawn, way in ((0.0, "won: None"), (0.49, "won: None"), (0.5, "lost: None"), (0.99, "lost: None")):
        life = Life([plan])
        life.memory.drawn = drawn
        assert life.hear("brochure.requested").at() == way


def test_go_at_most_so_many_times_then() -> None:
    life = begun(wait("1 day"), go("steps", at_most=2, then="out"), paths={"out": [end("lost")]})
    assert life.after(10 * DAY).at() == "lost: None"
    assert life.enrolment().visits["steps/1-wait"] == 3


@pytest.mark.parametrize("result", ["done", "discard", "won", "lost"])
def test_end_says_how_and_why(result: str) -> None:
    assert begun(end(result, "no budget")).at() == f"{result}: no budget"


# --- the verbs that hold nobody up ----------------------------------------------------------------------------


def test_what_holds_nobody_up_is_done_in_one_go_and_in_order() -> None:
    life = begun(
        score(intent=5, because="asked"), tag("hot", "new"), untag("new"),
        set_field(origin="fair", since="today", topic="event.topic"),
        tell("manager", "look"), webhook("crm"), wait("1 day"), end("done"), topic="pumps",
    )  # fmt: skip
    assert [(e.key, e.kind, dict(e.args)) for e in life.issued()] == [
        ("lead-1/1", "add_points", {"points": {"intent": 5}, "because": "asked"}),
        ("lead-1/2", "add_tags", {"tags": ["hot", "new"]}),
        ("lead-1/3", "remove_tags", {"tags": ["new"]}),
        ("lead-1/4", "set_fields", {"fields": {"origin": "fair", "since": "2026-03-02", "topic": "pumps"}}),
        ("lead-1/5", "tell", {"to": "manager", "text": "look", "mail": None}),
        ("lead-1/6", "call_webhook", {"name": "crm"}),
    ]
    assert life.at() == "steps/7-wait"


def test_a_condition_sees_what_the_step_above_it_did() -> None:
    life = begun(
        score(intent=40), tag("hot"), choose(('lead.score.intent == 40 and tagged("hot")', "won"), (None, "lost"))
    )
    assert life.at() == "won: None"

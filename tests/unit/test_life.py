"""A life in memory: mail leaves when the gate lets it, and never otherwise."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from kweek.flow.duration import Duration
from kweek.flow.plan import Limit, Plan
from kweek.flow.simulate.life import Life
from kweek.flow.simulate.memory import Memory
from kweek.flow.simulate.story import tell
from kweek.flow.world import World
from kweek.rules.calendars import Calendar
from tests.unit.flow_of import BROCHURE, plan_from

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
OFFICE = Calendar("UTC", (((540, 1020),),) * 5 + ((), ()))

TWO_MAILS = plan_from(
    """\
    flow: two-mails
    title: Two mails
    start: [manual, contact.requested]
    whenever:
      quote.requested: sales
    steps:
      - send: first
      - send: second
      - wait: 30 days
      - end: done
    paths:
      sales:
        - handover: sales
          when: { else: done }
    """,
    "two-mails",
)


def live(plan: Plan, start: datetime = MONDAY, kind: str = "contact.requested", **world: Any) -> Life:
    life = Life(Memory(World({plan.flow: plan}, **world)), start)
    life.hear(start, kind)
    return life


def told(life: Life, plan: Plan) -> list[str]:
    story = tell(plan.flow, UTC, life.start, life.journal, life.memory.events)
    return [f"{one.day} {one.clock} {one}" for one in story.told if one.kind in ("send", "blocked", "ends", "handover")]


def test_time_passes_only_as_far_as_it_is_let() -> None:
    life = live(BROCHURE, kind="brochure.requested")
    assert life.due == MONDAY + 7 * DAY
    life.run(MONDAY + 7 * DAY)
    assert (told(life, BROCHURE), life.now) == ([], MONDAY + 7 * DAY)
    life.run(MONDAY + 7 * DAY + HOUR)
    assert told(life, BROCHURE) == ["7 09:00 send survey"]


def test_marketing_mail_waits_for_its_hours_and_service_mail_does_not() -> None:
    options: dict[str, object] = {"calendars": {"office": OFFICE}, "send_hours": "office", "service": {"second"}}
    life = live(TWO_MAILS, MONDAY + 10 * HOUR, **options)  # 19:00
    life.run(MONDAY + 2 * DAY)
    assert told(life, TWO_MAILS) == ["0 19:00 send second", "1 09:00 send first"]


def test_the_limit_of_the_workspace() -> None:
    life = live(TWO_MAILS, limit=Limit(1, Duration(7, "day")))
    life.run(MONDAY + 30 * DAY)
    assert told(life, TWO_MAILS) == ["0 09:00 send first", "7 09:00 send second"]


def test_while_sales_has_the_lead_marketing_mail_waits() -> None:
    life = live(TWO_MAILS, MONDAY + 10 * HOUR, calendars={"office": OFFICE}, send_hours="office")
    life.hear(MONDAY + 11 * HOUR, "quote.requested")
    life.hear(MONDAY + 3 * DAY, "won", life.opened[-1].key)
    life.run(MONDAY + 10 * DAY)
    assert told(life, TWO_MAILS) == [
        "0 20:00 handover sales",
        "3 09:00 ends done",
        "3 09:00 send first",
        "3 09:00 send second",
    ]


def test_who_unsubscribed_gets_nothing_more() -> None:
    life = live(TWO_MAILS, MONDAY + 10 * HOUR, calendars={"office": OFFICE}, send_hours="office")
    life.hear(MONDAY + 11 * HOUR, "unsubscribed")
    life.run(MONDAY + 10 * DAY)
    assert told(life, TWO_MAILS) == ["0 20:00 ends discard", "1 09:00 blocked first", "1 09:00 blocked second"]


def test_without_consent_marketing_mail_is_blocked() -> None:
    life = Life(Memory(World({TWO_MAILS.flow: TWO_MAILS}), consent=False), MONDAY)
    life.hear(MONDAY, "enrol", data={"flow": "two-mails"})
    assert told(life, TWO_MAILS) == ["0 09:00 blocked first", "0 09:00 blocked second"]


def test_a_mail_that_comes_too_late_does_not_leave() -> None:
    plan = plan_from(
        """\
        flow: late
        title: Late
        start: contact.requested
        steps:
          - send: invitation
            expires: 2 hours
            within: 1 day
            when: { blocked: done, bounced: discard }
            otherwise: lost
        """,
        "late",
    )
    life = live(plan, MONDAY + 10 * HOUR, calendars={"office": OFFICE}, send_hours="office")
    life.run(MONDAY + 5 * DAY)
    assert told(life, plan) == ["0 21:00 blocked invitation", "0 21:00 ends done"]


def test_a_paused_flow_sends_nothing_until_it_is_resumed() -> None:
    life = Life(Memory(World({TWO_MAILS.flow: TWO_MAILS})), MONDAY)
    life.memory.paused_flows.add("two-mails")
    life.hear(MONDAY, "enrol", data={"flow": "two-mails"})
    life.run(MONDAY + DAY)
    assert told(life, TWO_MAILS) == []
    life.memory.paused_flows.clear()
    life.hear(MONDAY + 2 * DAY, "page.viewed")
    assert told(life, TWO_MAILS) == ["2 09:00 send first", "2 09:00 send second"]

"""People first, sentence by sentence: calls, handovers, tasks, what waits for them, and what they leave behind."""

from __future__ import annotations

import pytest

from tests.lives import OFFICE
from tests.stories import live, story

ENDS = """
paths:
  a:
    - end: won
  b:
    - end: lost
"""
CALL = """
steps:
  - call: s
    within: 5 days
    when: { interested: a, unreachable: b, else: discard }
    otherwise: { attempted: next, else: b }
  - end: done
"""
THEN_REST = """
steps:
  - call: s
    within: 5 days
    when: { interested: next, else: b }
    otherwise: done
  - wait: 10 days
  - end: done
"""
CLOSE = "when: { rejected: next, later: next, won: won, lost: lost }"
LADDER = f"""
steps:
  - handover: t
    follow_up: 24 hours
    remind: 20 hours
    escalate:
      - after: 24 hours
        tell: manager
      - after: 48 hours
        every: 24 hours
        tell: manager
        reassign: t
    {CLOSE}
  - wait: 3 days
  - end: done
"""
TASK = """
steps:
  - task: Look
    within: 3 days
    outcomes: [good, bad]
    remind: 1 day
    escalate:
      - after: 2 days
        every: 2 days
        tell: boss
    when: { good: a, else: b }
    otherwise: next
  - end: done
"""
WANTS = "whenever: { quote.requested: sales, appointment.requested: sales }"
SALES = f"""
paths:
  sales:
    - handover: t
      {CLOSE}
    - wait: 1 day
    - end: lost
  b:
    - end: lost
"""
WISHES = WANTS + THEN_REST + SALES
LATE = f"""
steps:
  - call: s
    within: 5 days
    when: {{ interested: sales, quote.requested: sales, else: b }}
    otherwise: done
{SALES}
"""
CONTACTED = """
steps:
  - handover: t
    when:
      contacted:
        - send: m
        - tag: called
      order.placed: lost
      rejected: done
      later: done
      won: won
      lost: lost
"""

CASES = {
    "an outcome ends the call": (CALL + ENDS, "1d interested", "0d call s | 1d end won"),
    "an own outcome of the script is caught by else":
        (CALL + ENDS, "1d wants_nothing", "0d call s | 1d end discard (wants nothing)"),
    "after the last attempt the lead is unreachable":
        (CALL + ENDS, "1d attempted\n2d attempted\n3d attempted", "0d call s | 3d withdraw | 3d end lost"),
    "also where every attempt is told": (
        """
steps:
  - call: s
    within: 5 days
    when:
      attempted:
        - tell: boss
      else: discard
  - end: done
""",
        "1d attempted\n2d attempted\n3d attempted",
        "0d call s | 1d tell boss | 2d tell boss | 3d tell boss | 3d withdraw | 3d end discard (unreachable)",
    ),
    "nobody had the time": (CALL + ENDS, "", "0d call s | 5d withdraw | 5d end lost"),
    "somebody tried": (CALL + ENDS, "1d attempted", "0d call s | 5d withdraw | 5d end done"),
    "a task that someone has taken is never timed out":
        (CALL + ENDS, "4d taken\n9d interested", "0d call s | 9d end won"),
    "given back too late, its time is up at once":
        (CALL + ENDS, "4d taken\n6d given_back", "0d call s | 6d withdraw | 6d end lost"),
    "whoever reached nobody has it no more":
        (CALL + ENDS, "4d taken\n4d1h attempted", "0d call s | 5d withdraw | 5d end done"),
    "a call-back is no attempt": (
        CALL + ENDS,
        "1d attempted\n2d attempted\n3d call_back at=+4d\n4d attempted",
        "0d call s | 4d withdraw | 4d end lost",
    ),
    "a call-back extends the time to one business day after it":
        (CALL + ENDS, "4d call_back at=+4d2h", "0d call s | 7d2h withdraw | 7d2h end lost"),  # that was a Friday
    "a call-back soon does not shorten it":
        (CALL + ENDS, "1d call_back at=+1d2h", "0d call s | 5d withdraw | 5d end lost"),
    "whenever moves a lead whose call nobody has taken":
        (WISHES, "1d quote.requested\n2d won", "0d call s | 1d withdraw | 1d handover t | 2d end won"),
    "but not one that is being called, until the outcome": (
        WISHES,
        "1d taken\n1d1h quote.requested\n1d2h interested\n2d won",
        "0d call s | 1d2h handover t | 2d end won",
    ),
    "an outcome that ends the flow leaves nothing to judge":
        (WISHES, "1d taken\n1d1h quote.requested\n1d2h objected", "0d call s | 1d2h end lost"),
    "giving it back is the end of holding": (
        WISHES,
        "1d taken\n1d1h quote.requested\n1d2h given_back\n2d won",
        "0d call s | 1d2h withdraw | 1d2h handover t | 2d end won",
    ),
    "and so is an agreed call-back": (
        WISHES,
        "1d taken\n1d1h quote.requested\n1d2h call_back at=+3d\n2d won",
        "0d call s | 1d2h withdraw | 1d2h handover t | 2d end won",
    ),
    "what leads to one place leads there once": (
        WISHES,
        "1d taken\n1d1h quote.requested a=1\n1d2h quote.requested a=2\n1d3h appointment.requested\n1d4h interested\n"
        "2d rejected",
        "0d call s | 1d4h handover t | 3d end lost",
    ),
    "what was asked while sales had the lead is judged after their outcome": (
        WISHES,
        "1d quote.requested\n2d quote.requested a=2\n3d quote.requested a=3\n5d rejected\n6d rejected",
        "0d call s | 1d withdraw | 1d handover t | 5d handover t | 7d end lost",
    ),
    "the goal waits for the outcome": (
        f"goal: {{ if: lead.score.intent > 5, go: b }}\n{THEN_REST}{ENDS}",
        "1d taken\n1d1h points intent=9\n1d2h interested",
        "0d call s | 1d2h end lost",
    ),
    "a withdrawn task acts on the outcome of whoever had taken it": (
        LATE, "1d taken\n1d1h quote.requested\n1d2h objected@s\n3d rejected",
        "0d call s | 1d1h withdraw | 1d1h handover t | 3d end lost",
    ),
    "but sends nobody where he already is": (
        LATE, "1d taken\n1d1h quote.requested\n1d2h interested@s\n3d rejected",
        "0d call s | 1d1h withdraw | 1d1h handover t | 4d end lost",
    ),
    "nor brings back who was merged":
        (CALL + ENDS, "1d taken\n1d1h merged\n1d2h interested", "0d call s | 1d1h withdraw | 1d1h end merged"),
    "each rung speaks once, the last one at its every": (
        LADDER, "4d1h lost",
        "0d handover t | 0d20h remind | 1d escalate rung 1 | 2d escalate rung 2 | 3d escalate rung 2 |"
        " 4d escalate rung 2 | 4d1h end lost",
    ),
    "a contact a second before is in time":
        (LADDER, "23h59m59s contacted\n9d won", "0d handover t | 0d20h remind | 9d end won"),
    "a contact in the same moment too": (LADDER, "1d contacted\n9d won", "0d handover t | 0d20h remind | 9d end won"),
    "to accept is no contact": (
        LADDER, "1h accepted\n1d1h contacted\n9d won",
        "0d handover t | 0d20h remind | 1d escalate rung 1 | 9d end won",
    ),
    "an appointment is one": (LADDER, "1h appointment@t\n9d won", "0d handover t | 9d end won"),
    "a pause stops no promise": (
        LADDER, "1h pause f\n1d1h contacted\n2d won",
        "0d handover t | 0d20h remind | 1d escalate rung 1 | 2d end won",
    ),
    "a task's outcome": (TASK + ENDS, "1h bad", "0d task Look | 0d1h end lost"),
    "a task's time is up": (
        TASK + ENDS, "", "0d task Look | 1d remind | 2d escalate rung 1 | 3d withdraw | 3d end done",
    ),
    "a taken task is asked for again, never timed out": (
        TASK + ENDS, "1h taken\n5d good",
        "0d task Look | 1d remind | 2d escalate rung 1 | 4d escalate rung 1 | 5d end won",
    ),
    "sales names the day on which it goes on": (
        f"steps:\n  - handover: t\n    {CLOSE}\n  - wait: until handover.later_on\n  - end: done\n",
        "2d later later_on=2026-03-20", "0d handover t | 17d15h end done",
    ),
    "the goal is judged when sales is done": (
        f"goal: {{ if: lead.score.intent > 5, go: a }}\n{LADDER}{ENDS}",
        "1h contacted\n1d points intent=9\n3d rejected",
        "0d handover t | 3d end won",
    ),
    "what passes is done at once, but its marketing mail waits for sales to be done": (
        CONTACTED, "1d contacted\n3d won", "0d handover t | 1d tag called | 3d sent m | 3d end won",
    ),
    "an own event that the handover names takes the lead back": (
        CONTACTED, "1d order.placed", "0d handover t | 1d withdraw | 1d end lost",
    ),
    "time goes on for a call that was taken during a pause": (
        CALL + ENDS, "1d taken\n2d pause f\n9d resume f\n9d1h given_back", "0d call s | 12d withdraw | 12d end lost",
    ),
}  # fmt: skip


@pytest.mark.parametrize("sentence", CASES)
def test_one_flow(sentence: str) -> None:
    flow, happens, told = CASES[sentence]
    assert story(live(flow, happens, queues={"default": OFFICE} if "4d2h" in happens else {})) == told.split(" | ")


# --- several flows ----------------------------------------------------------------------------------------------

MOVE = """
=== f
steps:
  - handover: t
    when: { rejected: flow l, later: flow l, won: won, lost: lost }
=== l
start: manual
steps:
  - wait: 180 days
  - send: m
  - end: done
"""
HOLD = f"""
=== f
start: quote.requested
steps:
  - handover: t
    {CLOSE}
  - end: done
=== n
steps:
  - send: m
    within: 4 days
    when: {{ answered: won }}
    otherwise: next
  - send: m2
  - wait: 2 days
  - end: done
"""
JOIN = """
=== f
steps:
  - handover: t
    when: { rejected: done, later: done, won: won, lost: lost, plan.changed: done }
=== g
start: quote.requested
steps:
  - handover: u
    when: { rejected: done, later: done, won: won, lost: lost, mind.changed: done }
"""

SEVERAL = {
    "who unsubscribes while sales has him is discarded when they are done, not kept for half a year":
        (MOVE, "1d unsubscribed\n2d rejected",
         "0d f: handover t | 2d f: end moved (l) | 2d l: end discard (unsubscribed)"),
    "whom sales wins stays won": (MOVE, "1d unsubscribed\n2d won", "0d f: handover t | 2d f: end won"),
    "deadlines shift by the time that sales has the lead": (
        HOLD, "2d quote.requested\n5d rejected",
        "0d n: sent m | 2d f: handover t | 5d f: end done | 7d n: sent m2 | 9d n: end done",
    ),
    "an answer counts all the same": (
        HOLD, "2d quote.requested\n3d answered\n5d rejected",
        "0d n: sent m | 2d f: handover t | 3d n: end won | 5d f: end done",
    ),
    "a win ends the others": (
        HOLD, "1h quote.requested\n5d won",
        "0d n: sent m | 0d1h f: handover t | 5d f: end won | 5d n: end done (won)",
    ),
    "a loss does not": (
        HOLD, "1h quote.requested\n5d lost",
        "0d n: sent m | 0d1h f: handover t | 5d f: end lost | 8d23h n: sent m2 | 10d23h n: end done",
    ),
    "an owed answer and sales hold together until both are done": (
        HOLD, "1d replied\n2d quote.requested\n3d done\n5d rejected",
        "0d n: sent m | 1d n: task Answer | 2d f: handover t | 5d f: end done | 8d n: sent m2 | 10d n: end done",
    ),
    "one open handover a lead, a second joins it": (
        JOIN, "1d quote.requested\n2d rejected",
        "0d f: handover t | 1d g: handover u | 2d f: end done | 2d g: end done",
    ),
    "who joined may leave, and sales keeps the lead": (
        JOIN, "1d quote.requested\n2d mind.changed\n5d won@t",
        "0d f: handover t | 1d g: handover u | 2d g: end done | 5d f: end won",
    ),
    "where the first one leaves, the second gets one of his own": (
        JOIN, "1d quote.requested\n2d plan.changed\n5d won@u",
        "0d f: handover t | 1d g: handover u | 2d f: withdraw | 2d g: handover u | 2d f: end done | 5d g: end won",
    ),
}  # fmt: skip


@pytest.mark.parametrize("sentence", SEVERAL)
def test_several_flows(sentence: str) -> None:
    flows, happens, told = SEVERAL[sentence]
    assert sorted(story(live(flows, happens))) == sorted(told.split(" | "))


def test_service_mail_leaves_while_sales_has_the_lead_and_marketing_mail_waits() -> None:
    flows = HOLD.replace("send: m\n", "send: s\n").replace("start: quote", "start: brochure").replace(
        "=== n", "=== n\nstart: quote.requested"
    )  # fmt: skip
    told = story(live(flows, "1d quote.requested\n8d rejected", service=frozenset({"s"})))
    assert [line for line in told if "sent" in line] == ["1d n: sent s", "12d n: sent m2"]


def test_a_lead_that_looks_at_the_prices_every_day_does_not_grow() -> None:
    flow = f"whenever: {{ pricing.viewed: sales }}\n{THEN_REST}{SALES}"
    views = "\n".join(f"{day}d pricing.viewed n={day}" for day in range(2, 300))
    life = live(flow, f"1d pricing.viewed\n{views}", days=400)
    (enrolment,) = life.state.enrolments
    assert len(enrolment.deferred) == 1

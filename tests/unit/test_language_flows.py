"""Ways in and out, sentence by sentence: start, reentry, endings, other flows, loops."""

from __future__ import annotations

from typing import Any

import pytest

from kweek.rules.stages import Conversions
from tests.stories import live, story

HARD = Conversions(frozenset({"quote.requested"}))


def once(reentry: str) -> str:
    return f"reentry: {reentry}\nsteps:\n  - wait: 1 day\n  - end: done\n"


REENTRY = {
    "never": (once("never"), "5d brochure.requested", "1d end done"),
    "always": (once("always"), "5d brochure.requested", "1d end done | 6d end done"),
    "a start event during an enrolment changes nothing": (once("always"), "12h brochure.requested", "1d end done"),
    "too soon after it left": (once("after 30 days"), "30d brochure.requested", "1d end done"),
    "long enough after it left": (once("after 30 days"), "31d brochure.requested", "1d end done | 32d end done"),
    "once per value": (
        once("per event.fair"), "1h brochure.requested fair=b\n5d brochure.requested fair=b",
        "1d end done | 1d1h end done",
    ),
    "no value is a value too": (
        once("per event.fair"), "5d brochure.requested\n8d brochure.requested fair=b", "1d end done | 9d end done",
    ),
    "by hand, never twice": (once("never"), "5d enrol flow=f", "1d end done"),
    "one of two starts":
        ("start: [brochure.requested, fair.visited]\nreentry: always\nsteps:\n  - end: done\n", "1d fair.visited",
         "0d end done | 1d end done"),
    "a start with a condition": (
        'start: { event: fair.visited, if: event.fair == "b" }\nsteps:\n  - end: done\n',
        "1d fair.visited fair=a\n2d fair.visited fair=b", "2d end done",
    ),
    "by hand without its condition": (
        'start: { event: fair.visited, if: event.fair == "b" }\nsteps:\n  - end: done\n', "3d enrol flow=f",
        "3d end done",
    ),
    "a loop is bounded": (
        "steps:\n  - wait: 1 day\n  - tell: boss\n  - go: steps\n    at_most: 2 times\n    then: lost\n", "",
        "1d tell boss | 2d tell boss | 3d tell boss | 3d end lost",
    ),
}  # fmt: skip

DISCARD = """
=== f
steps:
  - wait: 1 day
  - end: discard
    because: student
=== n
start: [brochure.requested, newsletter.subscribed]
reentry: REENTRY
steps:
  - wait: 10 days
  - end: done
=== q
start: quote.requested
steps:
  - end: done
"""
LEFT = "1d f: end discard (student) | 1d n: end discard (student)"
MOVES = """
=== f
reentry: always
steps:
  - wait: 1 day
  - go: flow l
    then: lost
=== l
start: { event: fair.visited, if: lead.score.intent > 100 }
reentry: REENTRY
steps:
  - wait: 2 days
  - end: done
"""
TWO = """
=== f
steps:
  - wait: 1 day
  - end: discard
    because: student
=== g
steps:
  - wait: 1 day
  - handover: t
    when: { rejected: done, later: done, won: won, lost: lost }
"""
ORDER = """
=== f
whenever: { price.viewed: discard }
steps:
  - call: s
    within: 5 days
    when: { interested: next, else: lost }
    otherwise: done
  - wait: 10 days
  - end: done
=== g
whenever: { demo.booked: won }
steps:
  - wait: 10 days
  - end: done
"""

SEVERAL = {
    "discard leaves all flows with its reason": (DISCARD.replace("REENTRY", "never"), "", LEFT),
    "reentry keeps it out": (DISCARD.replace("REENTRY", "never"), "2d newsletter.subscribed", LEFT),
    "where reentry lets it in, it is not kept out for having been discarded": (
        DISCARD.replace("REENTRY", "after 30 days"), "40d newsletter.subscribed", f"{LEFT} | 50d n: end done",
    ),
    "a hard conversion brings it back":
        (DISCARD.replace("REENTRY", "never"), "2d quote.requested", f"{LEFT} | 2d q: end done"),
    "a colleague does too":
        (DISCARD.replace("REENTRY", "always"), "2d enrol flow=n", f"{LEFT} | 12d n: end done"),
    "go: flow ignores start conditions":
        (MOVES.replace("REENTRY", "never"), "", "1d f: end moved (l) | 3d l: end done"),
    "where its reentry refuses, then decides": (
        MOVES.replace("REENTRY", "never"), "5d brochure.requested",
        "1d f: end moved (l) | 3d l: end done | 6d f: end lost",
    ),
    "a discard takes the lead out before another flow takes a step":
        (TWO, "", "1d f: end discard (student) | 1d g: end discard (student)"),
    "what waited for a person is judged in the order in which it came": (
        ORDER, "1d taken\n1d1h demo.booked\n1d2h price.viewed\n1d3h interested",
        "0d f: call s | 1d3h g: end won | 1d3h f: end done (won)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("sentence", REENTRY)
def test_one_flow(sentence: str) -> None:
    flow, happens, told = REENTRY[sentence]
    assert story(live(flow, happens)) == told.split(" | ")


@pytest.mark.parametrize("sentence", SEVERAL)
def test_several_flows(sentence: str) -> None:
    flows, happens, told = SEVERAL[sentence]
    assert sorted(story(live(flows, happens, conversions=HARD))) == sorted(told.split(" | "))


def test_a_hard_conversion_overrides_reentry_for_who_was_discarded_and_only_then() -> None:
    flow = "start: quote.requested\nsteps:\n  - wait: 1 day\n  - end: {}\n"
    for result, times in (("discard", 2), ("lost", 1)):
        life = live(flow.format(result), "5d quote.requested", start="quote.requested", conversions=HARD)
        assert len(story(life)) == times


KEPT = """
=== f
steps:
  - wait: 9 days
    when: { price.viewed: discard }
  - end: done
=== g
start: [brochure.requested, quote.requested]
steps:
  - handover: t
    when: { rejected: done, later: done, won: won, lost: lost }
"""


def test_whom_sales_kept_through_a_discard_is_not_a_discarded_lead() -> None:
    life = live(KEPT, "1d price.viewed\n4d lost\n5d quote.requested", conversions=HARD)
    assert story(life) == ["0d g: handover t", "1d f: end discard (price.viewed)", "4d g: end lost"]


PING_PONG = """
=== a
reentry: always
steps:
  - wait: WAIT
  - go: flow b
=== b
start: manual
reentry: always
steps:
  - wait: WAIT
  - go: flow a
"""


@pytest.mark.parametrize(("wait", "moves"), [("1 day", 20), ("36 hours", 1_459), ("2 days", 1_094)])
def test_a_lead_is_moved_twenty_times_in_thirty_days_and_years_of_moving_leave_no_trace(wait: str, moves: int) -> None:
    world: dict[str, Any] = {"days": 6 * 365}
    life = live(PING_PONG.replace("WAIT", wait), **world)
    assert sum("moved" in line for line in story(life)) == moves
    assert len(life.state.enrolments) == 1
    assert len(life.state.moves) <= 20
    assert ("task" in story(life)[-1]) is (moves == 20)

"""An event where a condition or a time belongs, and a condition with its way on one line: one message each, whose
remedy is sound when it is typed in."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from kweek.linting import lint_unrendered
from kweek.workspace import read_workspace
from tests.unit.test_lint_slips import BROCHURE, WEBINAR, WHITEPAPER, is_told, slip, told_once

JUDGED: Final = "# who has answered the questions, has been judged by the answers; A1 is hot-lead's"
GOAL: Final = f"""\
  if: lead.grade in ["A2", "B1"] and not known(survey.brochure.wish)
  go: judge                            {JUDGED}
"""
HEARD: Final = "“whenever” in line 16"
STEPS: Final = "  appointment.requested: done\n\nsteps:\n"
TOMORROW: Final = "          - wait: until 1 day before event.starts_at\n"
WATCHED: Final = "  - wait: until 1 hour before event.starts_at\n"
OUTCOME: Final = "        interested: sales\n"
READY: Final = "- if: lead.sales_ready       # rules/sales-ready.yaml\n          go: sales\n"
CALLS: Final = 'survey.brochure.wish == "call"'

SLIPS: Final = [
    # a goal hears nothing
    (
        WHITEPAPER,
        GOAL,
        "  pricing.viewed: judge\n",
        13,
        f"Write below {HEARD[:-2]}15: pricing.viewed: judge — and take the goal away",
    ),
    (WHITEPAPER, GOAL, "  quote.requested: judge\n", 13, f"Take the goal away: {HEARD[:-2]}15 hears it"),
    (
        WHITEPAPER,
        GOAL,
        "  if: answered\n  go: judge\n",
        13,
        f"Write below {HEARD}: answered: judge — and take the goal",
    ),
    (WHITEPAPER, GOAL, "  event: answered\n  go: judge\n", 13, "answered: judge — and take the goal away"),
    (WHITEPAPER, GOAL, "  when:\n    answered: judge\n", 14, "answered: judge — and take the goal away"),
    (WHITEPAPER, GOAL, "  answered: judge\n  replied: done\n", 13, "answered: judge, and replied: done — and take"),
    (
        WHITEPAPER,
        GOAL,
        f"{GOAL}  when:\n    answered: judge\n",
        16,
        "Write below “whenever” in line 18: answered: judge",
    ),
    # a condition, and where it leads
    (WHITEPAPER, GOAL, "  if: lead.sales_ready: judge\n", 13, "and below it: go: judge"),
    (BROCHURE, READY, "- if: lead.sales_ready: sales\n", 29, "Write: if: lead.sales_ready — and below it: go: sales"),
    (BROCHURE, READY, "- if: lead.sales_ready: flow long-term\n", 29, "and below it: go: flow long-term"),
    # an event of Kweek's own, of which the noun alone is said
    (BROCHURE, "start: brochure.requested", "start: quote", 5, "Did you mean “quote.requested”?"),
    # an event is no moment
    (
        WEBINAR,
        WATCHED,
        "  - wait: until webinar.attended\n",
        30,
        "below it when: with the line “webinar.attended: next”",
    ),
    (
        WEBINAR,
        WATCHED,
        "  - wait: until webinar.attended\n    within: 2 days\n",
        30,
        "Write: wait: 2 days — and instead of “within”: when: with the line “webinar.attended: next” below",
    ),
    (
        WEBINAR,
        WATCHED,
        "  - wait: until webinar.attended\n    within: 2 days\n    when:\n      webinar.attended: attended\n",
        30,
        "Write: wait: 2 days — and take “within” away",
    ),
    # who is not reached, and what people read
    (BROCHURE, OUTCOME, f"        no answer: flow long-term\n{OUTCOME}", 41, "Write: unreachable."),
    (BROCHURE, OUTCOME, f"        voicemail: flow long-term\n{OUTCOME}", 41, "Write: unreachable."),
    (BROCHURE, CALLS, 'survey.brochure.wish == "Call me within two weeks"', 31, 'Write "call".'),
    (BROCHURE, CALLS, 'survey.brochure.wish == "Een afspraak maken"', 31, 'Write "appointment".'),
    (BROCHURE, "if: lead.sales_ready", "if: lead is ready", 29, "Write lead.sales_ready."),
    (BROCHURE, "if: lead.sales_ready", "if: lead is hot", 29, 'Write lead.grade == "A1".'),
]


@pytest.mark.parametrize(("file", "before", "after", "line", "words"), SLIPS, ids=[one[2] for one in SLIPS])
def test_an_event_is_told_where_it_belongs(
    shipped: Path, file: str, before: str, after: str, line: int, words: str
) -> None:
    is_told(shipped, file, before, after, line, words)


def test_events_of_a_goal_are_sound_below_whenever(shipped: Path) -> None:
    told = told_once(shipped, WHITEPAPER, GOAL, "  answered: judge\n")
    assert told.what == "“answered” is an event; a goal asks a condition."
    slip(shipped, WHITEPAPER, "  answered: judge\n", "")
    slip(shipped, WHITEPAPER, "goal:                                  # judged on entry, and whenever points or a", "#")
    slip(shipped, WHITEPAPER, STEPS, f"  answered: judge\n{STEPS}")
    assert not lint_unrendered(read_workspace(shipped))


def test_where_a_condition_leads_is_sound_below_it(shipped: Path) -> None:
    right = "- if: lead.sales_ready\n          go: sales\n"
    slip(shipped, BROCHURE, READY, right)
    assert not lint_unrendered(read_workspace(shipped))


@pytest.mark.parametrize("said", ["fair-signed-up", "fair_signed_up", "Fair Signed Up"])
def test_an_event_is_named_as_a_flow_names_it(shipped: Path, said: str) -> None:
    for folder in ("flows", "flows/tests", "rules"):
        for path in (shipped / folder).glob("*.yaml"):
            path.write_text(path.read_text("utf-8").replace("fair.visited", "fair.signed_up"), "utf-8")
    assert not lint_unrendered(read_workspace(shipped))
    told = told_once(shipped, "rules/events.yaml", "fair.signed_up:", f"{said}:")
    assert told.fix == "An event is noun.past_verb: fair.signed_up"

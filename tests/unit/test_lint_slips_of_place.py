"""A key beside what it belongs to, a list where a line should be, a way that is half said: one message each."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from kweek.linting import lint_unrendered
from kweek.workspace import read_workspace
from tests.unit.test_lint_slips import BROCHURE, FAIR, RENEWAL, REVIVAL, STARTS, WHITEPAPER, is_told, slip, told_once

SCRIPT: Final = "surveys/fair.yaml"
CONTACT: Final = "flows/contact-request.yaml"
ELSE: Final = "        - else: flow long-term"
LAST: Final = "        else: flow long-term\n      otherwise"
SPARE: Final = "".join(f"        {event}: done\n" for event in ("wrong person", "objected", "unreachable", "blocked"))
GO: Final = "    - go: flow long-term\n\n  sales"
LINK: Final = "      clicked book-a-visit: call"
EVENT: Final = "  event: fair.visited"
HALVES: Final = "drying-story: 45%, nothing: 10%"
KNOWN: Final = "and not known(survey.brochure.wish)"
OF_TASK: Final = "      when:\n        done: signature\n      otherwise: late\n"
JUDGE: Final = """\
judge:
    - choose:
        - if: survey.renewal.wish == "extend"
          go: papers
        - else: account                # to change, to stop, not to know: that takes a talk

"""
CALCULATE: Final = "      clicked calculate: "

PATHS: Final = [
    (FAIR, "paths:\n  judge:\n", "judge:\n", 44, "Write paths: above it, in column 1, and begin this line in column 3"),
    (
        RENEWAL,
        f"paths:\n  {JUDGE}",
        f"{JUDGE}paths:\n",
        34,
        "“judge” is a path, and no key of a flow. Paths stand below",
    ),
]
STARTED: Final = [
    (
        BROCHURE,
        STARTS,
        f"start:\n  - {STARTS[7:]}\n  if: lead.sales_ready",
        7,
        "Write there - event: brochure.requested,",
    ),
    (
        BROCHURE,
        STARTS,
        f"start:\n  - {STARTS[7:]}\nif: lead.sales_ready",
        7,
        "“- event: brochure.requested”, and below",
    ),
    (BROCHURE, STARTS, f"start: [{STARTS[7:]}]\nif: lead.sales_ready", 6, "“- event: brochure.requested”, and below"),
    (BROCHURE, STARTS, f"{STARTS} if lead.sales_ready", 5, "“event: brochure.requested”, and “if: lead.sales_ready”"),
    (FAIR, f"{EVENT}\n  if", "  - fair.visited\n  - if", 10, "Write there - event: fair.visited, and take the dash"),
    (FAIR, EVENT, "  when: fair.visited", 9, "Did you mean “event”?"),
    (REVIVAL, "  every: monday", "  each: monday", 9, "Did you mean “every”?"),
    (
        RENEWAL,
        "{ at: 90 days before lead.contract_end }",
        "( at: 90 days before lead.contract_end )",
        8,
        "Write: start: { at",
    ),
    (RENEWAL, "{ at: 90", "{ before: 90", 8, "Did you mean “at”?"),
]
THEN: Final = [
    (
        FAIR,
        ELSE,
        f"{ELSE}\n          then: done",
        52,
        "two spaces deeper: - go: flow long-term — and below it, then: done",
    ),
    (FAIR, LAST, LAST.replace("\n", "\n        then: done\n"), 67, "“then” belongs to a go."),
    (
        FAIR,
        "      else: flow long-term\n\np",
        "      else: flow long-term\n      then: done\n\np",
        43,
        "- go: flow long",
    ),
]
WAYS: Final = [
    (FAIR, LAST, SPARE + LAST, 70, "“else” can never fire here."),
    (
        FAIR,
        LAST,
        SPARE + LAST.replace("flow long-term", "nowhere"),
        70,
        "Every closing event has a line of its own. Take",
    ),
    (FAIR, GO, GO.replace("flow", "to flow", 1), 72, "Write: flow long-term"),
    (FAIR, GO, GO.replace("flow long-term", "flows/long-term.yaml"), 72, "To go to that flow, write: flow long-term"),
    (FAIR, GO, GO.replace("flow long-term", "“flow long-term”"), 72, "Write it without: go: flow long-term"),
    (FAIR, "otherwise: missed", "otherwise: the missed path", 67, "Write the name alone: missed"),
    (FAIR, "not interested: discard", "not interested: delete", 65, "Did you mean “discard”?"),
    (FAIR, "requested: done              # a", "requested: done# a", 15, "Write: done  # a flow of its own takes over"),
    (
        FAIR,
        "requested: done              # a",
        "requested: done // a",
        15,
        "Write: done  # a flow of its own takes over",
    ),
    (
        FAIR,
        "  demo.requested: done\n",
        "  demo.requested, fair.visited: done\n",
        16,
        "“demo.requested: …” — and “fair.vis",
    ),
    (CONTACT, "  - go: sales\n", "  - go: flow contact-request\n", 16, "brings the lead back at once"),
    (RENEWAL, OF_TASK, "", 42, "and beside when, for when its time is up, “otherwise: done”"),
]
LINKS: Final = [
    (FAIR, LINK, "      clicked: book-a-vist", 37, "Write: clicked book-a-visit: … (where the lead goes)"),
    (WHITEPAPER, CALCULATE, "      clicked-calculate: ", 40, "Write: clicked calculate."),
    (WHITEPAPER, CALCULATE, "      clicked(calculate): ", 40, "Write: clicked calculate."),
]
NAMED: Final = [
    (WHITEPAPER, HALVES, HALVES.replace("nothing", "none"), 25, "Did you mean “nothing”?"),
    (WHITEPAPER, "    id: figures", "    name: figures", 26, "Did you mean “id”?"),
    (WHITEPAPER, "send: drying-calculator", "send: Drying calculator", 35, "drying-calculator."),
    (FAIR, "wait: until 10:00", "wait: monday", 30, "write: until monday 09:00".capitalize()),
    (WHITEPAPER, "score: { intent: +15 }", "score: ( intent: +15 )", 41, "Write: score: { intent: +15 }"),
    (FAIR, "score: { intent: +10 }", "score:\n      interest: 2,5", 24, "with its sign: +3."),
]
ASKED: Final = [
    (FAIR, "known(event.wish)", "known(wish)", 10, "Did you mean “event.wish”?"),
    (FAIR, "known(event.wish)", "“known(event.wish)”", 10, "Write it without: if: known(event.wish)"),
    (FAIR, 'event.wish == "call"', 'count("clicked", 30) > 1', 26, 'in quotes: "30 days"'),
    (FAIR, 'event.wish == "call"', "lead.engagement <= 7", 26, "lead.engagement runs from 1 to 4"),
    (WHITEPAPER, '["A2", "B1"]', '["a2", "b1"]', 13, 'Write ["A2", "B1"].'),
    (WHITEPAPER, KNOWN, "and lead.score.intent > thirty", 13, "“thirty” is no number. Write 30."),
    (WHITEPAPER, KNOWN, 'and country == "NL"', 13, "Did you mean “lead.country”?"),
]


ENDS: Final = "wait: until lead.contract_end"
STOPS: Final = "          - end: lost\n            because: contract not renewed\n"
DONE: Final = "when:\n        done: signature"
OUTCOMES: Final = "[extends, thinks it over, stops]"

SAID_OTHERWISE: Final = [
    (RENEWAL, "at_most: 2 times", "max: 2 times", 53, "Did you mean “at_most”?"),
    (RENEWAL, "wait: 2 weeks", "wait: until 2 weeks", 51, "Write how long it lasts, without until: 2 weeks."),
    (RENEWAL, "wait: 2 weeks", "wait: 2-3 weeks", 51, "Write 3 weeks."),
    (RENEWAL, "wait: 2 weeks", "wait: 2 weeks, then call", 51, "Write 2 weeks."),
    (RENEWAL, ENDS, "wait: until contract end", 85, "Did you mean “lead.contract_end”?"),
    (RENEWAL, ENDS, f"{ENDS} passed", 85, "has words too many. Write: until lead.contract_end."),
    (RENEWAL, "to: owner", "for: owner", 43, "Did you mean “to”?"),
    (RENEWAL, DONE, "when done: signature", 46, "Write when: and below it, two spaces deeper: done: signature"),
    (RENEWAL, STOPS, STOPS.replace("- ", "").replace("  because", "because"), 66, "Write: - end: lost"),
    (RENEWAL, OUTCOMES, "extends", 59, f"There is only “extends”. Write: outcomes: {OUTCOMES}"),
    (RENEWAL, OUTCOMES, "(extends, thinks it over, stops)", 59, f"Write a list: outcomes: {OUTCOMES}"),
    (RENEWAL, "  papers:\n", "  next:\n", 41, "A path cannot be named “next”."),
    (REVIVAL, "limit: 1 mail per 2 weeks", "timezone: leads", 12, "Did you mean “lead”?"),
    (FAIR, GO, GO.replace("long-term", "long-term, done"), 72, "Write one: flow long-term"),
    (RENEWAL, "flow: renewal", "name: renewal", 3, "Did you mean “flow”?"),
]
CHOSEN: Final = "          go: call\n        - else: done"
IN_ITS_COLUMN: Final = [
    (BROCHURE, CHOSEN, "          go: call\n      else: done", 33, "of its list. Write in column 9: - else: done"),
    (BROCHURE, CHOSEN, "          go: call\n      otherwise: done", 33, "Write in column 9: - else: done"),
    (BROCHURE, CHOSEN, f"{CHOSEN}\n      else: done", 34, "Delete this line: the one for all others is line 33"),
]
REMINDED: Final = [
    (BROCHURE, "remind: 20 hours", "remind: 2 hours before", 51, "“remind” counts from the beginning"),
    (BROCHURE, "remind: 20 hours", "remind: 2 hours before the deadline", 51, "Write 22 hours."),
]
VISIT: Final = "  visit: { nl: Wil een"
OUTCOMES_OF_A_SCRIPT: Final = [
    (SCRIPT, VISIT, f"  interested: {{ nl: Ja, en: Yes }}\n{VISIT}", 79, "an outcome of every call"),
    (FAIR, "        visit: sales", "        measuring visit: sales", 61, "Did you mean “visit”?"),
]


@pytest.mark.parametrize(
    ("file", "before", "after", "line", "words"),
    [
        *PATHS,
        *IN_ITS_COLUMN,
        *REMINDED,
        *OUTCOMES_OF_A_SCRIPT,
        *STARTED,
        *THEN,
        *WAYS,
        *LINKS,
        *NAMED,
        *ASKED,
        *SAID_OTHERWISE,
    ],
    ids=lambda one: str(one)[:40],
)
def test_what_stands_in_the_wrong_place_is_said_once(
    shipped: Path, file: str, before: str, after: str, line: int, words: str
) -> None:
    is_told(shipped, file, before, after, line, words)


@pytest.mark.parametrize(
    ("file", "before", "remedy"),
    [
        (BROCHURE, STARTS, f"start:\n  - event: {STARTS[7:]}\n    if: lead.sales_ready"),
        (FAIR, ELSE, "        - else:\n            - go: flow renewal\n              then: done"),
        (RENEWAL, OF_TASK, "      when:\n        done: signature\n      otherwise: late\n"),
    ],
)
def test_their_remedies_mend(shipped: Path, file: str, before: str, remedy: str) -> None:
    slip(shipped, file, before, remedy)
    assert lint_unrendered(read_workspace(shipped)) == ()


def test_an_outcome_that_its_script_calls_otherwise_now_is_told_where_a_flow_hears_it(shipped: Path) -> None:
    problem = told_once(shipped, SCRIPT, VISIT, "  visit requested: { nl: Wil een")
    assert (problem.file, problem.line, problem.fix) == (FAIR, 61, "Did you mean “visit requested”?")


@pytest.mark.parametrize("name", ["flows/long-term", "surveys/brochure", "rules/teams", "rules/workspace"])
def test_a_file_whose_name_ends_in_yml_is_one_message(shipped: Path, name: str) -> None:
    (shipped / f"{name}.yaml").rename(shipped / f"{name}.yml")
    [problem] = lint_unrendered(read_workspace(shipped))
    assert problem.file == f"{name}.yml"
    assert problem.fix == f"Rename it to {name.rpartition('/')[2]}.yaml."


def test_an_alias_is_told_once_for_it_is_read_as_what_it_stands_for(shipped: Path) -> None:
    slip(shipped, BROCHURE, "wait: 7 days", "wait: &week 7 days")
    slip(shipped, BROCHURE, "within: 7 days", "within: *week")
    assert [problem.code for problem in lint_unrendered(read_workspace(shipped))] == ["anchor", "alias"]


def test_the_blanks_behind_a_tab_are_counted(shipped: Path) -> None:
    problem = told_once(shipped, BROCHURE, "      bounced: discard", "\t  bounced: discard")
    assert problem.fix.startswith("Write 6 spaces instead of all that stands before “bounced:”")

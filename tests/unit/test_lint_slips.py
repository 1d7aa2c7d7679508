"""One slip in a flow that ships is one message: on its line, with a remedy that mends it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kweek.flow.problems import Problem
from kweek.linting import lint_unrendered
from kweek.workspace import read_workspace

WHITEPAPER, FAIR, RENEWAL = "flows/whitepaper-nurture.yaml", "flows/fair-leads.yaml", "flows/renewal.yaml"
BROCHURE, WEBINAR, REVIVAL = "flows/brochure-request.yaml", "flows/webinar.yaml", "flows/dormant-revival.yaml"
CALENDARS, TEAMS, EVENTS = "rules/calendars.yaml", "rules/teams.yaml", "rules/events.yaml"
KEEP = "surveys/keep-in-touch.yaml"
ANSWER = 'if: survey.keep-in-touch.wish == "call"'
RUNG = "- after: 24 hours\n          tell: manager\n"
JUDGE = """\
        - if: lead.sales_ready
          go: sales
        - if: lead.profile in ["A", "B"] or survey.brochure.wish == "call"
          go: call
        - else: flow long-term
"""
GRADES = 'lead.grade in ["A2", "B1"]'
OUTCOMES = "[extends, thinks it over, stops]"
OR_CALL = 'lead.profile in ["A", "B"] or survey.brochure.wish == "call"'
ITEMS = "\n        "
STARTS = "start: brochure.requested"
CLICKED = """\
calculate:               # to reckon with one's own figures is more than to read
        - score: { intent: +15 }
          because: opened the calculator
"""
CONTRACT_ENDS = "    - end: lost\n      because: contract ended"
LATE = "      otherwise: late\n\n"
ON_TIME = "days_until(event.starts_at) > 1"

WON = "        won: won\n        lost: lost\n"
ANSWERED = "      answered: judge\n"
GOAL = """\
  if: lead.grade in ["A2", "B1"] and not known(survey.brochure.wish)
  go: judge """
UNTIL_TEN = "  - wait: until 10:00\n"
ON_OUR_STAND = "score: { intent: +10 }\n    because: talked"
INSIDE = "score:\n      intent: +10\n      because: talked"

SLIPS = [
    (REVIVAL, ANSWER, f'if: "tagged("x") or {ANSWER[4:]}', 45, f'Write: if: tagged("x") or {ANSWER[4:]}'),
    (REVIVAL, ANSWER, 'if: "tagged("x") or known(lead.phone)"', 45, 'Write: if: tagged("x") or known(lead.phone)'),
    (WHITEPAPER, RUNG, "- { after: 24 hours, tell manager }\n", 85, "Write: tell: manager"),
    (RENEWAL, "today }\n", "today\n    - score: { intent: +5 }\n", 13, "Close it with } at the end of the line."),
    (FAIR, "  call:\n", "  Ring:\n", 53, "Lines 27, 34, 35, 37, 41 and 50 lead to “call”. Did you mean “call”?"),
    (WHITEPAPER, "read-on:\n        - tag: drying ", "read-on: tag drying #", 31, "- tag: drying"),
    (FAIR, "else: flow long-term\n      o", "otherwise: flow long-term\n      o", 66, "write: else: flow long-term"),
    (RENEWAL, "[extends, thinks it over,", "[extends, is thinking,", 64, "“is thinking” in line 59 is one"),
    (RENEWAL, "thinks it over: again", "thinks: again", 64, "Did you mean “thinks it over”?"),
    (WHITEPAPER, "        quote: sales\n", "        visit: sales\n", 74, "“brochure” has no such outcome; “fair” has"),
    (WHITEPAPER, "        quote: sales\n", "        quite: sales\n", 74, "Did you mean “quote”?"),
    (
        WHITEPAPER,
        JUDGE,
        "        - if: lead.sales_ready\n          go: call\n        - else: call\n",
        59,
        "leads to “call”",
    ),
    (RENEWAL, "until 45 days before", "until 95 days before", 25, "past whenever a lead comes here"),
    (RENEWAL, "until 45 days before lead.contract_end", "until 2027-01-01", 25, "one day for all leads"),
    (WHITEPAPER, "limit: 1 mail per", "limit: 5 mails per", 10, "the workspace lets 3 mails per 7 days through"),
    (WHITEPAPER, GRADES, f'lead.grade == "A1" or {GRADES}', 13, "Put parentheses round what belongs together."),
    (WEBINAR, ON_TIME, ON_TIME[:-1] + "ten", 23, "Write 10."),
    (WEBINAR, ON_TIME, f"{ON_TIME} day", 23, "Leave the unit out"),
    (RENEWAL, OUTCOMES, "[extends; thinks it over; stops]", 59, f"Write a list: outcomes: {OUTCOMES}"),
    (RENEWAL, OUTCOMES, "extends, thinks it over and stops", 59, f"Write a list: outcomes: {OUTCOMES}"),
    (RENEWAL, OUTCOMES, "{ extends, thinks it over, stops }", 59, f"Write square brackets: outcomes: {OUTCOMES}"),
    (WHITEPAPER, "45%, drying-story: 45%, nothing: ", "45%, drying-story:45%, nothing:", 25, "drying-story: 45%"),
    (WHITEPAPER, OR_CALL, 'survey.brochure.wish != "call" or survey.brochure.wish != "quote"', 62, "Write known(…)"),
    (RENEWAL, "today }\n    - end: won", "today }\n    - next", 14, "Delete this line"),
    (RENEWAL, f"{LATE}  sig", f"  {LATE.strip()}\n\n  sig", 48, "Begin it in column 7 (6 spaces)."),
    (FAIR, "        else: flow long-term\n      o", "      else: flow long-term\n      o", 66, "Begin it in column 9"),
    (FAIR, "- else: flow", "- else flow", 51, "Write: else: flow long-term"),
    (RENEWAL, "at: 90 days before", "at: 90 days prior to", 8, "Write: 90 days before lead.contract_end."),
    (EVENTS, "starts_at: { type: moment", "starts_at: { type: text", 23, "Lines 25, 30 and 33 name it too."),
    (REVIVAL, ANSWER, ANSWER.replace('"', ""), 45, 'put it in quotes: "call"'),
    (FAIR, "      at_most: 3 times\n", "", 96, "Add: at_most: 3 times"),
    (WHITEPAPER, "reentry: after 26 weeks", "reentry: 26 weeks", 9, "Write after 26 weeks."),
    (WHITEPAPER, "45%, drying", "45% drying", 25, "There is no comma behind “45%”."),
    (RENEWAL, CONTRACT_ENDS, "    - go: stop", 86, "Did you mean “done”?"),
    (RENEWAL, CONTRACT_ENDS, "    - stop", 86, "Write: - end: done"),
    (FAIR, "  appointment.requested: done\n", "appointment.requested: done\n", 18, "Begin it in column 3 (2 spaces)."),
    (FAIR, "  if: known(event.wish)", "if: known(event.wish)", 10, "Begin it in column 3 (2 spaces)."),
    (FAIR, "    otherwise:\n      opened", "    else:\n      opened", 38, "Did you mean “otherwise”?"),
    (WEBINAR, "- wait: 1 day\n", "- wait: 1.5 hours\n", 47, "Write 90 minutes."),
    (WEBINAR, "send: webinar-recording", "send: #webinar-recording", 36, "Write it: send: webinar-recording"),
    (WEBINAR, "    - go: flow long-term\n", "    - flow: long-term\n", 124, "Write: - go: flow long-term"),
    (WHITEPAPER, "limit: 1 mail per 7 days", "limit: 2 mails per month", 10, "Write: 2 mails per 30 days."),
    (WHITEPAPER, "limit: 1 mail per 7 days", "limit: 1 mail each 3 days", 10, "Write: 1 mail per 3 days."),
    (REVIVAL, "share: 20%", "share: 0.3", 23, "30%"),
    (REVIVAL, "share: 20%", "share: 130%", 23, "more than all there is"),
    (WHITEPAPER, "title: Whitepaper nurture\n", "", 3, "Add: title: Whitepaper nurture"),
    (RENEWAL, OUTCOMES, f"{ITEMS}- extends\n        thinks it over\n        - stops", 61, "Write: - thinks it over"),
    (RENEWAL, OUTCOMES, f"{ITEMS}- extends\n          thinks it over\n        - stops", 61, "Write: - thinks it over"),
    (RENEWAL, OUTCOMES, f"{ITEMS}- extends\n        - thinks it over\n        stops", 62, "Write: - stops"),
    (RENEWAL, OUTCOMES, f"{ITEMS}extends\n        - thinks it over\n        - stops", 60, "Write: - extends"),
    (RENEWAL, OUTCOMES, "[extends, thinks it over stops]", 59, "Part them by a comma: thinks it over, stops"),
    (BROCHURE, STARTS, f"start:\n  - {STARTS[7:]}\n  manual", 7, "Write: - manual"),
    (
        REVIVAL,
        "  every: monday 09:00\n  if:",
        "  - every: monday 09:00\n  - if:",
        10,
        "Take the dash away: if in column 5.",
    ),
    (BROCHURE, STARTS, f"{STARTS}, manual", 5, f"Write a list: start: [{STARTS[7:]}, manual]"),
    (BROCHURE, STARTS, f"{STARTS} or manual", 5, f"Write a list: start: [{STARTS[7:]}, manual]"),
    (WHITEPAPER, CLICKED, "calculate: [{ score: { intent: +5 }, because: x, { tag: x }]\n", 40, "Write } behind “},"),
    (WHITEPAPER, RUNG, "- { after: 24 hours, tell: manager ]\n", 85, "Write } instead of ]"),
    (WHITEPAPER, OR_CALL, 'lead.profile == "A" or "B" and tagged("x")', 62, 'lead.profile in ["A", "B"]'),
    (FAIR, "  call:\n    - call: fair", "  Call:\n    - call: fair", 53, "small letters, digits and hyphens: call"),
    (RENEWAL, OUTCOMES, "[extends, stops]", 64, "Or add it to outcomes in line 59."),
    (REVIVAL, "  judge:", "  the judge:", 43, "Line 39 leads to “judge”. Did you mean “judge”?"),
    (KEEP, "  en:", "  eng:", 6, "Did you mean “en”?"),
    (WHITEPAPER, '["A2", "B1"]', '["A2" "B1"]', 13, "Put a comma between the two."),
    (WHITEPAPER, WON, f"{WON}        appointment: visit-agreed\n", 96, "does not end a handover"),
    (FAIR, "score: { intent: +10 }", "score: +10", 23, "score: { interest: +10 } — or intent, or profile"),
    (WHITEPAPER, GOAL, f"  {GRADES}  # judge ", 13, f"“if: {GRADES}”, and “go: "),
    (WHITEPAPER, WON, f"{WON}      otherwise: back\n", 96, "Delete it: under when"),
    (FAIR, "- call: fair", "- call:\n        survey: fair", 55, "Write: call: fair"),
    (FAIR, "- handover: sales", "- handover:\n        team: sales", 76, "Write: handover: sales"),
    (FAIR, "wait: until 10:00", "wait:\n      until: 10:00", 31, "Write: wait: until 10:00"),
    (FAIR, "send: fair-thanks", "send:\n      mail: fair-thanks", 32, "Write: send: fair-thanks"),
    (FAIR, ON_OUR_STAND, INSIDE, 25, "Begin it in column 5"),
    (FAIR, "    - handover: sales\n", "    - handover: sales\n    - handover: sales\n", 76, "Delete one of them."),
    (FAIR, "  - send: fair-thanks\n", "  - send: fair-thanks\n  - send: fair-thanks\n", 32, "Delete one of them."),
    (
        FAIR,
        UNTIL_TEN,
        f"{UNTIL_TEN}    within: 1 day\n    when:\n      page.viewed: next\n",
        31,
        "A wait has no “within”",
    ),
    (FAIR, UNTIL_TEN, f"{UNTIL_TEN}    when: page.viewed\n", 31, "page.viewed: done (or a path)"),
    (WHITEPAPER, "      clicked calc", "      answered: judge\n      clicked calc", 40, "or take this line away"),
    (FAIR, UNTIL_TEN, f"{UNTIL_TEN}    when:\n      page.viewed next\n", 32, "Write: page.viewed: next"),
    (FAIR, UNTIL_TEN, f"{UNTIL_TEN}    when:\n      page.viewed:next\n", 32, "page.viewed: next"),
    (FAIR, "      bounced: call", "      Bounced: call", 34, "Did you mean “bounced”?"),
    (FAIR, "        - else: flow", "        - else:flow", 51, "else: flow long-term"),
    (REVIVAL, "every: monday 09:00", "every:monday 09:00", 9, "every: monday 09:00"),
    (RENEWAL, "start: {", "start:{", 8, "Put a space behind the colon: start: {"),
    (RENEWAL, "thinks it over: again", "thinks it over again", 64, "Write: thinks it over: again"),
    (WHITEPAPER, GRADES, 'lead.grade in ["A", "B"]', 13, 'write lead.profile in ["A", "B"]'),
    (WHITEPAPER, GRADES, 'lead.grade == "A"', 13, 'write lead.profile == "A"'),
    (WHITEPAPER, GRADES, "lead.phone == null", 13, "Write not known(lead.phone)."),
    (WHITEPAPER, GRADES, "lead.phone != null", 13, "Write known(lead.phone)."),
    (WHITEPAPER, GRADES, "lead.sales_ready = yes", 13, "Did you mean “== true”?"),
    (WHITEPAPER, GRADES, 'happened("demo.requested" "30 days")', 13, "Put a comma between the two."),
    (WHITEPAPER, GRADES, 'count("opened", "30 days") > 2 times', 13, "Leave the unit out"),
    (FAIR, 'if: event.wish == "call"', 'if: days_since("sent") > "60 days"', 26, "days_since(…) > 60."),
    (WHITEPAPER, "limit: 1 mail per 7 days", "limit: 7 days", 10, "Write: 1 mail per 7 days."),
    (WHITEPAPER, "  - wait: 1 week\n", "  - wait: 1 week after opened\n", 34, "Write: 1 week."),
    (FAIR, "score: { intent: +10 }", "score: { intent: +10 },", 23, "Write it without: score: { intent: +10 }"),
    (WHITEPAPER, GRADES, 'lead.phone == ""', 13, "Write not known(lead.phone)."),
    (WHITEPAPER, GRADES, 'company.sector == "*dairy*"', 13, 'Write matches(company.sector, "*dairy*").'),
    (WHITEPAPER, GRADES, 'lead.tags == "x"', 13, 'Write tagged("x").'),
    (WHITEPAPER, GRADES, 'lead.tag not in ["x", "y"]', 13, 'Write not (tagged("x") or tagged("y")).'),
    (WHITEPAPER, GRADES, "lead.size > 40", 13, "Did you mean “company.size”?"),
    (WHITEPAPER, GRADES, "lead.cows > 40", 13, "Or declare it below fields in rules/workspace.yaml."),
    (FAIR, "score: { intent: +10 }", "score: { intent: + 10 }", 23, "with its sign: +10."),
    (RENEWAL, "45 days before lead", "45 days lead", 25, "— or until 45 days after lead.contract_end."),
    (RENEWAL, OUTCOMES, f"{OUTCOMES},", 59, f"Write it without: outcomes: {OUTCOMES}"),
]
ELSEWHERE = [
    (
        CALENDARS,
        "calling-hours:",
        "call-hours:",
        [(TEAMS, 20, "Lines 36 and 41 name it too. Did you mean “call-hours”?")],
    ),
    (TEAMS, "after-fair:", "fairs:", [(FAIR, 12, "Line 55 names it too.")]),
    (
        TEAMS,
        "engineers:",
        "technicians:",
        [("flows/demo-request.yaml", 30, "“engineers”"), (WEBINAR, 68, "“engineers”")],
    ),
    ("surveys/fair.yaml", "  visit: { nl: Wil", "  visiting: { nl: Wil", [(FAIR, 61, "Did you mean “visiting”?")]),
]


@pytest.mark.parametrize(("file", "before", "after", "line", "words"), SLIPS, ids=[slip[4] for slip in SLIPS])
def test_a_slip_is_said_once_where_it_is(
    shipped: Path, file: str, before: str, after: str, line: int, words: str
) -> None:
    slip(shipped, file, before, after)
    found = lint_unrendered(read_workspace(shipped))
    assert len(found) == 1, found
    [problem] = found
    assert problem.line == line
    assert problem.file == (WEBINAR if file == EVENTS else file)
    assert words in str(problem)


@pytest.mark.parametrize(("file", "before", "after", "wanted"), ELSEWHERE, ids=[slip[2] for slip in ELSEWHERE])
def test_what_many_lines_name_is_missed_once_in_each_file(
    shipped: Path, file: str, before: str, after: str, wanted: list[tuple[str, int, str]]
) -> None:
    slip(shipped, file, before, after)
    found = lint_unrendered(read_workspace(shipped))
    assert [(problem.file, problem.line) for problem in found] == [place[:2] for place in wanted]
    assert all(words in str(problem) for problem, (_, _, words) in zip(found, wanted, strict=True))


def slip(workspace: Path, file: str, before: str, after: str) -> None:
    path = workspace / file
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def is_told(workspace: Path, file: str, before: str, after: str, line: int, words: str) -> None:
    """This slip has one message: in its file, at this line, with these words."""
    problem = told_once(workspace, file, before, after)
    assert (problem.file, problem.line) == (file, line), problem
    assert words in str(problem)


def told_once(workspace: Path, file: str, before: str, after: str) -> Problem:
    """The one message that this slip has."""
    slip(workspace, file, before, after)
    found = lint_unrendered(read_workspace(workspace))
    assert len(found) == 1, "\n".join(map(str, found))
    return found[0]

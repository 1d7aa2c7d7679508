"""What is proposed for a condition, or a wait, is what stands nearest to it: a survey that its own flow asks, a mail
that it sends, the date of the event that began it; and a fact that is agreed before an answer to some survey."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from kweek.linting import lint_unrendered
from kweek.workspace import read_workspace
from tests.unit.test_lint_slips import BROCHURE, EVENTS, FAIR, OR_CALL, RENEWAL, WEBINAR, WHITEPAPER, is_told, slip

READY, SCORING, SURVEY = "rules/sales-ready.yaml", "rules/scoring.yaml", "surveys/brochure.yaml"
ASKED: Final = 'event.wish == "call"'
BEGINS: Final = "days_until(event.starts_at) > 1"
LOOKING: Final = 'survey.brochure.need != "looking"'
RIVAL: Final = 'tagged("competitor")'
BUDGET: Final = 'bant.budget in ["reserved", "planned"]'
PRICES: Final = 'matches(event.path, "/prices*")'
GOAL: Final = 'lead.grade in ["A2", "B1"] and not known(survey.brochure.wish)'
KNOWN: Final = "known(company.name)"
AN_HOUR: Final = "1 hour before event.starts_at"
NOTICE: Final = "45 days before lead.contract_end"
BEFORE: Final = "“answered” is an event, and a wait begins when the lead comes to it. Write: 1 day."

HERE: Final = [
    # of the surveys, one that this flow asks; before it, what came with the event, and what is agreed
    (BROCHURE, OR_CALL, 'wish == "call"', 31, "Did you mean “survey.brochure.wish”?"),
    (WHITEPAPER, GOAL, "known(wish)", 13, "Did you mean “survey.brochure.wish”?"),
    (WEBINAR, BEGINS, 'wish == "call"', 23, "Name one of these: survey.brochure.wish, survey.webinar.wish."),
    (FAIR, ASKED, 'wish == "call"', 26, "Did you mean “event.wish”?"),
    (FAIR, ASKED, 'survey.wish == "call"', 26, "Did you mean “survey.fair.wish”?"),
    (READY, BUDGET, 'budget in ["reserved", "planned"]', 70, "Did you mean “bant.budget”?"),
    (BROCHURE, OR_CALL, 'budget == "reserved"', 31, "Did you mean “bant.budget”?"),
    (SCORING, KNOWN, "known(budget)", 30, "Did you mean “bant.budget”?"),
    (SURVEY, LOOKING, 'need != "looking"', 55, "Did you mean “survey.brochure.need”?"),
    (SURVEY, LOOKING, "known(survey.need)", 55, "Did you mean “survey.brochure.need”?"),
    (FAIR, ASKED, 'lead.budget == "reserved"', 26, "Did you mean “bant.budget”?"),
    (FAIR, ASKED, "survey.brochure.useful > 3", 26, "Did you mean “survey.webinar.useful”?"),
    (BROCHURE, OR_CALL, 'wish in ["call", "visit"]', 31, "Did you mean “survey.brochure.wish”?"),
    # of the mails, the last one that was sent before; of no flow, any
    (BROCHURE, OR_CALL, "opened", 31, 'It is a function: opened("survey").'),
    (FAIR, ASKED, "lead.sales_ready and not clicked", 26, 'It is a function: clicked("fair-thanks").'),
    (WEBINAR, BEGINS, "opened", 23, 'It is a function: opened("webinar-confirmation").'),
    (READY, RIVAL, "opened", 86, 'Of any mail, ask happened("opened").'),
    (FAIR, ASKED, "opened()", 26, 'Of any mail, write happened("opened").'),
    (FAIR, ASKED, "clicked() > 2", 26, 'Of any mail, write count("clicked") > 2.'),
    (FAIR, ASKED, 'opened("30 days")', 26, 'Of any, in that time, write happened("opened", "30 days").'),
    # a page that is asked for by a regular expression
    (EVENTS, PRICES, "matches(event.path, /coworking.*/)", 103, 'Write matches(event.path, "/coworking*").'),
    (EVENTS, PRICES, 'matches(event.path, "/coworking.*/")', 103, 'Write "/coworking*".'),
    (EVENTS, PRICES, 'matches(event.path, "/pricing/.+")', 103, 'Write "/pricing/*".'),
    (EVENTS, PRICES, 'matches(event.path, ".*pricing.*")', 103, 'Write "*pricing*".'),
    (EVENTS, PRICES, 'matches(event.path, "%pricing%")', 103, "“%” is only itself; * is anything."),
    (EVENTS, PRICES, r"matches(event.path, /^\/pricing$/i)", 103, 'Write matches(event.path, "/pricing").'),
    (EVENTS, PRICES, 'event.path matches "^/pricing"', 103, 'Write matches(event.path, "/pricing*").'),
    (EVENTS, PRICES, "event.path =~ /pricing.*/", 103, 'Write matches(event.path, "/pricing*").'),
    (EVENTS, PRICES, 'event.path == ".*pricing.*"', 103, 'Write matches(event.path, "*pricing*").'),
    (EVENTS, PRICES, "matches(event.path, /prices/)", 103, 'Write "/prices/".'),
    # the event that began the flow has one date
    (WEBINAR, AN_HOUR, "1 business day after the event", 30, "Did you mean “event.starts_at”?"),
    (WEBINAR, AN_HOUR, "1 business day after it", 30, "Did you mean “event.starts_at”?"),
    (WEBINAR, AN_HOUR, "1 hour before the webinar", 30, "Did you mean “event.starts_at”?"),
    (WEBINAR, AN_HOUR, "1 hour before the start", 30, "Did you mean “event.starts_at”?"),
    (WEBINAR, AN_HOUR, "1 hour before the start of the event", 30, "Did you mean “event.starts_at”?"),
    (WEBINAR, AN_HOUR, "the event", 30, "Did you mean “event.starts_at”?"),
    (WEBINAR, AN_HOUR, "the weekend", 30, "“the weekend” is no moment that comes round."),
    (RENEWAL, NOTICE, "the end of the contract", 25, "Did you mean “lead.contract_end”?"),
    (WEBINAR, AN_HOUR, "1 day after answered", 30, BEFORE),
    (WEBINAR, AN_HOUR, "1 hour before monday", 30, "“monday” is not a date field."),
    (RENEWAL, NOTICE, "45 days before the contract", 25, "Did you mean “lead.contract_end”?"),
    (RENEWAL, NOTICE, "45 days before it", 25, "Name one of these: lead.contract_end, lead.renewed_on,"),
]
GLOBS: Final = ["/prices*", "*@live.*", "report.*", "100%", "https://www.lisveld.*/prices", "*+test@*", "[a-c]*"]


@pytest.mark.parametrize(("file", "before", "after", "line", "words"), HERE, ids=[f"{one[0]} {one[2]}" for one in HERE])
def test_what_is_nearest_is_proposed(shipped: Path, file: str, before: str, after: str, line: int, words: str) -> None:
    is_told(shipped, file, before, after, line, words)


@pytest.mark.parametrize("glob", GLOBS)
def test_a_glob_is_no_regular_expression(shipped: Path, glob: str) -> None:
    slip(shipped, EVENTS, PRICES, f'matches(event.path, "{glob}")')
    assert not lint_unrendered(read_workspace(shipped))

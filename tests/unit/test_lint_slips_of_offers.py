"""What a message offers is what this workspace has, and what the author said: its dates, its purposes, his own length.
One message each."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from kweek.linting import lint_unrendered
from kweek.rendering import parse_mails
from kweek.workspace import read_workspace
from tests.unit.test_lint_slips import BROCHURE, CALENDARS, RENEWAL, WEBINAR, is_told, slip
from tests.unit.test_lint_slips_of_lines import MAIL

WAIT: Final = "- wait: 7 days"
DATES: Final = "lead.contract_end, lead.renewed_on, handover.later_on"
ONE_DAY: Final = f"Name a date that each has of its own: {DATES}."
REJECTED: Final = "        rejected: back"
STARTS: Final = "start: { at: 90 days before lead.contract_end }"
SOON: Final = "until 1 hour before event.starts_at"
INSTEAD: Final = "Name a date or a moment instead: lead.contract_end, lead.renewed_on"

SLIPS: Final = [
    # one day, or a field that is no date: those that there are
    (BROCHURE, WAIT, "- wait: until 2027-03-01", 12, ONE_DAY),
    (BROCHURE, WAIT, "- wait: until 2 days after 2027-03-01", 12, ONE_DAY),
    (BROCHURE, WAIT, "- wait: 2027-03-01", 12, f"{ONE_DAY[:-1]} — and begin the wait with “until”."),
    (RENEWAL, STARTS, "start: { at: 2027-03-01 }", 8, ONE_DAY),
    (BROCHURE, WAIT, "- wait: until lead.score.intent", 12, f"{INSTEAD}, handover.later_on."),
    (BROCHURE, WAIT, "- wait: until 5 days after lead.city", 12, f"{INSTEAD}, handover.later_on."),
    (WEBINAR, SOON, "until event.webinar", 30, f"{INSTEAD}, event.starts_at, handover.later_on — or declare it"),
    (
        WEBINAR,
        "days_until(event.starts_at)",
        "days_until(lead.city)",
        23,
        "Ask it of a date: lead.contract_end, lead.r",
    ),
    # how long, and from when, which goes without saying
    (BROCHURE, "within: 7 days", "within: 10 days after sending", 15, "Write 10 days."),
    (BROCHURE, "within: 7 days", "within: 3 business days from then on", 15, "Write 3 business days."),
    (BROCHURE, WAIT, "- wait: 10 days after sending", 12, "Write: 10 days."),
    (BROCHURE, WAIT, "- wait: 2 days after the call", 12, "Write: 2 days."),
    (BROCHURE, WAIT, "- wait: 5 business day s", 12, "Write 5 business days."),
    (BROCHURE, WAIT, "- wait: 5 hour s", 12, "Write 5 hours."),
    # what lets leads in, nobody knows but the author
    (BROCHURE, "start: brochure.requested\n", "", 3, "Add: start: manual — or the event on which leads come in"),
    # what is asked of a reason, choose asks
    (
        BROCHURE,
        REJECTED,
        "        rejected:\n          student: discard\n          else: flow long-term",
        61,
        '“- if: handover.reason == "student"”, with “go: discard” below “if”, and “- else: flow long-term”',
    ),
    (
        BROCHURE,
        REJECTED,
        "        rejected: { student: discard, competitor: done }",
        60,
        '“- if: handover.reason == "competitor"”, with “go: done” below “if”, and “- else: done (or a path)”',
    ),
    # a calendar has a name, and whoever names it so finds it
    (CALENDARS, "calling-hours:", "calling hours:", 23, "small letters, digits and hyphens: calling-hours."),
    (CALENDARS, "calling-hours:", "Calling_Hours:", 23, "small letters, digits and hyphens: calling-hours."),
]


@pytest.mark.parametrize("case", SLIPS, ids=lambda case: case[2].strip()[:40])
def test_what_is_offered_is_there(shipped: Path, case: tuple[str, str, str, int, str]) -> None:
    is_told(shipped, *case)


def test_a_path_with_the_name_of_an_ending_is_told_where_it_stands(shipped: Path) -> None:
    """Though the name that lines lead to is nearly that ending."""
    slip(shipped, BROCHURE, REJECTED, "        rejected: discarded-by-us")
    slip(shipped, BROCHURE, "  back:\n", "  discard:\n")
    (problem,) = lint_unrendered(read_workspace(shipped))
    assert "A path cannot be named “discard”." in str(problem)
    assert "Write: discarded-by-us: — line 60 leads there." in str(problem)


def test_a_purpose_is_that_of_the_mail_in_another_language(shipped: Path) -> None:
    slip(shipped, MAIL, "purpose: advice\n", "")
    _, (problem,) = parse_mails(read_workspace(shipped))
    assert (problem.file, problem.fix) == (MAIL, "Add: purpose: advice")


def test_or_all_that_there_are(shipped: Path) -> None:
    mails = sorted((shipped / "templates/mails").glob("season-check.*.md"))
    for file in mails:
        slip(shipped, f"templates/mails/{file.name}", "purpose: advice\n", "")
    _, problems = parse_mails(read_workspace(shipped))
    assert len(problems) == len(mails)
    assert all("purpose: advice" in problem.fix for problem in problems)

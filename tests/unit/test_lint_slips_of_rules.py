"""Slips in rules/events.yaml and rules/scoring.yaml, colleagues who cannot be told, and a limit that no longer within
keeps: one message each, whose remedy is what was meant."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from kweek.linting import lint_unrendered
from kweek.workspace import read_workspace
from tests.unit.test_lint_slips import EVENTS, FAIR, TEAMS, WHITEPAPER, is_told, slip, told_once

SCORING: Final = "rules/scoring.yaml"
PERSONAS: Final = "rules/personas.yaml"
READY: Final = "rules/sales-ready.yaml"
OPENED: Final = "    when: opened\n"
VIEWED: Final = "    when: page.viewed\n"
RENEWED: Final = "contract.renewed:   "
CALCULATE: Final = """\
      clicked calculate:               # to reckon with one's own figures is more than to read
        - score: { intent: +15 }
          because: opened the calculator

  - wait: 1 week
"""
WITHIN: Final = "within: 2 weeks\n    when:\n      bounced: discard\n      blocked: done\n"

SLIPS: Final = [
    (EVENTS, RENEWED, f"trial.upgraded: hard\n\n{RENEWED}", 78, "below it: hard: true."),
    (EVENTS, RENEWED, f"trial.upgraded: soft\n\n{RENEWED}", 78, "below it: soft: true."),
    (EVENTS, RENEWED, f"trial.upgraded: [hard]\n\n{RENEWED}", 78, "below it: hard: true."),
    (EVENTS, RENEWED, f"trial.upgraded: a trial ended well\n\n{RENEWED}", 78, "below it: soft: true."),
    (EVENTS, RENEWED, f"trial.upgraded: {{ hard }}\n\n{RENEWED}", 78, "Write: hard: true — or delete the key."),
    (EVENTS, "  hard: true\n", "  hard:\n", 10, "Write: hard: true — or delete the key."),
    (EVENTS, RENEWED, f"trial.upgraded:\n  type: hard\n\n{RENEWED}", 79, "Write: hard: true"),
    (EVENTS, RENEWED, f"trial.upgraded:\n  data: {{ model }}\n\n{RENEWED}", 79, "Write: data: { model: text }"),
    (EVENTS, RENEWED, f"opened:\n  title: opened\n\n{RENEWED}", 78, "Take it away: flows may name it all the same."),
    (SCORING, "1: flow hot-lead", "1: hot-lead", 14, "Write flow hot-lead, or rest."),
    (SCORING, "  D: rest", "  D: sleep", 17, "Write rest."),
    (EVENTS, RENEWED, f"openday-signed-up:\n  title: came\n\n{RENEWED}", 78, "openday.signed_up"),
    # an event and a condition, each where the other belongs
    (SCORING, OPENED, "    when: known(lead.job_title)\n", 65, "Write: if: known(lead.job_title)."),
    (SCORING, OPENED, '    when: lead.country == "NL"\n', 65, 'Write: if: lead.country == "NL".'),
    (SCORING, OPENED, "    when: lead.job_title\n", 65, "Write: if: known(lead.job_title)."),
    (SCORING, OPENED, "    event: opened\n", 65, "Did you mean “when”?"),
    (SCORING, OPENED, "    event: download.taken\n", 65, "Did you mean “when”?"),
    (SCORING, OPENED, "    asks: known(lead.phone)\n", 65, "Did you mean “if”?"),
    (SCORING, OPENED, "    when: downlod.taken\n", 65, "Did you mean “download.taken”?"),
    (SCORING, "    if: known(company.name)\n", "    if: download.taken\n", 30, "Write: when: download.taken."),
    (SCORING, VIEWED, "    when: known(lead.phone)\n", 42, "line 43: if: (known(lead.phone)) and (event.topic =="),
    (SCORING, VIEWED, "    when: page.viewd\n", 42, "Did you mean “page.viewed”?"),
    (PERSONAS, "      if: company.size", "      when: company.size", 17, "Write: if: company.size >= 50."),
    # what follows from the points gives none
    (SCORING, OPENED, "    when: grade.changed\n", 65, "Name the event that moves it: when: download.taken."),
    (SCORING, OPENED, "    when: grade.chnged\n", 65, "There is no event “grade.chnged”"),
    # a need that is called as no fact is
    (READY, "- fact: need ", "- fact: neeed ", 67, "Write need."),
    (READY, "- fact: authority ", "- fact: autority ", 71, "Write authority."),
    # an address to which no mail gets
    (FAIR, "- tell: manager", "- tell: anna@lisveld", 70, "“anna@lisveld” is not an e-mail address."),
    (FAIR, "    tell: manager", "    tell: hanneke@lisveld example.com", 81, "Did you mean “hanneke”?"),
    (TEAMS, "hanneke@lisveld", "hanneke.lisveld", 7, "Write hanneke@lisveld.example.com."),
    # what is clicked leads on at once, however long it may take
    (WHITEPAPER, CALCULATE, "      clicked calculate: next\n\n", 42, "pass on this way (a wait), or allow 2 mails."),
    (WHITEPAPER, f"{WITHIN}{CALCULATE}", "within: 2 days\n", 37, "(a wait, or a longer within), or allow 2 mails."),
]  # fmt: skip


@pytest.mark.parametrize(("file", "before", "after", "line", "words"), SLIPS, ids=[one[2] for one in SLIPS])
def test_a_slip_in_the_rules_is_one_message(
    shipped: Path, file: str, before: str, after: str, line: int, words: str
) -> None:
    is_told(shipped, file, before, after, line, words)


def test_a_misspelt_fact_is_told_at_its_word(shipped: Path) -> None:
    problem = told_once(shipped, READY, "- fact: need ", "- fact: neeed ")
    assert (problem.severity, problem.line, problem.column) == ("warning", 67, 11)


@pytest.mark.parametrize("name", ["appetite", "needs-it\n    title: need of it", "needs\n    title: { en: it needs }"])
def test_a_need_may_be_called_otherwise(shipped: Path, name: str) -> None:
    slip(shipped, READY, "- fact: need ", f"- fact: {name} ")
    assert not lint_unrendered(read_workspace(shipped))

"""What mails and words to colleagues print is proven by filling them in, and once for each text."""

from __future__ import annotations

from pathlib import Path

import pytest

from kweek.linting import lint
from kweek.mails.remembered import Remembered
from kweek.mails.render import Renderer
from kweek.workspace import read_workspace

pytestmark = pytest.mark.usefixtures("cache")


WORDS = """flow: words
title: Words
start: manual
steps:
  - task: Send {{ lead.first_name or "them" }} a sample
    within: 3 days
    when: { done: next }
  - tell: owner
    text: "{{ lead.name }} of {{ company.nam }} waits, and {{ survey_url }}"
  - task: 'Call {{ lead.firstname }} {{ event.webinar }}'
    within: 3 days
    when: { done: next }
  - tell: manager
    text: Look at {{ lead.name | uper }}
  - tell: manager
    text: Look at {% if lead.name %}them
  - tell: manager
    text: |
      Look at
      {{ lead.name }
  - end: done
"""


def test_what_a_flow_says_to_colleagues_can_be_filled_in(shipped: Path, renderer: Renderer) -> None:
    (shipped / "flows/words.yaml").write_text(WORDS, encoding="utf-8")
    found = lint(read_workspace(shipped), renderer, Remembered(shipped))
    assert [(one.line, one.column, one.code, one.what, one.fix) for one in found] == [
        (9, 34, "unknown-name", "There is no “company.nam”.", "Did you mean “company.name”?"),
        (9, 63, "unknown-name", "There is no “survey_url”.", "Did you mean “survey”?"),
        (10, 20, "unknown-name", "There is no “lead.firstname”.", "Did you mean “lead.first_name”?"),
        (14, 34, "unknown-name", "There is no filter “uper”.", "Did you mean “| upper”?"),
        (16, 19, "words-template", "This {% if … %} is never closed.", found[4].fix),
        (18, 11, "words-template", "This {{ is not closed with }}.", "Write }} behind the name."),
    ]
    assert {one.why for one in found} == {"A colleague would read it as it is written here."}


def test_words_that_did_not_change_are_not_filled_in_again(shipped: Path, renderer: Renderer) -> None:
    flow = shipped / "flows/words.yaml"
    flow.write_text(WORDS, encoding="utf-8")
    first = lint(read_workspace(shipped), renderer, Remembered(shipped))
    flow.write_text(WORDS.replace("steps:", "about: A line more\nsteps:"), encoding="utf-8")
    with Renderer() as idle:
        again = lint(read_workspace(shipped), idle, Remembered(shipped))
        assert idle.processes() == []
    assert [one.line for one in again] == [one.line + 1 for one in first]


def test_mails_that_did_not_change_are_not_rendered_again(shipped: Path, renderer: Renderer) -> None:
    mail = shipped / "templates/mails/survey.nl.md"
    whole = mail.read_text(encoding="utf-8")
    mail.write_text(whole.replace("lead.first_name }}", "lead.firstname }}"), encoding="utf-8")
    first = lint(read_workspace(shipped), renderer, Remembered(shipped))
    assert [problem.code for problem in first] == ["unknown-name"]
    with Renderer() as idle:
        assert lint(read_workspace(shipped), idle, Remembered(shipped)) == first
        assert idle.processes() == []
    mail.write_text(whole, encoding="utf-8")
    assert lint(read_workspace(shipped), renderer, Remembered(shipped)) == ()


def test_a_cache_that_is_spoilt_or_cannot_be_written_changes_no_answer(
    shipped: Path, renderer: Renderer, cache: Path
) -> None:
    assert lint(read_workspace(shipped), renderer, Remembered(shipped)) == ()
    (kept,) = cache.rglob("*.json")
    kept.write_text('{"mails": 3, "problems": [["x"]]}', encoding="utf-8")
    assert lint(read_workspace(shipped), renderer, Remembered(shipped)) == ()
    (shipped / "file").write_text("", encoding="utf-8")
    assert lint(read_workspace(shipped), renderer, Remembered(shipped, shipped / "file/cache")) == ()

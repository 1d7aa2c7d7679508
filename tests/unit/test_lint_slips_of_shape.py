"""A step where a way belongs, a list where a word does, a dash or a colon that is none: one message each."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from kweek.linting import lint_unrendered
from kweek.workspace import read_workspace
from tests.unit.test_lint_slips import FAIR, OUTCOMES, RENEWAL, TEAMS, WEBINAR, WHITEPAPER, is_told, slip

OF_JUDGE: Final = """\
        - if: survey.renewal.wish == "extend"
          go: papers
        - else: account                # to change, to stop, not to know: that takes a talk
"""
OF_STEPS: Final = '      - if: event.wish == "call"\n        go: call\n      - else: next\n'
ITEMS: Final = "\n        - extends\n        - thinks it over\n        - stops"
TEXT: Final = "A lead from the fair was not called within three working days."
TITLE: Final = "title: Leads from a fair"
START: Final = "start: whitepaper.downloaded"
TWO: Final = "whitepaper.downloaded, brochure.requested"
LOST: Final = "        lost: lost\n"
LATER: Final = "          go: papers\n        - else: account"
NOT_CALLED: Final = "working days.\n    - go: flow long-term\n"
LAST: Final = "            because: contract not renewed\n"
ENDS: Final = "    - end: lost\n      because: contract ended"

WAYS: Final = [
    (FAIR, "otherwise: missed", "otherwise: send: fair-thanks", 67, "two spaces deeper: - send: fair-thanks"),
    (FAIR, "  else: flow long-term\n      o", "  else: tag: x\n      o", 66, "two spaces deeper: - tag: x"),
    (WHITEPAPER, "read-on:\n        - tag: drying ", "read-on: tag: drying ", 31, "two spaces deeper: - tag: drying"),
    (FAIR, "          go: discard", "          - end: discard", 102, "Write: go: discard"),
    (FAIR, "          go: discard", "          end: discard", 102, "Write: go: discard"),
    (FAIR, "        go: call", "        - end: done", 27, "Write: go: done"),
    (
        RENEWAL,
        "answered: judge\n    otherwise: next",
        "answered: - judge\n    otherwise: next",
        22,
        "Write: answered: judge",
    ),
    (RENEWAL, "done: signature", "done: end", 47, "Write an ending (done, discard, won, lost), or the path: signature"),
    (FAIR, "- else: flow long-term", "- else: flow long term", 51, "Write: flow long-term"),
    (FAIR, "otherwise: missed", "otherwise: flow long term", 67, "Write: flow long-term"),
]
LINES_OF_CHOOSE: Final = [
    (RENEWAL, OF_JUDGE, OF_JUDGE.replace("        ", "    ").replace("          go", "      go"), 37, "up to line 39"),
    (FAIR, OF_STEPS, OF_STEPS.replace("      ", "  ").replace("    go", "    go"), 26, "its dash to column 5"),
    (
        FAIR,
        "- else: flow long-term",
        "- if: else\n          go: flow long-term",
        51,
        "Write one line for the two: - else: flow",
    ),
    (FAIR, "- else: flow long-term", "- else", 51, "Write: - else: done (or a path)"),
    (FAIR, "- else: next", "- else", 28, "Write: - else: next (or a path)"),
    (RENEWAL, LATER, LATER.replace("        -", "          else: late\n        -", 1), 39, "Delete this line: the one"),
    (FAIR, "- else: flow long-term", "- next: flow long-term", 51, "Write: - else: flow long-term"),
]
ELSE: Final = [
    (
        FAIR,
        LOST,
        f"{LOST}        else: mail\n",
        91,
        "“else” can never fire here. Every closing event has a line of its own. Take",
    ),
    (RENEWAL, LAST, f"{LAST}        else: mail\n", 68, "“else” can never fire here."),
    (FAIR, "        else: flow long-term\n", "        next: flow long-term\n", 66, "Did you mean “else”?"),
    (FAIR, "      else: flow long-term\n\npaths", "      next: flow long-term\n\npaths", 42, "Did you mean “else”?"),
]
SIGNS: Final = [
    (RENEWAL, OUTCOMES, ITEMS.replace("- thinks", "-thinks"), 61, "Write: - thinks it over"),
    (RENEWAL, OUTCOMES, ITEMS.replace("- extends", "-extends"), 60, "Write: - extends"),
    (RENEWAL, OUTCOMES, ITEMS.replace("over", "over:"), 61, "“thinks it over” ends with a colon. Write it without"),
    (
        WHITEPAPER,
        START,
        "start:\n  -whitepaper.downloaded\n  - brochure.requested",
        9,
        "Write: - whitepaper.downloaded",
    ),
    (WHITEPAPER, START, f"start: [{TWO.replace(',', '')}]", 8, f"Part them by a comma: {TWO}"),
    (WHITEPAPER, START, f"start: {TWO.replace(',', '')}", 8, f"Write a list: start: [{TWO}]"),
    (WHITEPAPER, "drying-story: 45%", "drying-story 45%", 25, "Write: drying-story: 45%"),
    (WHITEPAPER, "call: brochure", "call: {{ survey }}", 67, "“call” names a survey. Write the name itself"),
    (RENEWAL, "done: signature", "done； signature", 47, "Write: done: signature"),
    (FAIR, "within: 3 business", "within； 3 business", 57, "Write: within: 3 business days"),
    (FAIR, TITLE, "title: ? Leads from a fair", 4, 'Put the whole value in quotes: title: "? Leads from a fair"'),
    (
        FAIR,
        "  demo.requested: done",
        "  [demo.requested, fair.visited]: done",
        16,
        "a line for each: demo.requested: done, and fair.v",
    ),
]
WORDS: Final = [
    (FAIR, TEXT, TEXT.replace("not called", "not\n      called"), 72, "column 9 (8 spaces)"),
    (
        FAIR,
        TITLE,
        "title: Leads from\na fair",
        5,
        "with the text of “title” in line 4. Then begin it deeper, in column 3 (2 spaces).",
    ),
    (FAIR, "wait: until 10:00", "wait until: 10:00", 30, "Write: - wait: until 10:00"),
    (FAIR, "wait: until 10:00", "wait until: monday", 30, "Write: - wait: until monday 09:00"),
    (FAIR, "within: 1 week", "within: { weeks: 1 }", 32, "Write: within: 1 week"),
    (FAIR, "score: { intent: +10 }", "set: { score: 10 }", 23, "Write: - score: { interest: +10 }"),
    (
        RENEWAL,
        ENDS,
        "      because: contract ended",
        86,
        "write - end: done (or another ending) above it, in column 5.",
    ),
    (FAIR, TITLE, "title:", 4, "Write it behind the colon, such as title: Fair leads"),
    (WHITEPAPER, START, "start:", 8, "Write it behind the colon, such as start: brochure.requested"),
    (TEAMS, "    parent: benelux", "    parent: sales", 10, "“sales” is part of itself. A team is part of another one"),
]


@pytest.mark.parametrize(
    ("file", "before", "after", "line", "words"),
    [*WAYS, *LINES_OF_CHOOSE, *ELSE, *SIGNS, *WORDS],
    ids=lambda one: str(one)[:40],
)
def test_a_slip_of_shape_is_said_once_where_it_is(
    shipped: Path, file: str, before: str, after: str, line: int, words: str
) -> None:
    is_told(shipped, file, before, after, line, words)


@pytest.mark.parametrize(
    ("file", "before", "remedy"),
    [
        (RENEWAL, OF_JUDGE, OF_JUDGE.replace("        ", "      ").replace("          go", "        go")),
        (RENEWAL, "otherwise: next", "otherwise:\n      - send: fair-thanks"),
        (FAIR, TEXT, TEXT.replace("not called", "not\n        called")),
        (FAIR, "wait: until 10:00", "wait: until monday 09:00"),
        (WHITEPAPER, START, f"start: [{TWO}]"),
    ],
)
def test_a_remedy_that_is_another_than_what_was_there_mends_it(
    shipped: Path, file: str, before: str, remedy: str
) -> None:
    slip(shipped, file, before, remedy)
    assert lint_unrendered(read_workspace(shipped)) == ()


@pytest.mark.parametrize("marks", [("```yaml\n", "```\n"), ("```\n", "```\n"), ("~~~ yaml\n", "~~~\n")])
def test_the_marks_of_the_page_from_which_a_flow_was_copied(shipped: Path, marks: tuple[str, str]) -> None:
    path = shipped / WEBINAR
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{marks[0]}{text}{marks[1]}", encoding="utf-8")
    [problem] = lint_unrendered(read_workspace(shipped))
    last = text.count("\n") + 2
    assert (problem.line, problem.fix) == (1, f"Delete this line, and line {last} too.")


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("renewal-copy", "Write flow: renewal-copy"),
        ("re newal", "Rename the file to re-newal.yaml, and write flow: re-newal"),
    ],
)
def test_a_copy_of_a_flow_is_not_given_the_name_of_the_other(shipped: Path, name: str, fix: str) -> None:
    (shipped / "flows" / f"{name}.yaml").write_bytes((shipped / RENEWAL).read_bytes())
    found = [one for one in read_workspace(shipped).problems if one.code == "name-of-file"]
    assert [one.fix for one in found] == [fix]


def test_a_copy_whose_file_only_lacks_a_hyphen_is_a_copy(shipped: Path) -> None:
    copy = shipped / "flows" / "fair leads.yaml"
    copy.write_bytes((shipped / FAIR).read_bytes())
    [problem] = [one for one in read_workspace(shipped).problems if one.code == "name-of-file"]
    assert problem.fix == "Rename the file to fair-leads-copy.yaml, and write flow: fair-leads-copy"


def test_a_dash_within_words_for_people_is_theirs(shipped: Path) -> None:
    slip(shipped, FAIR, TITLE, "title: Leads\n  -from\n  -a fair")
    assert lint_unrendered(read_workspace(shipped)) == ()

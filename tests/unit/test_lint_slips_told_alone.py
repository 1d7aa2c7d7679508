"""What follows from a slip is not said besides it; and what is said keeps what its author wrote. Typed in, it mends."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from kweek.flow.lint.set_values import field_meant
from kweek.linting import lint_unrendered
from kweek.workspace import read_workspace
from tests.unit.test_lint_slips import FAIR, RENEWAL, is_told, slip

LONG: Final = "flows/long-term.yaml"
SECOND: Final = "A second document begins here (`---`)."
GOAL: Final = "\n  if: lead.sales_ready\n  go: account\n"
EVENTS: Final = """\
  contract.renewed:                    # also when it came about without us: the order system says so
    - set: { renewed_on: today }
    - end: won
"""
TENTH: Final = "  - wait: until 10:00\n"
SAMPLE: Final = """\
  - task: Send a sample
    outcomes: [sent, not in stock]
    within: 3 business days
    when:
      not in stock: done
    otherwise: done
"""
TAG: Final = "tag: met-in-person"
REFUSED: Final = "    - go: flow long-term\n\n  sales:"
FIRST_RUNG: Final = "        - after: 24 hours\n          tell: manager\n        - after: 48 hours"

SLIPS: Final = [
    # a --- in the midst of what belongs together
    (FAIR, "steps:\n", "steps:\n---\n", 21, SECOND),
    (FAIR, "    - choose:\n        - if: lead", "---\n    - choose:\n        - if: lead", 46, SECOND),
    # the verb too far left, and its options where they should stand
    (FAIR, "    - call: fair", "  - call: fair", 54, "Begin it in column 5 (4 spaces)."),
    (FAIR, "    - handover: sales", "  - handover: sales", 75, "Begin it in column 5 (4 spaces)."),
    # the heading of the paths below an `otherwise` with states
    (FAIR, "paths:\n", "", 44, "“paths:” seems to be missing above this line."),
    (RENEWAL, f"\n{EVENTS}", GOAL, 11, "Write goal: instead of whenever:"),
    # what is set is a value, or what the event carries
    (
        FAIR,
        "{ met_at: event.fair }",
        "{ met_at: {{ lead.city }} }",
        21,
        "or one of: event.fair",
    ),
    (FAIR, "{ met_at: event.fair }", "{ met_at: lead.city }", 21, "“lead.city” would be set as it is typed here."),
    (FAIR, "{ met_at: event.fair }", '{ met_at: "{{ event.fair }}" }', 21, "Write met_at: event.fair"),
    # what follows from it
    (FAIR, FIRST_RUNG, FIRST_RUNG[26:], 80, "“after:” seems to be missing above this line."),
    (
        FAIR,
        REFUSED,
        "    - go: flow renewal\n      at_most: 1 time\n\n  sales:",
        72,
        "Add “then: done” (or another target) to this go.",
    ),
    (RENEWAL, "    otherwise: next", "    otherwise: steps", 23, "A loop without a bound: this leads back to line 17."),
    (FAIR, TENTH, SAMPLE + TENTH, 30, "Add below when: “sent: next”."),
    # said at once, as it is meant
    (LONG, "  bounced: discard\n", "  bounced: discard\n  interested: judge\n", 14, "line 64 says it under “when”."),
    (FAIR, "\n  missed:", "\n  next:", 69, "Write: missed: — line 67 leads there."),
    (FAIR, TAG, f"{TAG}\n  - tag: at-fair met-in-person", 23, "Write: tag: [at-fair, met-in-person]"),
    (RENEWAL, "[extends,", "[extends, extends,", 59, "Write: outcomes: [extends, thinks it over, stops]"),
]


@pytest.mark.parametrize(("file", "before", "after", "line", "words"), SLIPS, ids=lambda one: str(one)[:40])
def test_a_slip_is_said_alone(shipped: Path, file: str, before: str, after: str, line: int, words: str) -> None:
    is_told(shipped, file, before, after, line, words)


def test_every_line_that_leads_round_again_is_named(shipped: Path) -> None:
    slip(shipped, RENEWAL, "thinks it over: again", "thinks it over: account")
    words = "this leads back to line 57; line 68 does so too."
    is_told(
        shipped,
        RENEWAL,
        "          - end: lost\n            because: contract not renewed\n      otherwise: late",
        "          - end: lost\n            because: contract not renewed\n      otherwise: account",
        64,
        words,
    )


def test_without_steps_nothing_is_said_of_the_paths(shipped: Path) -> None:
    text = (shipped / RENEWAL).read_text(encoding="utf-8")
    is_told(shipped, RENEWAL, text[text.index("steps:") : text.index("paths:")], "", 3, "This flow has no “steps”.")


@pytest.mark.parametrize(("to", "words"), [("0", "from: 1 and to: 5"), ("-2", "from: 1 and to: 5")])
def test_of_a_scale_without_steps_no_condition_is_blamed(shipped: Path, to: str, words: str) -> None:
    slip(shipped, RENEWAL, 'survey.renewal.wish == "extend"', "survey.renewal.satisfied >= 4")
    assert lint_unrendered(read_workspace(shipped)) == ()
    is_told(shipped, "surveys/renewal.yaml", "    to: 5\n", f"    to: {to}\n", 26, words)


@pytest.mark.parametrize("said", ["{{ event.seats }}", "{{event.seats}}"])
def test_a_field_of_the_event_is_set_without_braces(said: str) -> None:
    wrong = field_meant("seats", said, ("seats",), ("event.seats",))
    assert wrong is not None
    assert wrong[2] == "Write seats: event.seats"


def test_a_text_with_a_point_is_no_field() -> None:
    assert field_meant("site", "company.nl", (), ("company.name",)) is None


@pytest.mark.parametrize(
    ("file", "before", "remedy"),
    [
        (RENEWAL, f"whenever:\n{EVENTS}", f"goal:{GOAL}"),
        (FAIR, REFUSED, "    - go: flow renewal\n      at_most: 1 time\n      then: done\n\n  sales:"),
        (FAIR, TENTH, SAMPLE.replace("otherwise", "  sent: next\n    otherwise", 1) + TENTH),
        (FAIR, TAG, f"{TAG}\n  - tag: [at-fair, met-in-person]"),
    ],
)
def test_their_remedies_mend(shipped: Path, file: str, before: str, remedy: str) -> None:
    slip(shipped, file, before, remedy)
    assert lint_unrendered(read_workspace(shipped)) == ()

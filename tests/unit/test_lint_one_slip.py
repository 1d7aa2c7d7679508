"""One slip in a sound flow is one message, where it was made, with the right remedy, and nothing that follows."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from kweek.flow.problems import Problem
from tests.unit.test_lint import lint

SOUND: Final = (Path(__file__).parent / "broken" / "sound.yaml").read_text(encoding="utf-8")
LADDER: Final = SOUND[SOUND.index("      escalate:") : SOUND.index("      when:\n        rejected")]


def slip(old: str, new: str) -> tuple[Problem, ...]:
    assert old in SOUND
    return lint(SOUND.replace(old, new, 1), "sound.yaml")


SLIPS: Final = [
    # only what is missing
    (LADDER, "", "45:7", "is lost. Add escalate: with"),
    (f"      follow_up: 24 hours\n      remind: 20 hours\n{LADDER}", "", "45:7", "Add follow_up: 24 hours, and esc"),
    # tabs, and nothing of the columns in which they seem to put a line
    ("        rejected: back", "\t\trejected: back", "56:1", "There is a tab here."),
    ("      attempts: 3", "\tattempts: 3", "34:1", "There is a tab here."),
    ("          go: call\n        - else", "\t\t\tgo: call\n        - else", "28:1", "There is a tab here."),
    (
        "        rejected: back\n        later: flow long-term\n        won: won\n",
        "\trejected: back\n\tlater: flow long-term\n\twon: won\n",
        "56:1",
        "There is a tab here, and one in 2 more lines.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "place", "words"), SLIPS)
def test_one_slip_is_one_message(old: str, new: str, place: str, words: str) -> None:
    found = slip(old, new)
    assert [f"{one.line}:{one.column}" for one in found] == [place], "\n".join(map(str, found))
    assert words in str(found[0])


def test_what_has_nothing_to_do_with_tabs_is_said_beside_them() -> None:
    text = SOUND.replace("    within: 7 days", "\twithin: 7 days").replace("reassign: sales", "reassign: sale")
    assert [(one.line, one.code) for one in lint(text, "sound.yaml")] == [(13, "tab"), (54, "unknown-team")]

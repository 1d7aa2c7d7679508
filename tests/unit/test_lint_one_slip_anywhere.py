"""One slip is one message, on the line where it was made, wherever that is: lines moved, dashes, colons, keys lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Final

import pytest

from kweek.flow.yaml.lines import dashed, indent, opens, says_something
from tests.unit.test_lint import lint

SOUND: Final = (Path(__file__).parent / "broken" / "sound.yaml").read_text(encoding="utf-8").split("\n")
LINES: Final = tuple(number for number, line in enumerate(SOUND) if says_something(line))
STEPS: Final = (-2, -1, 1, 2, 4)


def moved(line: str) -> Iterator[list[str]]:
    """In another column."""
    yield from ([" " * (indent(line) + step) + line.lstrip()] for step in STEPS if indent(line) + step >= 0)


def signs(line: str) -> Iterator[list[str]]:
    """A dash too many or too few, a colon or its blank forgotten, another sign for it."""
    column, said = indent(line), line.lstrip()
    if dashed(line):
        yield [" " * (column + 2) + said[2:]]
        yield [" " * column + said[2:]]
        yield [" " * column + "-" + said[2:]]
    else:
        yield [" " * column + "- " + said]
    if ": " in said:
        yield from ([line.replace(": ", sign, 1)] for sign in (":", " ", " = ", "; "))
    else:
        yield [line.removesuffix(":")]


def doubled(line: str) -> Iterator[list[str]]:
    if opens(line):
        yield [line, line]


@pytest.mark.parametrize("slip", [moved, signs, doubled], ids=lambda slip: slip.__name__)
def test_one_slip_is_one_message_where_it_was_made(slip: Callable[[str], Iterator[list[str]]]) -> None:
    """Of each line one, by lot: all of them take a minute."""
    drawn = Random(slip.__name__)
    for number in LINES:
        ways = list(slip(SOUND[number]))
        if not ways:
            continue
        new = drawn.choice(ways)
        found = lint("\n".join([*SOUND[:number], *new, *SOUND[number + 1 :]]), "sound.yaml")
        told = "\n".join(map(str, found))
        assert len(found) <= 1, f"line {number + 1}: {new}\n{told}"
        assert all(abs(problem.line - number - 1) <= 1 for problem in found), f"line {number + 1}: {new}\n{told}"


@pytest.mark.parametrize(
    "lost", ["  triage:", "    when:", "      when:", "      escalate:", "    - choose:", "paths:"]
)
def test_a_line_on_which_others_hang_is_missed_where_it_stood(lost: str) -> None:
    number = SOUND.index(lost)
    [problem] = lint("\n".join([*SOUND[:number], *SOUND[number + 1 :]]), "sound.yaml")
    assert (problem.line, problem.code) == (number + 1, "key-missing")
    assert f"“{lost.strip().removeprefix('- ')}”" in problem.what


def test_several_slips_far_from_each_other_are_each_said() -> None:
    text = (
        "\n".join(SOUND).replace("  - send: survey", "    - send: survey").replace("        won: won", "      won: won")
    )
    assert [(problem.line, problem.code) for problem in lint(text, "sound.yaml")] == [
        (12, "indentation"),
        (58, "indentation"),
    ]


BLOCKS: Final = {
    "below when": (range(36, 41), -2, 37),
    "below a key of the flow": (range(6, 8), -2, 7),
}


@pytest.mark.parametrize("block", BLOCKS)
def test_neighbours_that_moved_together_are_one_message(block: str) -> None:
    numbers, by, line = BLOCKS[block]
    text = [line[-by:] if number in numbers else line for number, line in enumerate(SOUND)]
    [problem] = lint("\n".join(text), "sound.yaml")
    assert (problem.line, problem.code) == (line, "indentation")


def test_a_lost_otherwise_is_missed_above_what_is_only_known_when_the_time_is_up() -> None:
    number = SOUND.index("    otherwise:")
    [problem] = lint("\n".join([*SOUND[:number], *SOUND[number + 1 :]]), "sound.yaml")
    assert (problem.code, problem.what) == ("key-missing", "“otherwise:” seems to be missing above this line.")


def test_a_path_that_several_lines_name_is_missed_once() -> None:
    [problem] = lint("\n".join(SOUND).replace("  call:\n", "  cll:\n"), "sound.yaml")
    assert (problem.line, problem.fix) == (31, "Did you mean “call”?")
    [problem] = lint("\n".join(SOUND).replace(": sales\n", ": nowhere\n", 2), "sound.yaml")
    assert (problem.line, problem.why) == (7, "Line 8 leads there too.")


def test_of_two_paths_with_one_name_one_is_called_otherwise() -> None:
    [problem] = lint("\n".join(SOUND).replace("  back:", "  call:"), "sound.yaml")
    assert problem.fix == "Give one of them another name, or delete it."

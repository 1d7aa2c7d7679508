"""A broken flow is answered with its line, its column, what is wrong and the fix; one mistake is one message.

The flows stand in `tests/unit/broken`. The head of each says what must be found, and nothing else may be:
`# ! <line>:<column> <severity> <code> | <words of the message>`.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kweek.flow.lint import lint_flow
from kweek.flow.load.flow import load_flow
from kweek.flow.problems import Problem, in_order
from tests.unit.broken_names import NAMES

CORPUS = sorted((Path(__file__).parent / "broken").glob("*.yaml"))
EXPECTED = re.compile(r"^# ! (\d+):(\d+) (error|warning) ([a-z-]*) \| ?(.*)$", re.MULTILINE)


def lint(text: str | bytes, name: str) -> tuple[Problem, ...]:
    loaded = load_flow(text, f"flows/{name}")
    if loaded.flow is None:
        return loaded.problems
    return in_order((*loaded.problems, *lint_flow(loaded.flow, NAMES, loaded.problems)))


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_every_way_to_break_a_flow_has_its_own_answer(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = lint(text, path.name)
    wanted = EXPECTED.findall(text)
    assert [f"{p.line}:{p.column} {p.severity}" for p in found] == [
        f"{line}:{column} {severity}" for line, column, severity, *_ in wanted
    ], "\n".join(map(str, found))
    for problem, (_, _, _, code, words) in zip(found, wanted, strict=True):
        assert not code or problem.code == code, str(problem)
        assert words in str(problem)
        assert problem.fix or problem.why


def test_the_corpus_is_there() -> None:
    assert len(CORPUS) > 90


SOUND = next(path for path in CORPUS if path.stem == "sound").read_text(encoding="utf-8")


@pytest.mark.parametrize("number", range(2, SOUND.count("\n") + 1))
def test_a_line_that_is_lost_never_breaks_the_linter(number: int) -> None:
    lines = SOUND.splitlines(keepends=True)
    del lines[number - 1]
    lint("".join(lines), "sound.yaml")


@pytest.mark.parametrize("number", range(2, SOUND.count("\n") + 1))
def test_a_line_that_is_shifted_never_breaks_the_linter(number: int) -> None:
    lines = SOUND.splitlines(keepends=True)
    lines[number - 1] = f"  {lines[number - 1]}"
    lint("".join(lines), "sound.yaml")


def test_a_long_flow_is_proven_without_falling_over() -> None:
    waits = "".join(f"  - wait: {n} days\n" for n in range(1, 3_000))
    text = f"flow: long\ntitle: Long\nstart: brochure.requested\nsteps:\n{waits}  - end: done\n"
    assert lint(text, "long.yaml") == ()


def test_a_deep_flow_is_proven_without_falling_over() -> None:
    text, pad = "flow: deep\ntitle: Deep\nstart: brochure.requested\nsteps:\n", "  "
    for _ in range(7):
        text += f"{pad}- wait: 1 day\n{pad}  otherwise:\n"
        pad += "    "
    text += f"{pad}- end: done\n"
    assert [problem.code for problem in lint(text, "deep.yaml")] in ([], ["nesting"])

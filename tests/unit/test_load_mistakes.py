"""Every mistake in a flow is answered at its place, with its remedy, all at once."""

from __future__ import annotations

import pytest

from kweek.flow.ids import name_steps
from kweek.flow.load.flow import load_flow
from kweek.flow.problems import Position, errors
from tests.unit.broken_texts import BROKEN, HEAD, Broken, load


def place_of(broken: Broken) -> tuple[str, Position]:
    before, _, _ = broken.text.partition("§")
    line = before.count("\n") + 1
    return broken.text.replace("§", ""), Position(line, len(before) - (before.rfind("\n") + 1) + 1)


@pytest.mark.parametrize("pure", [False, True], ids=["libyaml", "pure"])
@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.name)
def test_a_mistake_is_answered_at_its_place_with_its_remedy(broken: Broken, pure: bool) -> None:
    text, place = place_of(broken)
    found = load(text, pure=pure).problems
    told = "\n".join(map(str, found))
    mine = [p for p in found if (p.line, p.column, p.code) == (place.line, place.column, broken.code)]
    assert mine, f"wanted {place} {broken.code}\n{told}"
    assert broken.remedy in mine[0].fix, told
    assert "Input should" not in told
    assert all(p.what and (p.why or p.fix) for p in found)


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.name)
def test_one_mistake_is_one_error(broken: Broken) -> None:
    """A mistake draws no others after it (a flow that lacks its outer form is the exception)."""
    text, _ = place_of(broken)
    found = load(text).problems
    allowed = 2 if broken.name in ("rung that does nothing", "no verb") else 1
    assert 1 <= len(errors(found)) <= allowed, "\n".join(map(str, found))


def test_all_mistakes_are_told_at_once() -> None:
    text = (
        f'{HEAD.replace("title", "titel")}about: "Hot" leads\nlimit: many\nsteps:\n'
        "  - wait: 1 month\n  - sent: survey\n  - send: {{ x }}\n  - call: a: b\n    within: 1 day\n\t\n"
        "  - go: steps\n      at_most: 3\n"
    )
    assert {(p.line, p.code) for p in load(text).problems} >= {
        (2, "unknown-key"), (4, "quotes-needed"), (5, "limit"), (7, "duration"), (8, "no-verb"),
        (9, "quotes-needed"), (10, "second-colon"), (12, "tab"), (14, "indentation"), (14, "times"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "code", "line", "column"),
    [
        (b"flow: demo\ntitle: caf\xe9\n", "not-utf-8", 2, 11),
        (b"# " + b"x" * 300_000, "too-large", 1, 1),
        (b"", "empty", 1, 1),
        (("flow: " + "[" * 40).encode(), "too-deep", 1, 38),
    ],
)
def test_what_cannot_be_read_at_all_is_said_plainly(raw: bytes, code: str, line: int, column: int) -> None:
    loaded = load_flow(raw, "flows/demo.yaml")
    assert loaded.flow is None
    assert (code, line, column) in [(p.code, p.line, p.column) for p in loaded.problems]


def test_equal_ids_get_different_advice() -> None:
    text = "flow: x\ntitle: X\nstart: brochure.requested\nsteps:\n" + "  - send: a\n" * 3 + "  - end: done\n"
    flow = load_flow(text.encode(), "flows/x.yaml").flow
    assert flow
    advice = [problem.fix.rsplit(" ", 1)[-1] for problem in name_steps(flow)[1]]
    assert advice == ["send-a-2", "send-a-3"]

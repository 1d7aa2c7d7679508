"""A test that fails says what is wrong in words, and where the two stories part."""

from __future__ import annotations

import sys
from pathlib import Path
from textwrap import dedent

import pytest

from kweek.cli import main
from kweek.flow.cases.parting import draw
from tests.unit.test_cases_run import OPENED, tried

PARTED = f"""
    {OPENED.strip()}
    expect:
      day 7: send survey
      day 13: call brochure
      ends: day 20, discard
      never: withdraw
    """


def test_the_two_stories_side_by_side() -> None:
    assert tried(PARTED).message.splitlines() == [
        "call brochure came on day 14, not on day 13: 1 day late.",
        "It ended on day 21, done; expected was day 20, discard.",
        "withdraw call brochure came on day 21, and withdraw should never come.",
        "          expected         what happened",
        "  day 0                    09:00  · brochure.requested",
        "                           09:00  starts brochure-request",
        "  day 7   send survey    = 09:00  send survey",
        "                           11:00  · opened",
        "          ────────────── here the two part",
        "  day 13  call brochure  ✗",
        "  day 14                 ≈ 09:00  call brochure",
        "  day 20  ends discard   ✗",
        "  day 21  never withdraw ✗ 09:00  withdraw call brochure",
        "                         ≈ 09:00  ends done",
    ]


def test_on_a_narrow_terminal_they_stand_one_below_the_other() -> None:
    lines = [text for _, text in tried(PARTED).drawn(40)]
    assert lines[4:] == [
        "            11:00  · opened",
        "  ── here the two part",
        "  day 13  ✗ call brochure (expected)",
        "  day 14  ≈ 09:00  call brochure",
        "  day 20  ✗ ends discard (expected)",
        "  day 21  ✗ 09:00  withdraw call",
        "            brochure (never withdraw)",
        "          ≈ 09:00  ends done",
    ]


@pytest.mark.parametrize("width", [20, 30, 45, 60, 80, 100, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    result = tried(PARTED)
    assert max(len(text) for _, text in result.drawn(width)) <= max(width, 25)
    assert "".join(sign for sign, _ in result.drawn(200)) == "   = │✗≈✗✗≈"


def test_nothing_to_show_is_nothing() -> None:
    assert list(draw(())) == [(" ", "          expected   what happened")]
    assert tried(f"{OPENED}expect: {{ day 7: send survey }}").message == ""


@pytest.mark.parametrize(
    ("expect", "says"),
    [
        ("{ day 16: call brochure }", "call brochure came on day 14, not on day 16: 2 days early."),
        ("{ day 13: call }", "call brochure came on day 14, not on day 13: 1 day late."),
        ("{ day 30: handover }", "handover did not come on day 30: the lead had left on day 21, done."),
        ("{ day 10: handover sales }", "handover sales did not come on day 10."),
        ("{ day 7: [send survey, send survey] }", "send survey did not come once more on day 7."),
        ("{ never: call brochure }", "call brochure came on day 14, and call brochure should never come."),
        ("{ day 21: withdraw something }", "withdraw call brochure came on day 21, not withdraw something."),
        ("{ ends: won }", "It ended on day 21, done; expected was won."),
        ("{ ends: day 3 }", "It ended on day 21, done; expected was day 3."),
    ],
)
def test_what_is_wrong_in_words(expect: str, says: str) -> None:
    assert tried(f"{OPENED}expect: {expect}").says == (says,)


def test_who_has_not_ended_stands_somewhere() -> None:
    body = dedent("""
        events: { day 3: quote.requested }
        expect: { ends: won }
        """)
    (says,) = tried(body).says
    assert says.startswith("It has not ended: the last that happened was escalate rung 1, on day ")


def test_a_terminal_gets_colours_unless_it_wants_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "flows/tests").mkdir(parents=True)
    (tmp_path / "flows/f.yaml").write_text("flow: f\ntitle: F\nstart: manual\nsteps:\n  - end: done\n")
    (tmp_path / "flows/tests/f.yaml").write_text("flow: f\ntests:\n  - name: is won\n    expect: { ends: won }\n")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert main(["test", "--workspace", str(tmp_path)]) == 1
    assert "\x1b[31mIt ended on day 0, done; expected was won.\x1b[0m" in capsys.readouterr().out
    monkeypatch.setenv("NO_COLOR", "1")
    assert main(["test", "--workspace", str(tmp_path)]) == 1
    assert "\x1b" not in capsys.readouterr().out

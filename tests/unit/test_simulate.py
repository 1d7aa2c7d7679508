"""What a simulation counts is what its leads lived; the command answers at once, the same every time."""

from __future__ import annotations

import dataclasses
import json
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from kweek.cli import main
from kweek.flow.simulate.arrivals import Arrivals
from kweek.flow.simulate.mix import Mix, usual
from kweek.flow.simulate.result import Simulation, dump
from kweek.report.terminal import lines
from kweek.simulating import Crowding, simulate
from kweek.workspace import read_workspace
from kweek.worlds import world_of
from tests.unit.flow_of import plan_from

ROOT = Path(__file__).parents[2]
WORKSPACE = read_workspace(ROOT)
WORLD = world_of(WORKSPACE)
PLAN = WORLD.plans["brochure-request"]


def simulated(leads: int = 400, days: int = 60, mix: Mix | None = None, arrive: Arrivals | None = None) -> Simulation:
    crowding = Crowding(leads, days, 1, mix or usual(PLAN), arrive or Arrivals(20))
    return simulate(WORKSPACE, WORLD, PLAN, crowding)


@pytest.fixture(scope="module")
def usually() -> Simulation:
    return simulated()


def test_nobody_is_lost(usually: Simulation) -> None:
    assert sum(usually.arrived) == 400
    ended = [sum(days) for days in zip(*usually.endings.values(), strict=True)]
    for day in range(60):
        there = sum(usually.arrived[: day + 1]) - sum(ended[: day + 1])
        assert usually.under_way[day] == there
        assert sum(counts.standing[day] for counts in usually.steps.values() if counts.standing) == there


def test_whoever_comes_to_a_step_took_a_row_that_leads_there(usually: Simulation) -> None:
    rows = Counter({row: sum(days) for row, days in usually.rows.items()})
    called = rows["steps/send-survey otherwise:1"] + rows["steps/send-survey when:2"] + rows["triage/choose-1 choose:2"]
    assert sum(usually.steps["call/call-brochure"].entered) == called
    assert sum(usually.steps["triage/choose-1"].entered) == rows["steps/send-survey when:3"]
    to_sales = sum(rows[row] for row in rows if row in ("whenever:1", "whenever:2"))
    to_sales += sum(rows[f"call/call-brochure when:{n}"] for n in (1, 2, 3)) + rows["triage/choose-1 choose:1"]
    assert sum(usually.steps["sales/handover-sales"].entered) == to_sales
    assert rows["triage/choose-1 choose:1"] > 0  # some are sales ready


@pytest.mark.parametrize(("kind", "name", "most"), [("call", "default", 60), ("handover", "sales", 15)])
def test_desks_and_what_is_left_over(usually: Simulation, kind: str, name: str, most: int) -> None:
    desk = next(desk for desk in usually.desks if (desk.kind, desk.name) == (kind, name))
    assert desk.capacity is not None
    assert desk.backlog is not None
    assert set(desk.capacity) == {0, most}
    assert desk.capacity[5:7] == (0, 0)  # a weekend
    left = 0
    for came, can, over in zip(desk.opened, desk.capacity, desk.backlog, strict=True):
        left = max(0, left + came - can)
        assert over == left
    assert any(desk.backlog)  # appointments are asked for at weekends too


def test_every_handover_is_on_the_desk_of_its_team(usually: Simulation) -> None:
    sales = next(desk for desk in usually.desks if (desk.kind, desk.name) == ("handover", "sales"))
    assert sum(sales.opened) >= sum(usually.steps["sales/handover-sales"].entered)


def test_a_team_that_says_no_capacity_has_none(usually: Simulation) -> None:
    teams = WORKSPACE.rules.teams
    vague = replace(teams, teams={name: replace(team, capacity=None) for name, team in teams.teams.items()})
    workspace = dataclasses.replace(WORKSPACE, rules=replace(WORKSPACE.rules, teams=vague))
    one = simulate(workspace, WORLD, PLAN, Crowding(100, 30, 1, usual(PLAN), Arrivals(5)))
    assert [desk.capacity is None for desk in one.desks] == [desk.kind == "handover" for desk in one.desks]


def test_never_is_what_nobody_came_to(usually: Simulation) -> None:
    assert not set(usually.never_rows) & set(usually.rows)
    nothing = simulated(mix=Mix((("opened", 0),)))
    assert nothing.never_steps == ("triage/choose-1", "call/call-brochure", "sales/handover-sales", "back/choose-1")
    assert sum(nothing.endings["discard"]) == 400


def test_no_mail_leaves_while_the_calendar_is_closed(usually: Simulation) -> None:
    assert usually.days[0].open == ((480, 1080),)
    assert usually.days[5].open == ()
    for name, mail in usually.mails.items():
        if name not in WORLD.service:
            assert all(not number or day.open for number, day in zip(mail, usually.days, strict=True))


def test_the_lead_with_the_most_mails_and_the_commonest_ways(usually: Simulation) -> None:
    assert usually.most_in_a_week.mails <= 3  # the workspace's limit
    assert usually.most.mails >= usually.most_in_a_week.mails > 0
    leads = [way.leads for way in usually.stories]
    assert leads == sorted(leads, reverse=True)
    assert sum(leads) <= 400
    first = usually.stories[0]
    assert [line.kind for line in first.told][:2] == ["·", "starts"]
    assert first.arrived == next(day for day in range(20) if usually.arrived[day] and day == first.arrived)


def test_all_at_once() -> None:
    one = simulated(50, 30, arrive=Arrivals(0))
    assert one.arrived == (50, *[0] * 29)


# --- the command ----------------------------------------------------------------------------------------


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    code = main(["simulate", *words, "--workspace", str(ROOT)])
    out, err = capsys.readouterr()
    assert code == 0, err
    return out


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["simulate", *words, "--workspace", str(ROOT)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("kweek simulate: ")
    assert err.count("\n") == 1
    return err


def test_the_same_seed_the_same_bytes(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("brochure-request", "--leads", "60", "--json")
    first, second = said(capsys, *words), said(capsys, *words)
    other = said(capsys, *words, "--seed", "2")
    assert first == second != other
    answer: dict[str, Any] = json.loads(first)
    assert dump(answer) + "\n" == first
    assert (answer["leads"], answer["against"]) == (60, None)


def test_a_person_reads_what_matters(capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, "brochure-request", "--leads", "60", "--days", "40")
    assert "60 leads over 40 days from 2026-03-02, seed 1" in text
    assert "opened 35%" in text
    assert "(what is usual)" in text
    assert "different ways; the commonest:" in text
    assert re.search(r"calls \(default\) +\d+\n +on the busiest day +\d+  2026-\S+; 60 a day can be done", text)
    assert re.search(
        r"handovers \(sales\) +\d+\n(.+\n)* +on the busiest day +\d+  2026-\S+; 15 a day can be done", text
    )
    assert "    Send survey, after 7 days: undelivered\n" in text
    assert re.search(r"    day 0   \w+ \S+  Brochure requested\n    day 0   \w+ \S+  Comes into the flow\n", text)


def test_no_name_for_programs_is_shown_to_a_person(capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, "fair-leads", "--leads", "30", "--mix", "opened 0%")
    assert "  Nobody came here:\n" in text
    assert not re.findall(r"\S+/\S+-\S+|(?:when|otherwise|choose|whenever):\d+|book-a-visit-\d", text)
    assert "    Call with fair\n" in text
    assert "Call with fair:" not in text  # who never came to a step took none of its rows
    assert "Choose (judge)" in text  # there is another one


def test_beside_another_version(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    old = (ROOT / "flows/brochure-request.yaml").read_text().replace("wait: 7 days", "wait: 21 days")
    (tmp_path / "old.yaml").write_text(old)
    words = ("brochure-request", "--leads", "40", "--against", str(tmp_path / "old.yaml"))
    answer = json.loads(said(capsys, *words, "--json"))
    assert answer["arrived"] == answer["against"]["arrived"]
    assert sum(answer["mails"]["survey"]) == sum(answer["against"]["mails"]["survey"])
    assert answer["mails"] != answer["against"]["mails"]
    numbers = said(capsys, *words).split("\n\n")[1].splitlines()
    assert {line.split()[0] for line in numbers} >= {"won", "under", "mails", "calls", "handovers"}
    assert all("(before: " in line for line in numbers)


def test_a_desk_that_only_one_of_two_versions_has(usually: Simulation) -> None:
    silent = replace(usually, desks=tuple(desk for desk in usually.desks if desk.kind != "call"))
    calls = next(desk for desk in usually.desks if desk.kind == "call")

    def of_calls(one: Simulation, before: Simulation) -> list[str]:
        told = [" ".join(line.split()) for line in numbers(one, before)]
        begin = next((n for n, line in enumerate(told) if line.startswith("calls")), len(told))
        end = next((n for n, line in enumerate(told) if line.startswith("handovers")), len(told))
        return told[begin:end]

    assert of_calls(silent, usually) == [f"calls (default) 0 (before: {sum(calls.opened)})"]
    opened, busiest, *_ = of_calls(usually, silent)
    assert opened == f"calls (default) {sum(calls.opened)} (before: 0)"
    assert busiest.startswith(f"on the busiest day {max(calls.opened)} (before: 0) 2026-")
    assert of_calls(silent, silent) == []


def numbers(one: Simulation, before: Simulation) -> list[str]:
    told = "\n".join(lines(one, WORKSPACE.flows["brochure-request"], before, usual_mix=True))
    return told.split("\n\n")[1].splitlines()


def test_every_number_has_its_line_and_what_is_nothing_in_both_versions_has_none(usually: Simulation) -> None:
    desk = next(desk for desk in usually.desks if desk.kind == "call")
    others = replace(desk, of_others=desk.opened, backlog=(0,) * len(desk.opened))
    one = replace(usually, desks=(others,))
    told = numbers(one, one)
    of_calls = [" ".join(line.split()) for line in told]
    of_calls = of_calls[of_calls.index(f"calls (default) {sum(desk.opened)} (before: {sum(desk.opened)})") :]
    assert not any("left over" in line or "of this flow" in line for line in of_calls)
    assert of_calls[1] == f"of other flows {sum(desk.opened)} (before: {sum(desk.opened)})"
    assert all(line.count("(before: ") == 1 for line in told)
    assert len({line.index(" (before: ") for line in told}) == 1, "the numbers stand below each other"


REFUSED = {
    "an unknown flow": (["brochure-reqest"], "Did you mean “brochure-request”?"),
    "too much of a mix": (["brochure-request", "--mix", "opened 90%, answered 20%"], "makes 110% together"),
    "an unknown word": (["brochure-request", "--mix", "opned 45%"], "Did you mean “opened”?"),
    "no leads": (["brochure-request", "--leads", "0"], "--leads: write a number from 1 to 1,000,000"),
    "many days": (["brochure-request", "--days", "100000"], "--days: write a number from 1 to"),
    "no number": (["brochure-request", "--days", "many"], "“many” is no whole number"),
    "no seed": (["brochure-request", "--seed", "-1"], "--seed: write a number from 0"),
    "a version that never was": (["brochure-request", "--against", "7"], "there never was a version 7"),
    "a file that is not there": (["brochure-request", "--against", "old.yaml"], "“old.yaml” is neither"),
    "arrivals": (["brochure-request", "--arrive", "soon"], "20 days in working hours"),
    "arrivals that take too long": (["brochure-request", "--arrive", "90 days"], "only 60 are watched"),
    "no folder": (["brochure-request", "--report", "no/where/x.html"], "there is no folder no/where"),
    "no page": (["brochure-request", "--report", "x.pdf"], "write it as .html"),
    "no date": (["brochure-request", "--begin", "monday"], "write year-month-day"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_makes_no_sense_gets_a_sentence(
    case: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KWEEK_DATA", str(tmp_path))
    words, sentence = REFUSED[case]
    assert sentence in refused(capsys, *words)
    assert list(tmp_path.iterdir()) == []  # looking makes no books


def test_a_version_of_the_books(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kweek.leads.database import open_database
    from kweek.leads.migrate import migrate
    from kweek.leads.publish import publish
    from kweek.versions import source_of

    monkeypatch.setenv("KWEEK_DATA", str(tmp_path))
    database = open_database(f"sqlite:///{tmp_path / 'kweek.db'}", make=True)
    migrate(database.engine)
    source = source_of(WORKSPACE, "brochure-request")
    publish(database, source, "brochure-request", "anna", datetime(2026, 3, 2, tzinfo=UTC))
    database.close()
    answer = json.loads(said(capsys, "brochure-request", "--leads", "20", "--against", "1", "--json"))
    before = answer.pop("against")
    assert before == answer
    assert "There are: 1." in refused(capsys, "brochure-request", "--against", "2")


def test_both_halves_of_a_test_and_every_end_are_counted() -> None:
    plan = plan_from("""\
        flow: brochure-request
        title: Halves
        start: brochure.requested
        steps:
          - send: { survey: 50%, nothing: 50% }
            id: half
          - choose:
              - share: 30%
                go: other
              - else: next
          - end: lost
        paths:
          other:
            - end: done
        """)
    one = simulate(WORKSPACE, WORLD, plan, Crowding(200, 10, 1, usual(plan), Arrivals(1)))
    halves = [sum(one.rows[f"half share:{n}"]) for n in (1, 2)]
    assert sum(halves) == sum(one.steps["half"].entered) == 200
    assert halves[0] == sum(one.mails["survey"]) > 50
    ends = {step: sum(one.steps[step].entered) for step in ("half/end-1", "other/end-1")}
    assert ends == {"half/end-1": sum(one.endings["lost"]), "other/end-1": sum(one.endings["done"])}
    assert min(ends.values()) > 20

"""Other flows walk along with a lead: their work is counted with it, and never passes for that of this flow."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from kweek.flow.simulate.arrivals import Arrivals
from kweek.flow.simulate.mix import Mix, usual
from kweek.flow.simulate.result import Due, Line, Simulation
from kweek.report import told
from kweek.report.page import page
from kweek.report.shown import Shown
from kweek.report.terminal import lines
from kweek.simulating import Crowding, simulate
from kweek.words import LANGUAGES, Tongue
from kweek.workspace import read_workspace
from kweek.worlds import world_of
from tests.unit.flow_of import plan_from

WORKSPACE = read_workspace(Path(__file__).parents[2])
WORLD = world_of(WORKSPACE)
VISIT = plan_from("""\
    flow: fair-visit
    title: A visit
    start: fair.visited
    steps:
      - wait: 2 days
      - send: fair-thanks
        within: 1 week
        when:
          bounced: discard
        otherwise:
          else: done
    """)


@pytest.fixture(scope="module")
def visits() -> Simulation:
    return simulate(WORKSPACE, WORLD, VISIT, Crowding(200, 50, 1, usual(VISIT), Arrivals(14)))


def own(line: Line) -> bool:
    return line.flow is None


def test_what_other_flows_do_is_counted_apart(visits: Simulation) -> None:
    assert visits.others["fair-leads"] == "Leads from a fair"
    thanks, of_others = sum(visits.mails["fair-thanks"]), sum(visits.other_mails["fair-thanks"])
    assert 0 < thanks - of_others <= 200
    assert of_others > 100
    assert all(desk.of_others == desk.opened for desk in visits.desks), "this flow has no desk"
    assert visits.most.mails > visits.most_own.mails == 1


def test_a_flow_alone_has_no_others() -> None:
    plan = WORLD.plans["long-term"]
    alone = simulate(WORKSPACE, WORLD, plan, Crowding(20, 10, 1, usual(plan), Arrivals(1)))
    assert alone.others == alone.other_mails == {}
    assert alone.most_own == alone.most
    assert not any("other flows" in line for line in lines(alone, WORKSPACE.flows["long-term"], usual_mix=True))


def test_stories_bear_the_titles_of_others_and_say_which_of_them_ended_this_one(visits: Simulation) -> None:
    every = [line for way in visits.stories for line in way.told]
    assert {line.flow for line in every} >= {None, "fair-leads"}
    assert sum(line.kind == "send" for line in visits.stories[0].told if own(line)) == 1
    ended = [line for line in every if line.by]
    assert {(line.by, line.kind, own(line)) for line in ended} == {("fair-leads", "ends", True)}
    for way in visits.stories:  # whoever ended it, ended before
        ends = [line for line in way.told if line.kind == "ends"]
        assert all(any(not own(other) for other in ends[:n]) for n, line in enumerate(ends) if line.by)
    bounced = [way for way in visits.stories if any(line.what == "bounced" and own(line) for line in way.told)]
    assert all(line.by is None for way in bounced for line in way.told if line.kind == "ends" and own(line))


def test_a_mail_that_waited_says_since_when_and_for_what(visits: Simulation) -> None:
    sent = [line for way in visits.stories for line in way.told if line.kind == "send" and own(line)]
    assert any(line.waited == ("hours",) for line in sent)
    for line in sent:
        assert (line.due is None) == (line.waited == ())
        assert line.due is None or (line.due.day, line.due.clock) < (line.day, line.clock)
        assert line.waited or line.day == 2


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("why", ["paused", "handover", "answer", "hours", "limit", "pace"])
def test_every_reason_to_wait_has_its_words(why: str, language: str) -> None:
    line = Line(4, "08:00", "send", "survey", None, "2026-03-16", None, None, (why,), Due(2, "10:14", "2026-03-14"))
    said = told.whole(line, {}, Tongue(language))
    assert ("Sat 10:14" if language == "en" else "za 10:14") in said


def test_it_is_said_in_the_terminal_and_in_the_report(visits: Simulation) -> None:
    flow = WORKSPACE.flows["fair-leads"]
    text = "\n".join(lines(visits, flow, usual_mix=True))
    assert "its leads walk in other flows too: Leads from a fair" in text
    told = [line.split("  ")[1:3] for line in text.splitlines()]
    told = [" ".join(part).strip() for part in told]
    mails, calls = told.index("mails"), next(n for n, line in enumerate(told) if line.startswith("calls"))
    assert told[mails + 1 : mails + 3] == ["of this flow", "of other flows"]
    assert told[calls + 1] == "of other flows"  # none of them is of this one
    assert "because “Leads from a fair” ended so" in text
    html = page(Shown(visits, flow, "draft"), None, "en")
    assert 'class="bar other"' in html
    assert "mails of other flows" in html
    assert "fair-thanks (of other flows)" in html
    assert "Of this flow alone: 1" in html


SALES = """\
    flow: {name}
    title: {name}
    start: brochure.requested
    steps:
      {wait}
      - handover: sales
        escalate:
          - after: 200 days
            every: 200 days
            tell: manager
        when:
          else: done
    """


@pytest.mark.parametrize(("closes", "given"), [(0, 30), (100, 60)])
def test_a_lead_that_sales_has_already_is_no_second_handover_on_its_desk(closes: int, given: int) -> None:
    """Two flows hand the same 30 leads over: the second joins the one that is open, and is one of its own after it."""
    first = plan_from(SALES.format(name="first", wait=""), "first")
    second = plan_from(SALES.format(name="second", wait="- wait: 60 days"), "second")
    world = replace(WORLD, plans={"first": first, "second": second})
    mix = Mix((("won", 0), ("lost", closes)))
    crowd = simulate(WORKSPACE, world, first, Crowding(30, 100, 1, mix, Arrivals(1)))
    [desk] = [desk for desk in crowd.desks if desk.kind == "handover"]
    assert (desk.name, sum(desk.opened), sum(desk.of_others)) == ("sales", given, given - 30)
    assert sum(crowd.steps["steps/handover-sales"].entered) == 30

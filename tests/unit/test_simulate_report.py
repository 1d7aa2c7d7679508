"""The report of a simulation is one file that needs nothing else, and says the same as the numbers."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from kweek.draw.tell import tell
from kweek.draw.told import within
from kweek.draw.widths import width as text_width
from kweek.flow.load.flow import load_flow
from kweek.flow.simulate.arrivals import Arrivals
from kweek.flow.simulate.mix import usual
from kweek.flow.simulate.result import Day, Line
from kweek.flow.simulate.story import TOLD
from kweek.report.charts import Chart, draw
from kweek.report.missed import Missed, missed
from kweek.report.page import page
from kweek.report.shown import Shown
from kweek.report.told import words
from kweek.simulating import Crowding, simulate
from kweek.words import LANGUAGES, Tongue
from kweek.workspace import read_workspace
from kweek.worlds import world_of

WORKSPACE = read_workspace(Path(__file__).parents[2])
WORLD = world_of(WORKSPACE)
PLAN = WORLD.plans["brochure-request"]


@pytest.fixture(scope="module")
def shown() -> Shown:
    simulation = simulate(WORKSPACE, WORLD, PLAN, Crowding(80, 40, 1, usual(PLAN), Arrivals(5)))
    return Shown(simulation, WORKSPACE.flows["brochure-request"], "draft")


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_needs_nothing_else(shown: Shown, language: str) -> None:
    html = page(shown, None, language)
    assert html == page(shown, None, language)
    assert f'<html lang="{language}">' in html
    assert not re.findall(r'(?:src|href)="(?!#)', html)
    assert "@import" not in html
    assert "url(" not in html


def chart(html: str, label: str) -> str:
    return html.partition(f'aria-label="{label}"')[2].partition("</svg>")[0]


def test_its_numbers_are_those_of_the_simulation(shown: Shown) -> None:
    html, one = page(shown, None, "en"), shown.simulation
    found = re.search(r'<script type="application/json" id="data">(.+?)</script>', html)
    assert found
    data = json.loads(found[1])
    (counts,) = data["counts"]
    assert counts["steps/send-survey"] == list(one.steps["steps/send-survey"].standing or ())
    assert counts["steps/send-survey otherwise:4"][-1] == sum(one.rows["steps/send-survey otherwise:4"])
    assert counts["triage/choose-1"][-1] == sum(one.steps["triage/choose-1"].entered)
    assert f'<td class="n">{sum(one.endings["discard"])}</td>' in html
    assert "<li>Send survey, after 7 days: undelivered</li>" in html
    assert 'class="limit"' in chart(html, "Calls: default")
    assert 'class="limit"' in chart(html, "Handovers: sales")
    places = set(re.findall(r'data-count="([^"]+)"', html))
    assert set(counts) <= places


def test_leads_are_counted_by_their_ends_and_what_there_was_to_do_beside_that(shown: Shown) -> None:
    html = page(shown, None, "en")
    ends, to_do = (html.partition(f'<h2 id="{id}">')[2].partition("</table>")[0] for id in ("ends", "to-do"))
    assert re.findall(r'<th scope="col"[^>]*>([^<]+)', ends) == ["End", "Leads", "Share"]
    assert re.findall(r'<th scope="col"[^>]*>([^<]+)', to_do) == ["What", "Number"]
    assert re.findall(r'<th scope="row">([^<]+)', ends)[-1] == "under way"
    assert re.findall(r'<th scope="row">([^<]+)', to_do)[:1] == ["mails in all"]
    assert "handovers" in to_do


def test_what_is_called_the_same_and_nobody_came_to_is_told_apart_by_its_step(shown: Shown) -> None:
    text = "flow: thrice\ntitle: Thrice\nstart: brochure.requested\nsteps:\n"
    text += "  - send: survey\n" * 2 + "  - call: brochure\n    within: 1 day\n"
    flow = load_flow(text, "flows/thrice.yaml").flow
    assert flow
    told = tell(flow, Tongue("en"))
    first, second, call = (step for step, _ in within(told.columns[0].steps))
    rows = tuple(line.key for step in (first, second) for group in step.groups for line in group.lines)
    found = missed(replace(shown.simulation, never_steps=(call.id,), never_rows=rows), told)
    words = [one.words for one in found]
    assert len(found) == len(rows) + 1
    assert found[-1] == Missed("Call with brochure")
    assert words[: len(rows) // 2] == words[len(rows) // 2 : -1]
    assert [one.step for one in found[:-1]] == [first.id] * (len(rows) // 2) + [second.id] * (len(rows) // 2)


def test_beside_what_it_was(shown: Shown) -> None:
    html = page(shown, Shown(shown.simulation, shown.flow, "<b>version 3</b>"), "nl")
    assert html.count("data-picture=") == 2
    assert "Eerst (&lt;b&gt;version 3&lt;/b&gt;)" in html
    assert "<b>version 3" not in html
    assert "±0" in html


def test_a_chart_shades_what_is_closed_and_tells_its_numbers() -> None:
    days = (Day("2026-03-02", ((480, 1080),)), Day("2026-03-03", ()))
    svg = draw(
        Chart(
            "Mails <a day>", days, ("Mon 2 Mar", "Tue 3 Mar"), ("2 Mar", "3 Mar"), (7, 0), (5, 0), (0, 2), shaded=True
        )
    )
    assert svg.count('class="closed"') == 3  # before eight, after six, the whole of Tuesday
    assert "<title>Mon 2 Mar: 7</title>" in svg
    assert svg.count('class="limit"') == 1
    assert svg.count('class="over"') == 1
    assert 'aria-label="Mails &lt;a day&gt;"' in svg


@pytest.mark.parametrize("days", [1, 7, 8, 29, 30, 35])
def test_the_last_date_below_a_chart_is_whole(days: int) -> None:
    dates = [date(2026, 3, 2) + timedelta(days=n) for n in range(days)]
    words = [f"{day.day} Mar" for day in dates]
    every = tuple(Day(day.isoformat(), ()) for day in dates)
    svg = draw(Chart("Mails", every, words, words, (1,) * days))
    width = re.search(r'viewBox="0 0 (\d+) ', svg)
    (*_, (x, last)) = re.findall(r'<text class="scale" x="(\d+)" y="\d+">([^<]+)</text>', svg)
    assert width
    assert last == words[(days - 1) // 7 * 7]
    assert float(x) + text_width(last, 11) < int(width[1])


def test_a_chart_tells_flows_and_versions_apart() -> None:
    days = (Day("2026-03-02", ((0, 1440),)), Day("2026-03-03", ((0, 1440),)))
    svg = draw(
        Chart(
            "Mails", days, ("Mon 2 Mar", "Tue 3 Mar"), ("2 Mar", "3 Mar"), (7, 0), others=(3, 0), before=(0, 5),
            of_others="of other flows", was="Before",
        )
    )  # fmt: skip
    assert re.findall(r'class="(bar|bar other|before)"', svg) == ["bar", "bar other", "before"]
    assert svg.count("<title>Mon 2 Mar: 7 (of other flows: 3; Before: 0)</title>") == 2
    assert "<title>Tue 3 Mar: 0 (Before: 5)</title>" in svg


def test_of_another_version_everything_is_shown_and_what_differs_is_marked(shown: Shown) -> None:
    less = replace(shown.simulation, desks=())
    text = (WORKSPACE.folder / "flows/brochure-request.yaml").read_bytes()
    old = load_flow(text.replace(b"wait: 7 days", b"wait: 21 days"), "flows/brochure-request.yaml").flow
    assert old
    html = page(shown, Shown(less, old, "version 3"), "en")
    assert 'class="before"' in chart(html, "Mails a day")
    assert "Before (version 3)" in html[html.index("Calls: default") :]
    assert re.search(r'class="[^"]*changed', html.partition('data-picture="0"')[2].partition('data-picture="1"')[0])
    assert re.search(r"Before \(version 3\): \d in all", html)
    gone = page(Shown(less, shown.flow, "draft"), shown, "en")
    assert 'class="before"' in chart(gone, "Handovers: sales")
    assert 'class="bar"' not in chart(gone, "Handovers: sales")


def test_one_is_said_as_one(shown: Shown) -> None:
    one = replace(shown.simulation, leads=1, ways=1, arrive="1 day")
    html = page(Shown(one, shown.flow, "draft"), None, "en")
    assert "1 make-believe lead, followed for 40 days" in html
    assert "over 1 day." in html
    assert "There is one way." in html


@pytest.mark.parametrize("kind", [*TOLD, "starts", "ends"])
def test_every_line_of_a_story_has_its_words_in_both_languages(kind: str) -> None:
    line = Line(3, "09:00", kind, "call survey" if kind == "withdraw" else "survey", None)
    en, nl = words(line, Tongue("en")), words(line, Tongue("nl"))
    assert en != nl
    assert not {"{what}", kind} & {*en.split(), *nl.split()}


def test_what_a_lead_does_is_said_as_the_board_says_it() -> None:
    said = {
        "opened": "Mail geopend", "clicked book-a-demo": "In de mail geklikt: book-a-demo",
        "not interested": "Heeft geen interesse", "rejected no budget": "Terug naar marketing: no budget",
        "quote.requested": "Quote requested",
    }  # fmt: skip
    assert {what: words(Line(0, "", "·", what, None), Tongue("nl")) for what in said} == said


def test_nothing_of_a_dutch_story_is_english(shown: Shown) -> None:
    html = page(shown, Shown(shown.simulation, shown.flow, "version 3"), "nl")
    stories = html[html.index('<details class="story"') :]
    assert "Komt in de flow" in stories
    assert not re.search(r"</span> (<em>)?(starts|ends|send|opened|call|handover|bounced)\b", stories)
    assert "Eerst (versie 3)" in html


def test_the_workspaces_own_events_are_called_by_their_title(shown: Shown) -> None:
    own = (("event.brochure.requested", "brochure aangevraagd"),)
    assert "brochure aangevraagd" in page(shown, None, "nl", own)

"""The picture of a flow says what the flow says, in both languages, for every eye; and has a place for every number."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args
from xml.etree import ElementTree

import pytest

from kweek.draw import Picture, describe, lay_out, style_sheet, svg
from kweek.draw.icons import BANDS, ICONS
from kweek.draw.mermaid import mermaid
from kweek.draw.style import DARK, LIGHT
from kweek.draw.svg import number
from kweek.flow.model import AnyStep
from kweek.words import Tongue
from tests.unit.drawn_flows import flow_of
from tests.unit.every_word import EVERY_WORD

FLOWS = sorted((Path(__file__).parents[2] / "flows").glob("*.yaml"))
EN, NL = Tongue("en"), Tongue("nl")
BROCHURE = flow_of((FLOWS[0].parent / "brochure-request.yaml").read_bytes(), "brochure-request")
VERBS = [verb.verb for verb in get_args(AnyStep)]


def drawn(picture: Picture, key: str) -> ElementTree.Element:
    """The text element that holds the number of this key."""
    root = ElementTree.fromstring(svg(picture, {key: 7}))
    (found,) = (one for one in root.findall(".//{*}text") if one.get("data-count") == key)
    return found


@pytest.mark.parametrize("file", FLOWS, ids=[file.stem for file in FLOWS])
def test_every_step_and_every_row_of_the_flows_that_ship_has_a_place_for_its_number(file: Path) -> None:
    picture = lay_out(flow_of(file.read_bytes(), file.stem), EN)
    for key in (*(card.id for card in picture.cards()), *(row.key for row in picture.rows())):
        assert drawn(picture, key).text == "7"


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_an_icon_and_a_card_in_both_languages(verb: str) -> None:
    assert verb in ICONS
    for say in (EN, NL):
        card = next(card for card in lay_out(flow_of(EVERY_WORD), say).cards() if card.verb == verb)
        assert card.title.lines[0]


def test_no_icon_is_left_without_a_verb() -> None:
    assert sorted(ICONS) == sorted(VERBS)
    assert sorted(BANDS) == sorted(band.kind for band in lay_out(flow_of(EVERY_WORD), EN).bands)


def test_a_row_that_ends_bears_a_chip_and_a_row_that_leads_on_sends_an_edge_from_its_own_height() -> None:
    picture = lay_out(BROCHURE, EN)
    rows = {row.key: row for row in picture.rows()}
    edges = {edge.key: edge for edge in picture.edges}
    ends, leads = rows["steps/send-survey when:1"], rows["steps/send-survey when:3"]
    assert ends.chip is not None
    assert (ends.chip.kind, ends.chip.name, ends.key in edges) == ("end", "discard", False)
    head = next(column.head for column in picture.columns if column.name == "triage")
    begin, *_, end = edges[leads.key].points
    assert begin == (leads.box.right, leads.port)
    assert head.x <= end[0] <= head.right
    assert head.y <= end[1] <= head.bottom
    door = rows["sales/handover-sales when:2"]
    assert door.chip is not None
    assert (door.chip.kind, door.chip.name, door.key in edges) == ("flow", "long-term", False)


def test_what_leads_to_a_path_from_anywhere_sends_an_edge_from_its_own_height_as_well() -> None:
    picture = lay_out(flow_of(EVERY_WORD), EN)
    sales = next(column.head for column in picture.columns if column.name == "sales")
    edges = {edge.key: edge for edge in picture.edges}
    rows = {row.key: row for band in picture.bands for row in band.rows}
    for key, row in rows.items():
        leads = row.chip is not None and row.chip.kind == "path"
        assert (key in edges) == leads
        if leads:
            assert edges[key].points[0] == (row.box.right, row.port)
            assert edges[key].points[-1] == (sales.x + sales.width // 2, sales.y)
    assert {key for key in rows if key in edges} == {"whenever:2", "goal"}
    drawn = svg(picture, lit=("goal",))
    assert drawn.index('class="box"') < drawn.index('class="edge lit"'), "the edge lies over its band"


def test_steps_written_in_place_in_a_band_lead_on_from_it() -> None:
    text = (
        "flow: drawn\nwhenever:\n  quote.requested:\n    - tag: hot\n    - go: warm\n  replied: warm\n"
        "steps:\n  - wait: 7 days\npaths:\n  warm:\n    - end: won\n"
    )
    edges = [edge for edge in lay_out(flow_of(text), EN).edges if edge.key.startswith("whenever")]
    assert [edge.key for edge in edges] == ["whenever/go-1", "whenever:2"]


def test_columns_are_the_paths_in_the_order_written_the_way_in_first() -> None:
    assert [column.name for column in lay_out(BROCHURE, EN).columns] == ["steps", "triage", "call", "sales", "back"]


def test_what_leads_back_is_drawn_back_along_the_side_with_its_limit() -> None:
    picture = lay_out(flow_of(EVERY_WORD), EN)
    edge = next(edge for edge in picture.edges if edge.key == "call/go-1")
    card = next(card for card in picture.cards() if card.id == "call/go-1")
    assert edge.back
    assert edge.points[0][0] == card.box.x
    assert [note.lines for note in card.notes] == [("at most 3 times",)]
    assert [row.key for row in card.rows] == ["call/go-1 then"]


def test_whenever_and_goal_stand_above_with_the_defaults_that_are_not_written() -> None:
    whenever, goal = lay_out(flow_of(EVERY_WORD), EN).bands
    assert [(row.key, row.words.lines[0]) for row in whenever.rows] == [
        ("whenever:1", "unsubscribed"), ("whenever:2", "clicked book-a-demo"), ("whenever:3", "pricing viewed"),
        ("whenever:4", "complained"),
    ]  # fmt: skip
    assert [card.id for card in whenever.rows[2].cards] == ["whenever/score-1"]
    assert [row.key for row in goal.rows] == ["goal"]


def test_shares_of_a_test_are_rows() -> None:
    card = next(card for card in lay_out(flow_of(EVERY_WORD), NL).cards() if card.id == "length")
    assert [row.words.lines[0] for row in card.rows] == ["40% long", "40% short", "20% niets"]


def test_numbers_move_nothing() -> None:
    picture = lay_out(BROCHURE, EN)
    keys = [card.id for card in picture.cards()] + [row.key for row in picture.rows()]
    full = svg(picture, dict.fromkeys(keys, 999_999))
    assert full.replace("999\u2009999", "") == svg(picture)


@pytest.mark.parametrize(
    ("count", "words"), [(0, ""), (7, "7"), (999, "999"), (1_000, "1\u2009000"), (123_456, "123\u2009456")]
)
def test_a_number_as_it_stands_in_the_picture(count: int, words: str) -> None:
    assert number(count) == words


def test_the_way_of_a_lead_stands_out() -> None:
    lit = ("steps/send-survey", "steps/send-survey when:3", "triage/choose-1")
    root = ElementTree.fromstring(svg(lay_out(BROCHURE, EN), lit=lit, here=("triage/choose-1",)))
    classes = {key: (one.get("class") or "").split() for one in root.iter() if (key := _key(one))}
    assert "lit" in classes["data-step steps/send-survey"]
    assert "dim" in classes["data-row steps/send-survey when:1"]
    assert "lit" in classes["data-row steps/send-survey when:3"]
    assert "lit" in classes["data-edge steps/send-survey when:3"]
    assert "dim" in classes["data-step back/choose-1"]
    assert "here" in classes["data-step triage/choose-1"]


def test_the_line_to_the_card_below_is_lit_only_for_who_went_that_way() -> None:
    picture = lay_out(
        flow_of("flow: drawn\nsteps:\n  - choose:\n      - {if: a, go: steps}\n      - else: next\n  - wait: 7 days\n"),
        EN,
    )
    cards = ("steps/choose-1", "steps/wait-1")
    left, went = (svg(picture, lit=(*cards, f"steps/choose-1 choose:{n}"), theme="page") for n in (1, 2))
    assert (left.count("fall lit"), went.count("fall lit")) == (1, 2)


def _key(element: ElementTree.Element) -> str | None:
    return next(
        (f"{name} {element.get(name)}" for name in ("data-step", "data-row", "data-edge") if element.get(name)), None
    )


def test_a_link_holds_the_words_and_the_number_and_only_where_there_is_something_behind_it() -> None:
    picture = lay_out(BROCHURE, EN)
    root = ElementTree.fromstring(svg(picture, {"goal": 1}, links=lambda key: f"/x?{key}" if "wait" in key else None))
    (link,) = root.findall(".//{*}a")
    assert link.get("href") == "/x?steps/wait-1"
    assert "".join(link.itertext()).split() == ["Wait", "7", "days"]
    assert (root.get("role"), ElementTree.fromstring(svg(picture)).get("role")) == ("group", "img")


def test_the_last_good_picture_of_a_broken_draft_is_greyed() -> None:
    assert 'class="kweek-picture stale"' in svg(lay_out(BROCHURE, EN), stale=True)


def test_a_name_that_leads_nowhere_is_drawn_as_such() -> None:
    text = "flow: drawn\nsteps:\n  - choose:\n      - if: x\n        go: nowhere\n      - else: done\n"
    picture = lay_out(flow_of(text), EN)
    (row, _) = (row for row in picture.rows() if row.key.startswith("steps"))
    assert row.chip is not None
    assert (row.chip.kind, row.chip.name, picture.edges) == ("missing", "nowhere", ())
    assert "nowhere, which is not there" in picture.text


@pytest.mark.parametrize("text", ["flow: drawn\n", "flow: drawn\nsteps: []\n", "flow: drawn\nsteps:\n  - wait:\n"])
def test_a_draft_that_has_hardly_begun_is_drawn(text: str) -> None:
    assert lay_out(flow_of(text), NL).columns[0].title.lines == ("Start",)


@pytest.mark.parametrize("say", [EN, NL], ids=["en", "nl"])
def test_the_same_flow_gives_the_same_bytes(say: Tongue) -> None:
    once, again = (svg(lay_out(flow_of(EVERY_WORD), say), {"goal": 3}, lit=("goal", "length")) for _ in range(2))
    assert once == again


# --- for every eye ------------------------------------------------------------------------------


def test_it_reads_aloud_in_the_order_of_the_text() -> None:
    said = describe(BROCHURE, EN).splitlines()
    assert said[0] == "Brochure request"
    begin = said.index("Start: brochure requested")
    assert said[begin + 1 : begin + 5] == [
        "  Wait 7 days", "  Send survey, within 7 days", "    address is dead: discard", "    not allowed: call",
    ]  # fmt: skip
    assert "    after 7 days: opened: call" in said
    root = ElementTree.fromstring(svg(lay_out(BROCHURE, EN)))
    assert (root.get("aria-label"), root.findtext("{*}desc")) == ("Brochure request", "\n".join(said))
    labels = [one.get("aria-label") for one in root.findall(".//{*}g") if one.get("aria-label")]
    assert labels[:4] == ["Anywhere in the flow", "Start", "Wait 7 days", "Send survey"]


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_every_text_stands_out_from_its_ground(colours: dict[str, str]) -> None:
    """4.5 : 1, as WCAG 2.2 (1.4.3) asks."""
    pairs = [("ink", "card"), ("soft", "card"), ("accent", "card"), ("red", "card"), ("ink", "head"), ("soft", "head")]
    pairs += [("soft", "inset"), ("accent", "inset"), ("accent", "tint"), ("ink", "ground"), ("soft", "inset")]
    pairs += [(f"{result}-ink", result) for result in ("won", "done", "lost", "discard")]
    for ink, ground in pairs:
        light, dark = sorted((_luminance(colours[ink]), _luminance(colours[ground])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (ink, ground)


def _luminance(colour: str) -> float:
    parts = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_every_class_in_the_picture_has_a_look() -> None:
    picture = lay_out(flow_of(EVERY_WORD), EN)
    full = svg(picture, {"goal": 1}, lit=("goal",), here=("length",), links=lambda key: key, theme="page")
    assert "<style" not in full
    used = {word for classes in re.findall(r'class="([^"]*)"', full) for word in classes.split()}
    looks = set(re.findall(r"\.([a-z-]+)", style_sheet("page")))
    assert used - looks <= {"card", "row", "label", "title"} | looks
    assert not {word for word in looks if word.startswith("k-")}


def test_light_and_dark_say_their_colours_outright_for_whoever_knows_no_properties() -> None:
    assert "var(" in style_sheet()
    assert "var(" not in style_sheet("light") + style_sheet("dark")
    assert set(LIGHT) == set(DARK)


# --- whatever an author writes --------------------------------------------------------------------

WRITTEN = [
    "<script>alert(1)</script>", "]]>", "&amp;", "&", '"', "'", '" onload="x', "<!--", "--></svg>", "{{ lead.name }}",
    "%s", "a\u202eb", "e\u0301", "日本語のタイトル", "مرحبا", "\\", "`", "x" * 3000, "\ufffe", "\U0001f600" * 50,
    "#quot;", "|", "]", "a\u2028b", "\u200b",
]  # fmt: skip


@pytest.mark.parametrize("text", WRITTEN, ids=range(len(WRITTEN)))
def test_what_an_author_writes_is_text_in_every_drawing(text: str) -> None:
    authors = ("Every word", "no longer of use", "Someone new", "Look up {{ company.name }}")
    flow, written = EVERY_WORD, EVERY_WORD
    for n, words in enumerate(authors):
        flow, written = flow.replace(words, f"words {n}"), written.replace(words, _quoted(f"{text} {n}"))
    flow, source = flow_of(flow, "demo"), flow_of(written, "demo")
    plain, marked = (svg(lay_out(one, EN), links=lambda key: key) for one in (flow, source))
    elements = [[one.tag for one in ElementTree.fromstring(drawing).iter()] for drawing in (plain, marked)]
    assert [tag for tag in elements[0] if "tspan" not in tag] == [tag for tag in elements[1] if "tspan" not in tag]
    assert len(mermaid(source, EN).splitlines()) == len(mermaid(flow, EN).splitlines())


def test_an_escape_for_the_terminal_is_shown_and_not_obeyed() -> None:
    from rich.console import Console

    from kweek.draw.tree import tree

    source = flow_of(EVERY_WORD.replace("title: Every word", 'title: "a\\e[31mb\\x07 [bold]c"'), "demo")
    console = Console(width=200, no_color=True)
    with console.capture() as captured:
        console.print(tree(source, EN))
    said = captured.get()
    assert said.splitlines()[0].rstrip() == "a\ufffd[31mb\ufffd [bold]c"
    assert "\x1b" not in said


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


@pytest.mark.parametrize("file", FLOWS, ids=[file.stem for file in FLOWS])
def test_a_reader_meets_no_path_and_no_template_in_the_title_of_a_card(file: Path) -> None:
    for say in (EN, NL):
        for card in lay_out(flow_of(file.read_bytes(), file.stem), say).cards():
            assert not re.search(r"[{}]|\b(?:lead|company|event|handover)\.", " ".join(card.title.lines))


def test_an_event_of_the_workspace_is_called_as_its_author_calls_it() -> None:
    own = Tongue("nl", (("event.brochure.requested", "brochure aangevraagd"),))
    told = describe(BROCHURE, own)
    assert "brochure aangevraagd" in told
    assert "brochure requested" not in told.replace("brochure-request", "")


def test_what_a_colleague_is_told_shows_its_gaps_as_the_title_of_a_task_does() -> None:
    text = 'flow: f\nstart: manual\nsteps:\n  - tell: manager\n    text: "{{ lead.name }} waits"\n'
    [card] = [card for card in lay_out(flow_of(text.encode(), "f"), EN).cards() if card.verb == "tell"]
    said = describe(flow_of(text.encode(), "f"), EN)
    assert card.verb == "tell"
    assert "[lead] waits" in said
    assert "{{" not in said

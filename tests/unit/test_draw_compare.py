"""Two versions as one picture: what is new, what changed, what is gone; for every eye and every ear."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kweek.draw import svg
from kweek.draw.compare import compare
from kweek.draw.layout import lay_out_told
from kweek.draw.picture import Card
from kweek.draw.tell import tell
from kweek.draw.told import Told
from kweek.words import Tongue
from tests.unit.drawn_flows import flow_of, generated
from tests.unit.test_draw_room import assert_room

EN, NL = Tongue("en"), Tongue("nl")
FLOWS = sorted((Path(__file__).parents[2] / "flows").glob("*.yaml"))
BROCHURE = (FLOWS[0].parent / "brochure-request.yaml").read_text()
CHANGES = {
    "a time": (("wait: 7 days", "wait: 5 days"), ["changed: Wait 5 days, was: Wait 7 days"]),
    "a time that is none": (("wait: 7 days", "wait: 0 days"), ["changed: Wait “0 days” (a mistake), was: Wait 7 days"]),
    "a step more": (("  - send: survey", "  - tag: vip\n  - send: survey"), ["new: Tag: vip"]),
    "a mail's name": (("send: survey ", "send: poll "), ["changed: Send poll, within 7 days, was: Send survey"]),
    "a row less": (("      bounced: discard\n", ""), ["gone: address is dead: discard"]),
    "a row above": (("      blocked: call", "      replied: sales\n      blocked: call"), ["new: wrote back: sales"]),
    "another way": (("answered: triage", "answered: sales"), ["changed: answered (was: → triage): sales"]),
    "steps of its own": (
        ("answered: triage", "answered:\n        - tag: vip\n        - go: triage"),
        ["changed: answered (was: → triage):", "new: Tag: vip", "new: Go to triage"],
    ),
    "another condition": (
        ("if: lead.sales_ready", 'if: lead.country == "NL"'),
        ["changed: country is NL (was: sales ready): sales"],
    ),
    "a rule": (("start: brochure.requested", "start: brochure.requested\nlimit: 3 mails per 7 days"),
               ["Start: brochure requested, new: at most 3 mails per 7 days"]),
    "what holds anywhere": (("  quote.requested: sales\n", ""), ["gone: quote requested: sales"]),
    "a title": (("title: Brochure request", "title: Brochures"), ["Brochures (was: Brochure request)"]),
    "a path": (("  back:\n", "  late:\n    - end: done\n  back:\n"), ["late: new", "new: End done"]),
}  # fmt: skip


def compared(old: str, new: str, say: Tongue = EN) -> Told:
    return compare(tell(flow_of(old), say), tell(flow_of(new), say), say)


def marked(told: Told) -> list[str]:
    """Every line of the text that tells of a difference."""
    signs = ("new", "changed: ", "gone: ", "was: ", ": gone")
    return [line.strip() for line in lay_out_told(told, EN).text.splitlines() if any(sign in line for sign in signs)]


@pytest.mark.parametrize("name", CHANGES)
def test_one_change_is_one_mark_and_all_else_has_none(name: str) -> None:
    (old, new), said = CHANGES[name]
    assert old in BROCHURE
    assert marked(compared(BROCHURE, BROCHURE.replace(old, new, 1))) == said


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("    within: 7 days ", "    within: 7 dayz"),
        ("      apart: 1 business day", "      apart: a day"),
        ("      follow_up: 24 hours", "      follow_up: soon"),
        ("      remind: 20 hours", "      remind: 0 hours"),
        ("  - send: survey ", "  - send: survey\n    expires: 2 months #"),
    ],
)
def test_a_time_that_is_none_is_drawn_as_its_author_wrote_it(right: str, wrong: str) -> None:
    assert right in BROCHURE
    text = lay_out_told(tell(flow_of(BROCHURE.replace(right, wrong, 1)), EN), EN).text
    assert f"“{wrong.rpartition(': ')[2].rstrip(' #')}” (a mistake)" in text


def test_what_is_gone_stands_where_it_stood_and_leads_nowhere() -> None:
    new = BROCHURE.replace("  - wait: 7 days\n", "", 1).replace("      answered: triage\n", "", 1)
    picture = lay_out_told(compared(BROCHURE, new), EN)
    first, *_ = picture.columns[0].cards
    assert (first.label, first.tag and first.tag.kind) == ("gone: Wait 7 days", "gone")
    rows = {row.key: row for row in picture.rows()}
    gone = rows["steps/send-survey when:3 gone"]
    assert gone.chip is not None
    assert gone.chip.words.lines == ("triage",)
    assert gone.key not in {edge.key for edge in picture.edges}
    assert "triage" not in {edge.target for edge in picture.edges}


def test_a_path_that_is_gone_is_the_last_column() -> None:
    picture = lay_out_told(compared(BROCHURE.replace("  back:\n", "  late:\n    - end: done\n  back:\n"), BROCHURE), EN)
    assert [column.name for column in picture.columns] == ["steps", "triage", "call", "sales", "back", "late"]
    assert picture.columns[-1].cards[0].label == "gone: End done"


@pytest.mark.parametrize("file", FLOWS, ids=[file.stem for file in FLOWS])
@pytest.mark.parametrize("say", [EN, NL], ids=["en", "nl"])
def test_nothing_differs_from_itself(file: Path, say: Tongue) -> None:
    told = tell(flow_of(file.read_text()), say)
    assert compare(told, told, say) == told


def test_nothing_overlaps_and_no_key_is_twice_whatever_is_compared() -> None:
    for seed in range(60):
        say = (EN, NL)[seed % 2]
        old, new = tell(generated(seed), say), tell(generated(seed + 1), say)
        picture = lay_out_told(compare(old, new, say), say)
        assert_room(picture)
        keys = [*(card.id for card in picture.cards()), *(row.key for row in picture.rows())]
        assert len(keys) == len(set(keys)), seed
        now = {card.id for column in picture.columns for card in column.cards if card.tag and card.tag.kind == "gone"}
        assert all(edge.key not in now and not edge.key.endswith(" gone") for edge in picture.edges)


def test_what_changed_has_its_number_and_its_mark_beside_each_other() -> None:
    new = BROCHURE.replace("wait: 7 days", "wait: 5 days").replace("answered: triage", "answered: sales")
    picture = lay_out_told(compared(BROCHURE, new), EN)
    marked = [one for one in (*picture.cards(), *picture.rows()) if one.tag]
    keys = [one.id if isinstance(one, Card) else one.key for one in marked]
    drawn = svg(picture, dict.fromkeys(keys, 7), links=lambda key: f"/{key}")
    for key in keys:
        assert re.search(rf'data-count="{key}">7</text>', drawn)
    assert drawn.count(">changed</text>") == len(keys) == 2


def test_a_mark_is_a_word_and_a_line_and_not_a_colour_alone() -> None:
    drawn = svg(lay_out_told(compared(BROCHURE, BROCHURE.replace("wait: 7 days", "wait: 5 days")), NL), theme="light")
    assert 'aria-label="changed: Wait 5 days" class="card changed"' in drawn
    assert ">changed</text>" in drawn
    for look in (".new>.inset{stroke-width:2}", ".changed>.inset{stroke-width:2;stroke-dasharray", ".gone text{text-"):
        assert look in drawn

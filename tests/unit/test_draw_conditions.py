"""A condition is said in words, in both languages, and nothing in two ways; what cannot be read stays as written."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kweek.draw import lay_out, svg
from kweek.draw.conditions import condition_words
from kweek.flow.conditions import parse_condition
from kweek.flow.conditions.shape import FUNCTIONS
from kweek.words import Tongue
from tests.unit.drawn_flows import flow_of

FLOWS = sorted((Path(__file__).parents[2] / "flows").glob("*.yaml"))
EN, NL = Tongue("en"), Tongue("nl")

SAID = {
    # fields, as truths and compared
    "lead.sales_ready": ("sales ready", "salesrijp"),
    "not lead.sales_ready": ("not sales ready", "niet salesrijp"),
    "lead.sales_ready == false": ("not sales ready", "niet salesrijp"),
    "lead.newsletter": ("“newsletter” is yes", "“newsletter” is ja"),
    "not lead.newsletter": ("“newsletter” is no", "“newsletter” is nee"),
    "true": ("always", "altijd"),
    'lead.profile == "A"': ("profile is A", "profiel is A"),
    'lead.profile != "A"': ("profile is not A", "profiel is niet A"),
    'not lead.profile == "A"': ("profile is not A", "profiel is niet A"),
    'lead.profile in ["A"]': ("profile is A", "profiel is A"),
    'lead.profile in ["A", "B", "C"]': ("profile is A, B or C", "profiel is A, B of C"),
    'lead.profile not in ["A", "B"]': ("profile is neither A nor B", "profiel is noch A noch B"),
    'not lead.profile in ["A", "B"]': ("profile is neither A nor B", "profiel is noch A noch B"),
    'lead.job_title == "head of sales"': ("job title is “head of sales”", "functie is “head of sales”"),
    'lead.stage == "opportunity"': ("stage is opportunity", "fase is verkoopkans"),
    'survey.keep-in-touch.wish == "call"': ("“wish” (keep-in-touch) is call", "“wish” (keep-in-touch) is call"),
    'event.topic == "energy"': ("“topic” (start) is energy", "“topic” (start) is energy"),
    'handover.reason in ["student", "competitor"]': (
        "reason is student or competitor", "reden is student of competitor",
    ),
    'bant.need == "replacement"': ("need is replacement", "behoefte is replacement"),
    "lead.other == lead.wish": ("“other” is the same as “wish”", "“other” is gelijk aan “wish”"),
    'lead.other in [lead.wish, "x"]': (
        "“other” is the same as “wish”, or “other” is x", "“other” is gelijk aan “wish”, of “other” is x",
    ),
    '"call" in survey.brochure.wishes': ("“wishes” (brochure) includes call", "“wishes” (brochure) bevat call"),
    '"call" not in survey.brochure.wishes': (
        "“wishes” (brochure) does not include call", "“wishes” (brochure) bevat niet call",
    ),
    # a value that would be taken for a word of ours
    'lead.wish == "known"': ("“wish” is “known”", "“wish” is known"),
    'lead.wish == "ja"': ("“wish” is ja", "“wish” is “ja”"),
    # numbers
    "lead.score.intent >= 10": ("intent score is at least 10", "intentiescore is minstens 10"),
    "lead.size < 1.5": ("“size” is less than 1.5", "“size” is minder dan 1,5"),
    "lead.size > 12000": ("“size” is more than 12,000", "“size” is meer dan 12.000"),
    "lead.built == 2024": ("“built” is 2024", "“built” is 2024"),
    "lead.size == -3": ("“size” is −3", "“size” is −3"),
    "3 < lead.size": ("“size” is more than 3", "“size” is meer dan 3"),
    "1 < lead.size <= 3": (
        "“size” is more than 1 and “size” is at most 3", "“size” is meer dan 1 en “size” is hooguit 3",
    ),
    "not lead.size < 3": ("not (“size” is less than 3)", "niet (“size” is minder dan 3)"),
    "lead.engagement <= 2": ("engagement is 2 or better", "betrokkenheid is 2 of beter"),  # 1 is the best there is
    "lead.engagement > 2": ("engagement is worse than 2", "betrokkenheid is slechter dan 2"),
    # dates
    'lead.contract_end < "2026-12-31"': ("“contract end” is before 31 Dec 2026", "“contract end” is vóór 31 dec 2026"),
    'lead.seen >= "2026-12-31T09:30"': (
        "“seen” is on or after 31 Dec 2026 09:30", "“seen” is op of na 31 dec 2026 09:30",
    ),
    "lead.contract_end >= today": ("“contract end” is on or after today", "“contract end” is op of na vandaag"),
    "today > lead.contract_end": ("“contract end” is before today", "“contract end” is vóór vandaag"),
    'today <= "2026-12-31"': ("today is on or before 31 Dec 2026", "vandaag is op of vóór 31 dec 2026"),
    # functions
    "known(lead.phone)": ("phone is known", "telefoon is bekend"),
    "not known(lead.phone)": ("phone is not known", "telefoon is niet bekend"),
    'tagged("quote-out")': ("tagged quote-out", "met label quote-out"),
    'not tagged("quote out")': ("not tagged “quote out”", "zonder label “quote out”"),
    'opened("survey")': ("opened the mail survey", "mail survey geopend"),
    'not opened("survey")': ("did not open the mail survey", "mail survey niet geopend"),
    'clicked("survey")': ("clicked in the mail survey", "geklikt in mail survey"),
    'not clicked("survey", "demo")': ("did not click demo in the mail survey", "niet geklikt op demo in mail survey"),
    'happened("rejected")': ("“back to marketing” at least once", "ooit “terug naar marketing”"),
    'not happened("rejected")': ("never “back to marketing”", "nooit “terug naar marketing”"),
    'happened("quote.requested", "30 days")': (
        "“quote requested” in the last 30 days", "“quote requested” in de laatste 30 dagen",
    ),
    'not happened("opened", "2 weeks")': ("no “opened” in the last 2 weeks", "geen “geopend” in de laatste 2 weken"),
    'count("clicked", "14 days") > 2': (
        "“clicked” more than 2 times in the last 14 days", "“geklikt” meer dan 2 keer in de laatste 14 dagen",
    ),
    'count("clicked") >= 1': ("“clicked” at least once", "“geklikt” minstens één keer"),
    'count("clicked") == 3': ("“clicked” exactly 3 times", "“geklikt” precies 3 keer"),
    'count("clicked") in [1, 2]': ("the number of “clicked” is 1 or 2", "het aantal “geklikt” is 1 of 2"),
    'days_since("sent") > 180': (
        "last “mail sent” more than 180 days ago", "“mail verstuurd” voor het laatst meer dan 180 dagen geleden",
    ),
    'days_since("sent") != 1': (
        "last “mail sent” not exactly 1 day ago", "“mail verstuurd” voor het laatst niet precies 1 dag geleden",
    ),
    'days_since("sent") > lead.rest': (
        "the number of days since “mail sent” is more than “rest”",
        "het aantal dagen sinds “mail verstuurd” is meer dan “rest”",
    ),
    "days_until(lead.contract_end) < 90": (
        "less than 90 days until “contract end”", "minder dan 90 dagen tot “contract end”",
    ),
    "days_until(lead.contract_end) < 0": ("“contract end” is before today", "“contract end” is vóór vandaag"),
    "not days_until(lead.contract_end) == 0": ("“contract end” is not today", "“contract end” is niet vandaag"),
    'matches(lead.job_title, "*student*")': ("job title contains “student”", "functie bevat “student”"),
    'not matches(lead.job_title, "*student*")': (
        "job title does not contain “student”", "functie bevat niet “student”",
    ),
    'matches(event.path, "/prices*")': ("“path” (start) begins with “/prices”", "“path” (start) begint met “/prices”"),
    'matches(lead.email, "*.nl")': ("e-mail address ends with “.nl”", "e-mailadres eindigt op “.nl”"),
    'matches(lead.email, "a?c*d")': ("e-mail address looks like “a?c*d”", "e-mailadres lijkt op “a?c*d”"),
    # several at once
    'lead.profile in ["A", "B"] or survey.brochure.wish == "call"': (
        "profile is A or B, or “wish” (brochure) is call", "profiel is A of B, of “wish” (brochure) is call",
    ),
    'lead.profile == "A" and tagged("x")': ("profile is A and tagged x", "profiel is A en met label x"),
    'lead.profile in ["A", "B"] and tagged("x")': (
        "profile is A or B, and tagged x", "profiel is A of B, en met label x",
    ),
    'lead.sales_ready and (lead.profile == "A" or tagged("x"))': (
        "sales ready and (profile is A, or tagged x)", "salesrijp en (profiel is A, of met label x)",
    ),
    'lead.sales_ready and lead.profile == "A" or tagged("x")': (
        "(sales ready and profile is A), or tagged x", "(salesrijp en profiel is A), of met label x",
    ),
    'not (lead.sales_ready or tagged("x"))': ("not (sales ready, or tagged x)", "niet (salesrijp, of met label x)"),
    'days_since("sent") > 180 and lead.profile in ["A", "B"] and not tagged("quote-out")': (
        "last “mail sent” more than 180 days ago, and profile is A or B, and not tagged quote-out",
        "“mail verstuurd” voor het laatst meer dan 180 dagen geleden, en profiel is A of B, en zonder label quote-out",
    ),
}  # fmt: skip


@pytest.mark.parametrize("text", SAID)
def test_a_condition_in_words(text: str) -> None:
    assert (condition_words(EN, text), condition_words(NL, text)) == SAID[text]


def test_every_function_is_said() -> None:
    assert set().union(*(parse_condition(text).functions for text in SAID)) == set(FUNCTIONS)


def test_an_event_is_called_as_its_author_calls_it() -> None:
    own = Tongue("nl", (("event.pricing.viewed", "bekeek de prijzen"),))
    assert condition_words(own, 'happened("pricing.viewed")') == "ooit “bekeek de prijzen”"


@pytest.mark.parametrize(
    "text",
    ["lead.profile = 'A'", "lead.country == NL", "a", 'lead.profile == "A" or "B"', "counts(lead.x)", "", '"'],
)
def test_what_cannot_be_read_stays_as_it_was_written(text: str) -> None:
    assert condition_words(EN, text) == text


@pytest.mark.parametrize("say", [EN, NL], ids=["en", "nl"])
@pytest.mark.parametrize("file", FLOWS, ids=[file.stem for file in FLOWS])
def test_no_picture_of_a_flow_that_ships_shows_code(file: Path, say: Tongue) -> None:
    picture = lay_out(flow_of(file.read_bytes(), file.stem), say)
    starts = picture.columns[0].notes
    for words in (*(row.words for row in picture.rows()), *starts):
        assert not re.search(
            r"[=<>_\[\]\"]|\b(?:lead|company|survey|event|handover|bant)\.|\w\(", " ".join(words.lines)
        )


def test_what_the_author_wrote_is_there_for_who_points_at_the_words() -> None:
    text = "flow: drawn\ngoal: {if: 'lead.profile == \"A\"', go: won}\nsteps:\n  - choose:\n"
    text += "      - {if: lead.sales_ready, go: done}\n      - {if: a mistake, go: done}\n      - else: done\n"
    root = ElementTree.fromstring(svg(lay_out(flow_of(text), EN)))
    assert [one.text for one in root.findall(".//{*}title")] == ['lead.profile == "A"', "lead.sales_ready"]
    words = ["".join(one.itertext()) for one in root.findall(".//{*}text")]
    assert {"as soon as profile is A", "sales ready", "a mistake"} <= set(words)


# --- nothing in two ways --------------------------------------------------------------------------

PLAIN = (
    "lead.sales_ready",
    'tagged("x")',
    'lead.profile in ["A", "B"]',
    "lead.engagement <= 2",
)
Tree = tuple[str, *tuple["Tree", ...]]


def grown(draw: st.DrawFn, leaves: list[str]) -> Tree:
    """A tree over these leaves, in their order."""
    tree: Tree = (leaves[0],)
    if len(leaves) > 1:
        cut = draw(st.integers(1, len(leaves) - 1))
        tree = (draw(st.sampled_from(("and", "or"))), grown(draw, leaves[:cut]), grown(draw, leaves[cut:]))
    for _ in range(max(0, draw(st.integers(0, 11)) - 9)):
        tree = ("not", tree)
    return tree


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Tree, Tree]:
    """Two over the same leaves: those that might sound alike."""
    leaves = draw(st.lists(st.sampled_from(PLAIN[:2]), min_size=4, max_size=6))
    return grown(draw, leaves), grown(draw, leaves)


def written(tree: Tree) -> str:
    kind, *parts = tree
    match kind:
        case "and" | "or":
            return f" {kind} ".join(f"({written(part)})" for part in parts)
        case "not":
            return f"not ({written(parts[0])})"
        case _:
            return kind


def flat(tree: Tree) -> Tree:
    """`(a and b) and c` is `a and b and c`."""
    kind, *parts = tree
    inner = [flat(part) for part in parts]
    return (kind, *(one for part in inner for one in (part[1:] if part[0] == kind != "not" else (part,))))


@settings(max_examples=300, deadline=None)
@given(pairs())
def test_two_trees_that_differ_never_have_the_same_words(pair: tuple[Tree, Tree]) -> None:
    one, other = pair
    for say in (EN, NL):
        words = [condition_words(say, written(tree)) for tree in pair]
        assert (words[0] == words[1]) == (flat(one) == flat(other))


@pytest.mark.parametrize("say", [EN, NL], ids=["en", "nl"])
def test_neither_have_all_the_small_ones(say: Tongue) -> None:
    grown: list[Tree] = [(leaf,) for leaf in PLAIN[:3]]
    for _ in range(2):
        small = grown[:40]
        grown += [("not", one) for one in small]
        grown += [(join, one, other) for join in ("and", "or") for one in small for other in small]
    seen: dict[str, Tree] = {}
    for tree in grown:
        assert seen.setdefault(condition_words(say, written(tree)), flat(tree)) == flat(tree)
    assert len(seen) > 1000

"""Every word of the language is read, with its place."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import yaml
from msgspec import Struct

from kweek.flow import model as m
from kweek.flow.duration import Duration
from kweek.flow.load.choose import BRANCH
from kweek.flow.load.flow import KEYS, load_flow
from kweek.flow.load.steps import OPTIONS, VERBS
from kweek.flow.moment import Moment
from kweek.flow.plan import Limit, Reentry
from kweek.flow.problems import Position
from kweek.flow.yaml import columns
from tests.unit.broken_texts import HEAD, load, step
from tests.unit.every_word import EVERY_WORD


def words_of(node: object) -> set[str]:
    """Every key of a text, however deep."""
    if isinstance(node, dict):
        return {str(key) for key in node} | {word for value in node.values() for word in words_of(value)}
    return {word for item in node for word in words_of(item)} if isinstance(node, list) else set()


def test_every_word_of_the_language_is_read() -> None:
    loaded = load(EVERY_WORD)
    assert loaded.problems == ()
    assert loaded.flow is not None
    said = words_of(yaml.safe_load(EVERY_WORD.replace("{{ company.name }}", "x")))
    assert set(KEYS) | set(VERBS) | {option for options in OPTIONS.values() for option in options} | {"id"} <= said
    assert {type(each) for each in loaded.flow.walk()} == set(m.AnyStep.__args__)


def test_what_is_read_is_what_was_written() -> None:
    flow = load(EVERY_WORD).flow
    assert flow is not None
    waits = [each.until.value for each in flow.steps.steps if isinstance(each, m.Wait)]
    assert waits == [
        Moment(within=Duration(7, "day")),
        Moment(weekday=0, clock=540),
        Moment(clock=540),
        Moment(date_field="lead.contract_end"),
        Moment(date_field="lead.contract_end", offset=Duration(3, "day"), before=True),
        Moment(date_field="event.starts_at", offset=Duration(2, "day", business=True)),
    ]
    assert [s.event.value if s.event else None for s in flow.start] == [
        "brochure.requested", "webinar.registered", None, None, None,
    ]  # fmt: skip
    assert flow.start[4].manual
    assert flow.limit
    assert flow.limit.value == Limit(3, Duration(7, "day"))
    assert flow.about
    assert flow.about.value == "All that the language can say, once at least."
    test = next(each for each in flow.walk() if isinstance(each, m.Send) and each.id)
    assert [(half.mail.value, half.per_cent.value) for half in test.mails] == [("long", 40), ("short", 40), (None, 20)]
    link = flow.whenever[1]
    assert (link.event.value, link.link) == ("clicked", "book-a-demo")
    score = next(each for each in flow.walk() if isinstance(each, m.Score) and each.because)
    assert [(axis, number.value) for axis, number in score.points] == [("profile", 5), ("intent", -3)]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("never", Reentry("never")),
        ("always", Reentry("always")),
        ("after 30 days", Reentry("after", after=Duration(30, "day"))),
        ("per event.webinar", Reentry("per", per="event.webinar")),
    ],
)
def test_reentry_in_all_forms(text: str, meant: Reentry) -> None:
    flow = load(f"{HEAD}reentry: {text}\nsteps:\n  - end: done\n").flow
    assert flow
    assert flow.reentry
    assert flow.reentry.value == meant


@pytest.mark.parametrize("text", ["NO", "on", "yes", "010", "10:30", "1.10", "+31612345678", "2026-01-01", "null", "~"])
def test_every_scalar_is_the_text_that_was_typed(text: str) -> None:
    loaded = load(step(f"  - set: {{ code: {text} }}"))
    assert loaded.problems == ()
    assert loaded.flow
    first = loaded.flow.steps.steps[0]
    assert isinstance(first, m.Set)
    assert first.fields[0][1].value == text


def positions(value: object) -> Iterator[Position]:
    if isinstance(value, Position):
        yield value
    elif isinstance(value, Struct):
        for name in value.__struct_fields__:
            yield from positions(getattr(value, name))
    elif isinstance(value, tuple):
        for item in value:
            yield from positions(item)


def test_a_dash_in_a_text_of_several_lines_makes_no_list_of_it() -> None:
    about = "about: We write to those who asked,\n  - as agreed - and to nobody else.\n"
    loaded = load(f"{HEAD}{about}steps:\n  - tell: anna\n    text: Look\n      - and call\n  - end: done\n")
    assert loaded.problems == ()
    assert loaded.flow is not None
    assert loaded.flow.about is not None
    assert loaded.flow.about.value.endswith("- as agreed - and to nobody else.")


def test_every_place_lies_in_the_text() -> None:
    flow = load(EVERY_WORD).flow
    lines = EVERY_WORD.split("\n")
    found = list(positions(flow))
    assert len(found) > 200
    for place in found:
        assert place.column <= len(lines[place.line - 1]) + 1
        assert lines[place.line - 1][place.column - 1 :].strip()


def test_windows_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    raw = b"\xef\xbb\xbf" + EVERY_WORD.replace("\n", "\r\n").encode()
    assert load_flow(raw, "flows/demo.yaml") == load(EVERY_WORD)


def test_with_and_without_libyaml_the_answer_is_the_same() -> None:
    assert load(EVERY_WORD) == load(EVERY_WORD, pure=True)


def test_the_verbs_that_begin_an_item_are_all_there_are() -> None:
    assert set(OPTIONS) == columns.VERBS
    assert set(BRANCH) - {"go"} == columns.LINES

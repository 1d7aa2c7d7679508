"""Every word of the language is read; every mistake is answered at its place, all at once; nothing ever raises."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kweek.flow import model as m
from kweek.flow.duration import Duration
from kweek.flow.load.flow import KEYS, Loaded, load_flow
from kweek.flow.load.steps import OPTIONS, VERBS
from kweek.flow.moment import Moment
from kweek.flow.plan import Limit, Reentry
from kweek.flow.problems import Position, errors
from tests.unit.broken_texts import BROKEN, HEAD, Broken, step

EVERY_WORD = """\
flow: demo
title: Every word
about: >-
  All that the language can say,
  once at least.
start:
  - brochure.requested
  - { event: webinar.registered, if: event.seats > 1 }
  - { at: 90 days before lead.contract_end }
  - every: monday 09:00
    if: lead.stage == "suspect"
  - manual
reentry: per event.webinar
whenever:
  unsubscribed: ignore
  clicked book-a-demo: sales
  pricing.viewed:
    - score: { interest: +2 }
goal:
  if: lead.sales_ready
  go: sales
send_hours: office
timezone: Europe/Amsterdam
limit: 3 mails per 7 days
pace: default
steps:
  - wait: 7 days
    when: { quote.requested: sales }
  - wait: until monday 09:00
  - wait: until 09:00
  - wait: until lead.contract_end
    otherwise: next
  - wait: until 3 days before lead.contract_end
    otherwise:
      else: long
  - wait: until 2 business days after event.starts_at
  - send: survey
    expires: 2 weeks
    within: 7 days
    when:
      bounced: discard
      blocked: next
      clicked book-a-demo: sales
      out of office:
        - wait: 2 weeks
      answered:
        - tag: answered
        - score: { profile: 5, intent: -3 }
          because: answered
        - go: sales
    otherwise:
      opened: call
      unclear: flow long-term
      else: done
  - send: { long: 40%, short: 40%, nothing: 20% }
    id: length
  - call: brochure
    within: 5 business days
    queue: default
    priority: high
    attempts: 3
    apart: 1 business day
    when:
      attempted:
        - set: { lead.last_try: today, seats: event.seats, tier: gold }
      interested: sales
      else: discard
    otherwise: call
  - task: Look up {{ company.name }}
    to: anna
    outcomes: [found, not found]
    within: 3 business days
    remind: 1 business day
    escalate:
      - after: 2 business days
        every: 1 business day
        tell: manager
    when:
      found: next
      not found: lost
    otherwise: next
  - tell: sales-floor
    text: Someone new
  - tell: anna
    mail: news
  - webhook: crm
  - tag: [a, b]
  - untag: a
  - choose:
      - if: lead.profile in ["A", "B"]
        go: sales
      - share: 20%
        go:
          - end: won
      - else: call
paths:
  call:
    - go: steps
      at_most: 3 times
      then: flow long-term
  sales:
    - handover: sales
      id: the-handover
      prefer: same person
      follow_up: 24 hours
      remind: 20 hours
      escalate:
        - after: 24 hours
          tell: manager
        - after: 48 hours
          every: 24 hours
          reassign: sales
      when:
        accepted:
          - tell: anna
        rejected: call
        else: long
  long:
    - end: discard
      because: no longer of use
moved:
  old-id: the-handover
"""


def load(text: str, *, pure: bool = False) -> Loaded:
    return load_flow(text, "flows/demo.yaml", pure=pure)


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
    elif is_dataclass(value):
        for field in fields(value):
            yield from positions(getattr(value, field.name))
    elif isinstance(value, tuple):
        for item in value:
            yield from positions(item)


def test_every_place_lies_in_the_text() -> None:
    flow = load(EVERY_WORD).flow
    lines = EVERY_WORD.split("\n")
    found = list(positions(flow))
    assert len(found) > 200
    for place in found:
        assert place.column <= len(lines[place.line - 1]) + 1
        assert lines[place.line - 1][place.column - 1 :].strip()


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


def test_windows_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    raw = b"\xef\xbb\xbf" + EVERY_WORD.replace("\n", "\r\n").encode()
    assert load_flow(raw, "flows/demo.yaml") == load(EVERY_WORD)


def test_with_and_without_libyaml_the_answer_is_the_same() -> None:
    assert load(EVERY_WORD) == load(EVERY_WORD, pure=True)


PIECES = st.sampled_from(
    [
        "flow: demo",
        "steps:",
        "  - ",
        "wait: ",
        "send: ",
        "{",
        "}",
        "[",
        "]",
        ", ",
        ": ",
        "- ",
        "\n",
        "\n    ",
        "\t",
        "#",
        " #",
        '"',
        "'",
        "|",
        ">",
        "&a",
        "*a",
        "!x",
        "%",
        "@",
        "---\n",
        "...\n",
        "when:\n",
        "otherwise: ",
        "7 days",
        "é",
        "\u2028",
        "\\u",
        "? ",
        "choose:\n",
        "go: ",
        "paths:\n",
        "x",
        "a.b",
        "{{ x }}",
        "<<: ",
        "\ufeff",
        "\x00",
        "\r",
        "\ud800",
    ]
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.lists(PIECES, max_size=40).map("".join), st.text(max_size=200), st.binary(max_size=200)))
def test_nothing_ever_raises(source: str | bytes) -> None:
    loaded = load_flow(source, "flows/demo.yaml")
    assert loaded.whole or errors(loaded.problems)
    assert all(p.line >= 1 and p.column >= 1 for p in loaded.problems)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_flow_with_a_piece_knocked_out_never_raises(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(EVERY_WORD)))
    end = data.draw(st.integers(start, min(len(EVERY_WORD), start + 30)))
    load(EVERY_WORD[:start] + data.draw(st.lists(PIECES, max_size=2).map("".join)) + EVERY_WORD[end:])


PLAIN_LINES = st.sampled_from(
    [
        "about: text",
        "title: 'it''s'",
        'about: "a\\tb"',
        "steps:",
        "  - wait: 1 day",
        "    when: { a.b: done }",
        "  - tag: [a, 'b', \"c\"]  # why",
        "paths:",
        "  x:",
        "    - end: done",
        "about: |",
        "  two",
        "    lines",
        "about: >-",
        "about:",
        "? a",
        ": b",
        "limit: é # x",
        "-",
        "- - a",
        "a: b: c",
        "b: {{ x }} y",
        "",
        "# only this",
        "x:y",
        "'q': 1",
        "...",
        "---",
    ]
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PLAIN_LINES, max_size=12).map("\n".join))
def test_libyaml_and_the_fallback_agree_to_the_column(text: str) -> None:
    assert load(text) == load(text, pure=True)


def test_the_largest_file_is_answered_and_not_with_a_book() -> None:
    problems = load(HEAD + "".join(f"k{number}: x\n" for number in range(15_000))).problems
    assert len(problems) <= 1_000


def test_a_mistake_in_a_long_line_does_not_send_the_search_astray() -> None:
    assert load(f'{HEAD}about: {" " * 100_000}"x" y\n').problems

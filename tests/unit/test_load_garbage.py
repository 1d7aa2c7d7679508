"""Whatever comes in, reading a flow raises nothing, and says the same with and without libyaml."""

from __future__ import annotations

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kweek.flow.load.flow import load_flow
from kweek.flow.problems import errors
from tests.unit.broken_texts import HEAD, load
from tests.unit.every_word import EVERY_WORD

PIECES = st.sampled_from([
    "flow: demo", "steps:", "  - ", "wait: ", "send: ", "{", "}", "[", "]", ", ", ": ", "- ", "\n", "\n    ", "\t",
    "#", " #", '"', "'", "|", ">", "&a", "*a", "!x", "%", "@", "---\n", "...\n", "when:\n", "otherwise: ", "7 days",
    "é", "\u2028", "\\u", "? ", "choose:\n", "go: ", "paths:\n", "x", "a.b", "{{ x }}", "<<: ", "\ufeff", "\x00",
    "\r", "\ud800",
])  # fmt: skip


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example("when:\n<<: ")
@example("goal:\n- <<: \nsteps:\n- choose:\n  - <<: \n")
@given(st.one_of(st.lists(PIECES, max_size=40).map("".join), st.text(max_size=200), st.binary(max_size=200)))
def test_nothing_ever_raises(source: str | bytes) -> None:
    loaded = load_flow(source, "flows/demo.yaml")
    assert loaded.whole or errors(loaded.problems)
    assert all(p.line >= 1 and p.column >= 1 for p in loaded.problems)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_flow_with_a_piece_knocked_out_never_raises(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(EVERY_WORD)))
    end = data.draw(st.integers(start, min(len(EVERY_WORD), start + 30)))
    load(EVERY_WORD[:start] + data.draw(st.lists(PIECES, max_size=2).map("".join)) + EVERY_WORD[end:])


PLAIN_LINES = st.sampled_from([
    "about: text", "title: 'it''s'", 'about: "a\\tb"', "steps:", "  - wait: 1 day", "    when: { a.b: done }",
    "  - tag: [a, 'b', \"c\"]  # why", "paths:", "  x:", "    - end: done", "about: |", "  two", "    lines",
    "about: >-", "about:", "? a", ": b", "limit: é # x", "-", "- - a", "a: b: c", "b: {{ x }} y", "", "# only this",
    "x:y", "'q': 1", "...", "---",
])  # fmt: skip


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PLAIN_LINES, max_size=12).map("\n".join))
def test_libyaml_and_the_fallback_agree_to_the_column(text: str) -> None:
    assert load(text) == load(text, pure=True)


def test_the_largest_file_is_answered_and_not_with_a_book() -> None:
    problems = load(HEAD + "".join(f"k{number}: x\n" for number in range(15_000))).problems
    assert len(problems) <= 1_000


def test_a_mistake_in_a_long_line_does_not_send_the_search_astray() -> None:
    assert load(f'{HEAD}about: {" " * 100_000}"x" y\n').problems

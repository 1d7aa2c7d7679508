"""A plan is a flow with every name resolved: what the machine walks."""

from __future__ import annotations

import pytest
from msgspec import Struct

from kweek.flow import plan as p
from kweek.flow.compile import compile_flow
from kweek.flow.duration import Duration
from kweek.flow.ids import name_steps
from kweek.flow.load.flow import load_flow
from kweek.flow.problems import BrokenSourceError
from tests.unit.broken_texts import HEAD
from tests.unit.test_load import EVERY_WORD

END = p.End("done")


def plan(body: str) -> p.Plan:
    loaded = load_flow(HEAD + body, "flows/demo.yaml")
    assert loaded.flow is not None
    assert loaded.problems == ()
    return compile_flow(loaded.flow, "v1")


def targets(value: object) -> list[p.At]:
    """Every At of a plan, however deep."""
    if isinstance(value, p.At):
        return [value]
    if isinstance(value, tuple):
        return [at for item in value for at in targets(item)]
    if isinstance(value, Struct):
        return [at for name in value.__struct_fields__ for at in targets(getattr(value, name))]
    return []


def test_a_flow_with_every_word_compiles_and_all_its_targets_are_steps() -> None:
    loaded = load_flow(EVERY_WORD, "flows/demo.yaml")
    assert loaded.flow is not None
    made = compile_flow(loaded.flow, "v1")
    assert made.entry == "steps/wait-1"
    assert made.paths["sales"] == "the-handover"
    everywhere = [*targets(tuple(made.steps.values())), *targets(made.whenever), *targets(made.goal)]
    assert len(everywhere) > 20
    assert {at.step for at in everywhere} <= made.steps.keys()
    assert all(step.id == name for name, step in made.steps.items())
    stays = [line.target for step in made.steps.values() if isinstance(step, p.Call | p.Handover) for line in step.when]
    assert all(name in made.steps for stay in stays if isinstance(stay, p.Stay) for name in stay.steps)


def test_ids_are_path_verb_and_argument_and_the_others_count_below_them() -> None:
    loaded = load_flow(EVERY_WORD, "flows/demo.yaml")
    assert loaded.flow is not None
    ids, problems = name_steps(loaded.flow)
    assert problems == ()
    assert list(ids.values()) == [
        "steps/wait-1", "steps/wait-2", "steps/wait-3", "steps/wait-4", "steps/wait-5", "steps/wait-6",
        "steps/send-survey", "steps/send-survey/wait-1", "steps/send-survey/tag-1", "steps/send-survey/score-1",
        "steps/send-survey/go-1", "length", "steps/call-brochure", "steps/call-brochure/set-1",
        "steps/task-look-up-company-name", "steps/task-look-up-company-name/tell-1",
        "steps/task-look-up-company-name/tell-2", "steps/task-look-up-company-name/webhook-1",
        "steps/task-look-up-company-name/tag-1", "steps/task-look-up-company-name/untag-1",
        "steps/task-look-up-company-name/choose-1", "steps/task-look-up-company-name/end-1", "call/go-1",
        "the-handover", "the-handover/tell-1", "long/end-1", "whenever/score-1",
    ]  # fmt: skip


def test_another_duration_orphans_nobody() -> None:
    body = "steps:\n  - wait: {}\n  - send: a\n  - wait: 1 day\n  - end: done\n"
    assert list(plan(body.format("7 days")).steps) == list(plan(body.format("5 days")).steps)


def test_a_list_carries_on_below_and_a_list_in_place_too() -> None:
    made = plan(
        "steps:\n  - send: a\n    within: 1 day\n    when:\n      bounced:\n        - tag: x\n        - wait: 1 day\n"
        "      blocked: next\n  - end: done\n"
    )
    send = made.steps["steps/send-a"]
    assert isinstance(send, p.Send)
    assert send.next == p.At("steps/send-a/end-1")
    assert [line.target for line in send.when] == [p.At("steps/send-a/tag-1"), p.At("steps/send-a/end-1")]
    assert made.steps["steps/send-a/tag-1"].next == p.At("steps/send-a/wait-1")
    assert made.steps["steps/send-a/wait-1"].next == p.At("steps/send-a/end-1")
    assert list(made.steps) == [
        "steps/send-a", "steps/send-a/tag-1", "steps/send-a/wait-1", "steps/send-a/end-1",
    ]  # fmt: skip


def test_next_in_a_list_in_place_is_its_own_next_item() -> None:
    made = plan(
        "steps:\n  - wait: 1 day\n    when:\n      a.b:\n        - send: x\n          within: 1 day\n          when:\n"
        "            else: next\n        - tag: y\n  - end: done\n"
    )
    inner = made.steps["steps/send-x"]
    assert isinstance(inner, p.Send)
    assert inner.when == (p.When("else", p.At("steps/send-x/tag-1")),)


def test_leaving_is_what_the_defaults_say_unless_the_author_says_otherwise() -> None:
    assert plan("steps:\n  - end: done\n").whenever == (
        p.When("unsubscribed", p.End("discard")),
        p.When("complained", p.End("discard")),
    )
    said = plan("whenever:\n  unsubscribed: ignore\n  replied: ignore\n  a.b: won\nsteps:\n  - end: done\n").whenever
    assert said == (
        p.When("unsubscribed", p.Stay(())),
        p.When("replied", p.Stay(())),
        p.When("a.b", p.End("won")),
        p.When("complained", p.End("discard")),
    )


def test_immediate_steps_anywhere_leave_the_lead_where_it_is() -> None:
    made = plan("whenever:\n  a.b:\n    - tag: x\n    - send: thanks\nsteps:\n  - end: done\n")
    assert made.whenever[0].target == p.Stay(("whenever/tag-1", "whenever/send-thanks"))


def test_then_serves_a_flow_that_refuses_and_a_loop_that_is_used_up() -> None:
    made = plan(
        "steps:\n  - go: flow other\n    then: done\n"
        "paths:\n  x:\n    - go: steps\n      at_most: 2 times\n      then: lost\n"
    )
    to_flow, loop = made.steps["steps/go-1"], made.steps["x/go-1"]
    assert isinstance(to_flow, p.Go)
    assert to_flow.target == p.ToFlow("other", END)
    assert isinstance(loop, p.Go)
    assert (loop.target, loop.at_most, loop.then) == (p.At("steps/go-1"), 2, p.End("lost"))


def test_what_is_not_said_has_its_default() -> None:
    made = plan(
        "steps:\n  - call: x\n    within: 2 days\n    otherwise: done\n"
        "  - task: y\n    within: 1 day\n    otherwise: done\n"
    )
    call, task = made.steps["steps/call-x"], made.steps["steps/task-y"]
    assert isinstance(call, p.Call)
    assert (call.attempts, call.within, call.otherwise) == (3, Duration(2, "day"), (p.Otherwise("else", END),))
    assert isinstance(task, p.Task)
    assert task.outcomes == ("done",)
    assert (made.timezone, made.reentry, made.limit) == ("lead", p.Reentry("never"), None)


@pytest.mark.parametrize(
    ("body", "line", "column", "word"),
    [
        ("steps:\n  - go: nowhere\n", 5, 9, "There is no path “nowhere”"),
        ("steps:\n  - tag: x\n", 5, 5, "ends with “tag”"),
        ("steps:\n  - wait: 1 day\n    when:\n      a.b: next\n    otherwise: done\n", 7, 12, "nothing stands below"),
        ("goal:\n  if: lead.profile = 1\n  go: done\nsteps:\n  - end: done\n", 5, 20, "=="),
        ("steps:\n  - choose:\n      - if: lead.x ==\n        go: done\n      - else: done\n", 6, 13, ""),
    ],
)
def test_what_does_not_resolve_does_not_run(body: str, line: int, column: int, word: str) -> None:
    loaded = load_flow(HEAD + body, "flows/demo.yaml")
    assert loaded.flow is not None
    with pytest.raises(BrokenSourceError) as caught:
        compile_flow(loaded.flow, "v1")
    (problem,) = caught.value.problems
    assert problem.line == line
    assert problem.column >= column
    assert word in str(problem)

"""The worst case of mails in a window: proven of a flow, and never beaten by a life."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from textwrap import dedent, indent

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kweek.flow.lint import lint_flow
from kweek.flow.lint.names import Mail, Names
from kweek.flow.lint.worst import WEEK, worst_mails
from kweek.flow.load.flow import load_flow
from kweek.flow.load.texts import parse_limit
from kweek.flow.plan import Plan, Wait
from kweek.flow.problems import Problem
from tests.flows_of_chance import Doing, histories, lead_of, lived, workspaces
from tests.unit.flow_of import BROCHURE, plan_from

DAY = timedelta(days=1)


def flow(body: str, top: str = "") -> str:
    return f"flow: f\ntitle: T\nstart: brochure.requested\n{dedent(top)}steps:\n{indent(dedent(body).strip(), '  ')}\n"


def most(body: str, within: timedelta = WEEK, top: str = "") -> int | None:
    return worst_mails(plan_from(flow(body, top), "f"), {"receipt"}, within).mails


# --- the number ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "mails"),
    [
        ("- send: a\n- wait: 7 days\n- send: b\n- end: done", 1),
        ("- send: a\n- wait: 6 days\n- send: b\n- end: done", 2),
        ("- send: a\n- wait: 5 business days\n- send: b\n- end: done", 2),
        ("- send: a\n- send: receipt\n- end: done", 1),
        ("- send: { a: 50%, nothing: 50% }\n  id: half\n- send: b\n- end: done", 2),
        ("- send: a\n  within: 7 days\n- send: b\n- end: done", 1),
        ("- send: a\n  within: 7 days\n  when: { opened: next }\n- send: b\n- end: done", 2),
        ("- send: a\n  within: 7 days\n  when: { bounced: next, blocked: next }\n- send: b\n- end: done", 1),
        ("- send: a\n- call: x\n  within: 9 days\n  when: { else: next }\n- send: b\n- end: done", 2),
        ("- send: a\n- wait: 1 day\n- go: steps\n  at_most: 2 times\n- end: done", 3),
        ("- send: a\n- wait: 1 day\n- go: steps\n  at_most: 9 times\n- end: done", 7),
        ("- wait: until lead.fair\n- send: a\n- wait: until 1 day after lead.fair\n- send: b\n- end: done", 2),
    ],
)  # fmt: skip
def test_the_most_mails_in_a_week(body: str, mails: int) -> None:
    assert most(body) == mails


@pytest.mark.parametrize(
    ("body", "mails"),
    [
        ("- wait: until tuesday 10:00\n- send: a\n- wait: until tuesday 10:00\n- send: b\n- end: done", 1),
        ("- wait: until tuesday 10:00\n- send: a\n- wait: until thursday 10:00\n- send: b\n- end: done", 2),
        ("- send: a\n- wait: until tuesday 10:00\n- send: b\n- end: done", 2),  # it may be Monday
        ("""
         - wait: until tuesday 10:00
         - send: a
           within: 3 days
           when: { opened: next }
         - wait: until tuesday 10:00
         - send: b
         - end: done
         """, 1),
        ("- wait: until 10:00\n- send: a\n- wait: until monday 10:00\n- send: b\n- end: done", 2),
        ("""
         - wait: until 10:00
         - send: a
         - wait: 6 days
         - wait: until 10:00
         - send: b
         - end: done
         """, 1),
    ],
)  # fmt: skip
def test_the_place_in_the_week_is_known_where_the_ways_tell_it(body: str, mails: int) -> None:
    assert most(body) == mails


def test_what_the_flow_wants_anywhere_may_come_at_any_moment() -> None:
    again = "whenever:\n  quote.requested: steps\n"
    assert most("- send: a\n- wait: 30 days\n- end: done", top=again) is None
    assert most("- wait: 2 days\n- send: a\n- wait: 30 days\n- end: done", top=again) == 4
    on_the_spot = "whenever:\n  quote.requested:\n    - send: a\n"
    assert most("- wait: 30 days\n- end: done", top=on_the_spot) is None
    goal = "goal:\n  if: lead.grade == 'A1'\n  go: steps\n"
    assert most("- send: a\n- wait: 30 days\n- end: done", top=goal) == 2


def test_attempts_that_say_sorry_by_mail_are_counted() -> None:
    call = "- call: x\n  within: 9 days\n  attempts: 2\n  when:\n    attempted:\n      - send: sorry\n    else: done\n"
    assert most(f"{call}  otherwise: done") == 2


def test_the_way_is_told() -> None:
    worst = worst_mails(
        plan_from(flow("- send: a\n  within: 9 days\n  when: { opened: next }\n- send: b\n- end: done"))
    )
    assert [(passed.step, passed.words, passed.mails) for passed in worst.way] == [
        ("steps/send-a", "opened", 1),
        ("steps/send-b", "", 1),
    ]
    assert worst_mails(BROCHURE).mails == 1


# --- the message --------------------------------------------------------------------------------------


def found(text: str, limit: str = "") -> list[Problem]:
    loaded = load_flow(text, "flows/f.yaml")
    assert loaded.flow is not None
    mails = {name: Mail(frozenset({"en"}), service=name == "receipt") for name in ("a", "b", "c", "receipt")}
    names = Names(
        languages=("en",), events={"brochure.requested": {}, "quote.requested": {}}, mails=mails,
        limit=parse_limit(limit) if limit else None,
    )  # fmt: skip
    return [problem for problem in lint_flow(loaded.flow, names, loaded.problems) if problem.code == "over-limit"]


THREE = flow("""
    - send: a
      within: 3 days
      when: { opened: next }
    - send: b
    - wait: 2 days
    - send: c
    - end: done
    """)


def test_the_mail_that_fills_the_window_is_shown_with_the_way_to_it_and_the_fix() -> None:
    (problem,) = found(THREE, "2 mails per 7 days")
    assert (problem.line, problem.column, problem.severity) == (10, 5, "warning")
    assert str(problem) == (
        "flows/f.yaml:10:5: warning: This can be a lead's 3rd mail within 7 days, and the limit "
        "of rules/workspace.yaml is 2 mails per 7 days. It would wait until there is room. "
        "The way: a (line 5) → opened → b (line 8) → c (line 10). "
        "Let 5 days more pass on this way (a wait), or allow 3 mails."
    )


@pytest.mark.parametrize(
    ("own", "workspace", "says"),
    [
        ("", "", []),
        ("", "3 mails per 7 days", []),
        ("", "2 mails per 2 days", []),
        ("limit: 1 mail per 7 days\n", "2 mails per 7 days", ["in line 4 is 1 mail per 7 days"]),
        ("limit: 3 mails per 7 days\n", "2 mails per 7 days", ["of rules/workspace.yaml is 2"]),
        ("", "2 mails per 3 business days", ["is 2 mails per 3 business days"]),
    ],
)
def test_the_stricter_of_both_limits_counts(own: str, workspace: str, says: list[str]) -> None:
    said = [problem.what for problem in found(THREE.replace("steps:", f"{own}steps:", 1), workspace)]
    assert len(said) == len(says)
    assert all(words in what for words, what in zip(says, said, strict=True))


def test_mail_as_often_as_something_happens_is_shown_at_its_line() -> None:
    text = flow("- wait: 30 days\n- end: done", "whenever:\n  quote.requested:\n    - send: a\n")
    (problem,) = found(text, "3 mails per 7 days")
    assert (problem.line, problem.column) == (5, 3)
    assert "quote.requested → quote.requested" in problem.why
    assert "kind: service" in problem.fix


# --- lives --------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(workspace=workspaces, history=histories, hours=st.sampled_from([30, 100, 24 * 7]))
def test_no_life_has_more_mail_due_than_the_worst_case_says(
    workspace: tuple[Plan, ...], history: list[Doing], hours: int
) -> None:
    within = timedelta(hours=hours)
    life = lead_of(workspace)
    due = defaultdict[str, dict[str, datetime]](dict)
    seen = 0
    for event in (None, *lived(life, history)):
        if event is not None and event.kind == "carry on":
            return  # a person may have a mail sent again as often as he likes
        if event is not None and event.kind == "blocked" and event.ref is not None:
            due[event.ref.rpartition("/")[0]].pop(event.ref, None)  # it never left
        for at, effect in life.effects[seen:]:
            if effect.kind == "send_mail" and life.memory.suppressed is None:
                due[effect.enrolment][effect.key] = at
        seen = len(life.effects)
    plans = {entry.enrolment: str(entry.detail["flow"]) for _, entry in life.journal if entry.kind == "started"}
    held = any(entry.kind == "held" for _, entry in life.journal)
    for enrolment, mails in due.items():
        plan = next(plan for plan in workspace if plan.flow == plans[enrolment])
        by_clock = any(isinstance(step, Wait) and step.until.clock is not None for step in plan.steps.values())
        worst = worst_mails(plan, within=within).mails
        if worst is None or (held and by_clock):  # a moment that passed while nurture rested is now
            continue
        moments = list(mails.values())
        assert max((sum(at <= other < at + within for other in moments) for at in moments), default=0) <= worst

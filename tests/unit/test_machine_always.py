"""What holds for every flow and every life (hypothesis)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from kweek.flow.drive import drive
from kweek.flow.machine import advance
from kweek.flow.machine.people import ON_ITS_OWN
from kweek.flow.plan import Plan
from kweek.flow.simulate.memory import Memory
from kweek.flow.state import Event, LeadState
from kweek.flow.stored import dump_enrolment, dump_state, load_enrolment, load_state
from tests.flows_of_chance import OWN, Doing, happens, histories, lead_of, lived, workspaces
from tests.lives import Life

chance = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
Workspace = tuple[Plan, ...]


def regardless_of_seq(state: LeadState) -> LeadState:
    """Two events that change places have each other's number."""
    return replace(state, seen=0, enrolments=tuple(replace(e, since=0) for e in state.enrolments))


def stored(state: LeadState) -> LeadState:
    """Through JSON and back, as between two turns."""
    rows = json.dumps([dump_enrolment(e) for e in state.enrolments])
    return load_state(json.loads(json.dumps(dump_state(state))), (load_enrolment(row) for row in json.loads(rows)))


def positions(life: Life) -> dict[str, tuple[str | None, int | None]]:
    """Where each enrolment stands, by the journal alone."""
    found: dict[str, tuple[str | None, int | None]] = {}
    for _, entry in life.journal:
        if entry.kind == "entered":
            assert entry.enrolment not in found, "entered twice"
            found[entry.enrolment] = (entry.step, entry.visit)
        elif entry.kind == "left":
            assert found.pop(entry.enrolment) == (entry.step, entry.visit)
    return found


def check_at_rest(life: Life) -> None:
    assert life.wake_at is None or life.wake_at > life.now
    keys = Counter(effect.key for effect in life.issued())
    assert set(keys.values()) <= {1}, "an effect key was issued twice"
    for enrolment in life.state.enrolments:
        issued = [effect.key for effect in life.issued() if effect.enrolment == enrolment.id]
        assert issued == [f"{enrolment.id}/{n}" for n in range(1, enrolment.n + 1)]
        assert (enrolment.token is None) == (enrolment.ended is not None)
        if enrolment.token is not None:
            token = enrolment.token
            assert token.visit >= 1, "it is on its way and nobody moves it"
            held = bool(life.state.handover or life.state.resting or life.memory.paused(enrolment.flow))
            assert token.ref or token.deadline, "nothing to wait for"
            assert token.held_since is None or held, "held by nothing"
        waits = [(e.kind, e.data.get("link"), e.ref in enrolment.withdrawn and e.ref) for e in enrolment.deferred]
        assert len(set(waits)) == len(waits), "the same waits twice for a person"
    held = life.state.handover
    assert held is None or held in {e.token.ref for e in life.state.enrolments if e.token}, "nobody stands on it"
    assert not (life.state.discarded and any(e.token for e in life.state.enrolments)), "discarded, and walks"
    assert len(life.state.moves) <= 20
    standing = {e.id: (e.token.step, e.token.visit) for e in life.state.enrolments if e.token is not None}
    assert positions(life) == standing


def check_still(life: Life) -> None:
    """Looking again at the same moment changes nothing."""
    again = advance(life.state, life.now, None, life.memory.at(life.now))
    assert (again.state, again.effects, again.cancel, again.journal) == (life.state, (), (), ())
    assert again.wake_at == life.wake_at


@chance
@given(workspaces, histories)
def test_a_lead_always_has_something_to_wait_for_or_an_end_and_nothing_is_done_twice(
    workspace: Workspace, history: list[Doing]
) -> None:
    life = lead_of(workspace)
    for _ in lived(life, history):
        check_at_rest(life)
        check_still(life)
        assert stored(life.state) == life.state


@chance
@given(workspaces, histories, st.integers(0, 30), st.integers(0, 300))
def test_an_event_about_a_step_that_was_left_changes_nothing_when_it_comes_again(
    workspace: Workspace, history: list[Doing], which: int, hours: int
) -> None:
    life = lead_of(workspace)
    events = [event for event in lived(life, history) if event is not None and event.ref is not None]
    happens(life, Doing("time", hours))
    waited = {e.token.ref for e in life.state.enrolments if e.token is not None}
    waited |= {key for e in life.state.enrolments for key in e.withdrawn} | set(life.state.resting)
    waited |= {event.ref for e in life.state.enrolments for event in e.deferred}
    late = [e for e in events if e.ref not in waited and e.kind != "replied"]
    assume(late)
    old = late[which % len(late)]
    before, journal, effects = life.state, list(life.journal), life.kinds()
    life.hear(old.kind, old.ref, **old.data)
    assert replace(life.state, seen=before.seen) == before
    assert (life.journal, life.kinds()) == (journal, effects)


@chance
@given(workspaces, histories, st.lists(st.sampled_from(("merged", "unmerged")), max_size=5), st.booleans(), histories)
def test_whoever_was_merged_by_mistake_in_the_middle_of_something_is_told_once_and_goes_on_like_anybody(
    workspace: Workspace, history: list[Doing], more: list[str], at_once: bool, later: list[Doing]
) -> None:
    """more: it comes twice, or again. at_once: the flow begins, is ended, and is somebody's task in one turn."""
    life = lead_of(workspace)
    for _ in lived(life, history):
        pass
    before, walked = len(life.issued("open_task")), [e.id for e in life.state.enrolments if e.ended is None]
    asked = {e.token.ref or e.id for e in life.state.enrolments if e.token is not None}
    kinds = ["merged", "unmerged", *more]
    if at_once:
        begun = OWN[0]
        life.turn(*(life.memory.record(kind, life.now) for kind in (begun, *kinds)))
        check_at_rest(life)
        check_still(life)
    else:
        for kind in kinds:
            life.hear(kind)
            check_at_rest(life)
            check_still(life)
            assert stored(life.state) == life.state
        assert len(life.issued("open_task")) - before == len(asked)
    told = [one for one in life.issued("open_task") if one.args["title"] in ON_ITS_OWN.values()]
    assert len({one.enrolment for one in told}) == len(told), "nobody is told twice"
    assert bool(told) or not walked, "nobody is told"
    for _ in lived(life, later):
        check_at_rest(life)


@chance
@given(
    workspaces,
    histories,
    st.lists(st.builds(Doing, st.just("about"), st.integers(0, 5), st.integers(0, 8)), max_size=3),
    st.data(),
)
def test_cutting_a_life_into_other_batches_gives_the_same_journal(
    workspace: Workspace, history: list[Doing], more: list[Doing], data: st.DataObject
) -> None:
    life = lead_of(workspace)
    for _ in lived(life, history):
        pass
    # given back and taken over in one breath, an overdue task is kept; given back alone, its time is up
    assume(
        not any(
            e.token and e.token.taken and e.token.deadline and e.token.deadline <= life.now
            for e in life.state.enrolments
        )
    )
    ahead = [Doing("own", data.draw(st.integers(0, 3))), *more]
    events = [event for event in (happens(life, doing) for doing in ahead) if event is not None]
    events = apart(events)
    memories = [life.memory, clone(life)]
    together = drive(life.state, life.now, events, lambda: memories[0].at(life.now), memories[0].apply)
    state, journal, effects = life.state, [], []
    for event in events:
        driven = drive(state, life.now, [event], lambda: memories[1].at(life.now), memories[1].apply)
        state, journal, effects = stored(driven.state), [*journal, *driven.journal], [*effects, *driven.effects]
    assert (state, journal, effects) == (together.state, list(together.journal), list(together.effects))


def apart(events: Iterable[Event]) -> list[Event]:
    """Events of one moment are weighed against each other, so each has a moment of its own here."""
    return [replace(event, at=event.at.replace(microsecond=n)) for n, event in enumerate(events)]


def clone(life: Life) -> Memory:
    memory = life.memory
    twin = type(memory)(memory.world, memory.lead, dict(memory.fields), memory.points)
    twin.tags, twin.paused_flows, twin.mails = set(memory.tags), set(memory.paused_flows), dict(memory.mails)
    twin.events, twin._past = list(memory.events), dict(memory._past)
    return twin


@chance
@given(workspaces, histories, st.data())
def test_what_nobody_waits_for_gives_the_same_state_in_any_order(
    workspace: Workspace, history: list[Doing], data: st.DataObject
) -> None:
    life = lead_of(workspace)
    for _ in lived(life, history):
        pass
    some = st.builds(Doing, st.just("about"), st.integers(0, 5), st.integers(0, 8))
    events = apart(
        e for e in (happens(life, doing) for doing in data.draw(st.lists(some, min_size=2, max_size=3))) if e
    )

    def after(order: list[Event]) -> LeadState:
        twin = clone(life)
        driven = drive(life.state, life.now, order, lambda: twin.at(life.now), twin.apply)
        return regardless_of_seq(driven.state)

    idle = [event for event in events if after([event]) == regardless_of_seq(life.state)]
    busy = [event for event in events if event not in idle]
    assert after([*idle, *busy]) == after([*idle[::-1], *busy]) == after([*busy])
    assert after(idle) == after(idle[::-1]) == regardless_of_seq(life.state)

"""Again changes nothing: events that come twice, bells that ring in vain, turns that a forgotten worker takes anew.

Generated flows and generated lives, in rows. Each life is lived twice: once in peace, and once with everything coming
again — by its own door with the sender's own id, under the id of any event in the books, as an earlier turn at its own
moment, as a bell between two deadlines. After every step the books of the two are the same, row by row.

`KWEEK_LIVES=2000` lives that many; the suite lives fewer.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from kweek.errors import KweekError
from kweek.flow.plan import Plan
from kweek.flow.state import EffectKind, Enrolment, LeadState, Token
from kweek.flow.stored import load_enrolment
from kweek.leads import enrolments, publish, tables, tally
from kweek.leads.effects import enrolment_and_number, pending
from tests.drafts import (
    call,
    choose,
    flow,
    go,
    handover,
    rung,
    score,
    send,
    set_field,
    tag,
    task,
    tell,
    untag,
    wait,
    webhook,
)  # fmt: skip
from tests.flows_of_chance import CALL, HANDOVER, MAIL, TASK, Doing, doings, workspaces
from tests.lives_in_rows import LEAD, Books, RowLife, Town, town
from workflows.messages import TurnAnswer

LIVES = {"sqlite": 25, "postgresql": 4}
EVERY = -1
START = Doing("own", 0)
FORECAST = ("due_at", "waits_for")  # of a mail that waits: what the gate said when it was last asked, by any turn
ON_DESKS = (tables.call_tasks, tables.handovers, tables.tasks)


@dataclass(frozen=True)
class Again:
    """What comes once more. `which` picks among what came before, or is EVERY one. early: before the step's turn."""

    what: str
    which: int
    times: int = 1
    early: bool = False


agains = st.one_of(
    st.builds(Again, st.sampled_from(["event", "door"]), st.integers(0, 30), st.integers(1, 3), st.booleans()),
    st.builds(Again, st.just("turn"), st.integers(0, 30), st.integers(1, 2)),
    st.builds(Again, st.just("bell"), st.integers(0, 300)),
)
steps = st.tuples(doings, st.lists(agains, max_size=4))
lives = st.lists(steps, min_size=10, max_size=14)

Life = Sequence[tuple[Doing, Sequence[Again]]]
Thing = TypeVar("Thing")


def about(which: int, words: tuple[str, ...], word: str) -> Doing:
    """which: 0 is the newest of all mails, calls, handovers and tasks."""
    return Doing("about", which, words.index(word))


EVERYTHING = (
    flow(
        "one",
        [
            wait("1 hour"),
            send("note"),
            send("news", "3 days", {"answered": "next"}),
            score(intent=2),
            tag("hot", "new"),
            set_field(country="NL"),
            tell("boss"),
            call("script", "2 days", {"interested": "next", "attempted": [webhook("crm")], "else": "done"}),
            task("look", "1 day", {"done": "next"}, remind="1 hour"),
            handover("sales", {"rejected": "next"}, "1 day", "5 hours", [rung("1 day", every="1 day")]),
            untag("new"),
            choose(("lead.score.intent >= 2", "calls"), (None, "done")),
        ],
        {"calls": [call("script", "1 day", {"demo.booked": "next", "else": "next"}, "next"), go("steps", 2, "done")]},
        whenever={"demo.booked": "calls"},
    ),
    flow(
        "two",
        [wait("500 weeks", {"quote.requested": "sales"})],
        {"sales": [handover("sales", {"won": "done", "else": "next"}), go("steps")]},
    ),
)
HOUR, DAY, PAUSE, DEMO, QUOTE, LEAVES = (
    Doing("time", 1), Doing("time", 25), Doing("pause"), Doing("own", 1), Doing("own", 2), Doing("own", 3),
)  # fmt: skip
A_FULL_LIFE = [
    HOUR,
    about(1, MAIL, "blocked"), about(0, MAIL, "sent"), about(0, MAIL, "clicked"),
    about(0, MAIL, "replied"), about(0, TASK, "taken"), about(1, MAIL, "replied"), about(0, TASK, "done"),
    PAUSE, HOUR, PAUSE, about(1, MAIL, "answered"),
    about(0, CALL, "taken"), about(0, CALL, "given_back"), about(0, CALL, "taken"), about(0, CALL, "attempted"),
    about(0, CALL, "call_back"), about(0, CALL, "interested"),
    HOUR, about(0, TASK, "taken"), about(0, TASK, "done"),
    about(0, HANDOVER, "accepted"), DAY, about(0, HANDOVER, "contacted"), QUOTE, DEMO, DAY,
    about(0, HANDOVER, "rejected"), about(0, CALL, "taken"), DEMO, about(0, CALL, "objected"),
    DAY, about(0, MAIL, "undelivered"), DAY, LEAVES, DAY,
]  # fmt: skip
PEOPLE = ("taken", "given_back", "attempted", "call_back", "interested", "accepted", "contacted", "rejected", "done")


@pytest.fixture
def place(tmp_path: Path, database_url: str) -> Iterator[Town]:
    with town(tmp_path, database_url) as found:
        yield found


def test_again_changes_nothing_and_a_lead_never_has_nothing_to_wait_for(place: Town, database_url: str) -> None:
    few = LIVES["sqlite" if database_url.startswith("sqlite") else "postgresql"]
    many = int(os.environ.get("KWEEK_LIVES", few))

    @settings(max_examples=many, deadline=None, suppress_health_check=list(HealthCheck))
    @given(workspaces, lives)
    def again(plans: tuple[Plan, ...], life: list[tuple[Doing, list[Again]]]) -> None:
        live_twice(place, plans, life)

    again()


def test_a_life_with_everything_in_it(place: Town) -> None:
    """By hand, so that no day's luck leaves anything out: all that ever came comes again after every step."""
    turns = [Again("turn", 0), Again("turn", 1, 2), Again("turn", 17), Again("bell", 7)]
    storm = [Again("event", EVERY), Again("door", EVERY, early=True), Again("door", EVERY), *turns]
    books = live_twice(place, EVERYTHING, [(doing, storm) for doing in A_FULL_LIFE])
    nobody_edits_a_calendar = {"move_clock"}
    assert {row.kind for row in books["effects"]} == {*get_args(EffectKind)} - nobody_edits_a_calendar
    assert {row.kind for row in books["events"]} >= {"sent", "blocked", "undelivered", "replied", "answered", *PEOPLE}
    assert {row.status for row in books["call_tasks"]} == {"closed", "withdrawn"}


def live_twice(place: Town, plans: tuple[Plan, ...], life: Life) -> Books:
    """In peace, then in the storm; the books at the end."""
    with closing(lived(place, plans, [(doing, []) for doing, _ in life])) as peace:
        in_peace = list(peace)
    with closing(lived(place, plans, life)) as storm:
        for n, (answer, books) in enumerate(storm):
            assert answer == in_peace[n][0], f"step {n}"
            assert_same(books, in_peace[n][1], f"step {n}")
    return in_peace[-1][1]


def lived(place: Town, plans: tuple[Plan, ...], steps: Life) -> Generator[tuple[TurnAnswer, Books]]:
    """What each step's turn said, and the books after it; then comes what comes again, and they stay as they are."""
    with place.begin(plans) as life:
        for doing, storm in [(START, []), *steps]:
            failed = life.happens(doing)
            for again in (one for one in storm if one.early):
                comes_again(life, again)
            life.turn(failed)
            check_at_rest(life)
            books = life.books()
            yield gist(life.answer), books
            for again in (one for one in storm if not one.early):
                comes_again(life, again)
            if storm:
                assert_same(life.books(), books, storm, FORECAST)


def comes_again(life: RowLife, again: Again) -> None:
    for _ in range(again.times):
        match again.what:
            case "event":
                for event in chosen(life.said(), again.which):
                    assert not life.record(event).fresh
            case "door":
                for delivery in chosen(life.delivered, again.which):
                    with suppress(KweekError):  # too late, says the desk, which is as good
                        recorded = life.enter(delivery)
                        assert recorded is None or not recorded.fresh
            case "turn":
                asked = life.asks[-1 - again.which % len(life.asks)]
                same = asked is life.asks[-1]
                answer = life.take(asked)
                assert life.hands.turns.turn_after(LEAD, asked.n, asked.now) is None
                assert not same or gist(answer) == gist(life.answer)
            case "bell":
                moment, due = life.now + timedelta(minutes=again.which), life.answer.wake_at
                if due is None or moment < due:
                    life.take(replace(life.asks[-1], n=life.n, now=moment, failed=[]))


def chosen(things: Sequence[Thing], which: int) -> Sequence[Thing]:
    return things if which == EVERY or not things else [things[which % len(things)]]


def gist(answer: TurnAnswer) -> TurnAnswer:
    """What the workflow shall do by it: colleagues were told meanwhile, and what is cancelled finds nothing to do."""
    mails = [order for order in answer.start if order.startswith("send_mail ")]
    return replace(answer, n=0, start=mails, cancel=[])


# --- what holds whenever a turn is over -------------------------------------------------------------------


def check_at_rest(life: RowLife) -> None:
    with life.house.database.read() as tx:
        row = enrolments.lead_row(tx, LEAD)
        state = enrolments.load_state(tx, row)
        everyone = [load_enrolment(one) for one in tx.execute(select(tables.enrolments.c.state)).scalars()]
        assert row.seen == row.seq == state.seen
        assert enrolments.fold(enrolments.read_journal(tx, LEAD)) == enrolments.positions(tx, LEAD)
        assert tally.numbers(tx) == tally.counted(tx)
        keys = sorted(enrolment_and_number(key) for key in tx.execute(select(tables.effects.c.key)).scalars())
        assert keys == sorted((one.id, n) for one in everyone for n in range(1, one.n + 1)), "a key twice, or a gap"
        open_ones = [(one, one.token) for one in everyone if one.ended is None]
        assert row.open == bool(open_ones)
        for enrolment, token in open_ones:
            assert token is not None
            assert token.visit, "on its way, and nobody moves it"
            assert waits_for(tx, state, enrolment, token, row.wake_at), f"nothing to wait for: {token}"


def waits_for(tx: Any, state: LeadState, enrolment: Enrolment, token: Token, wake_at: Any) -> list[str]:
    """Strictly: not that everyone hears `unsubscribed`."""
    on_the_way = {one.key for one in pending(tx, LEAD)}
    on_desks = {
        row.key
        for table in ON_DESKS
        for row in tx.execute(select(table))
        if row.status in ("open", "taken", "accepted")
    }
    found = []
    if token.ref in on_the_way:
        found.append("a mail")
    if token.ref in on_desks:
        found.append("a person")
    timed = [at for at in (token.deadline if not token.held_since else None, *token.rungs) if at is not None]
    if timed and wake_at is not None and wake_at <= min(timed):
        found.append("time")
    if token.held_since is not None and (
        publish.paused(tx, enrolment.flow) or state.handover in on_desks or set(state.resting) & on_desks
    ):
        found.append("a rest that ends with a bell")
    return found


def assert_same(books: Books, others: Books, where: object, but_for: tuple[str, ...] = ()) -> None:
    for name, rows in books.items():
        assert len(rows) == len(others[name]), f"{where}: {name}: {[row for row in rows if row not in others[name]]}"
        for row, other in zip(rows, others[name], strict=True):
            pairs = zip(row._fields, row, other, strict=True)
            changed = [pair for pair in pairs if pair[1] != pair[2] and pair[0] not in but_for]
            assert not changed, f"{where}: {name}: {changed}"

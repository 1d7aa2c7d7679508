"""Flows that nobody wrote, and lives that nobody lived: hypothesis strategies for whatever runs a plan.

The flows are compiled but not linted: they run in circles, end nowhere and name what never happens. The machine must
keep its promises all the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from msgspec.structs import replace

from kweek.flow.answers import MailState
from kweek.flow.duration import parse_duration
from kweek.flow.plan import Plan, Reentry, ToFlow
from kweek.flow.state import Event
from kweek.rules.stages import Conversions
from tests import drafts
from tests.drafts import Draft
from tests.lives import HOUR, MONDAY, OFFICE, Life, Staged

FLOWS = ("one", "two")
PATHS = ("steps", "left", "right")
OWN = ("brochure.requested", "demo.booked", "quote.requested")
MAIL = ("sent", "opened", "clicked", "answered", "out of office", "bounced", "blocked", "undelivered", "replied")
CALL = ("taken", "given_back", "attempted", "attempted", "call_back", "interested", "not interested", "objected")
HANDOVER = ("accepted", "contacted", "rejected", "later", "won", "lost")
TASK = ("taken", "given_back", "done", "carry on", "leave")
LENGTHS = ("1 hour", "5 hours", "1 day", "3 days", "8 business hours", "2 business days")
CONDITIONS = ('tagged("hot")', "lead.score.intent >= 3", 'lead.country == "NL"', "not known(lead.born)")


# --- flows ---------------------------------------------------------------------------------------------------

lengths = st.sampled_from(LENGTHS)
acts = st.sampled_from(
    [
        drafts.score(intent=2),
        drafts.tag("hot"),
        drafts.untag("hot"),
        drafts.tell("boss"),
        drafts.send("note"),
        drafts.set_field(country="NL"),
    ]
)
targets = st.sampled_from(  # mostly onwards, so that lives are long
    [*PATHS * 3, *["next"] * 4, "done", "discard", "won", "lost", *(ToFlow(flow) for flow in FLOWS)]
)


def lines(kinds: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(kinds), targets, max_size=3)


def reactions(kinds: tuple[str, ...], passing: tuple[str, ...] = ()) -> st.SearchStrategy[dict[str, Any]]:
    closing = lines((*kinds, *OWN[1:], "else"))
    if not passing:
        return closing
    passed = st.dictionaries(st.sampled_from(passing), st.lists(acts, max_size=2), max_size=1)
    return st.builds(lambda a, b: {**a, **b}, passed, closing)


waits = st.builds(
    drafts.wait,
    st.sampled_from(
        [*LENGTHS, "until monday 09:00", "until 17:30", "until lead.fair", "until 1 day before lead.fair"]
    ),
    lines(OWN[1:]),
    st.none() | targets,
)  # fmt: skip
sends = st.builds(
    drafts.send,
    st.sampled_from(["news", {"news": 50, None: 50}]),
    lengths,
    reactions(("opened", "answered", "bounced", "blocked")),
    lines(("answered", "opened", "undelivered", "else")),
)
calls = st.builds(
    drafts.call, st.just("script"), lengths, reactions(("interested", "unreachable"), ("attempted",)),
    lines(("attempted", "else")), st.integers(1, 3),
)  # fmt: skip
ladders = st.sampled_from(
    [(), (drafts.rung("5 hours"), drafts.rung("1 day", every="1 day")), (drafts.rung("1 business day", every="1 day"),)]
)
handovers = st.builds(
    drafts.handover, st.just("sales"), reactions(("rejected", "won"), ("contacted",)), st.none() | lengths,
    st.none() | lengths, ladders,
)  # fmt: skip
tasks = st.builds(
    drafts.task, st.just("look"), lengths, reactions(("done",)), st.none() | targets, st.just(("done",)),
    st.none() | lengths, ladders,
)  # fmt: skip
chooses = st.builds(
    lambda test, a, share, b, c: drafts.choose((test, a), (share, b), (None, c)),
    st.sampled_from(CONDITIONS), targets, st.integers(1, 99), targets, targets,
)  # fmt: skip
goes = st.builds(drafts.go, targets, st.none() | st.integers(1, 2), targets)
ends = st.builds(drafts.end, st.sampled_from(["done", "discard", "won", "lost"]))
waiting: st.SearchStrategy[Draft] = st.one_of(waits, sends, sends, calls, calls, handovers, tasks)
steps: st.SearchStrategy[Draft] = st.one_of(waiting, waiting, acts, chooses, goes, ends)
wherever = st.sampled_from((*OWN[1:], "unsubscribed"))
reentries = st.sampled_from([Reentry(), Reentry("always"), Reentry("after", after=parse_duration("3 days"))])


@st.composite
def plans(draw: st.DrawFn, name: str = "one") -> Plan:
    """A flow of up to three paths. `then` of every `flow x` ends it, so that refusals are walked too."""
    lists = {path: [draw(waiting), *draw(st.lists(steps, max_size=3))] for path in PATHS}
    plan = drafts.flow(
        name,
        lists.pop("steps"),
        lists,
        whenever=draw(st.dictionaries(wherever, targets | st.lists(acts, max_size=1), max_size=2)),
        goal=draw(st.none() | st.tuples(st.sampled_from(CONDITIONS), targets)),
        reentry=draw(reentries),
    )  # fmt: skip
    return replace(plan, start=plan.start if name == "one" or draw(st.booleans()) else ())


workspaces = st.tuples(plans("one"), plans("two"))


# --- lives ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Doing:
    """What happens next. `which` picks among what there is to happen to; see `happens`."""

    what: str
    which: int = 0
    kind: int = 0


doings = st.one_of(
    st.builds(Doing, st.just("time"), st.integers(0, 100)),
    st.builds(Doing, st.just("own"), st.sampled_from([0, 1, 1, 2, 2, 3])),
    st.builds(Doing, st.just("about"), st.integers(0, 5), st.integers(0, 8)),
    st.builds(Doing, st.just("about"), st.integers(0, 1), st.sampled_from([0, 0, 2, 8])),  # taken, sent, replied …
    st.builds(Doing, st.sampled_from(["pause", "date"]), st.integers(0, 9)),
)
histories = st.lists(doings, min_size=6, max_size=20)


class Steady(Staged):
    """A lead whose mails' states do not hang on what was recorded when, so that cutting a life in batches is fair."""

    def mail_states(self, key: str) -> frozenset[MailState]:
        return frozenset({"opened"} if int(key.rsplit("/", 1)[1]) % 2 else ())


def lead_of(workspace: tuple[Plan, ...]) -> Life:
    world = {"calendar": OFFICE, "conversions": Conversions(frozenset({"quote.requested"}))}
    life = Life(workspace, world=world, fields={"lead.fair": MONDAY + 60 * HOUR}, holds_mail=True)
    life.memory.__class__ = Steady
    return life.hear("brochure.requested")


def happens(life: Life, doing: Doing) -> Event | None:
    """Make it so: let time pass, or record an event (which is answered, and has yet to be heard)."""
    match doing.what:
        case "time":
            life.until(life.now + doing.which * HOUR)
        case "pause":
            life.memory.paused_flows ^= {FLOWS[doing.which % 2]}
            life.turn()
        case "date":
            life.memory.fields["lead.fair"] = life.now + (doing.which * 8 - 16) * HOUR
            life.turn()
        case "own":
            return life.memory.record((*OWN, "unsubscribed")[doing.which], life.now)
        case _:
            return about(life, doing)
    return None


def about(life: Life, doing: Doing) -> Event | None:
    """An event about one of the latest mails, calls, handovers and tasks."""
    kinds = {"send_mail": MAIL, "open_call_task": CALL, "give_handover": HANDOVER, "open_task": TASK}
    things = [effect for effect in reversed(life.issued()) if effect.kind in kinds]
    if not things:
        return None
    thing = things[doing.which % len(things)]
    words = kinds[thing.kind]
    kind = words[doing.kind % len(words)]
    data = {"at": (life.now + 30 * HOUR).isoformat()} if kind == "call_back" else {}
    return life.memory.record(kind, life.now, thing.key, data)


def lived(life: Life, history: list[Doing]) -> Iterator[Event | None]:
    """Live it, one thing at a time; yields after each, at rest."""
    for doing in history:
        event = happens(life, doing)
        if event is not None:
            life.turn(event)
        yield event

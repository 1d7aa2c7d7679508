"""Which cases would walk every way through a flow? One for each row that no test walks yet, told by living them.

It begins with a lead to whom nothing happens, and looks where people could have done something else; each of these is
a life of its own, and is looked at in turn. So it is the machine that says what comes of everything. Each step is
looked at where it is come to first; a loop is walked to its limit by doing the same again. What no facts that we know
of can bring about is said, not guessed.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from kweek.flow.cases.case import DEFAULT_START, Case
from kweek.flow.cases.draft import Draft, placed, raised
from kweek.flow.cases.known import lead_of, start_data
from kweek.flow.cases.run import INSTANT, give_all, surveys_at
from kweek.flow.cases.solve import Solver
from kweek.flow.cases.ways import NOWHERE, once_more, turnings, visits
from kweek.flow.conditions import Condition
from kweek.flow.conditions.schema import FieldType
from kweek.flow.plan import Choose, Go, Plan
from kweek.flow.rows import GOAL, rows_of, walked
from kweek.flow.simulate.life import Life
from kweek.flow.state import Entry
from kweek.flow.world import World

_LIVES: Final = 40  # a row: enough for every flow that ships many times over
_LONGEST: Final = timedelta(days=3 * 365)
_TURNS: Final = 300  # of one life; a flow that takes more has a loop that nobody would wait for
_WITH_SALES: Final = timedelta(days=5)
_ROUND: Final = 6  # steps of a loop at which somebody does something
_TRIES: Final = 4  # to make a line true, from so many lives that come to it


class Lived(Struct, frozen=True):
    """A case, and the life that came of it. rows: those of the flow that it walked."""

    case: Case
    life: Life
    rows: frozenset[str]


class Suggestions(Struct, frozen=True):
    """left: rows for which no case could be found, each with what stands there. unheld: those of them to which a life
    leads that is none as it would be written."""

    cases: tuple[Lived, ...]
    left: Mapping[str, str]
    unheld: frozenset[str] = frozenset()


def suggest(
    plan: Plan,
    world: World,
    known: Iterable[str] = (),
    schema: Mapping[str, FieldType] | None = None,
    holds: Callable[[Lived], bool] = lambda lived: True,
) -> Suggestions:
    """known: rows that tests walk already. schema: the types of the workspace's fields. holds: does it come out the
    same when it is run as it is written? What does not is not suggested."""
    search = _Search(plan, world, schema or {}, holds)
    search.walk()
    known = frozenset(known)
    cases = _needed(search.kept, known) or search.kept[: 0 if known else 1]
    left = {row: words for row, words in search.rows.items() if row not in search.seen | known}
    return Suggestions(tuple(cases), left, frozenset(search.unheld & left.keys()))


def _needed(lives: Iterable[Lived], known: frozenset[str]) -> list[Lived]:
    """Without those whose every row another walks too; the longest are asked last."""
    needed = [lived for lived in lives if lived.rows - known]
    for lived in sorted(needed, key=lambda one: len(one.rows)):
        others = known.union(*(other.rows for other in needed if other is not lived))
        if lived.rows <= others:
            needed.remove(lived)
    return needed


class _Search:
    """kept: lives that walk what none before them walked. seen: rows that were walked."""

    def __init__(
        self, plan: Plan, world: World, schema: Mapping[str, FieldType], holds: Callable[[Lived], bool]
    ) -> None:
        self.plan, self.world, self.holds = plan, world, holds
        self.solver = Solver(schema, world.sales_ready, DEFAULT_START.date())
        self.seen, self.unheld = set[str](), set[str]()
        self.kept: list[Lived] = []
        self.queue = deque[Draft]()
        self.looked_at, self.tries, self.lives = set[str](), Counter[str](), 0
        self.rows = rows_of(plan)
        self.most = _LIVES * (len(self.rows) + 1)

    def walk(self) -> None:
        root = self._root()
        self.queue.append(root)
        if self.plan.goal is not None:
            self.queue.extend(self._where(root, self.plan.goal.condition, (), GOAL))
        lived = list[tuple[Draft, Lived]]()
        while self.queue and self.lives < self.most:
            draft = self.queue.popleft()
            if draft.aim in self.seen:
                continue
            one = self._keep(draft)
            lived.append((draft, one))
            self._look_around(draft, one)
        for draft, one in lived:
            self._round_again(draft, one)

    def _root(self) -> Draft:
        """The first event that starts the flow, with what its `if` asks for."""
        root, start = Draft(), next((start for start in self.plan.start if start.event), None)
        if start is None or start.condition is None:
            return root
        inside = (
            draft for draft in self._answers(root, start.condition, ()) if visits(self._live(draft).life, self.plan)
        )
        return next(inside, root)

    # --- living -------------------------------------------------------------------------------------

    def _live(self, draft: Draft) -> Lived:
        self.lives += 1
        case = self._case(draft)
        life, _ = give_all(self.plan, case, self.world)
        self._to_its_end(life)
        return Lived(case, life, walked(self.plan.flow, life.journal) & self.rows.keys())

    def _case(self, draft: Draft) -> Case:
        data, lead = start_data(draft.known), lead_of(draft.known, draft.consent)
        return Case(self.plan.flow, "", draft.aim, NOWHERE, data=data, lead=lead, given=draft.given)

    def _to_its_end(self, life: Life) -> None:
        """However long it takes; but sales may hold a lead for ever."""
        end, last = life.start + _LONGEST, life.start
        for _ in range(_TURNS):
            due = life.due
            if due is None or due >= end or not life.busy(self.plan.flow):
                return
            if life.state.handover is None:
                last = due
            elif due > last + _WITH_SALES:
                return
            life.run(due + INSTANT)

    def _keep(self, draft: Draft) -> Lived:
        lived = self._live(draft)
        if self.kept and not lived.rows - self.seen:
            return lived
        if self.holds(lived):
            self.kept.append(lived)
            self.seen |= lived.rows
        else:
            self.unheld |= lived.rows
        return lived

    # --- what else could have happened ----------------------------------------------------------------

    def _look_around(self, draft: Draft, lived: Lived) -> None:
        for visit in visits(lived.life, self.plan):
            if visit.step.id in self.looked_at:
                continue
            self.looked_at.add(visit.step.id)
            for turning in turnings(lived.life, self.plan, visit):
                before = tuple(one for one in draft.given if one.when.after(lived.life.start, UTC) < turning.at)
                then = replace(draft, aim=turning.row, given=(*before, *turning.given))
                if [one.kind for one in turning.given] == ["blocked"]:
                    self.queue.append(replace(then, given=before, consent=False))
                self.queue.append(then)
        for at, entry in lived.life.journal:
            step = self.plan.steps.get(entry.step or "")
            if entry.kind == "chose" and isinstance(step, Choose):
                self._choose_otherwise(draft, lived, step, at, entry)

    def _choose_otherwise(self, draft: Draft, lived: Lived, step: Choose, at: datetime, entry: Entry) -> None:
        above = list[Condition]()
        for n, branch in enumerate(step.branches, 1):
            row = f"{step.id} choose:{n}"
            if row not in self.seen and self.tries[row] < _TRIES and branch.share is None:
                self.tries[row] += 1
                before = tuple(one for one in draft.given if one.when.after(lived.life.start, UTC) <= at)
                self.queue.extend(self._where(replace(draft, given=before), branch.condition, above, row))
            above += [branch.condition] if branch.condition else []

    def _where(self, draft: Draft, wanted: Condition | None, never: Iterable[Condition], row: str) -> Iterator[Draft]:
        """The first draft in which it is so, and the row is walked."""
        for then in self._answers(draft, wanted, never):
            lived = self._live(then)
            if row in lived.rows:
                if self.holds(lived):
                    yield replace(then, aim=row)
                    return
                self.unheld.add(row)

    def _answers(self, draft: Draft, wanted: Condition | None, never: Iterable[Condition]) -> Iterator[Draft]:
        """First with what was thought of before, then without; first what can be answered when it is asked, then all
        of it from the start."""
        never, surveys = tuple(never), surveys_at(self.plan, self._case(draft), self.world)
        named = self._named(wanted, *never)
        bare = draft.without(named)
        for base in (draft,) if bare is draft else (draft, bare):
            answers = list(self.solver.solve(wanted, never, base.answer))
            drafts = [placed(base, answer, surveys, self.world) for answer in answers]
            yield from sorted(drafts, key=lambda one: (len(one.known), raised(one, self.world)))
            if any(surveys):
                yield from (replace(base, answer=answer) for answer in answers)

    def _named(self, *conditions: Condition | None) -> frozenset[str]:
        """The facts that these ask for, and those by which a lead is ready for sales."""
        names = frozenset(name for condition in conditions if condition for name in condition.names)
        ready = self.world.sales_ready
        for asked, lines in (("lead.sales_ready", ready.needs), ("lead.disqualified", ready.disqualified)):
            if asked in names:
                names = names.union(*(line.condition.names for line in lines))
        return names

    # --- loops ----------------------------------------------------------------------------------------

    def _round_again(self, draft: Draft, lived: Lived) -> None:
        """Do at each step that is come to again what was done there the first time, as often as a loop allows."""
        loops = {f"{step.id} then": step.at_most for step in self.plan.steps.values() if isinstance(step, Go)}
        left = [times for row, times in loops.items() if times is not None and row not in self.seen]
        for _ in range((max(left, default=-1) + 1) * _ROUND):
            if self.lives > self.most:
                return
            given = once_more(lived.life, self.plan, draft.given)
            if given is None:
                return
            draft = replace(draft, aim="", given=given)
            lived = self._keep(draft)

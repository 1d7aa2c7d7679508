"""Who is a lead of whom many share a life? What tells them apart is drawn only when somebody asks for it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from itertools import accumulate

from kweek.flow.plan import Choose, Send
from kweek.flow.simulate.memory import Memory
from kweek.flow.spread import spread
from kweek.flow.world import World
from kweek.rules.grades import Points

PROFILE = "profile"
Drawn = float | Points


class UndrawnError(Exception):
    """Someone asks what was not drawn yet: the profile, or the half of a test (by its step)."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


@dataclass(frozen=True)
class Halves:
    """Where the shares of tests are cut, by step, in per cent."""

    cuts: Mapping[str, tuple[int, ...]]

    @classmethod
    def of(cls, world: World) -> Halves:
        found: dict[str, set[int]] = {}
        for step in (step for plan in world.plans.values() for step in plan.steps.values()):
            match step:
                case Send(mails=mails) if len(mails) > 1:
                    found.setdefault(step.id, set()).update(accumulate(share for _, share in mails))
                case Choose(branches=branches) if any(branch.share for branch in branches):
                    found.setdefault(step.id, set()).update(accumulate(branch.share or 0 for branch in branches))
                case _:
                    pass
        return cls({step: tuple(sorted({0, 100, *sums})) for step, sums in found.items()})

    def of_lead(self, lead: str, step: str) -> float:
        """A number that falls to the same share as the lead's own, and is the same for all whose it is."""
        cuts = self.cuts[step]
        place = min(bisect_right(cuts, spread(lead, step) * 100), len(cuts) - 1)
        return (cuts[place - 1] + cuts[place]) / 200


class SharedMemory(Memory):
    """What is known of many leads. Until the profile is drawn, points are those that were added.

    alone: draws for the one lead that it is about, where it is about one; for many, whoever keeps them has to part them
    first.
    """

    def __init__(self, world: World, halves: Halves) -> None:
        super().__init__(world)
        self.halves = halves
        self._own: dict[str, float] = {}
        self._profiled = False
        self.alone: Callable[[str], Drawn] | None = None

    @property
    def whole(self) -> bool:
        """Is everything drawn that can be asked?"""
        return self._profiled and len(self._own) == len(self.halves.cuts)

    def draw(self, what: str, drawn: Drawn) -> None:
        """From now on it is known: the points that the profile makes, or the half of a step."""
        if isinstance(drawn, Points):
            self._profiled = True
            self.add_points({"profile": drawn.profile, "intent": drawn.intent, "interest": drawn.interest})
        else:
            self._own = {**self._own, what: drawn}

    def judged(self) -> Points:
        if not self._profiled:
            self._ask(PROFILE)
        return super().judged()

    def spread(self, step: str) -> float:
        if step in self.halves.cuts and step not in self._own:
            self._ask(step)
        return self._own.get(step, 0.0)

    def _ask(self, what: str) -> None:
        if self.alone is None:
            raise UndrawnError(what)
        self.draw(what, self.alone(what))

    def drawn(self) -> Hashable:
        return self._profiled, frozenset(self._own.items())

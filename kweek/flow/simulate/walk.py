"""How does a lead walk with people around it? Its life, with all that they will yet do in it."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Final

from msgspec import Struct

from kweek.flow.simulate.life import Life, Said
from kweek.flow.simulate.people import Deed, Held, People, Reaction
from kweek.flow.simulate.sheets import Sheet, fill_in

INSTANT: Final = timedelta(microseconds=1)
_AT: Final = attrgetter("at")


class Walk(Struct):
    """A life with what people will do in it. counts: how often each thing was opened, for the draws. heard: so many
    of its events were noted. seen: to so many opened things somebody reacted. closes: sales has just spoken to it."""

    life: Life
    deeds: list[Deed]
    counts: dict[tuple[str, str], int] = {}
    heard: int = 0
    seen: int = 0
    closes: Held | None = None

    @property
    def due(self) -> datetime | None:
        """When something happens next, by people or by itself."""
        due = self.life.due
        if self.deeds and (due is None or self.deeds[0].at <= due):
            return self.deeds[0].at
        return due

    def step(self, at: datetime) -> tuple[Deed, Sheet] | None:
        """Let it happen: what people do comes first. Answers the deed, with what was filled in."""
        deed, sheet = None, Sheet()
        if self.deeds and self.deeds[0].at <= at:
            deed = self.deeds.pop(0)
            self.closes = deed.closes
            sheet = self._do(deed)
        else:
            self.life.run(at + INSTANT)
        if self.deeds and self.life.withdrawn:
            self.deeds = [deed for deed in self.deeds if deed.ref not in self.life.withdrawn]
        return None if deed is None else (deed, sheet)

    def _do(self, deed: Deed) -> Sheet:
        life, sheet = self.life, Sheet()
        if deed.kind == "unclear":
            life.run(deed.at)
            life.memory.unclear.add(deed.ref or "")
            return sheet
        if deed.sheet is not None and (survey := life.memory.world.asked.get(deed.sheet[0])) is not None:
            sheet = fill_in(life.memory.at(deed.at), survey, deed.sheet[1])
        said: list[Said] = [(kind, None, {}) for kind in sheet.raised]
        life.hear_all(deed.at, [*said, (deed.kind, deed.ref, dict(deed.data))])
        return sheet

    def reactions(self, people: People) -> list[Reaction]:
        """To all that was opened, and to sales having spoken to the lead, since this was asked last."""
        life, found = self.life, list[Reaction]()
        for opened in life.opened[self.seen :]:
            found.append(people.reaction(life, opened, self._nth(opened.verb, opened.what)))
        self.seen = len(life.opened)
        if (closes := self.closes) is not None:
            found.append(people.closing(life, closes, self._nth("closing", closes.team)))
            self.closes = None
        return found

    def _nth(self, verb: str, what: str) -> int:
        times = self.counts.get((verb, what), 0) + 1
        self.counts[verb, what] = times
        return times

    def fork(self, more: Iterable[Deed]) -> Walk:
        other = Walk(self.life.fork(), list(self.deeds), dict(self.counts), self.heard, self.seen)
        other.expect(more)
        return other

    def expect(self, deeds: Iterable[Deed]) -> None:
        for deed in deeds:
            insort(self.deeds, deed, key=_AT)


def live(life: Life, people: People, until: datetime) -> Iterator[tuple[Deed, Sheet]]:
    """Let this life go on, with what its own lead draws; yields what people did."""
    lead = life.memory.lead
    walk = Walk(life, list(people.own_deeds(people.by_itself(lead), life.start)))
    while True:
        for reaction in walk.reactions(people):
            draw = reaction.draw(lead)
            walk.expect(reaction.deeds(draw) if draw.kind else ())
        at = walk.due
        if at is None or at >= until:
            return
        done = walk.step(at)
        if done is not None:
            yield done

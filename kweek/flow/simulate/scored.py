"""What do the rules give a make-believe lead? What they give in the books, too (`kweek.leads.scores`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, tzinfo

from msgspec import Struct

from kweek.rules.grades import Points
from kweek.rules.scoring import Did, Rule, Standing, fade, give


class Scored(Struct, frozen=True):
    """For all that it did. plain: by the rules of which every event counts by itself; standing: by each of the
    others, in the order in which they first gave."""

    plain: Points = Points()
    standing: tuple[tuple[Rule, Standing], ...] = ()

    @property
    def fading(self) -> bool:
        """Is there anything that may fade?"""
        return any(rule.fades and standing.points for rule, standing in self.standing)

    def after(self, did: Did, rules: Iterable[Rule], fits: Callable[[Rule], bool], zone: tzinfo) -> Scored:
        """It did that now. rules: that are about it. fits: is that so, by their conditions?"""
        plain, standing = self.plain, self.standing
        for rule in filter(fits, rules):
            if rule.plain:
                plain = plain.plus(rule.axis, rule.points)
            else:
                known = dict(standing)
                known[rule] = give(rule, known.get(rule, Standing()), did, zone)[0]
                standing = tuple(known.items())
        return Scored(plain, standing)

    def at(self, now: datetime, zone: tzinfo) -> Points:
        """What stands of it at this moment."""
        points = self.plain
        for rule, standing in self.standing:
            points = points.plus(rule.axis, fade(rule, standing, now, zone)[0].points)
        return points

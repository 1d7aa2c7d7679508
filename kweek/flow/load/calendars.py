"""When is the workspace open? rules/calendars.yaml."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from kweek.flow.catalogue import CalendarEntry
from kweek.flow.kebab import kebab, parse_name
from kweek.flow.load.days_astray import in_place
from kweek.flow.load.reader import Reader
from kweek.flow.problems import Located, Position
from kweek.flow.yaml import Items, Node, Pair, Pairs
from kweek.flow.yaml.tree import plain
from kweek.rules.calendars import Calendar
from kweek.rules.opening import KEYS, AsOneError, calendar_from, days_in, days_without

_HOURS: Final = "09:00-17:00"
_USUAL_WEEK: Final[Mapping[str, object]] = {"timezone": "UTC", "hours": {"monday-friday": [_HOURS]}}


class CalendarReader(Reader):
    """Reads rules/calendars.yaml. timezone: the workspace's, of each calendar that names none."""

    def __init__(self, file: str, timezone: str) -> None:
        super().__init__(file)
        self.timezone = timezone

    def read(self, root: Pairs) -> Mapping[str, CalendarEntry]:
        entries = (self._entry(pair) for pair in root.pairs)
        return {entry.name.value: entry for entry in entries if entry is not None}

    def _entry(self, pair: Pair) -> CalendarEntry | None:
        value = in_place(self, pair.value) if isinstance(pair.value, Pairs) else pair.value
        known = self.fields(value, pair.key, KEYS, 'hours: monday-friday: ["09:00-17:30"]')
        if not isinstance(value, Pairs):
            return None
        spec = {word: plain(line.value) for word, line in known.items()}
        # each key by itself, so that each mistake is shown at its own place
        sound = [self._alone(line.value, _with(word)) for word, line in known.items()]
        calendar = self._calendar(spec, pair.key.at) if all(sound) else None
        return CalendarEntry(self._called(pair.key.located), spec, calendar) if calendar else None

    def _called(self, name: Located[str]) -> Located[str]:
        """Its name; where it is none, what it makes of one, so that who names that finds it."""
        right = self.reread(name, parse_name, "name")
        return right or Located(kebab(name.value) or name.value, name.at, name.key)

    def _alone(self, node: Node, spec: Callable[[object], Mapping[str, object]]) -> bool:
        """Is this part sound? Each piece of it is tried with the sound ones before it, so that the smallest that is
        not is shown, and the others after it. spec: a calendar in which all but the part is right."""
        error = _refused(spec(plain(node)))
        match node:
            case _ if error is None:
                return True
            case _ if isinstance(error, AsOneError) and error.value == plain(node):
                self.refuse(node.at, "calendar", error)
            case Items(items=(_, *_)):
                kept: list[object] = []
                for item in node.items:
                    if self._alone(item, lambda value, kept=tuple(kept): spec([*kept, value])):
                        kept.append(plain(item))
            case Pairs(pairs=(_, *_)):
                self._lines(node, spec)
            case _:
                self.refuse(node.at, "calendar", error)
        return False

    def _lines(self, node: Pairs, spec: Callable[[object], Mapping[str, object]]) -> None:
        done: dict[str, object] = {}
        above: list[Pair] = []
        for pair in node.pairs:
            name = pair.key.value
            if error := _refused(spec({**done, name: _HOURS})):
                if not self._twice(pair, above):
                    self.refuse(pair.key.at, "calendar", error)
            elif self._alone(pair.value, lambda value, done=dict(done), name=name: spec({**done, name: value})):
                done[name] = plain(pair.value)
                above.append(pair)

    def _twice(self, pair: Pair, above: Iterable[Pair]) -> bool:
        """Have a line above and this one a day in common?"""
        try:
            here = days_in(pair.key.value)
        except ValueError:
            return False
        other = next((one for one in above if days_in(one.key.value) & here), None)
        if other is None:
            return False
        there = days_in(other.key.value)
        days = days_without(pair.key.value, here - there)
        what = f"“{other.key.value}” in line {other.key.at.line} has {days.replace('-', ' to ')} as well."
        left = (("there", days_without(other.key.value, here)), ("here", days_without(pair.key.value, there)))
        fix = " — or ".join(f"write {place}: {left}" for place, left in left if left) or "keep one of the two"
        self.refuse(pair.key.at, "calendar", ValueError(f"{what}; {fix}"))
        return True

    def _calendar(self, spec: Mapping[str, object], at: Position) -> Calendar | None:
        try:
            return calendar_from(spec, self.timezone)
        except ValueError as error:
            self.refuse(at, "calendar", error)
            return None


def _with(word: str) -> Callable[[object], Mapping[str, object]]:
    """The usual week with something else at one of its keys."""
    return lambda value: {**_USUAL_WEEK, word: value}


def _refused(spec: Mapping[str, object]) -> ValueError | None:
    try:
        calendar_from(spec)
    except ValueError as error:
        return error
    return None

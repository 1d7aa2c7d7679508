"""When is the workspace open? rules/calendars.yaml."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from kweek.flow.catalogue import CalendarEntry
from kweek.flow.load.reader import Reader
from kweek.flow.problems import Position
from kweek.flow.yaml import Items, Node, Pair, Pairs
from kweek.flow.yaml.tree import plain
from kweek.rules.calendars import Calendar
from kweek.rules.opening import KEYS, calendar_from

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
        known = self.fields(pair.value, pair.key, KEYS, 'hours: monday-friday: ["09:00-17:30"]')
        if not isinstance(pair.value, Pairs):
            return None
        spec = {word: plain(line.value) for word, line in known.items()}
        # each key by itself, so that each mistake is shown at its own place
        sound = [self._alone(line.value, _with(word)) for word, line in known.items()]
        calendar = self._calendar(spec, pair.key.at) if all(sound) else None
        return CalendarEntry(pair.key.located, spec, calendar) if calendar else None

    def _alone(self, node: Node, spec: Callable[[object], Mapping[str, object]]) -> bool:
        """Is this part sound? Each piece of it is tried with the sound ones before it, so that the smallest that is
        not is shown, and the others after it. spec: a calendar in which all but the part is right."""
        if _refused(spec(plain(node))) is None:
            return True
        match node:
            case Items(items=(_, *_)):
                kept: list[object] = []
                for item in node.items:
                    if self._alone(item, lambda value, kept=tuple(kept): spec([*kept, value])):
                        kept.append(plain(item))
            case Pairs(pairs=(_, *_)):
                done: dict[str, object] = {}
                for pair in node.pairs:
                    name = pair.key.value
                    if error := _refused(spec({**done, name: _HOURS})):
                        self.refuse(pair.key.at, "calendar", error)
                    elif self._alone(pair.value, lambda value, done=dict(done), name=name: spec({**done, name: value})):
                        done[name] = plain(pair.value)
            case _:
                self._calendar(spec(plain(node)), node.at)
        return False

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

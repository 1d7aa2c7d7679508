"""When is the workspace open? rules/calendars.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kweek.flow.catalogue import CalendarEntry
from kweek.flow.load.reader import Reader
from kweek.flow.yaml import Node, Pair, Pairs
from kweek.flow.yaml.tree import plain
from kweek.rules.calendars import Calendar
from kweek.rules.opening import KEYS, calendar_from

_USUAL_WEEK: Final[Mapping[str, object]] = {"timezone": "UTC", "hours": {"monday-friday": ["09:00-17:00"]}}


class CalendarReader(Reader):
    """Reads rules/calendars.yaml."""

    def read(self, root: Pairs) -> Mapping[str, CalendarEntry]:
        entries = (self._entry(pair) for pair in root.pairs)
        return {entry.name.value: entry for entry in entries if entry is not None}

    def _entry(self, pair: Pair) -> CalendarEntry | None:
        known = self.fields(pair.value, pair.key, KEYS, 'hours: monday-friday: ["09:00-17:30"]')
        if not isinstance(pair.value, Pairs):
            return None
        spec = {word: plain(line.value) for word, line in known.items()}
        # each key by itself, so that each mistake is shown at its own place
        alone = [self._calendar({**_USUAL_WEEK, word: value}, known[word].value) for word, value in spec.items()]
        calendar = self._calendar(spec, pair.key) if all(alone) else None
        return CalendarEntry(pair.key.located, spec, calendar) if calendar else None

    def _calendar(self, spec: Mapping[str, object], where: Node) -> Calendar | None:
        try:
            return calendar_from(spec)
        except ValueError as error:
            self.refuse(where.at, "calendar", error)
            return None

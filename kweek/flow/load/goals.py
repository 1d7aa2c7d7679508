"""What should it come to? A flow's goal: a condition, and where it leads. What happens, `whenever` hears."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kweek.flow import model as m
from kweek.flow.conditions import ConditionError, parse_condition
from kweek.flow.load.reader import Reader, undashed, unread
from kweek.flow.load.targets import TargetReader
from kweek.flow.words import is_event
from kweek.flow.yaml import Node, Pair, Pairs, Text

GOAL_KEYS: Final = ("if", "go")
_HEARS: Final = ("when", "whenever", "on", "event", "start")
"""Keys below which somebody may name an event."""


def with_events_apart(reader: Reader, pairs: tuple[Pair, ...]) -> tuple[Pair, ...]:
    """Events in a goal are lines of `whenever`."""
    goal = next((pair for pair in pairs if pair.key.value == "goal"), None)
    found = tuple(_events_of(goal)) if goal else ()
    if goal is None or not found:
        return pairs
    clause = next((pair for pair in pairs if pair.key.value == "whenever"), None)
    own = clause.value.pairs if clause and isinstance(clause.value, Pairs) else ()
    left = _left_of(goal, found)
    what, why = f"“{found[0].key.value}” is an event; a goal asks a condition.", "What happens, “whenever” hears."
    reader.note(found[0].key.at, "goal", what, why, _remedy(found, own, left, clause))
    heard = tuple(line for line in found if not (isinstance(line.value, Text) and line.value.empty))
    key = clause.key if clause else goal.key._replace(value="whenever")
    joined = Pair(key, Pairs((*own, *heard), key.at))
    kept = (Pair(goal.key, Pairs(left, goal.value.at)),) if left else ()
    rest = tuple(pair for pair in pairs if pair is not goal and pair is not clause)
    return (*rest, *((joined,) if own or heard else ()), *kept)


def _left_of(goal: Pair, found: tuple[Pair, ...]) -> tuple[Pair, ...]:
    """What it asks, if it asks something besides, and where that leads: as its events do, where nothing is said."""
    inside = _inside(goal.value)
    asked = tuple(pair for pair in inside if pair.key.value == "if" and pair.value is not found[0].key)
    go = tuple(pair for pair in inside if pair.key.value == "go")
    return (*asked, *(go or (Pair(found[0].key._replace(value="go"), found[0].value),))) if asked else ()


def _remedy(found: tuple[Pair, ...], own: tuple[Pair, ...], left: tuple[Pair, ...], clause: Pair | None) -> str:
    heard = {pair.key.value for pair in own}
    new = [line for line in found if line.key.value not in heard]
    lines = ", and ".join(f"{line.key.value}: {_to(line)}" for line in new)
    go = next((pair for pair in left if pair.key.value == "go" and pair.value is found[0].value), None)
    rest = f", and below the “if” of the goal: go: {_to(go)}" if go else ""
    if clause is None:
        return f"Write {'beside the goal' if left else 'instead'} whenever: and below it: {lines}{rest}"
    where = f"“whenever” in line {clause.key.at.line}"
    if not new:
        return f"Take it away: {where} hears it" if left else f"Take the goal away: {where} hears it"
    return f"Write below {where}: {lines}{rest}" + ("" if left else " — and take the goal away")


def _inside(value: Node) -> tuple[Pair, ...]:
    return value.pairs if isinstance(value, Pairs) else undashed(value)


def _to(line: Pair) -> str:
    return line.value.value if isinstance(line.value, Text) and not line.value.empty else "<where it leads>"


def _events_of(goal: Pair) -> Iterator[Pair]:
    """Each as a line of `whenever`; its value is empty where nobody said where it leads."""
    if isinstance(goal.value, Text):
        if is_event(goal.value.value):
            yield Pair(goal.value, goal.value._replace(value="", style="plain"))
        return
    inside = _inside(goal.value)
    go = next((pair.value for pair in inside if pair.key.value == "go"), None)
    for pair in inside:
        match pair.value:
            case Pairs(pairs=lines) if pair.key.value in _HEARS:
                yield from lines
            case Text(value=said) as event if pair.key.value in (*_HEARS, "if") and is_event(said):
                yield Pair(event, go or event._replace(value="", style="plain"))
            case _ if is_event(pair.key.value):
                yield pair
            case _:
                pass


class GoalReader(TargetReader):
    """Reads `goal`."""

    def goal(self, pair: Pair | None) -> m.Goal | None:
        if pair is None:
            return None
        pair = self._in_one(pair)
        known = self.fields(pair.value, pair.key, GOAL_KEYS, self._two_lines(pair.value), needs=GOAL_KEYS)
        ways = ", ".join(sorted(self.paths)[:8]) or "steps"
        for word, example in (("if", "lead.sales_ready"), ("go", f"and the path that is meant ({ways}), or an ending")):
            if isinstance(pair.value, Pairs) and word not in known:
                self.note(pair.key.at, "goal", f"This goal has no “{word}”.", "", f"Add: {word}: {example}")
        condition = self.text(known.get("if")) or unread(pair)
        return m.Goal(pair.key.at, condition, self.aim(known["go"]) if "go" in known else m.Inline((), pair.key.at))

    def _in_one(self, pair: Pair) -> Pair:
        """`- lead.sales_ready: sales`: a condition, and behind its colon where it leads."""
        match _inside(pair.value):
            case (Pair(key=Text() as asked, value=Text() as to),) if not to.empty and asked.value not in GOAL_KEYS:
                try:
                    parse_condition(asked.value)
                except ConditionError:
                    return pair
                what, why = "This line says what is asked and where it leads.", "Each has a key of its own."
                fix = f"Write two lines: “if: {asked.value}”, and below it “go: {to.value}”"
                self.note(asked.at, "goal", what, why, fix)
                lines = (Pair(asked._replace(value="if"), asked), Pair(asked._replace(value="go"), to))
                return Pair(pair.key, Pairs(lines, pair.value.at))
            case _:
                return pair

    def _two_lines(self, value: Node) -> str:
        """Its two lines, with the author's own condition, or his own path."""
        said = value.value if isinstance(value, Text) else ""
        if said in self.paths or said in m.ENDINGS:
            return f"if: lead.sales_ready, go: {said}"
        way = next(iter(self.unnamed or sorted(self.paths)), "done")
        try:
            parse_condition(said)
        except ConditionError:
            return f"if: lead.sales_ready, go: {way}"
        return f"“if: {said}”, and “go: {way}”"

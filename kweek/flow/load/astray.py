"""What stands among the steps though it says something of the whole flow? A goal, or what happens anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from kweek.flow.load.goals import GOAL_KEYS
from kweek.flow.load.reader import Reader, said
from kweek.flow.yaml import Items, Node, Pair, Pairs, Text

_OF_THE_FLOW: Final = ("goal", "whenever")


def brought_to_the_top(reader: Reader, pairs: Sequence[Pair], paths: Iterable[str]) -> tuple[Pair, ...]:
    """The keys of a flow, with those that stood among its steps as if they were one."""
    there = {pair.key.value: pair.key for pair in pairs}
    way = next(iter(paths), "done")
    found: dict[str, Pair] = {}
    kept = [_without_them(reader, pair, there, way, found) for pair in pairs]
    return (*kept, *found.values())


def _without_them(reader: Reader, pair: Pair, there: Mapping[str, Text], way: str, found: dict[str, Pair]) -> Pair:
    """A list of steps, or the paths, without what is no step."""
    match pair:
        case Pair(key=Text(value="paths"), value=Pairs(pairs=below, at=at)):
            return Pair(pair.key, Pairs(tuple(_without_them(reader, one, there, way, found) for one in below), at))
        case Pair(key=Text(value="start" | "goal" | "whenever")):
            return pair
        case Pair(value=Items(items=steps, at=at)):
            left: list[Node] = []
            for step in steps:
                if isinstance(step, Pairs) and step.pairs and step.pairs[0].key.value in _OF_THE_FLOW:
                    _bring(reader, step, there, way, found)
                else:
                    left.append(step)
            return Pair(pair.key, Items(tuple(left), at)) if len(left) < len(steps) else pair
        case _:
            return pair


def _bring(reader: Reader, step: Pairs, there: Mapping[str, Text], way: str, found: dict[str, Pair]) -> None:
    key, lines = step.pairs[0].key, _lines(step, way)
    what, why = f"“{key.value}” is no step.", "It holds wherever in the flow a lead is."
    shown = " and ".join(f"“{line.key.value}: {said(line)}”" for line in lines)
    if lines and lines[-1].value.at == lines[-1].key.at:
        shown += " (or another path)"  # it said no way
    if key.value in there:
        fix = f"The flow has one in line {there[key.value].at.line}: take this one away, or write there {shown}"
    else:
        fix = f"Take it out of the list; above “steps:” write {key.value}: and below it, two spaces deeper, {shown}"
        found.setdefault(key.value, Pair(key, Pairs(lines, key.at)))
    reader.note(key.at, "key-misplaced", what, why, fix)


def _lines(step: Pairs, way: str) -> tuple[Pair, ...]:
    """What stands below it, beside it or behind its colon. way: where a goal leads that does not say it."""
    first, *beside = step.pairs
    lines = list(first.value.pairs) if isinstance(first.value, Pairs) else []
    if first.key.value == "goal" and isinstance(first.value, Text) and not first.value.empty:
        lines = [Pair(first.key._replace(value="if"), first.value)]
    lines += beside
    if first.key.value == "goal" and lines and {line.key.value for line in lines} == {"if"}:
        at = lines[-1].key.at
        lines.append(Pair(Text("go", at, at), Text(way, at, at)))
    return tuple(line for line in lines if first.key.value != "goal" or line.key.value in GOAL_KEYS)

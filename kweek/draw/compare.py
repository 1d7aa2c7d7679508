"""What differs between two versions of a flow? The newer one, told with marks: what is new, what changed, what is gone.

What is gone stands where it stood, and leads nowhere. Steps are the same by their ids, else by place and verb; the rows
of a step by what they say, else by where they lead.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Final, TypeVar

from msgspec.structs import replace

from kweek.draw.say import Say
from kweek.draw.told import Band, Column, Group, Line, Mark, MarkKind, Step, Told, Way, within

_Thing = TypeVar("_Thing", Step, Line)
_GONE: Final = " gone"  # behind the key of a row, for another may have its number now


def compare(old: Told, new: Told, say: Say) -> Told:
    """The newer one with its marks; equal to itself where nothing differs."""
    return _Comparison(old, new, say).told()


class _Comparison:
    def __init__(self, old: Told, new: Told, say: Say) -> None:
        self.old, self.new, self.say = old, new, say
        self.place_before, self.place_now = _places(old), _places(new)
        self.before = self._aligned()  # id now → the step as it was
        self.kept: Final = {step.id for step in self.before.values()}

    def told(self) -> Told:
        old, new = self.old, self.new
        columns = {column.name: column for column in old.columns}
        names = {column.name for column in new.columns}
        return replace(
            new,
            was=self._was(old.title) if old.title != new.title else "",
            bands=tuple(self._bands()),
            columns=(
                *(self._column(columns.get(column.name), column) for column in new.columns),
                *(self._column_gone(column) for column in old.columns if column.name not in names),
            ),
        )

    # --- what belongs together ------------------------------------------------------------------------

    def _aligned(self) -> dict[str, Step]:
        """By id; those that are left, in order, by the list of their path, their depth and their verb."""
        known = {step.id: step for step, _ in self.place_before.values()}
        found = {id: known[id] for id in self.place_now if id in known}
        left: dict[object, list[Step]] = {}
        for id, (step, place) in self.place_before.items():
            if id not in found:
                left.setdefault((place, step.verb), []).append(step)
        for id, (step, place) in self.place_now.items():
            if id not in found and (alike := left.get((place, step.verb))):
                found[id] = alike.pop(0)
        return found

    # --- bands and columns ----------------------------------------------------------------------------

    def _bands(self) -> Iterator[Band]:
        before = {band.kind: band for band in self.old.bands}
        for band in self.new.bands:
            was = before.pop(band.kind, None)
            yield replace(band, lines=tuple(self._lines(was.lines if was else (), band.lines)))
        yield from (replace(band, lines=tuple(map(self._line_gone, band.lines))) for band in before.values())

    def _column(self, old: Column | None, new: Column) -> Column:
        if old is None:
            return replace(new, notes=(self.say("compare.new"),), steps=tuple(self._steps((), new.steps)))
        starts, notes = self._told(old.starts, new.starts), self._told(old.notes, new.notes)
        return replace(new, starts=starts, notes=notes, steps=tuple(self._steps(old.steps, new.steps)))

    def _column_gone(self, old: Column) -> Column:
        notes = (self.say("compare.gone"),)
        return replace(old, starts=(), notes=notes, steps=tuple(self._steps(old.steps, ())))

    def _told(self, old: tuple[str, ...], new: tuple[str, ...]) -> tuple[str, ...]:
        """Of the ways in and the rules of the flow."""
        tells = (words if words in old else self._mark("new").before(words) for words in new)
        return (*tells, *(self._mark("gone").before(words) for words in old if words not in new))

    # --- steps ----------------------------------------------------------------------------------------

    def _steps(self, old: Sequence[Step], new: Sequence[Step]) -> Iterator[Step]:
        """The new ones in their order; behind each, those that stood behind it and are gone."""
        here = {was.id for step in new if (was := self.before.get(step.id))}
        gone = _behind([step for step in old if step.id in here or step.id not in self.kept], here)
        yield from map(self._step_gone, gone.get("", ()))
        for step in new:
            was = self.before.get(step.id)
            yield self._step_new(step) if was is None else self._step(was, step)
            if was is not None:
                yield from map(self._step_gone, gone.get(was.id, ()))

    def _step(self, old: Step, new: Step) -> Step:
        groups = _grouped(new.groups, self._lines(tuple(old.lines()), tuple(new.lines())))
        told, tells = self._parts(old), self._parts(new)
        if told == tells and old.verb == new.verb:
            return replace(new, groups=groups)
        was = [part for part in told if part not in tells]
        notes = (*new.notes, self._was(", ".join(was))) if was else new.notes
        return replace(new, groups=groups, notes=notes, mark=self._mark("changed"))

    def _parts(self, step: Step) -> tuple[str, ...]:
        """All that it says by itself, its rows left aside."""
        way = (step.way.words,) if step.way else ()
        heads = tuple(group.heading for group in step.groups if group.heading)
        return (step.title, *way, *step.notes, *heads)

    def _step_new(self, step: Step) -> Step:
        groups = tuple(
            replace(group, lines=tuple(replace(line, steps=tuple(self._steps((), line.steps))) for line in group.lines))
            for group in step.groups
        )
        return replace(step, groups=groups, mark=self._mark("new"))

    def _step_gone(self, step: Step) -> Step:
        groups = tuple(replace(group, lines=tuple(map(self._line_gone, group.lines))) for group in step.groups)
        return replace(step, way=_nowhere(step.way), groups=groups, mark=self._mark("gone"))

    # --- rows -----------------------------------------------------------------------------------------

    def _lines(self, old: Sequence[Line], new: Sequence[Line]) -> Iterator[Line]:
        before = _alike(old, new)
        gone = _behind(old, {line.key for line in before.values()})
        yield from map(self._line_gone, gone.get("", ()))
        for line in new:
            was = before.get(line.key)
            yield self._line(was, line)
            if was is not None:
                yield from map(self._line_gone, gone.get(was.key, ()))

    def _line(self, old: Line | None, new: Line) -> Line:
        if old is None:
            return replace(new, steps=tuple(self._steps((), new.steps)), mark=self._mark("new"))
        steps = tuple(self._steps(old.steps, new.steps))
        was = [old.label] if old.label != new.label else []
        if _leads(old) != _leads(new):
            was.append(f"→ {old.way.words}" if old.way else self.say("compare.in-place"))
        if not was:
            return replace(new, steps=steps)
        return replace(new, label=f"{new.label} ({self._was(' '.join(was))})", steps=steps, mark=self._mark("changed"))

    def _line_gone(self, line: Line) -> Line:
        steps = tuple(self._step_gone(step) for step in line.steps if step.id not in self.kept)
        return replace(line, key=line.key + _GONE, way=_nowhere(line.way), steps=steps, mark=self._mark("gone"))

    # --- in words -------------------------------------------------------------------------------------

    def _mark(self, kind: MarkKind) -> Mark:
        return Mark(kind, self.say(f"compare.{kind}"))

    def _was(self, words: str) -> str:
        return self.say("compare.was", what=words)


def _places(told: Told) -> dict[str, tuple[Step, object]]:
    """By id: the step, and where it stands: its path or band, and how deep."""
    lists = [(column.name, column.steps) for column in told.columns]
    lists += [(f"{band.kind}:", line.steps) for band in told.bands for line in band.lines]
    return {step.id: (step, (name, depth)) for name, steps in lists for step, depth in within(steps)}


def _alike(old: Iterable[Line], new: Sequence[Line]) -> dict[str, Line]:
    """Key now → the row as it was. Who says the same and leads to the same first, then who says the same, then who
    leads to the same."""
    left, found = list(old), dict[str, Line]()
    same: tuple[Callable[[Line], object], ...] = (
        lambda line: (line.label, _leads(line)),
        lambda line: line.label,
        lambda line: _leads(line) or object(),
    )
    for of in same:
        for line in new:
            was = None if line.key in found else next((one for one in left if of(one) == of(line)), None)
            if was is not None:
                found[line.key] = was
                left.remove(was)
    return found


def _behind(things: Iterable[_Thing], kept: Collection[str]) -> dict[str, list[_Thing]]:
    """Those that are not kept, by the one that is and behind which they stood; "": at the head."""
    found, last = dict[str, list[_Thing]](), ""
    for thing in things:
        name = thing.id if isinstance(thing, Step) else thing.key
        if name in kept:
            last = name
        else:
            found.setdefault(last, []).append(thing)
    return found


def _grouped(groups: tuple[Group, ...], lines: Iterable[Line]) -> tuple[Group, ...]:
    """The lines under their headings; what is gone under that of the line before it."""
    under = {line.key: n for n, group in enumerate(groups) for line in group.lines}
    groups = groups or (Group("", ()),)
    found, n = [list[Line]() for _ in groups], 0
    for line in lines:
        n = under.get(line.key, n)
        found[n].append(line)
    return tuple(replace(group, lines=tuple(own)) for group, own in zip(groups, found, strict=True) if own)


def _leads(line: Line) -> tuple[str, str] | None:
    return (line.way.kind, line.way.name) if line.way else None


def _nowhere(way: Way | None) -> Way | None:
    """It says where it led, and sends no edge there."""
    return way and (replace(way, kind="next") if way.kind in ("path", "missing") else way)

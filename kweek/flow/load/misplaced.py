"""What stands in the wrong place? It is noted, and then read where it belongs, so that one slip is one message."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from kweek.flow.load.reader import Reader
from kweek.flow.problems import nearest
from kweek.flow.yaml import Items, Pair, Pairs, Text


def adopted(reader: Reader, pairs: Iterable[Pair], words: Collection[str], clauses: Sequence[str]) -> tuple[Pair, ...]:
    """Keys that stand in the column of the clause above them, though they belong below it: they are put there.

    words: the keys that there may be. clauses: those of them that have keys of others below them.
    """
    done: list[Pair] = []
    is_open = False  # the last one is a clause with nothing below it
    for pair in pairs:
        if is_open and pair.key.value not in words and nearest(pair.key.value, words) is None:
            done[-1] = _adopting(reader, done[-1], pair)
            continue
        done.append(pair)
        is_open = pair.key.value in clauses and isinstance(pair.value, Text) and pair.value.empty
    return tuple(done)


def _adopting(reader: Reader, clause: Pair, stray: Pair) -> Pair:
    if isinstance(clause.value, Pairs):
        return Pair(clause.key, Pairs((*clause.value.pairs, stray), clause.value.at))
    key, column = clause.key.value, clause.key.at.column + 2
    what = f"“{stray.key.value}” stands in the column of “{key}”, not below it."
    fix = f"Begin each line that belongs to “{key}” in column {column} ({column - 1} spaces)."
    reader.note(stray.key.at, "indentation", what, f"So “{key}” is empty.", fix)
    return Pair(clause.key, Pairs((stray,), stray.key.at))


def lifted(
    reader: Reader, pairs: Iterable[Pair], words: Collection[str], clauses: Collection[str], owner: str
) -> Iterator[Pair]:
    """Keys that stand within a clause (`when`, `whenever`) though they belong beside it are lifted out of it, with what
    stands below them. owner: of what they say something."""
    for pair in pairs:
        inside = pair.value.pairs if pair.key.value in clauses and isinstance(pair.value, Pairs) else ()
        first = next((n for n, one in enumerate(inside) if one.key.value in words), None)
        if first is None:
            yield pair
            continue
        key, column = inside[first].key, pair.key.at.column
        what = f"“{key.value}” stands below “{pair.key.value}”, but it belongs beside it."
        why = f"“{key.value}” says something of {owner}, not of what happens."
        reader.note(key.at, "indentation", what, why, f"Begin it in column {column} ({column - 1} spaces).")
        yield Pair(pair.key, Pairs(inside[:first], pair.value.at))
        yield from _with_what_is_below(inside[first:], words)


def _with_what_is_below(pairs: Iterable[Pair], words: Collection[str]) -> Iterator[Pair]:
    """The options among them, each with the lines up to the next one, as far as it can have any."""
    below: list[Pair] = []
    for one in pairs:
        if one.key.value in words:
            below.append(one)
        elif isinstance(last := below[-1].value, Text) and last.empty:
            below[-1] = Pair(below[-1].key, Pairs((one,), one.key.at))
        elif isinstance(last, Pairs):
            below[-1] = Pair(below[-1].key, Pairs((*last.pairs, one), last.at))
    yield from below


def gathered(reader: Reader, pairs: tuple[Pair, ...], keys: Collection[str]) -> tuple[Pair, ...]:
    """Paths that stand in the first column, beside `paths`, are put below it. keys: those of a flow."""
    below = next((pair for pair in pairs if pair.key.value == "paths"), None)
    if below is None or not isinstance(below.value, Pairs):
        return pairs
    lists = [pair for pair in pairs if isinstance(pair.value, Items) and pair.key.value not in keys]
    outside = [pair for pair in lists if nearest(pair.key.value, keys) is None]
    for pair in outside:
        what = f"The path “{pair.key.value}” stands beside “paths”, not below it."
        fix = "Begin it in column 3 (2 spaces), and what belongs to it two spaces deeper."
        reader.note(pair.key.at, "indentation", what, "", fix)
    whole = Pair(below.key, Pairs((*below.value.pairs, *outside), below.value.at))
    return tuple(whole if pair is below else pair for pair in pairs if pair not in outside)

"""What stands one level too deep, or for itself, though YAML reads it well? It is noted, and read where it belongs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Final

from kweek.flow.load.reader import Reader
from kweek.flow.yaml import Node, Pair, Pairs, Text

_SAYS: Final = {"score": "points"}
"""Of what the lines of a clause say something, where it is not of what happens."""


def lifted(
    reader: Reader, pairs: Sequence[Pair], words: Collection[str], clauses: Collection[str], owner: str
) -> Iterator[Pair]:
    """Keys that stand within a clause (`when`, `whenever`) though they belong beside it are lifted out of it, with what
    stands below them. owner: of what they say something."""
    for pair in pairs:
        inside = pair.value.pairs if pair.key.value in clauses and isinstance(pair.value, Pairs) else ()
        first = next((n for n, one in enumerate(inside) if one.key.value in words), None)
        if first is None:
            yield pair
            continue
        if first == len(inside) - 1 and (renamed := _else_meant(reader, inside[first], pair, pairs)):
            yield Pair(pair.key, Pairs((*inside[:first], renamed), pair.value.at))
            continue
        _note_astray(reader, pair, inside, words, owner)
        options, left = _with_what_is_below(inside[first:], words)
        yield Pair(pair.key, Pairs((*inside[:first], *left), pair.value.at))
        yield from options


def _note_astray(reader: Reader, clause: Pair, inside: Sequence[Pair], words: Collection[str], owner: str) -> None:
    astray = [one.key for one in inside if one.key.value in words]
    key, column = astray[0], clause.key.at.column
    alone = not astray[1:]
    says, named = "says" if alone else "say", " and ".join(f"“{one.value}”" for one in astray)
    what = f"{named} {'stands' if alone else 'stand'} below “{clause.key.value}”, but "
    what += "it belongs beside it." if alone else "they belong beside it."
    why = f"{named if alone else 'They'} {says} something of {owner}, not of "
    why += f"{_SAYS.get(clause.key.value, 'what happens')}."
    it, where = "it" if alone else "them", f"in column {column} ({column - 1} spaces)"
    fix = f"Begin {it} {where}."
    if key.at.line == clause.key.at.line:
        fix = f"Write {it} on a line of its own, in column {column}."
    elif key is inside[0].key and inside[len(astray) :]:  # else all that stands below would come to belong to it
        fix = f"Put {it} above “{clause.key.value}”, {where}."
    reader.note(key.at, "indentation", what, why, fix)


def joined(
    reader: Reader, nodes: Iterable[Node], lone: str, code: str, may_have: Callable[[Sequence[str]], bool]
) -> Iterator[Node]:
    """An item that is this key alone has a dash too many: it belongs to the item above, where that may have it.

    may_have: asked of the keys of that item."""
    above: Pairs | None = None
    for node in nodes:
        if above is not None and _keys(node) == [lone] and may_have(_keys(above)) and isinstance(node, Pairs):
            owner = above.pairs[0].key
            what, why = (
                f"This “{lone}” has a dash of its own.",
                f"It belongs to the “{owner.value}” in line {owner.at.line}.",
            )
            reader.note(node.at, code, what, why, f"Take the dash away: {lone} in column {owner.at.column}.")
            above = Pairs((*above.pairs, *node.pairs), above.at)
            continue
        if above is not None:
            yield above
        above = node if isinstance(node, Pairs) else None
        if above is None:
            yield node
    if above is not None:
        yield above


def _keys(node: Node) -> list[str]:
    return [pair.key.value for pair in node.pairs] if isinstance(node, Pairs) else []


def _else_meant(reader: Reader, last: Pair, clause: Pair, beside: Sequence[Pair]) -> Pair | None:
    """The last line of a `when`, where the step has an `otherwise` of its own besides, or of that one itself: it was to
    catch all the rest."""
    if last.key.value != "otherwise" or not isinstance(last.value, Text):
        return None
    own = next((one.key for one in beside if one.key.value == "otherwise"), None)
    if own is None:
        return None
    if clause.key is own:
        what, why = "“otherwise” stands below itself.", "Its last line, for all others, is “else”."
        reader.note(last.key.at, "else", what, why, f"Write: else: {last.value.value}")
        return Pair(last.key._replace(value="else"), last.value)
    what, why = "“otherwise” is no event.", f"For when the time is up, the step has one in line {own.at.line}."
    reader.note(last.key.at, "else", what, why, f"For all other events, write: else: {last.value.value}")
    return Pair(last.key._replace(value="else"), last.value)


def _with_what_is_below(pairs: Iterable[Pair], words: Collection[str]) -> tuple[Sequence[Pair], Sequence[Pair]]:
    """The options among them, each with the lines up to the next one, as far as it can have any; and the others."""
    below: list[Pair] = []
    left: list[Pair] = []
    for one in pairs:
        if one.key.value in words:
            below.append(one)
        elif isinstance(last := below[-1].value, Text) and last.empty:
            below[-1] = Pair(below[-1].key, Pairs((one,), one.key.at))
        elif isinstance(last, Pairs):
            below[-1] = Pair(below[-1].key, Pairs((*last.pairs, one), last.at))
        else:
            left.append(one)
    return below, left

"""Which choose was meant, where a line that leads somewhere asks something? `answered: if lead.sales_ready: sales`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from kweek.flow.load.reader import Reader, said
from kweek.flow.problems import Position
from kweek.flow.yaml import Items, Node, Pair, Pairs, Text
from kweek.flow.yaml.asking import asks, in_a_choose

_ASKS: Final = ("if", "go", "else")


def is_asked(node: Node) -> bool:
    """Does it say what is asked, where it should say where the lead goes?"""
    return _asked(node) is not None


def choose_meant(reader: Reader, node: Node, key: Text, *, rest: str = "done", step: bool = False) -> tuple[Node, ...]:
    """The only step of the list that was meant; empty: nothing is asked. key: what leads there. rest: where all
    others go, if nobody says it. step: it is a verb."""
    found = _asked(node)
    if found is None:
        return ()
    asked, to, other = found
    reader.note(node.at, "target", *in_a_choose(key.value, asked, to, other, rest=rest, step=step))
    first = _pairs(node.at, {"if": asked, "go": to or "done"})
    lines = Items((first, _pairs(node.at, {"else": other or rest})), node.at)
    return (Pairs((Pair(Text("choose", node.at, node.at), lines),), node.at),)


def by_reason(key: str, lines: Pairs) -> str:
    """The fix where `student: discard` stands below `rejected`: a choose by the reason. Empty: it is nothing of that
    kind."""
    if not all(isinstance(pair.value, Text) and pair.value.value for pair in lines.pairs):
        return ""
    *reasons, last = lines.pairs if lines.pairs[-1].key.value == "else" else (*lines.pairs, None)
    if not reasons:
        return ""
    asked = [(f'handover.reason == "{pair.key.value}"', said(pair)) for pair in reasons if pair]
    return in_a_choose(key, asked[0][0], asked[0][1], said(last) if last else "", more=asked[1:])[2]


def asked_below(reader: Reader, lines: Iterable[Pair]) -> Iterator[Pair]:
    """The lines of a `when` without an `if` and a `go` among them: there, something happens, and nothing is asked."""
    event: Pair | None = None
    asked: Pair | None = None
    to = ""
    for line in lines:
        if line.key.value == "if" and asked is None:
            asked = line
        elif line.key.value == "go" and asked is not None:
            to = said(line)
        else:
            event = line if asked is None else event
            yield line
    if asked is not None:
        what, why = "“if” is no event, and “when” asks nothing.", "What is asked of a lead, “choose” asks."
        key = event.key.value if event else "answered"
        other = said(event) if event and isinstance(event.value, Text) else ""
        if event is None:
            begin = f"Write above it what happens, such as “{key}:”, and below that"
        else:
            begin = f"Leave “{key}:” alone on its line, and write below it"
        fix = in_a_choose(key, said(asked), to, other)[2]
        reader.note(asked.key.at, "unknown-event", what, why, fix.replace(f"Write below “{key}:”", begin, 1))


def _asked(node: Node) -> tuple[str, str, str] | None:
    """What is asked, where the lead goes, and where all others go; None: nothing is."""
    match node:
        case Text(value=text):
            return asks(text)
        case Pairs(pairs=(first, *others)) if {pair.key.value for pair in others} <= {*_ASKS}:
            below = {pair.key.value: said(pair) for pair in others if isinstance(pair.value, Text)}
            if first.key.value == "if" and isinstance(first.value, Text):
                return said(first), below.get("go", ""), below.get("else", "")
            found = asks(f"{first.key.value}: {said(first)}")
            return (*found[:2], found[2] or below.get("else", "")) if found else None
        case _:
            return None


def _pairs(at: Position, words: dict[str, str]) -> Pairs:
    return Pairs(tuple(Pair(Text(key, at, at), Text(value, at, at)) for key, value in words.items()), at)

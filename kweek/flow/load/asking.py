"""Which choose was meant, where a line that leads somewhere asks something? `answered: if lead.sales_ready: sales`."""

from __future__ import annotations

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

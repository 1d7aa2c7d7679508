"""When does somebody hear of it that a handover or a task is left lying? The rungs of `escalate`."""

from __future__ import annotations

import re
from typing import Final

from kweek.flow.duration import Duration
from kweek.flow.load.reader import Reader, said
from kweek.flow.model import Rung
from kweek.flow.problems import Located
from kweek.flow.words import RUNG
from kweek.flow.yaml import Node, Pair, Pairs, Text

SOME_TIME: Final = Duration(7, "day")
"""Stands in for a time that was written wrong, at the place of what it belongs to, so that the rest is checked."""
_DOES: Final = re.compile(r"(tell|reassign)(?: to)? ([\w-]+)")


class RungReader(Reader):
    """Reads a ladder."""

    def rungs(self, pair: Pair | None) -> tuple[Rung, ...]:
        if pair is None:
            return ()
        example = "after: 24 hours — with every: 24 hours and tell: manager below it"
        nodes = self.items(pair.value, pair.key, example, ("after",))
        return tuple(rung for rung in (self._rung(node, pair.key) for node in nodes) if rung is not None)

    def _rung(self, node: Node, key: Text) -> Rung | None:
        node = self._rung_in_one(node)
        known = self.fields(node, key, RUNG, "after: 24 hours, tell: manager", ("after",))
        if not isinstance(node, Pairs):
            return None
        if "after" not in known:
            self.note(node.at, "missing", "This rung does not say when.", "", "Add: after: 24 hours")
        if not known.keys() & {"tell", "reassign"}:
            self.note(node.at, "missing", "This rung does nothing.", "", "Add: tell: manager — or reassign: sales")
        after, every = self.duration(known.get("after")), self.duration(known.get("every"))
        if every is None and "every" in known:
            every = Located(SOME_TIME, node.at, node.at, said=said(known["every"]))
        tell, reassign = self.text(known.get("tell")), self.text(known.get("reassign"))
        some_time = Located(SOME_TIME, node.at, node.at, said=said(known.get("after")))
        return Rung(node.at, after or some_time, every, tell, reassign)

    def _rung_in_one(self, node: Node) -> Node:
        """`after 1 business day: tell manager`, as the two lines that it is."""
        first = node.pairs[0] if isinstance(node, Pairs) and node.pairs else None
        word, _, time = first.key.value.partition(" ") if first else ("", "", "")
        does = _DOES.fullmatch(first.value.value) if first and isinstance(first.value, Text) else None
        if not isinstance(node, Pairs) or first is None or word != "after" or not time or does is None:
            return node
        what, why = f"“{first.key.value}” is a key and its value.", "The colon stands behind the key."
        fix = f"Write: - after: {time} — and below it: {does[1]}: {does[2]}"
        self.note(first.key.at, "unknown-key", what, why, fix)
        at = first.key.at
        lines = (
            Pair(Text("after", at, at), Text(time, at, at)),
            Pair(Text(does[1], at, at), Text(does[2], first.value.at, first.value.at)),
        )
        return Pairs((*lines, *node.pairs[1:]), node.at)

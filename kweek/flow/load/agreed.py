"""When is a lead sales ready, as marketing and sales agreed? rules/sales-ready.yaml."""

from __future__ import annotations

from typing import Final

from kweek.flow.catalogue import Line, SalesReadyLines
from kweek.flow.load.reader import Reader
from kweek.flow.yaml import Pair, Pairs

READY_KEYS: Final = ("needs", "disqualified")


class SalesReadyReader(Reader):
    """Reads rules/sales-ready.yaml."""

    def read(self, root: Pairs) -> SalesReadyLines:
        known = self.known(root.pairs, READY_KEYS, "rules/sales-ready.yaml")
        needs = self._lines(known.get("needs"), "fact", "budget")
        return SalesReadyLines(needs, self._lines(known.get("disqualified"), "because", "student"))

    def _lines(self, pair: Pair | None, word: str, example: str) -> tuple[Line, ...]:
        if pair is None:
            return ()
        found: list[Line] = []
        for node in self.items(pair.value, pair.key, f"{word}: {example}"):
            known = self.fields(node, pair.key, (word, "if"), f"{word}: {example}, if: …", (word, "if"))
            for key in (word, "if"):
                if isinstance(node, Pairs) and key not in known:
                    self.note(node.at, "missing", f"This line has no “{key}”.", "", f"A line is: {word}: …, if: …")
            name, condition = self.text(known.get(word)), self.condition(known.get("if"))
            if name and condition:
                found.append(Line(name, condition))
        return tuple(found)

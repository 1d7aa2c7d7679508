"""What have marketing and sales agreed on? rules/sales-ready.yaml, and the grades of rules/scoring.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kweek.flow.catalogue import Line, SalesReadyLines
from kweek.flow.load.reader import Reader
from kweek.flow.problems import Position
from kweek.flow.yaml import Pair, Pairs
from kweek.flow.yaml.tree import plain
from kweek.rules.grades import Grades, grades_from

READY_KEYS: Final = ("needs", "disqualified")
SCORING_KEYS: Final = ("grades", "rules")


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


class ScoringReader(Reader):
    """Reads the grades of rules/scoring.yaml; its `rules` are read by who scores, and only known to belong here."""

    def read(self, root: Pairs) -> Grades | None:
        known = self.known(root.pairs, SCORING_KEYS, "rules/scoring.yaml")
        if "grades" not in known:
            return None
        grades = known["grades"]
        lines = self.fields(grades.value, grades.key, ("profile", "engagement"), "profile: { A: 20, B: 10, C: 0 }")
        sound = [self._grades({word: line}, line.value.at) for word, line in lines.items()]
        return self._grades(lines, grades.value.at) if all(sound) else None

    def _grades(self, lines: Mapping[str, Pair], at: Position) -> Grades | None:
        try:
            return grades_from({word: plain(line.value) for word, line in lines.items()})
        except ValueError as error:
            self.refuse(at, "grades", error)
            return None

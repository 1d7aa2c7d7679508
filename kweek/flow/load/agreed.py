"""When is a lead sales ready, as marketing and sales agreed, by which facts? rules/sales-ready.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kweek.flow.catalogue import Line, SalesReadyLines
from kweek.flow.kebab import parse_name
from kweek.flow.load.events import FIELD, FieldReader
from kweek.flow.problems import did_you_mean
from kweek.flow.yaml import Pair, Pairs, Text
from kweek.rules.said import ELSE, FINDERS, FactType, Finder, Term, bant, parse_term

READY_KEYS: Final = ("facts", "needs", "disqualified")
FACT_KEYS: Final = ("title", "values", "holds", "found_by")


class SalesReadyReader(FieldReader):
    """Reads rules/sales-ready.yaml."""

    def read(self, root: Pairs) -> SalesReadyLines:
        known = self.known(root.pairs, READY_KEYS, "rules/sales-ready.yaml")
        needs = self._lines(known.get("needs"), "fact", "budget")
        disqualified = self._lines(known.get("disqualified"), "because", "student")
        return SalesReadyLines(needs, disqualified, self._facts(known["facts"]) if "facts" in known else bant())

    def _lines(self, pair: Pair | None, word: str, example: str) -> tuple[Line, ...]:
        if pair is None:
            return ()
        found: list[Line] = []
        for node in self.items(pair.value, pair.key, f"{word}: {example}"):
            known = self.fields(node, pair.key, (word, "title", "if"), f"{word}: {example}, if: …", (word, "if"))
            for key in (word, "if"):
                if isinstance(node, Pairs) and key not in known:
                    self.note(node.at, "missing", f"This line has no “{key}”.", "", f"A line is: {word}: …, if: …")
            name, condition = self.text(known.get(word)), self.condition(known.get("if"))
            if name and condition:
                found.append(Line(name, condition, self.titled(known.get("title"))))
        return tuple(found)

    # --- facts ------------------------------------------------------------------------------------

    def _facts(self, pair: Pair) -> Mapping[str, FactType]:
        lines = self.pairs(pair.value, pair.key, "budget: { values: { reserved: set aside } }")
        return {line.key.value: self._fact(line) for line in lines}

    def _fact(self, pair: Pair) -> FactType:
        name = pair.key.value
        if not FIELD.fullmatch(name):
            what, fix = f"“{name}” is not the name of a fact.", "Use small letters, digits and underscores: budget"
            self.note(pair.key.at, "name", what, "", fix)
        if isinstance(pair.value, Text) and pair.value.empty:
            return FactType(name, at=pair.key.at)
        known = self.fields(pair.value, pair.key, FACT_KEYS, "values: { reserved: set aside }")
        values = self._values(known.get("values"))
        holds = self._holds(known.get("holds"), values)
        found_by = self._found_by(known.get("found_by"))
        return FactType(name, self.titled(known.get("title")), values, holds, found_by, pair.key.at)

    def _values(self, pair: Pair | None) -> Mapping[str, Mapping[str, str]]:
        """Each with what people call it, as a title says it; nothing: by its name."""
        found: dict[str, Mapping[str, str]] = {}
        for line in self.pairs(pair.value, pair.key, "reserved: { en: set aside }") if pair else ():
            name = self.reread(line.key.located, parse_name, "name")
            if name and name.value == ELSE:
                what, why = f"No value can be called “{ELSE}”.", "In “holds” it means all the others."
                self.note(line.key.at, "reserved", what, why, "Give it another name.")
            elif name:
                nothing = isinstance(line.value, Text) and line.value.empty
                found[name.value] = {} if nothing else self.titled(line)
        return found

    def _holds(self, pair: Pair | None, values: Mapping[str, object]) -> Mapping[str, Term]:
        """One term for whatever is said, or one for each value."""
        if pair is None:
            return {}
        if isinstance(pair.value, Text):
            term = self.parsed(pair, parse_term, "term")
            return {ELSE: term.value} if term else {}
        found: dict[str, Term] = {}
        for line in self.pairs(pair.value, pair.key, "three-months: 3 months"):
            value, term = line.key.value, self.parsed(line, parse_term, "term")
            if value not in values and value != ELSE:
                what = f"“{value}” is none of the values of this fact."
                self.note(line.key.at, "unknown-value", what, "", did_you_mean(value, (*values, ELSE)))
            elif term:
                found[value] = term.value
        return found

    def _found_by(self, pair: Pair | None) -> tuple[Finder, ...]:
        found = [self.reread(text, parse_finder, "unknown-word") for text in (self.texts(pair) if pair else ())]
        return tuple(dict.fromkeys(one.value for one in found if one))


def parse_finder(text: str) -> Finder:
    for finder in FINDERS:
        if finder == text:
            return finder
    raise ValueError(f"“{text}” finds nothing out; {did_you_mean(text, FINDERS)}")

"""Who is the ideal customer? rules/personas.yaml: portraits, each with the profile points that only it gets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kweek.flow.catalogue import Persona
from kweek.flow.kebab import parse_name
from kweek.flow.load.scoring import RuleReader, is_asked
from kweek.flow.load.texts import parse_count
from kweek.flow.problems import value_of
from kweek.flow.yaml import Pair, Pairs

KEYS: Final = ("title", "is", "about", "channels", "max_cost", "lifetime_value", "rules")
_EXAMPLE: Final = 'is: lead.building == "greenhouse"'


class PersonaReader(RuleReader):
    """Reads rules/personas.yaml."""

    def read(self, root: Pairs) -> Mapping[str, Persona]:
        found = {pair.key.value: self._persona(pair) for pair in root.pairs}
        return {name: persona for name, persona in found.items() if persona is not None}

    def _persona(self, pair: Pair) -> Persona | None:
        known = self.fields(pair.value, pair.key, KEYS, _EXAMPLE, ("is",))
        if isinstance(pair.value, Pairs) and "is" not in known:
            what = f"“{pair.key.value}” does not say who is one."
            self.note(pair.key.at, "missing", what, "No lead would ever fit.", f"Add: {_EXAMPLE}")
        condition, about = self.condition(known.get("is")), self.text(known.get("about"), prose=True)
        rules = self.rules(known.get("rules"))
        for rule in rules:
            if rule.axis != "profile" or (rule.when is not None and not is_asked(rule.when.value)):
                what = "A persona gives profile points, by who the lead is."
                fix = "Write it in rules/scoring.yaml: what a lead does counts for everybody."
                self.note(rule.id.at, "persona-rule", what, "", fix)
        if condition is None:
            return None
        return Persona(
            self.reread(pair.key.located, parse_name, "name") or pair.key.located,
            condition,
            self.titled(known.get("title")),
            about.value if about else "",
            tuple(text.value for text in self.texts(known["channels"])) if "channels" in known else (),
            value_of(self.parsed(known.get("max_cost"), parse_count, "number")),
            value_of(self.parsed(known.get("lifetime_value"), parse_count, "number")),
            tuple(
                rule for rule in rules if rule.axis == "profile" and (rule.when is None or is_asked(rule.when.value))
            ),
        )

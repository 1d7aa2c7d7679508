"""Who is the lead of a case, and what becomes known of it? Facts with the types that the workspace gives them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from kweek.flow.cases.case import LeadGiven
from kweek.flow.cases.texts import parse_points
from kweek.flow.conditions.codes import CODES, code_meant
from kweek.flow.conditions.schema import FieldType, parse_value
from kweek.flow.facts import Fact
from kweek.flow.lint.names import Names
from kweek.flow.load.reader import Reader
from kweek.flow.problems import did_you_mean
from kweek.flow.state import Value
from kweek.flow.yaml import Node, Pair, Text
from kweek.rules.wall import zone

T = TypeVar("T")


class FactReader(Reader):
    """names: the workspace's; None: own fields and events are taken as they are written."""

    def __init__(self, file: str, names: Names | None) -> None:
        super().__init__(file)
        self.strict = names is not None
        self.names = names or Names()
        self.schema = self.names.schema().fields

    def lead(self, pair: Pair) -> LeadGiven:
        own = (*self.names.settable(), "topic")
        words = (*own, "profile", "engagement", "score", "tags", "tracking", "consent", "company", "bant", "campaign",
                 "survey")  # fmt: skip
        given = dict[str, Pair]()
        fields = dict[str, Fact]()
        for one in self.pairs(pair.value, pair.key, "country: NL"):
            key = one.key.value
            if key in ("company", "bant", "campaign", "survey"):
                fields |= self._facts(key, one)
            elif key in words[len(own) :]:
                given[key] = one
            elif not self.strict or key in own:
                fields |= self.fact(f"lead.{key}", one)
            elif key in ("grade", "persona", "sales_ready", "disqualified", "stage"):
                facts = "job_title, tags" if key == "disqualified" else "profile, engagement, bant: {…}"
                fix = f"Give the facts that it follows from: {facts}."
                self.note(one.key.at, "computed", f"“{key}” is worked out, not given.", "", fix)
            else:
                self.note(one.key.at, "unknown-key", f"A lead has no field “{key}”.", "", did_you_mean(key, words))
        profile = self.one_of(given.get("profile"), ("A", "B", "C", "D"))
        engagement = self.one_of(given.get("engagement"), ("1", "2", "3", "4"))
        return LeadGiven(
            fields=fields,
            tags=tuple(tag.value for tag in self.texts(given["tags"])) if "tags" in given else (),
            profile=profile.value if profile else None,
            engagement=int(engagement.value) if engagement else None,
            points=self._points(given["score"]) if "score" in given else {},
            tracking="tracking" not in given or self.yes(given["tracking"]),
            consent="consent" not in given or self.yes(given["consent"]),
        )

    def _points(self, pair: Pair) -> dict[str, int]:
        found = self.fields(pair.value, pair.key, ("profile", "intent", "interest"))
        points = {axis: self.parsed(one, parse_points, "number") for axis, one in found.items()}
        return {axis: one.value for axis, one in points.items() if one}

    def _facts(self, path: str, pair: Pair) -> dict[str, Fact]:
        """`bant: {budget: reserved}`, and `survey: {brochure: {wish: quote}}` one level deeper."""
        facts = dict[str, Fact]()
        for one in self.pairs(pair.value, pair.key, "budget: reserved"):
            below = f"{path}.{one.key.value}"
            facts |= self._facts(below, one) if path == "survey" else self.fact(below, one)
        return facts

    def fact(self, path: str, pair: Pair) -> dict[str, Fact]:
        if self.strict and path not in self.schema:
            self.note(pair.key.at, "unknown-key", f"There is no field {path}.", "", did_you_mean(path, self.schema))
            return {}
        kind = self.schema.get(path, FieldType("any"))
        value = self.typed(pair, kind, path)
        return {} if value is None else {path: value}

    def typed(self, pair: Pair, kind: FieldType, path: str = "") -> Fact | None:
        """The value as the type that its field has."""
        if kind.kind == "several":
            return tuple(text.value for text in self.texts(pair))
        value = self.parsed(pair, lambda text: _read(text, kind, path), "value")
        return value.value if value else None

    def data(self, event: str, says: Node | None, key: Text) -> dict[str, Value]:
        """The fields of an own event, by the types that rules/events.yaml gives them."""
        if says is None:
            return {}
        types = self.names.events.get(event, {})
        data = dict[str, Value]()
        for one in self.pairs(says, key, "webinar: pumps"):
            name = one.key.value
            if self.strict and name not in types:
                self.note(one.key.at, "unknown-key", f"“{event}” has no {name}.", "", did_you_mean(name, types))
                continue
            kind = types.get(name, FieldType("text"))
            value = self.parsed(one, lambda text, kind=kind: parse_value(text, kind), "value")
            if value:
                data[name] = value.value
        return data

    def keyed(self, key: Text, parse: Callable[[str], T], code: str) -> T | None:
        read = self.reread(key.located, parse, code)
        return read.value if read else None

    def read_text(self, node: Text, key: Text, parse: Callable[[str], T]) -> T | None:
        text = self.text_of(node, key)
        read = self.reread(text, parse, "value") if text else None
        return read.value if read else None


def _read(text: str, kind: FieldType, path: str) -> Value:
    """ValueError: the field is never this; what it would be."""
    if path in CODES and not CODES[path][0].fullmatch(text):
        meant = code_meant(path, text)
        raise ValueError(f"“{text}” is nothing that {path} holds; {f'write {meant}' if meant else CODES[path][1]}")
    return zone(text).key if path == "lead.timezone" else parse_value(text, kind)

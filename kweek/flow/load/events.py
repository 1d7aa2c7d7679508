"""Which events of its own does a workspace have, and what do they carry? rules/events.yaml."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from kweek.flow.catalogue import FIELD_WORDS, EventType, FieldWord, OwnField
from kweek.flow.conditions.codes import LANGUAGE
from kweek.flow.load.reader import Reader, said, undashed
from kweek.flow.load.says import in_braces
from kweek.flow.problems import Located, nearest
from kweek.flow.surveys import Words
from kweek.flow.words import BUILT_IN, GRADE_CHANGED, HANDOVER_GIVEN, LEAD_RECEIVED
from kweek.flow.yaml import Items, Node, Pair, Pairs, Text
from kweek.flow.yaml.tree import texts_in

EVENT: Final = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
KEYS: Final = ("title", "hard", "soft", "data", "from", "if")
FIELD_KEYS: Final = ("type", "title")
FIELD: Final = re.compile(r"[a-z][a-z0-9_]*")
_KWEEKS_OWN: Final[Mapping[str, str]] = {
    GRADE_CHANGED: "It is recorded where points change a grade.",
    LEAD_RECEIVED: "It is recorded where a program sends a lead.",
    HANDOVER_GIVEN: "It is told where a lead is handed to sales.",
}


class FieldReader(Reader):
    """Reads names of fields with their types, of an event or of every lead of the workspace; and titles."""

    def typed(self, pair: Pair | None, example: str) -> Mapping[str, OwnField]:
        found: dict[str, OwnField] = {}
        if pair and (names := _names_alone(pair.value)):
            shown = ", ".join(f"{name.value}: {_likely(name.value)}" for name in names)
            what, why = f"“{pair.key.value}” does not say what its fields are.", f"Each is {', '.join(FIELD_WORDS)}."
            self.note(pair.value.at, "keys-wanted", what, why, f"Write: {pair.key.value}: {{ {shown} }}")
            return {name.value: OwnField(Located("text", name.at, pair.key.at, said="…")) for name in names}
        for line in self.pairs(pair.value, pair.key, example) if pair else ():
            name = line.key.value
            if not FIELD.fullmatch(name):
                what = f"“{name}” is not the name of a field."
                right = "_".join(re.findall("[a-z0-9]+", name.lower()))
                shown = right if FIELD.fullmatch(right) else "contract_end"
                self.note(line.key.at, "name", what, "", f"Use small letters, digits and underscores: {shown}")
                name = right if right not in found and FIELD.fullmatch(right) else name  # so do others name it
            found[name] = self._field(line)
        return found

    def _field(self, line: Pair) -> OwnField:
        """`surface: number`, or `surface: { type: number, title: … }`."""
        name, alone = line.key.value, in_braces(line.value)
        has_keys = isinstance(line.value, Pairs) or undashed(line.value)
        if not has_keys or (alone is not None and alone.value not in FIELD_KEYS):
            return OwnField(self._kind(line, line))
        known = self.fields(line.value, line.key, FIELD_KEYS, needs=("type",))
        self.required(known, {"type": _likely(name)}, line.key.at, f"The field “{name}”")
        return OwnField(self._kind(known.get("type"), line), self.titled(known.get("title")))

    def _kind(self, pair: Pair | None, line: Pair) -> Located[FieldWord]:
        """line: that of the field; one of which the type cannot be read is taken for a text."""
        kind = self.one_of(pair, FIELD_WORDS, "field-type")
        if kind is None:
            return Located("text", line.value.at, line.key.at, said=said(pair))
        return Located(kind.value, kind.at, line.key.at, kind.text_at)

    def titled(self, pair: Pair | None) -> Words:
        """In every language, or in those that colleagues read: `{ en: …, nl: … }`."""
        if pair is None:
            return {}
        if isinstance(pair.value, Text):
            text = self.text(pair, prose=True)
            return {"": text.value} if text else {}
        said: dict[str, str] = {}
        if isinstance(pair.value, Pairs) and not pair.value.pairs:
            self.note(pair.value.at, "empty", f"“{pair.key.value}” says nothing.", "", "Write: { en: …, nl: … }")
        for line in self.pairs(pair.value, pair.key, "en: …, nl: …"):
            if not LANGUAGE.fullmatch(line.key.value):
                what = f"“{line.key.value}” is not a language code."
                self.note(line.key.at, "language", what, "", "Write its two letters: en, nl")
            elif text := self.text(line, prose=True):
                said[line.key.value] = text.value
        return said


def _likely(name: str) -> FieldWord:
    """The type of a field of this name, as ours are called: `ends_on`, `starts_at`."""
    return "date" if name.endswith(("_on", "date")) else "moment" if name.endswith("_at") else "text"


def _names_alone(node: Node) -> Sequence[Text]:
    """`[ends_on]`, `{ ends_on }` and `ends_on`: fields without their types; empty: it is no such thing."""
    nodes = node.items if isinstance(node, Items) else (node,)
    if isinstance(node, Pairs) and all(isinstance(one.value, Text) and one.value.empty for one in node.pairs):
        nodes = tuple(one.key for one in node.pairs)
    names = [one for one in nodes if isinstance(one, Text) and FIELD.fullmatch(one.value)]
    return names if len(names) == len(nodes) else ()


def _marked(node: Node) -> str:
    """What an event is called that says it in one word: `hard`."""
    return next((word for text in texts_in(node) if (word := nearest(text, ("hard", "soft")))), "soft")


def _event_meant(text: str, others: Collection[str] = ()) -> str:
    """`lease_requested`, `Lease requested` as an event; an example, where it is nothing like one. others: events, with
    whose verbs a word may end that has lost its point."""
    verbs = sorted({event.partition(".")[2] for event in others}, key=len, reverse=True)
    if glued := next((verb for verb in verbs if verb and re.fullmatch(rf"[a-z][a-z0-9_]+(?<!_){verb}", text)), None):
        return f"{text.removesuffix(glued)}.{glued}"
    words = re.findall("[a-z0-9]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text).lower())
    past = next((number for number, word in enumerate(words) if number and word.endswith("ed")), len(words) - 1)
    meant = f"{'_'.join(words[:past])}.{'_'.join(words[past:])}"  # `openday-signed-up` is openday.signed_up
    return meant if EVENT.fullmatch(meant) else "brochure.requested"


class EventReader(FieldReader):
    """Reads rules/events.yaml."""

    events: Sequence[str] = ()
    """Those that are named as events are."""

    def read(self, root: Pairs) -> Mapping[str, EventType]:
        self.events = [pair.key.value for pair in root.pairs if EVENT.fullmatch(pair.key.value)]
        return {pair.key.value: self._event(pair) for pair in root.pairs}

    def _event(self, pair: Pair) -> EventType:
        name = pair.key.located
        if name.value in BUILT_IN:
            what, why = f"“{name.value}” is an event of Kweek's own.", "It is recorded where it happens."
            self.note(name.at, "name", what, why, "Take it away: flows may name it all the same.")
        elif not EVENT.fullmatch(name.value):
            what = f"“{name.value}” is not the name of an event."
            self.note(name.at, "name", what, "", f"An event is noun.past_verb: {_event_meant(name.value, self.events)}")
        if name.value in _KWEEKS_OWN:
            what, why = f"“{name.value}” is an event of Kweek's own.", _KWEEKS_OWN[name.value]
            self.note(name.at, "name", what, why, "Take it away: flows may name it all the same.")
        if isinstance(pair.value, Text) and pair.value.empty:
            return EventType(name)
        pair = self._marked_by_value(pair)
        known = self.fields(pair.value, pair.key, KEYS, f"{_marked(pair.value)}: true")
        hard, soft = self.yes(known.get("hard")), self.yes(known.get("soft"))
        if hard and soft:
            what = f"“{name.value}” is hard and soft."
            self.note(known["soft"].key.at, "hard-and-soft", what, "", "Keep one of the two.")
        source, condition = self.text(known.get("from")), self.condition(known.get("if"))
        if "if" in known and "from" not in known:
            fix = "Add the event that it is made of: from: page.viewed"
            self.note(known["if"].key.at, "missing", f"“{name.value}” has an if, but no from.", "", fix)
        data = self.typed(known.get("data"), "webinar: text")
        return EventType(name, self.titled(known.get("title")), hard, soft, data, source, condition)

    def _marked_by_value(self, event: Pair) -> Pair:
        """`type: hard`, which is `hard: true`."""
        lines = event.value.pairs if isinstance(event.value, Pairs) else ()
        for line in lines:
            value = line.value
            if line.key.value not in KEYS and isinstance(value, Text) and value.value in ("hard", "soft"):
                what = f"“{line.key.value}” is not a key of “{event.key.value}”."
                self.note(line.key.at, "unknown-key", what, "", f"Write: {value.value}: true")
                right = Pair(line.key._replace(value=value.value), value._replace(value="true"))
                others = tuple(right if one is line else one for one in lines)
                return Pair(event.key, Pairs(others, event.value.at))
        return event

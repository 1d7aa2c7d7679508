"""What did the author write? A flow file's text to the model, with every mistake at its place, all at once."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Final

from msgspec import Struct

from kweek.flow import model as m
from kweek.flow.ids import name_steps
from kweek.flow.kebab import kebab, parse_name
from kweek.flow.load.misplaced import lifted
from kweek.flow.load.one_slip import Reading, least_wrong
from kweek.flow.load.reader import unread
from kweek.flow.load.steps import StepReader
from kweek.flow.load.texts import parse_limit, parse_reentry
from kweek.flow.moment import parse_at, parse_weekly
from kweek.flow.problems import Located, Position, Problem, errors, in_order, nearest
from kweek.flow.yaml import Items, Node, Pair, Pairs, Text, Trap, read_yaml

KEYS: Final = (
    "flow", "title", "about", "start", "reentry", "whenever", "goal", "send_hours", "timezone", "limit", "pace",
    "steps", "paths", "moved",
)  # fmt: skip
START_KEYS: Final = ("event", "at", "every", "if")
GOAL_KEYS: Final = ("if", "go")
REQUIRED: Final = {"flow": "brochure-request", "title": "Brochure request", "start": "brochure.requested"}


class Loaded(Struct, frozen=True):
    """`flow` is what could be read (None: nothing); it is whole only where `problems` has no error."""

    flow: m.Flow | None
    problems: tuple[Problem, ...]

    @property
    def whole(self) -> bool:
        return self.flow is not None and not errors(self.problems)


def load_flow(source: str | bytes, file: str, *, pure: bool = False) -> Loaded:
    """Read a flow file; `file` is its path within the workspace. Raises nothing, whatever comes in."""
    read = least_wrong(source, lambda slips: _load(source, file, pure, slips))
    return Loaded(read.value, in_order(read.problems))


def _load(source: str | bytes, file: str, pure: bool, slips: tuple[Trap, ...]) -> Reading[m.Flow | None]:
    tree = read_yaml(source, file, pure=pure, about="This flow", keys="flow, title, start, steps", slips=slips)
    if tree.root is None:
        return Reading(None, tree.problems, False)
    reader = _FlowReader(file)
    flow = reader.flow(tree.root)
    if tree.spoils(reader.problems):
        return Reading(None, tree.problems, False)
    _, twice = name_steps(flow)
    first = (problem for problem in tree.problems if not reader.explains(problem))
    return Reading(flow, (*first, *tree.unsaid(reader.problems), *twice), True)


_SEVERAL: Final = re.compile(r" *[,;] *| (?:or|and|of|en) ")


def _start_word(text: str) -> tuple[str, str]:
    """The key that a start on one line should have, and what belongs behind it: `every monday 09:00`."""
    first, _, rest = text.partition(" ")
    for word, parse in (("at", parse_at), ("every", parse_weekly)):
        said = rest.strip() if first.rstrip(":") == word else text
        try:
            if " " in text and parse(said):
                return word, said
        except ValueError:
            continue
    return "event", text


class _FlowReader(StepReader):
    """Reads the outermost level of a flow file."""

    def flow(self, root: Pairs) -> m.Flow:
        pairs = self._with_its_condition(root.pairs)
        root = Pairs(tuple(lifted(self, pairs, KEYS, ("whenever", "goal"), "the flow")), root.at)
        known = self.known(root.pairs, KEYS, "a flow")
        if "paths" in known and isinstance(paths := known["paths"].value, Pairs):
            self.paths = {pair.key.value for pair in paths.pairs}
            self.misnamed = {name for name in self.paths if kebab(name) != name}
        self._missing(known, root)
        stem = PurePosixPath(self.file).stem
        return m.Flow(
            file=self.file,
            name=self._name(known.get("flow"), stem, root.at),
            title=self.text(known.get("title"), prose=True) or Located(stem, root.at, root.at),
            about=self.text(known.get("about"), prose=True),
            start=self._starts(known.get("start")),
            reentry=self.parsed(known.get("reentry"), parse_reentry, "reentry"),
            whenever=self.reactions(known.get("whenever"), whenever=True),
            goal=self._goal(known.get("goal")),
            send_hours=self.text(known.get("send_hours")),
            timezone=self.text(known.get("timezone")),
            limit=self.parsed(known.get("limit"), parse_limit, "limit"),
            pace=self.text(known.get("pace")),
            steps=self._path(known["steps"]) if "steps" in known else m.Path(Located("steps", root.at, root.at), ()),
            paths=self._paths(known.get("paths")),
            moved=self._moved(known.get("moved")),
        )

    def _with_its_condition(self, pairs: tuple[Pair, ...]) -> tuple[Pair, ...]:
        """An `if` in the first column belongs to `start`: it is put below it."""
        start = next((pair for pair in pairs if pair.key.value == "start"), None)
        asked = next((pair for pair in pairs if pair.key.value == "if"), None)
        if start is None or asked is None or not isinstance(start.value, Text) or start.value.empty:
            return pairs
        word, text = _start_word(start.value.value)
        what = "“start” and its “if” are two lines below “start:”, each with its key."
        shown = f"“{word}: {text}”"
        if isinstance(asked.value, Text):
            shown += f" and “if: {asked.value.value}”"
        self.note(start.value.at, "start", what, "", f"Write below it, two spaces deeper: {shown}")
        # where `every` was written before it, its text begins further to the right
        value = start.value._replace(value=text, text_at=None)
        below = Pairs((Pair(start.key._replace(value=word), value), asked), start.value.at)
        return tuple(Pair(start.key, below) if pair is start else pair for pair in pairs if pair is not asked)

    def _missing(self, known: dict[str, Pair], root: Pairs) -> None:
        """What a flow cannot do without. What is there, but misspelt, has its own message."""
        strangers = (pair.key.value for pair in root.pairs[:100] if pair.key.value not in KEYS)
        there = known.keys() | {nearest(word, KEYS) for word in strangers}
        self.required(there, REQUIRED | {"flow": PurePosixPath(self.file).stem}, root.at, "This flow")
        if "steps" not in there:
            why = "They are the way in."
            self.note(root.at, "missing", "This flow has no “steps”.", why, "Add: steps: and below it a list of steps.")

    def _name(self, pair: Pair | None, stem: str, at: Position) -> Located[str]:
        name = self.name(pair)
        if name and name.value != stem:
            why = f"The file is named {stem}.yaml; a flow and its file have one name."
            fix = f"Write flow: {stem} — or rename the file to {name.value}.yaml."
            if stem != kebab(stem):
                fix = f"Rename the file to {kebab(stem)}.yaml, and write flow: {kebab(stem)}"
            self.note(name.at, "name-of-file", f"This flow calls itself “{name.value}”.", why, fix)
            return Located(stem, name.at, name.key, said=name.value)  # by which all others know it
        return name or Located(stem, at, at)

    # --- the way in -------------------------------------------------------------------------------

    def _starts(self, pair: Pair | None) -> tuple[m.Start, ...]:
        if pair is not None and isinstance(pair.value, Items) and not pair.value.items:
            fix = "Name an event, or write: start: manual"
            self.note(pair.value.at, "empty", "“start” is an empty list.", "Nobody would ever enter.", fix)
        if pair is not None and isinstance(pair.value, Text) and _SEVERAL.search(pair.value.value):
            words = [word for word in _SEVERAL.split(pair.value.value) if word]
            fix = f"Write a list: {pair.key.value}: [{', '.join(words)}]"
            self.note(pair.value.at, "list-wanted", f"“{pair.value.value}” is one text.", "", fix)
            nodes = (pair.value._replace(value=word) for word in words)
            starts = (self._start(node, pair.key) for node in nodes)
            return tuple(start for start in starts if start is not None)
        starts = (self._start(node, pair.key) for node in self.listed(pair)) if pair else ()
        return tuple(start for start in starts if start is not None)

    def _start(self, node: Node, key: Text) -> m.Start | None:
        if not isinstance(node, Pairs):
            text = self.text_of(node, key)
            if text is None:
                return None
            if text.value == "manual":
                return m.Start(text.at, manual=True)
            return self._moment_alone(text) or m.Start(text.at, event=text)
        if node.pairs and "." in node.pairs[0].key.value:
            first = node.pairs[0].key
            what, fix = f"“{first.value}” stands where a start has its keys.", f"Write: start: {first.value}"
            self.note(first.at, "start", what, "", f"{fix} — or, of several: - {first.value}")
            return m.Start(first.at, event=first.located)
        known = self.fields(node, key, START_KEYS, "event: brochure.requested")
        forms = [word for word in ("event", "at", "every") if word in known]
        if len(forms) != 1:
            what = f"This start says {' and '.join(forms)}." if forms else "This start does not say when."
            fix = "Write one of: event: brochure.requested; at: 90 days before lead.contract_end; every: monday 09:00"
            self.note(node.at, "start", what, "", fix)
            return None
        if "at" in known and "if" in known:
            fix = "Ask it in a choose, as the first step."
            self.note(known["if"].key.at, "start", "“at” has no “if”.", "The date itself decides.", fix)
        event, condition = self.text(known.get("event")), self.text(known.get("if"))
        moment = self.parsed(known.get("at"), parse_at, "moment")
        every = self.parsed(known.get("every"), parse_weekly, "moment")
        if event is None and moment is None and every is None:
            return None
        return m.Start(node.at, event=event, condition=condition, moment=moment, every=every)

    def _moment_alone(self, text: Located[str]) -> m.Start | None:
        """`start: monday 09:00`: a moment without its key."""
        key, said = _start_word(text.value)
        if key == "event":
            return None
        what, fix = f"“{text.value}” is a moment, not an event.", f"Write: start: {{ {key}: {said} }}"
        self.note(text.at, "start", what, "", fix)
        if key == "at":
            return m.Start(text.at, moment=Located(parse_at(said), text.at, text.key))
        return m.Start(text.at, every=Located(parse_weekly(said), text.at, text.key))

    def _goal(self, pair: Pair | None) -> m.Goal | None:
        if pair is None:
            return None
        known = self.fields(pair.value, pair.key, GOAL_KEYS, "if: lead.sales_ready, go: sales")
        ways = ", ".join(sorted(self.paths)[:8]) or "steps"
        for word, example in (("if", "lead.sales_ready"), ("go", f"and the path that is meant ({ways}), or an ending")):
            if isinstance(pair.value, Pairs) and word not in known:
                self.note(pair.key.at, "goal", f"This goal has no “{word}”.", "", f"Add: {word}: {example}")
        condition = self.text(known.get("if")) or unread(pair)
        return m.Goal(pair.key.at, condition, self.aim(known["go"]) if "go" in known else m.Inline((), pair.key.at))

    # --- the steps --------------------------------------------------------------------------------

    def _path(self, pair: Pair) -> m.Path:
        nodes = self.items(pair.value, pair.key, "wait: 7 days")
        return m.Path(pair.key.located, self.read_steps(nodes))

    def _paths(self, pair: Pair | None) -> tuple[m.Path, ...]:
        if pair is None:
            return ()
        found: list[m.Path] = []
        for line in self.pairs(pair.value, pair.key, "sales: and below it a list of steps"):
            name = line.key.value
            if name in m.RESERVED:
                why = f"“{name}” has a meaning of its own as a target."
                self.note(line.key.at, "reserved", f"A path cannot be named “{name}”.", why, "Give it another name.")
            else:
                self.reread(line.key.located, parse_name, "name")
            found.append(self._path(line))
        return tuple(found)

    def _moved(self, pair: Pair | None) -> tuple[tuple[Located[str], Located[str]], ...]:
        if pair is None:
            return ()
        lines = [(line, self.text(line)) for line in self.pairs(pair.value, pair.key, "old-id: new-id")]
        return tuple((line.key.located, new) for line, new in lines if new is not None)

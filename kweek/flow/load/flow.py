"""What did the author write? A flow file's text to the model, with every mistake at its place, all at once."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from pathlib import PurePosixPath
from typing import Final

from msgspec import Struct

from kweek.flow import model as m
from kweek.flow.ids import name_steps
from kweek.flow.kebab import kebab, parse_name
from kweek.flow.load.astray import brought_to_the_top
from kweek.flow.load.goals import GOAL_KEYS, GoalReader, with_events_apart
from kweek.flow.load.misplaced import lifted
from kweek.flow.load.one_slip import Reading, least_wrong
from kweek.flow.load.starts import StartReader
from kweek.flow.load.steps import StepReader
from kweek.flow.load.tabs import with_depth
from kweek.flow.load.texts import parse_limit, parse_reentry
from kweek.flow.options import VERBS
from kweek.flow.problems import Located, Position, Problem, errors, in_order, lines_in_words, nearest
from kweek.flow.yaml import Items, Node, Pair, Pairs, Text, Trap, read_yaml
from kweek.flow.yaml.tree import last_line, texts_in

KEYS: Final = (
    "flow", "title", "about", "start", "reentry", "whenever", "goal", "send_hours", "timezone", "limit", "pace",
    "steps", "paths", "moved",
)  # fmt: skip
_OF_PUBLISHING: Final = ("status", "state", "enabled", "disabled", "active", "published", "version", "actief")
"""What other programs write in such a file, and what a page of Kweek shows."""
REQUIRED: Final = {"flow": "brochure-request", "title": "Brochure request", "start": "brochure.requested"}


class Loaded(Struct, frozen=True):
    """`flow` is what could be read (None: nothing); it is whole only where `problems` has no error."""

    flow: m.Flow | None
    problems: tuple[Problem, ...]

    @property
    def whole(self) -> bool:
        return self.flow is not None and not errors(self.problems)


def load_flow(source: str | bytes, file: str, *, pure: bool = False, others: Container[str] = ()) -> Loaded:
    """Read a flow file; `file` is its path within the workspace, and others are the paths that there are. Raises
    nothing, whatever comes in.
    """
    read = least_wrong(source, lambda slips: _load(source, file, pure, slips, others))
    problems = with_depth(source, read.problems, lambda text: not errors(_load(text, file, pure, (), others).problems))
    return Loaded(read.value, in_order(problems))


def _load(
    source: str | bytes, file: str, pure: bool, slips: tuple[Trap, ...], others: Container[str]
) -> Reading[m.Flow | None]:
    tree = read_yaml(source, file, pure=pure, about="This flow", keys="flow, title, start, steps", slips=slips)
    if tree.root is None:
        return Reading(None, tree.problems, False)
    reader = _FlowReader(file, others)
    flow = reader.flow(tree.root)
    if tree.spoils(reader.problems):
        return Reading(None, tree.problems, False)
    _, twice = name_steps(flow)
    first = (problem for problem in tree.problems if not reader.explains(problem))
    return Reading(flow, (*first, *tree.unsaid(reader.problems), *twice), True)


class _FlowReader(StartReader, GoalReader, StepReader):
    """Reads the outermost level of a flow file."""

    def __init__(self, file: str, others: Container[str]) -> None:
        super().__init__(file)
        self.others = others

    def flow(self, root: Pairs) -> m.Flow:
        pairs = tuple(self._with_goal_apart(self.with_its_condition(self._with_paths_below(root.pairs))))
        pairs = with_events_apart(self, tuple(self._without_needless(pairs)))
        root = Pairs(tuple(lifted(self, pairs, KEYS, ("whenever", "goal"), "the flow")), root.at)
        self._ways_in(root)
        root = Pairs(brought_to_the_top(self, root.pairs, self.unnamed), root.at)
        known = self.known(root.pairs, KEYS, "a flow", (*REQUIRED, "steps"))
        self._missing(known, root)
        stem = PurePosixPath(self.file).stem
        return m.Flow(
            file=self.file,
            name=self._name(known.get("flow"), stem, root.at),
            title=self.text(known.get("title"), prose=True) or Located(stem, root.at, root.at),
            about=self.text(known.get("about"), prose=True),
            start=self.starts(known.get("start")),
            reentry=self.parsed(known.get("reentry"), parse_reentry, "reentry"),
            whenever=self.reactions(known.get("whenever"), whenever=True),
            goal=self.goal(known.get("goal")),
            send_hours=self.text(known.get("send_hours")),
            timezone=self.text(known.get("timezone")),
            limit=self.parsed(known.get("limit"), parse_limit, "limit"),
            pace=self.text(known.get("pace")),
            steps=self._path(known["steps"]) if "steps" in known else m.Path(Located("steps", root.at, root.at), ()),
            paths=self._paths(known.get("paths")),
            moved=self._moved(known.get("moved")),
        )

    def _ways_in(self, root: Pairs) -> None:
        """Which paths there are, and of these, which no line names."""
        paths = next((pair.value for pair in root.pairs if pair.key.value == "paths"), None)
        if isinstance(paths, Pairs):
            self.paths = {pair.key.value for pair in paths.pairs}
            named = set(texts_in(root))
            self.unnamed = [pair.key.value for pair in paths.pairs if pair.key.value not in named]
            self.misnamed = {name for name in self.paths if kebab(name) != name}

    def _missing(self, known: dict[str, Pair], root: Pairs) -> None:
        """What a flow cannot do without. What is there, but misspelt, has its own message."""
        strangers = (pair.key.value for pair in root.pairs[:100] if pair.key.value not in KEYS)
        there = known.keys() | {nearest(word, KEYS) for word in strangers}
        stem = PurePosixPath(self.file).stem
        start = f"manual — or the event on which leads come in, such as start: {REQUIRED['start']}"
        own = {"flow": stem, "title": stem.replace("-", " ").capitalize(), "start": start}
        self.required(there, REQUIRED | own, root.at, "This flow")
        self.needed["start"] = REQUIRED["start"]  # of a key without a value, the plain example
        if "steps" not in there:
            why = "They are the way in."
            self.note(root.at, "missing", "This flow has no “steps”.", why, "Add: steps: and below it a list of steps.")

    def _name(self, pair: Pair | None, stem: str, at: Position) -> Located[str]:
        name = self.name(pair)
        if name and name.value != stem:
            why = f"The file is named {stem}.yaml; a flow and its file have one name."
            self.note(
                name.at, "name-of-file", f"This flow calls itself “{name.value}”.", why, self._both_named(name.value)
            )
            return Located(stem, name.at, name.key, said=name.value)  # by which all others know it
        return name or Located(stem, at, at)

    def _both_named(self, name: str) -> str:
        """How file and flow get one name, which no other has."""
        stem = PurePosixPath(self.file).stem
        right = kebab(stem)
        if stem == right:
            own = f"Write flow: {stem}"
            return own if self._taken(name) else f"{own} — or rename the file to {name}.yaml."
        if self._taken(right):
            right += "-copy"
        return f"Rename the file to {right}.yaml" + ("" if right == name else f", and write flow: {right}")

    def _taken(self, name: str) -> bool:
        return str(PurePosixPath(self.file).with_name(f"{name}.yaml")) in self.others

    def _without_needless(self, pairs: Sequence[Pair]) -> Iterator[Pair]:
        """A flow belongs to nobody, and says nothing of what is done with its file."""
        for pair in pairs:
            word = pair.key.value
            if word == "owner":
                what, why = "“owner” is not a key of a flow.", "Each lead has an owner of its own, a flow has none."
                self.note(pair.key.at, "unknown-key", what, why, "Take it away; whom a task is for, its “to” says.")
            elif word in _OF_PUBLISHING and isinstance(pair.value, Text):
                what, why = (
                    f"“{word}” is not a key of a flow.",
                    "A flow runs once it is published, and rests when paused.",
                )
                self.note(pair.key.at, "unknown-key", what, why, "Delete this line")
            else:
                yield pair

    def _with_goal_apart(self, pairs: tuple[Pair, ...]) -> Iterator[Pair]:
        """An `if` and a `go` below `whenever` are those of a goal that has lost its heading."""
        for pair in pairs:
            inside = pair.value.pairs if pair.key.value == "whenever" and isinstance(pair.value, Pairs) else ()
            first = next((n for n, line in enumerate(inside) if line.key.value in GOAL_KEYS), None)
            if first is None or {line.key.value for line in inside[first:]} != {*GOAL_KEYS}:
                yield pair
                continue
            key = inside[first].key
            if first == 0:
                what, why = "“whenever” stands where “goal” was meant.", f"“{key.value}” is no event."
                self.note(pair.key.at, "key-missing", what, why, "Write goal: instead of whenever:")
            else:
                what, why = "“goal:” seems to be missing above this line.", f"“{key.value}” is no event."
                self.note(key.at, "key-missing", what, why, "Write goal: above it, in column 1 (0 spaces).")
                yield Pair(pair.key, Pairs(inside[:first], pair.value.at))
            yield Pair(key._replace(value="goal"), Pairs(inside[first:], key.at))

    def _with_paths_below(self, pairs: tuple[Pair, ...]) -> tuple[Pair, ...]:
        """Lists of steps in the first column are paths that have lost their heading."""
        astray = [pair for pair in pairs if pair.key.value not in KEYS and _is_path(pair)]
        there = next((pair for pair in pairs if pair.key.value == "paths"), None)
        if not astray or (there is not None and not isinstance(there.value, Pairs)):
            return pairs
        if len(astray) == 1 and all(pair.key.value != "steps" for pair in pairs):  # they are those
            return pairs
        if there is not None and isinstance(there.value, Pairs):
            astray = [pair for pair in astray if pair.key.at < there.key.at]  # below it, only its column is wrong
            return self._joined_with(there, there.value, astray, pairs)
        key, lines = astray[0].key, [pair.key.at.line for pair in astray]
        what, why = "“paths:” seems to be missing above this line.", f"“{key.value}” is no key of a flow."
        moved = f"move {lines_in_words(lines)} two spaces to the right, with what stands below"
        self.note(key.at, "key-missing", what, why, f"Write paths: above it, in column 1, and {moved}.")
        paths = Pair(key._replace(value="paths"), Pairs(tuple(astray), key.at))
        return (*(pair for pair in pairs if pair not in astray), paths)

    def _joined_with(
        self, there: Pair, below: Pairs, astray: Sequence[Pair], pairs: Sequence[Pair]
    ) -> tuple[Pair, ...]:
        """A path in the first column, though there is a place for paths."""
        for pair in astray:
            what, why = (
                f"“{pair.key.value}” is a path, and no key of a flow.",
                f"Paths stand below line {there.key.at.line}.",
            )
            fix = "Move it there, with what stands below, and begin it in column 3 (2 spaces)."
            self.note(pair.key.at, "key-misplaced", what, why, fix)
        joined = Pair(there.key, Pairs((*below.pairs, *astray), below.at))
        return tuple(joined if pair is there else pair for pair in pairs if pair not in astray)

    # --- the steps --------------------------------------------------------------------------------

    def _path(self, pair: Pair) -> m.Path:
        match pair.value:
            case Pairs(pairs=(Pair(key=Text(value="steps") as key, value=Items() as below),)):
                what, why = (
                    f"“steps” stands below “{pair.key.value}”.",
                    "A path has its steps right below its name.",
                )
                self.note(key.at, "key-misplaced", what, why, "Take this line away")
                pair = Pair(pair.key, below)
            case _:
                pass
        if isinstance(pair.value, Pairs) and self.lost_verbs(pair.value.pairs, VERBS):
            nodes = (self.with_lost_verb(pair.value.pairs, VERBS),)
        else:
            nodes = self._dashed(pair) or self.items(pair.value, pair.key, "wait: 7 days", VERBS)
        return m.Path(pair.key.located, self.read_steps(nodes))

    def _dashed(self, pair: Pair) -> tuple[Node, ...]:
        """A path of one step that has no dash, or only says where it leads: `judge: sales`. Empty: it is neither."""
        match pair.value:
            case Pairs(pairs=(Pair(key=Text(value=verb)) as first, *others)) if verb in VERBS and not any(
                other.key.value in VERBS for other in others
            ):
                step: Node = pair.value
                right = " ".join(filter(None, (f"{verb}:", first.value.value if isinstance(first.value, Text) else "")))
                what, why = "The dash of this line is missing.", f"A list of steps stands below “{pair.key.value}”."
                self.told.append(range(step.at.line, last_line(step) + 1))
            case Text(value=to) as said if to in {*self.paths, *m.ENDINGS, "steps"} or to.startswith("flow "):
                verb = "end" if to in m.ENDINGS else "go"
                step, right = Pairs((Pair(Text(verb, said.at, said.at), said),), said.at), f"{verb}: {to}"
                what, why = f"“{pair.key.value}” takes a list of steps.", f"“{to}” is where a step may lead."
            case _:
                return ()
        where = "" if isinstance(pair.value, Pairs) else "below it, two spaces deeper: "
        self.note(
            step.at,
            "list-wanted",
            what,
            why,
            f"Write {where}- {right}" if where else f"Write it with its dash: - {right}",
        )
        return (step,)

    def _paths(self, pair: Pair | None) -> tuple[m.Path, ...]:
        if pair is None:
            return ()
        found: list[m.Path] = []
        for line in self.pairs(pair.value, pair.key, "sales: and below it a list of steps"):
            found.append(self._path(line))
        for path in found:  # now all lines are read that may lead to one
            if path.name.value in m.RESERVED:
                self._reserved(path.name)
            self._path_name(path.name)
        return tuple(found)

    def _reserved(self, name: Located[str]) -> None:
        """A path by the name of a target. Where lines lead to one path that is not there, it is that."""
        lost = [word for word in self.led if word not in {*self.paths, *m.RESERVED}]
        why, fix = f"“{name.value}” has a meaning of its own as a target.", "Give it another name."
        if len(lost) == 1:
            lines = self.led[lost[0]]
            fix = f"Write: {lost[0]}: — {lines_in_words(lines)} lead{'' if lines[1:] else 's'} there."
        self.note(name.at, "reserved", f"A path cannot be named “{name.value}”.", why, fix)

    def _path_name(self, name: Located[str]) -> None:
        try:
            parse_name(name.value)
        except ValueError as error:
            lines = self.led.get(name.value)
            also = f", in {lines_in_words(sorted(lines))} too" if lines else ""
            self.refuse(name.at, "name", ValueError(f"{error}{also}"))

    def _moved(self, pair: Pair | None) -> tuple[tuple[Located[str], Located[str]], ...]:
        if pair is None:
            return ()
        lines = [(line, self.text(line)) for line in self.pairs(pair.value, pair.key, "old-id: new-id")]
        return tuple((line.key.located, new) for line, new in lines if new is not None)


def _is_path(pair: Pair) -> bool:
    """A list of steps, of a name that is not nearly a key of ours."""
    steps = pair.value.items if isinstance(pair.value, Items) else ()
    verbs = [step for step in steps if isinstance(step, Pairs) and step.pairs and step.pairs[0].key.value in VERBS]
    return bool(steps) and len(verbs) == len(steps) and nearest(pair.key.value, KEYS) is None

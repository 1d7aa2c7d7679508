"""Where does it go? Targets, and the clauses that lead to them: `when`, `otherwise`, `whenever`."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Sequence, Set
from typing import Final

from kweek.flow.kebab import NAME, kebab, parse_name
from kweek.flow.load.asking import asked_below, by_reason, choose_meant, is_asked
from kweek.flow.load.in_one import leads
from kweek.flow.load.no_target import DOES, refused
from kweek.flow.load.reader import Reader, said, undashed
from kweek.flow.load.rungs import RungReader
from kweek.flow.load.says import in_braces
from kweek.flow.model import (
    AnyStep,
    Ending,
    Ignore,
    Inline,
    Next,
    Otherwise,
    Reaction,
    Target,
    ToFlow,
    ToPath,
)
from kweek.flow.problems import Located, Position
from kweek.flow.words import BUILT_IN, ENDINGS, IMMEDIATE, OPTIONS, OWN_EVENT, STATES, EndingKind
from kweek.flow.yaml import Items, Node, Pair, Pairs, Text

_OF_PATHS: Final = re.compile(r"(?:(?:paths?|steps|end|go|flow)[./:]|[#@/.:])([a-z0-9-]+)")
_BETWEEN: Final = re.compile(r",? (?:and then|and|or|then|&|\+|/) |, ?")
_CLICKED: Final = re.compile(r"(?i:click(?:s|ed)?|klikt?|geklikt)(?: (?:on|op))? ([a-z0-9-]+)")
_TO: Final = re.compile(r"(?:flow )?[a-z0-9-]+")
_GOES_TO: Final = frozenset(("go", "goto", "jump", "return", "back", "to", "the", "path", "terug", "naar"))
"""Words that somebody may write before the name of a path: `back to steps`."""
_LEAVES: Final = ("exit", "end", "stop", "leave", "quit", "finish", "close")
"""What somebody may write before “flow” where a lead leaves it."""


def _is_step(text: str) -> bool:
    """`tell manager`: a verb, and what it is done to."""
    verb, _, rest = text.partition(" ")
    return verb in (*DOES, "end") and rest != ""


class TargetReader(RungReader, ABC):
    """Reads targets. A list written in place is one of steps, which lead to targets: who reads those, fills it in."""

    paths: Set[str] = frozenset()
    """The paths of this flow."""
    unnamed: Sequence[str] = ()
    """Those that no line names."""
    follows: bool = False
    """Stands another step below the one that is being read?"""
    misnamed: Set[str] = frozenset()
    """Paths of this flow whose names are none: that is said where they stand, not wherever they are named."""

    def __init__(self, file: str) -> None:
        super().__init__(file)
        self.led: dict[str, list[int]] = {}
        """Of these, and of paths that are not there, the lines that lead to each."""

    @abstractmethod
    def read_steps(self, nodes: Iterable[Node]) -> tuple[AnyStep, ...]: ...

    # --- one target -------------------------------------------------------------------------------

    def aim(self, pair: Pair, *, ignore: bool = False) -> Target:
        """Where it goes; what cannot be read is a list of which no step could be, so that its line is there for the
        other proofs."""
        return self.target(pair.value, pair.key, ignore=ignore) or Inline((), pair.value.at)

    def target(self, node: Node, key: Text, *, ignore: bool = False) -> Target | None:
        if steps := choose_meant(self, node, key):
            return Inline(self.read_steps(steps), node.at)
        match node:
            case Items(items=(Text() as only,)) if node.at.line == key.at.line and leads(only.value, self.paths):
                what, fix = f"“{key.value}” leads to one place, without brackets.", f"Write: {key.value}: {only.value}"
                self.note(node.at, "target", what, "", fix)
                return self._named(only.located, ignore)
            case Items():
                if not node.items:
                    self.note(node.at, "empty", "This list of steps is empty.", "", "To carry on below, write: next")
                    return None
                words = [item.value for item in node.items if isinstance(item, Text)]
                if len(words) == len(node.items) and (several := self._targets_in(", ".join(words))):
                    return self._one_target(Located(", ".join(words), node.at, key.at), several)
                return Inline(self.read_steps(node.items), node.at)
            case Pairs() if node.pairs and (
                node.pairs[0].key.value in (*IMMEDIATE, "wait")
                or (node.pairs[1:] and node.pairs[0].key.value in OPTIONS)
            ):
                first = node.pairs[0]
                what, why = "The dash of this line is missing.", f"A list of steps stands below “{key.value}”."
                self.note(node.at, "dash", what, why, f"Write: - {first.key.value}: {said(first)}")
                return Inline(self.read_steps((node,)), node.at)
            case Pairs():
                self._keys_for_target(node, key)
                return None
            case Text():
                text = self.text_of(node, key)
                return self._named(text, ignore) if text else None

    def _keys_for_target(self, node: Pairs, key: Text) -> None:
        only = node.pairs[0] if len(node.pairs) == 1 else None
        if only and only.key.value in ("go", "end") and isinstance(only.value, Text):
            fix = f"Write: {key.value}: {only.value.value}"
        elif key.value == "rejected" and (choose := by_reason(key.value, node)):
            fix = choose
        else:
            fix = "Write where it goes (a path, next, done, …), or a list of steps: each on its own line with a dash."
        self.note(node.at, "target", f"“{key.value}” leads to keys and values.", "", fix)

    def _named(self, text: Located[str], ignore: bool) -> Target | None:
        bare = text.value.rstrip(".,;")
        if bare != text.value and bare in (*ENDINGS, "next"):
            what = f"“{text.value}” ends with “{text.value[len(bare) :]}”."
            self.note(text.at, "target", what, "", f"Write it without: {bare}")
            text = Located(bare, text.at, text.key)
        match text.value.split():
            case ["done" | "discard" | "won" | "lost" as ending] if ending == text.value:
                return Ending(ending, text.at)
            case ["next"]:
                return Next(text.at)
            case ["next", "step" | "one" | "line"] | ["the", "next", "step"]:
                self.note(text.at, "target", f"“{text.value}” has a word too many.", "", "Write: next")
                return Next(text.at)
            case ["do", "nothing"] if ignore:
                return ToPath("nothing", text.at)  # the linter knows whether anything would happen
            case ["ignore"] if ignore:
                return Ignore(text.at)
            case ["flow", name]:
                checked = self.reread(Located(name, text.at, text.key), parse_name, "target")
                return ToFlow(checked.value, text.at) if checked else None
            case ["flow", name, *_] if "," in text.value:
                what, fix = "is several targets; a lead can go to one.", f"Write one: flow {name.partition(',')[0]}"
                self.note(text.at, "target", f"“{text.value}” {what}", "", fix)
                return None
            case ["flow", *names] if names:
                name = kebab(" ".join(names))
                self.note(text.at, "target", f"“{text.value}” is not a target.", "", f"Write: flow {name}")
                return ToFlow(name, text.at)
            case [name, "flow"] if name in _LEAVES:
                self.note(text.at, "target", f"“{text.value}” is not a target.", "", "Write: done")
                return Ending("done", text.at)
            case [name, "flow"] if NAME.fullmatch(name) and name not in self.paths:
                self.note(text.at, "target", f"“{text.value}” is not a target.", "", f"Write: flow {name}")
                return ToFlow(name, text.at)
            case ["end"] if "end" not in self.paths:
                way = f"the path: {self.unnamed[0]}" if len(self.unnamed) == 1 else "the name of a path"
                fix = f"Write an ending (done, discard, won, lost), or {way}"
                self.note(text.at, "target", "“end” is a verb; here stands where the lead goes.", "", fix)
                return ToPath(self.unnamed[0], text.at) if len(self.unnamed) == 1 else None
            case [*_] if several := self._targets_in(text.value):
                return self._one_target(text, several)
            case ["go" | "go:" | "goto" | "goto:" | "to" | "jump" | "continue", *_, "next"]:
                fix = "Write: next" if self.follows else "Name a path or an ending: no step stands below this one."
                self.note(text.at, "target", f"“{text.value}” is not a target.", "", fix)
                return Next(text.at) if self.follows else None
            case [*words, name] if words and name in {*self.paths, "steps"} and _GOES_TO.issuperset(words):
                self.note(text.at, "target", f"“{text.value}” is not a target.", "", f"Write the name alone: {name}")
                return ToPath(name, text.at)
            case [*words] if words[1:] and len(known := self.paths & set(words)) == 1 and "," not in text.value:
                (name,) = known
                self.note(text.at, "target", f"“{text.value}” is not a target.", "", f"Write the name alone: {name}")
                return ToPath(name, text.at)
            case [path] if (found := _OF_PATHS.fullmatch(path)) and found[1] in {*self.paths, *ENDINGS}:
                self.note(text.at, "target", f"“{path}” is not a target.", "", f"Write the name alone: {found[1]}")
                return ToPath(found[1], text.at) if found[1] in self.paths else Inline((), text.at)
            case _ if wrong := refused(text.value):
                self.note(text.at, "target", wrong[0], "", wrong[1])
                return None
            case _ if text.value in self.misnamed:
                self.led.setdefault(text.value, []).append(text.at.line)
                return ToPath(text.value, text.at)
            case [_, _, *_] if "," not in text.value and (ending := _ending_in(text.value)):
                self.note(text.at, "target", f"“{text.value}” is not a target.", "", f"Write the name alone: {ending}")
                return Ending(ending, text.at)
            case _:
                checked = self.reread(text, parse_name, "target")
                if checked and checked.value not in self.paths:
                    self.led.setdefault(checked.value, []).append(text.at.line)
                return ToPath(checked.value, text.at) if checked else None

    def _one_target(self, text: Located[str], targets: Sequence[str]) -> None:
        done = [part.replace(" ", ": ", 1) for part in targets if _is_step(part)]
        ways = [part for part in targets if not _is_step(part)]
        if done and len(ways) < 2:
            steps = ", and ".join(f"- {step}" for step in (*done, *(f"go: {way}" for way in ways)))
            what, why = f"“{text.value}” is a step, and where the lead goes.", "Several things are a list."
            self.note(text.at, "target", what, why, f"Write below it, two spaces deeper: {steps}")
            return
        what, fix = "is several targets; a lead can go to one.", f"Write one: {' — or '.join(targets)}"
        self.note(text.at, "target", f"“{text.value}” {what}", "", fix)

    def _targets_in(self, text: str) -> list[str]:
        """`call and done`: the targets that were written as one; empty, where none of them is known."""
        parts = [part.strip() for part in _BETWEEN.split(text)]
        known = [part in self.paths or part in (*ENDINGS, "next", "steps") or part[:5] == "flow " for part in parts]
        fit = all(_TO.fullmatch(part) or _is_step(part) for part in parts)
        return parts if len(parts) > 1 and fit and any(known) else []

    def _with_then(self, lines: Iterable[Pair], behind: Collection[str] = ()) -> Iterator[Pair]:
        """`else: flow long-term`, and below it `then: done`, which belongs to a `go`: read as a list of it.

        behind: keys that lead somewhere; empty: all do."""
        above: Pair | None = None
        for line in lines:
            leads = above is not None and (not behind or above.key.value in behind)
            if line.key.value == "then" and above is not None and leads and isinstance(above.value, Text):
                to, then = above.value, line.value
                what, why = "“then” belongs to a go.", f"“{above.key.value}” leads to a path, or to a list of steps."
                shown = f" — and below it, then: {then.value}" if isinstance(then, Text) else ""
                fix = f"Write below “{above.key.value}:”, two spaces deeper: - go: {to.value}{shown}"
                self.note(line.key.at, "then", what, why, fix)
                go = Pair(Text("go", to.at, to.at), to)
                above = Pair(above.key, Items((Pairs((go, line), to.at),), to.at))
                continue
            if above is not None:
                yield above
            above = line
        if above is not None:
            yield above

    # --- clauses ----------------------------------------------------------------------------------

    def reactions(
        self, pair: Pair | None, *, whenever: bool = False, heard: Collection[str] = (), closing: Sequence[str] = ()
    ) -> tuple[Reaction, ...]:
        """`when` of a step, or the flow's `whenever`. heard: events that are known to be meant, however they are
        written. closing: all that can close the step; empty: only whoever knows the workspace can tell."""
        if pair is None:
            return ()
        found: list[Reaction] = []
        example = f"{closing[0]}: done (or a path)" if closing else "answered: sales"
        if isinstance(pair.value, Text) and (pair.value.value in BUILT_IN or OWN_EVENT.fullmatch(pair.value.value)):
            example = f"{pair.value.value}: done (or a path)"
        lines = self._with_then(self._else_meant(self.pairs(pair.value, pair.key, example)))
        lines = lines if whenever else asked_below(self, lines)
        for line in self._links_beside(lines):
            if self._event_behind(line) or (whenever and self._asked_anywhere(line)):
                continue
            words = line.key.value.split(" ", 1)
            if (click := _CLICKED.fullmatch(line.key.value)) and line.key.value != f"clicked {click[1]}":
                what = f"There is no event “{line.key.value}”."
                self.note(line.key.at, "unknown-event", what, "", f"Did you mean “clicked {click[1]}”?")
                words = ["clicked", click[1]]
            link = words[1].strip() if words[0] == "clicked" and len(words) == 2 else None
            event = line.key._replace(value=words[0]).located if link else line.key.located
            if event.value not in heard and (small := event.value.lower()) in heard:
                what, fix = f"There is no event “{event.value}”.", f"Did you mean “{small}”?"
                self.note(line.key.at, "unknown-event", what, "", fix)
                event = Located(small, event.at, event.key, event.text_at)
            if event.value in STATES["send"] and event.value not in (*BUILT_IN, "else"):
                why, fix = "It is no event, but what is known when the time is up.", "Write it under otherwise."
                self.note(line.key.at, "state", f"“{event.value}” can never fire here.", why, fix)
                continue
            if whenever and event.value == "else":
                what = "“else” is not possible in whenever."
                self.note(line.key.at, "else", what, "It would catch everything that ever happens.", "Name the events.")
            found.append(Reaction(event, self.aim(line, ignore=whenever), link))
        named = {reaction.event.value for reaction in found}
        if closing and named.issuperset(closing):
            found = [self._needless(one) if one.event.value == "else" else one for one in found]
        return tuple(found)

    def _event_behind(self, line: Pair) -> bool:
        """`on: bounced`, which says of the event alone that it happens."""
        said = line.value.value if isinstance(line.value, Text) else ""
        if line.key.value not in ("on", "when", "event") or not (said in BUILT_IN or OWN_EVENT.fullmatch(said)):
            return False
        what, why = f"“{line.key.value}” is no event, and does not say where the lead goes.", "The event is the key."
        self.note(line.key.at, "unknown-event", what, why, f"Write: {said}: done (or a path)")
        return True

    def _asked_anywhere(self, line: Pair) -> bool:
        """`if: lead.sales_ready` below `whenever`."""
        if line.key.value != "if":
            return False
        what, why = "“if” is no event, and whenever asks nothing.", "What is asked wherever a lead is, is a goal."
        shown = f"“if: {said(line)}” and “go: done” (or a path)"
        fix = f"Write instead goal: in column 1, and below it, two spaces deeper, {shown}"
        fix += " — or ask it in a choose, where the event leads"
        self.note(line.key.at, "unknown-event", what, why, fix)
        return True

    def _needless(self, reaction: Reaction) -> Reaction:
        """An `else` that can never fire, for which it is no matter whether its path is there."""
        match reaction.target:
            case ToPath(name, at) if name not in self.paths:
                return Reaction(reaction.event, Ending("done", at), reaction.link)
            case _:
                return reaction

    def _else_meant(self, lines: Sequence[Pair]) -> Iterator[Pair]:
        """`next: done` as the line for all others, where there is none."""
        has_else = any(line.key.value == "else" for line in lines)
        for line in lines:
            if line.key.value == "next" and not has_else:
                what, why = "“next” is a target, and nothing that happens.", "It stands behind a colon."
                self.note(line.key.at, "else", what, why, "Did you mean “else”?")
                yield Pair(line.key._replace(value="else"), line.value)
            else:
                yield line

    def _links_beside(self, lines: Iterable[Pair]) -> Iterator[Pair]:
        """`clicked:`, and below it a line for each link: each is an event of its own."""
        for line in lines:
            if line.key.style == "lost":  # that nobody knows which event it was, is said
                continue
            if line.key.value != "clicked" or not isinstance(line.value, Pairs) or in_braces(line.value):
                yield line
                continue
            inside = [Pair(one.key._replace(value=f"clicked {one.key.value}"), one.value) for one in line.value.pairs]
            shown = [f"{one.key.value}: {said(one)}" for one in inside]
            what, why = "“clicked” has its links below it.", "A link stands on the same line."
            self.note(line.key.at, "clicked", what, why, f"Write: {', and below it '.join(shown)}")
            yield from inside

    def otherwise(self, pair: Pair | None) -> tuple[Otherwise, ...]:
        if pair is None:
            return ()
        inside = undashed(pair.value)
        if inside and all(line.key.value in STATES["send"] for line in inside):
            return tuple(Otherwise(line.key.located, self.aim(line)) for line in self.pairs(pair.value, pair.key, ""))
        if not isinstance(pair.value, Pairs) or is_asked(pair.value):
            return (Otherwise(Located("else", pair.key.at, pair.key.at), self.aim(pair)),)
        lines = (line for line in self._with_then(self._else_meant(pair.value.pairs)) if line.key.style != "lost")
        return tuple(Otherwise(line.key.located, self.aim(line)) for line in lines)


def _ending_in(text: str) -> EndingKind | None:
    """`discard all`: the one ending among these words; “not lost” is none."""
    words = text.split()
    found: list[EndingKind] = [ending for ending in ENDINGS if ending in words]
    return found[0] if len(found) == 1 and not {"not", "no", "never"} & set(words) else None


def missing(reader: Reader, at: Position, verb: str, key: str, why: str, example: str) -> None:
    """A key that a verb cannot do without."""
    reader.note(at, "missing", f"“{verb}” needs “{key}”.", why, f"Add: {key}: {example}")

"""What is this step? Its verb is found, its options are looked at, and the verb reads the rest."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final

from kweek.flow import model as m
from kweek.flow.kebab import kebab
from kweek.flow.load.asking import choose_meant
from kweek.flow.load.choose import Known
from kweek.flow.load.in_one import parted
from kweek.flow.load.misplaced import lifted
from kweek.flow.load.of_another import INSTEAD, OTHER_WORDS, clock, delete, needs, options_left, verb_of
from kweek.flow.load.points import points_meant
from kweek.flow.load.reader import said
from kweek.flow.load.stranger import stands_for
from kweek.flow.load.time_up import otherwise_meant
from kweek.flow.load.verbless import VerblessReader
from kweek.flow.meant import meant
from kweek.flow.options import OPTIONS, VERBS
from kweek.flow.problems import Located, Position
from kweek.flow.yaml import Items, Node, Pair, Pairs, Text
from kweek.flow.yaml.columns import LINES
from kweek.flow.yaml.lines import spaces
from kweek.flow.yaml.tree import last_line

__all__ = ["OPTIONS", "VERBS", "StepReader"]


_OF_A_MAIL: Final = ("subject", "preview")
"""What the front matter of a mail says."""


class StepReader(VerblessReader):
    """Reads steps, at any depth."""

    def read_steps(self, nodes: Iterable[Node]) -> tuple[m.AnyStep, ...]:
        nodes = self._chosen(map(self.with_lines_beside, nodes))
        whole = list(self._once([one for node in self._with_its_lines(nodes) for one in self._apart(node)]))
        found: list[m.AnyStep | None] = []
        for above, node, below in zip((None, *whole), whole, (*whole[1:], None), strict=False):
            self.follows = below is not None
            found.append(self._read_step(node, above))
        return tuple(step for step in found if step is not None)

    def _with_its_lines(self, nodes: Iterable[Node]) -> Iterator[Node]:
        """A `choose` below which nothing stands, with the lines that follow it in its own column."""
        chooses: Pairs | None = None
        lines: list[Node] = []
        for node in (*nodes, None):
            if chooses is not None and isinstance(node, Pairs) and node.pairs and node.pairs[0].key.value in LINES:
                lines.append(node)
                continue
            if chooses is not None:
                yield self._joined(chooses, lines) if lines else chooses
            chooses, lines = (node, []) if isinstance(node, Pairs) and _is_bare_choose(node) else (None, [])
            if chooses is None and node is not None:
                yield node

    def _chosen(self, nodes: Iterable[Node]) -> Iterator[Node]:
        """Lines of `choose`, one below the other, above which no line says `choose`."""
        lines: list[Pairs] = []
        above: Node | None = None
        for node in (*nodes, None):
            head = node.pairs[0] if isinstance(node, Pairs) and node.pairs else None
            astray = head is not None and head.key.value in LINES and not isinstance(head.value, Items)
            if astray and isinstance(node, Pairs) and not (isinstance(above, Pairs) and _is_bare_choose(above)):
                lines.append(node)
                continue
            if len(lines) > 1 and lines[0].at.column <= _OF_A_STEP:
                first, last = lines[0].pairs[0].key, last_line(lines[-1])
                what, why = f"“{first.value}” is a line of “choose”, and no step.", "A step has a verb."
                fix = f"Write - choose: above it, and begin lines {first.at.line} to {last} four spaces further right."
                self.note(first.at, "no-verb", what, why, fix)
                yield Pairs((Pair(first._replace(value="choose"), Items(tuple(lines), first.at)),), first.at)
            else:
                yield from lines
            lines = []
            if node is not None:
                yield node
            above = node if node is not None and not astray else above

    def _joined(self, chooses: Pairs, lines: Sequence[Node]) -> Pairs:
        key, at, last = chooses.pairs[0].key, lines[0].at, last_line(lines[-1])
        what, column = "This line stands beside its “choose”, and not below it.", key.at.column
        fix = f"Move it two spaces deeper, its dash to column {column}"
        fix += f", and the lines below it, up to line {last}, too." if last > at.line else "."
        self.note(at._replace(column=max(1, column - 2)), "choose-line", what, "", fix)
        return Pairs((Pair(key, Items(tuple(lines), at)),), chooses.at)

    def _once(self, steps: Sequence[Node]) -> Iterator[Node]:
        """A line `- go: ask` that stands twice is one: what stands below the other is its own."""
        for step, below in pairwise((*steps, None)):
            line, other = _first_line(step), _first_line(below)
            alone = isinstance(step, Pairs) and len(step.pairs) == 1
            if line and other and alone and line[:2] == other[:2] and line[0] == "go":
                what = f"This line stands in line {line[2].line} already."
                self.note(other[2], "doubled", what, "Only one can be meant.", "Delete one of them.")
            elif step is not None:
                yield step

    def _apart(self, node: Node) -> Iterator[Node]:
        """Two steps that were written as one, each with what stands below it."""
        if not isinstance(node, Pairs):
            yield node
            return
        begun = 0
        node = self._without_spare_wait(node)
        words = [pair.key.value for pair in node.pairs]
        if "wait" in words[1:] and "within" not in words and {"when", "otherwise"} & {*words}:
            words = [word if (words[0], word) not in OTHER_WORDS else "within" for word in words]
        verbs = [number for number, word in enumerate(words) if word in OPTIONS]
        for above, number in pairwise(verbs):
            first, other = node.pairs[above].key.value, node.pairs[number].key
            what = f"“{first}” and “{other.value}” are two steps in one."
            fix = f"Begin the second with a dash of its own: - {other.value}: …"
            column = node.pairs[0].key.at.column - 2
            if other.at.line > node.pairs[0].key.at.line and column > 0:
                fix += f" — in column {column} ({spaces(column - 1)})"
            self.note(other.at, "two-verbs", what, "A list runs downwards, one verb an item.", fix)
            yield from self.parted(Pairs(node.pairs[begun:number], node.pairs[begun].key.at))
            begun = number
        yield from self.parted(Pairs(node.pairs[begun:], node.pairs[begun].key.at if begun else node.at))

    def _without_spare_wait(self, node: Pairs) -> Pairs:
        """`wait: 3 days` beside the `within` of a send, which says how long it waits."""
        known = {pair.key.value: pair for pair in node.pairs}
        verb = node.pairs[0].key.value if node.pairs else ""
        if (verb, "wait") not in OTHER_WORDS or not {"wait", "within"} <= known.keys():
            return node
        if not {"when", "otherwise"} & known.keys():
            return node
        key, line = known["wait"].key, known["within"].key.at.line
        what, why = f"A {verb} has no “wait”.", f"How long it waits, “within” in line {line} says."
        self.note(key.at, "two-verbs", what, why, "Take this line away")
        return Pairs(tuple(pair for pair in node.pairs if pair.key is not key), node.at)

    def _read_step(self, node: Node, above: Node | None) -> m.AnyStep | None:
        if not isinstance(node, Pairs):
            self._no_step(node)
            return None
        if node.pairs and node.pairs[0].key.value in LINES:
            return self.bare_branch(node)
        first = next((pair for pair in node.pairs if pair.key.value in OPTIONS), None) or self.meant_verb(
            node, verb_of(above)
        )
        if first is None:
            return None
        rest = "next" if self.follows else "done"
        if first.key.value == "go" and (asked := choose_meant(self, first.value, first.key, rest=rest, step=True)):
            return self._read_step(asked[0], above)
        node, first = parted(self, *self.named_below(node, first), self.paths, follows=self.follows)
        node, first = points_meant(self, node, self.other_verb(node, first))
        node, first = self.length_meant(*self.ending_meant(node, first))
        verb = first.key.value
        if verb == "score":
            node = Pairs(tuple(lifted(self, node.pairs, OPTIONS["score"], ("score",), "the step")), node.at)
            first = next((pair for pair in node.pairs if pair.key.value == "score"), first)  # it may be misspelt
        known = self._options(otherwise_meant(self, node, first, self.paths), verb, first, above)
        id_ = self.text(known.get("id"))
        if id_ and (not id_.value.strip("/") or " " in id_.value):
            fix = f"Use small letters, digits, hyphens: {kebab(id_.value) or 'first-mail'}"
            self.note(id_.at, "name", f"“{id_.value}” is no id.", "", fix)
        return _READERS[verb](self, first, id_, known)

    def _options(self, node: Pairs, verb: str, first: Pair, above: Node | None) -> Known:
        """above: the step above."""
        lacks = options_left(above)
        words = (*OPTIONS[verb], "id")
        told = stands_for(node.pairs, (*words, *VERBS), needs(node, verb))
        found: Known = {}
        for pair in lifted(self, node.pairs, words, _CLAUSES, "the step"):
            word = pair.key.value
            if word in words:
                found[word] = pair
            elif verb == "choose" and word in ("else", "otherwise"):
                found["else"] = pair
            elif (
                word == "else"
                and "otherwise" in words
                and not {"otherwise", "when"} <= {one.key.value for one in node.pairs}
            ):
                what, why = "“else” is a line below “when” or “otherwise”, and no option.", ""
                self.note(pair.key.at, "else", what, why, "Did you mean “otherwise”?")
                found["otherwise"] = Pair(pair.key._replace(value="otherwise"), pair.value)
            elif pair.key.at == first.key.at or (word in OPTIONS and (verb, word) not in OTHER_WORDS):
                continue
            elif moved := self.with_its_colon(pair, words):
                found[moved.key.value] = moved
            elif told is not None and told[0].key is pair.key:
                found[told[1]] = self._other_word(pair, verb, told[1])
            elif (clause := self._clause_with_its_line(pair, words)) and "when" not in found:
                found["when"] = clause
            elif (other := OTHER_WORDS.get((verb, word))) and other not in {one.key.value for one in node.pairs}:
                found[other] = self._other_word(pair, verb, other)
            elif (verb, word) in INSTEAD:
                what, fix = INSTEAD[verb, word]
                if (
                    (verb, word) == ("handover", "within")
                    and "follow_up" not in found
                    and not clock(word, node)
                    and said(pair) != "…"
                ):
                    fix = f"Its clock is “follow_up”. Write: follow_up: {said(pair)}"
                    found["follow_up"] = Pair(pair.key._replace(value="follow_up"), pair.value)
                fix = delete(word, node) or clock(word, node) or fix
                self.note(pair.key.at, "unknown-key", what, "", fix)
            elif word in ("name", "title", "label") and "id" not in found and isinstance(pair.value, Text):
                found["id"] = self._id_meant(pair, verb, pair.value)
            else:
                elsewhere = [name for name, options in OPTIONS.items() if word in options]
                what = f"“{word}” is not an option of “{verb}”."
                if elsewhere:
                    fix = f"There are: {', '.join(words)}."
                    if word in lacks:
                        fix = f"Put this line above “- {verb}”, where it belongs to “{verb_of(above)}”."
                    elif not OPTIONS[verb] or word == "because":
                        shown, column = " or ".join(f"- {name}: …" for name in elsewhere), first.key.at.column - 2
                        if word == "because" and not self.follows:
                            shown = "- end: done (or another ending)"
                        fix = f"If the line of its step is lost, write {shown} above it, in column {column}."
                        fix = f"Take it away. {fix}"
                    self.note(pair.key.at, "unknown-key", what, f"“{word}” belongs to {', '.join(elsewhere)}.", fix)
                elif verb == "send" and (of_mail := word if word in _OF_A_MAIL else meant(word, _OF_A_MAIL)):
                    why, fix = (
                        "It belongs to the mail.",
                        f"Take it away, and write “{of_mail}:” in the front matter of the mail, in templates/mails",
                    )
                    self.note(pair.key.at, "unknown-key", what, why, fix)
                else:
                    self.unknown(pair, words, what, "", found)
        return found

    def _other_word(self, pair: Pair, verb: str, other: str) -> Pair:
        """`attempts: 2` of a `go`: the option of that verb that says so."""
        value, shown = pair.value, ""
        if other == "at_most" and isinstance(value, Text) and value.value.isdecimal():
            value = value._replace(value=f"{value.value} time{'' if value.value == '1' else 's'}", text_at=None)
            shown = f" Write: at_most: {value.value}"
        what = f"“{pair.key.value}” is not an option of “{verb}”."
        self.note(pair.key.at, "unknown-key", what, "", f"Did you mean “{other}”?{shown}")
        return Pair(pair.key._replace(value=other), value)

    def _id_meant(self, pair: Pair, verb: str, named: Text) -> Pair:
        """`name: Rest a while`"""
        right = kebab(named.value)
        what = f"“{pair.key.value}” is not an option of “{verb}”."
        fix = "Did you mean “id”?" if right == named.value else f"Write: id: {right} — or, as a remark: # {named.value}"
        self.note(pair.key.at, "unknown-key", what, "", fix)
        return Pair(pair.key._replace(value="id"), named._replace(value=right, text_at=None))

    def _clause_with_its_line(self, pair: Pair, words: Sequence[str]) -> Pair | None:
        """`when done: signature`: a clause and its only line in one. None: it is no such thing."""
        first, _, event = pair.key.value.partition(" ")
        if not event or first not in ("when", "on") or "when" not in words:
            return None
        shown = f"{event}: {said(pair)}"
        what, why = f"“{pair.key.value}” is a clause and a line of it.", "Each stands on a line of its own."
        self.note(pair.key.at, "unknown-key", what, why, f"Write when: and below it, two spaces deeper: {shown}")
        below = Pairs((Pair(pair.key._replace(value=event), pair.value),), pair.key.at)
        return Pair(pair.key._replace(value="when"), below)

    def _no_step(self, node: Node) -> None:
        if not isinstance(node, Text):
            fix = "Take away one dash: steps follow each other in one list."
            self.note(node.at, "not-a-step", "A list inside the list is not a step.", "", fix)
            return
        if node.style == "lost":  # it has its message
            return
        verb, _, rest = node.value.partition(":")
        word, sign, behind = _first_word(node.value)
        if node.empty:
            what, fix = "There is nothing behind this dash.", "Write a step behind it, or delete it."
            self.note(node.at, "not-a-step", what, "", fix)
            return
        if node.value in OPTIONS and node.value in self.paths:
            fix = f"To jump to the path of that name, write: - go: {node.value}"
        elif rest and verb in OPTIONS and node.style == "quoted":
            fix = f"Take the quotes away: - {node.value}"
        elif rest and verb in OPTIONS:
            fix = f"Put a space behind the colon: - {verb}: {rest.strip()}"
        elif (near := meant(word, VERBS)) is not None and word != node.value:
            fix = f"Write: - {near}: {behind}"
        elif node.value in m.ENDINGS:
            fix = f"Write: - end: {node.value}"
        elif (ending := meant(node.value.lower(), m.ENDINGS)) is not None:
            fix = f"Write: - end: {ending}"
        elif node.value == "next":
            fix = "Delete this line: where a list runs out, the lead carries on by itself"
        elif word in OPTIONS:
            instead = f"instead of “{sign}”" if sign else "behind the verb"
            fix = f"Write a colon {instead}: - {word}: {behind or '…'}"
        else:
            fix = f"Every step is a verb and its argument, such as “wait: 7 days”; to jump, write: - go: {node.value}"
        self.note(node.at, "not-a-step", f"“{node.value}” is not a step.", "", fix)


def _is_bare_choose(step: Pairs) -> bool:
    match step.pairs:
        case (Pair(key=Text(value="choose"), value=Text() as below),):
            return below.empty
        case _:
            return False


def _first_word(text: str) -> tuple[str, str, str]:
    """It, the sign that somebody wrote for its colon, and the rest: `wait; 1 week`, `wait - 1 week`."""
    found = _FIRST_WORD.match(text)
    return (found["word"], (found["sign"] or "").strip(), text[found.end() :].strip()) if found else (text, "", "")


def _first_line(step: Node | None) -> tuple[str, str, Position] | None:
    """Its key, its value and its place."""
    line = step.pairs[0] if isinstance(step, Pairs) and step.pairs else None
    return (line.key.value, said(line), line.key.at) if line else None


_FIRST_WORD: Final = re.compile(r"(?P<word>\S+?)(?:(?P<sign> ?(?:[=;→]|[-=]>)| ?[,.](?=\s)| -(?=\s))|\s|$)")
_CLAUSES: Final = ("when", "otherwise")
_OF_A_STEP: Final = 7
"""The column in which a step of a path begins, behind its dash: further right, it is the line above that is lost."""
_READERS: Final[dict[str, Callable[[StepReader, Pair, Located[str] | None, Known], m.AnyStep | None]]] = {
    "wait": StepReader.wait,
    "send": StepReader.send,
    "call": StepReader.call,
    "handover": StepReader.handover,
    "task": StepReader.task,
    "choose": StepReader.choose,
    "go": StepReader.go,
    "end": StepReader.end,
    "score": StepReader.score,
    "tag": StepReader.tag,
    "untag": StepReader.untag,
    "set": StepReader.set,
    "tell": StepReader.tell,
    "webhook": StepReader.webhook,
}

"""What is this step? Its verb is found, its options are looked at, and the verb reads the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import Final

from kweek.flow import model as m
from kweek.flow.load.choose import Known
from kweek.flow.load.misplaced import lifted
from kweek.flow.load.verbs import VerbReader
from kweek.flow.meant import meant
from kweek.flow.problems import Located, nearest
from kweek.flow.yaml import Items, Node, Pair, Pairs, Text

OPTIONS: Final[dict[str, tuple[str, ...]]] = {
    "wait": ("when", "otherwise"),
    "send": ("expires", "within", "when", "otherwise"),
    "call": ("queue", "priority", "attempts", "apart", "within", "when", "otherwise"),
    "handover": ("prefer", "follow_up", "remind", "escalate", "when"),
    "task": ("to", "outcomes", "remind", "escalate", "within", "when", "otherwise"),
    "choose": (),
    "go": ("at_most", "then"),
    "end": ("because",),
    "score": ("because",),
    "tag": (),
    "untag": (),
    "set": (),
    "tell": ("text", "mail"),
    "webhook": (),
}
VERBS: Final = tuple(OPTIONS)


class StepReader(VerbReader):
    """Reads steps, at any depth."""

    def read_steps(self, nodes: Iterable[Node]) -> tuple[m.AnyStep, ...]:
        whole = (one for node in nodes for one in self._apart(node))
        return tuple(step for step in map(self._read_step, whole) if step is not None)

    def _apart(self, node: Node) -> Iterator[Node]:
        """Two steps that were written as one, each with what stands below it."""
        if not isinstance(node, Pairs):
            yield node
            return
        begun = 0
        verbs = [number for number, pair in enumerate(node.pairs) if pair.key.value in OPTIONS]
        for above, number in pairwise(verbs):
            first, other = node.pairs[above].key.value, node.pairs[number].key
            what = f"“{first}” and “{other.value}” are two steps in one."
            fix = f"Begin the second with a dash of its own: - {other.value}: …"
            self.note(other.at, "two-verbs", what, "A list runs downwards, one verb an item.", fix)
            yield Pairs(node.pairs[begun:number], node.pairs[begun].key.at)
            begun = number
        yield Pairs(node.pairs[begun:], node.pairs[begun].key.at if begun else node.at)

    def _read_step(self, node: Node) -> m.AnyStep | None:
        if not isinstance(node, Pairs):
            self._no_step(node)
            return None
        if node.pairs and node.pairs[0].key.value in ("if", "share", "else"):
            return self._bare_branch(node)
        first = next((pair for pair in node.pairs if pair.key.value in OPTIONS), None) or self._meant_verb(node)
        if first is None:
            return None
        verb = first.key.value
        known = self._options(node, verb, first)
        id_ = self.text(known.get("id"))
        if id_ and (not id_.value.strip("/") or " " in id_.value):
            self.note(id_.at, "name", f"“{id_.value}” is no id.", "", "Use small letters, digits, hyphens: first-mail")
        return _READERS[verb](self, first, id_, known)

    def _bare_branch(self, node: Pairs) -> m.Choose:
        """A line of `choose` where a step should be."""
        key = node.pairs[0].key
        what, why = f"“{key.value}” is a line of “choose”, and no step.", "A step has a verb."
        self.note(key.at, "no-verb", what, why, f"Write - choose: above it, and - {key.value}: two spaces deeper")
        choose = key._replace(value="choose")
        count = len(self.problems)
        step = self.choose(Pair(choose, Items((node,), node.at)), None, {})
        self.problems[count:] = [one for one in self.problems[count:] if one.code != "else-missing"]
        return step

    def _options(self, node: Pairs, verb: str, first: Pair) -> Known:
        words = (*OPTIONS[verb], "id")
        found: Known = {}
        for pair in lifted(self, node.pairs, words, _CLAUSES, "the step"):
            word = pair.key.value
            if word in words:
                found[word] = pair
            elif (
                word == "else"
                and "otherwise" in words
                and not {"otherwise", "when"} <= {one.key.value for one in node.pairs}
            ):
                what, why = "“else” is a line below “when” or “otherwise”, and no option.", ""
                self.note(pair.key.at, "else", what, why, "Did you mean “otherwise”?")
                found["otherwise"] = Pair(pair.key._replace(value="otherwise"), pair.value)
            elif word in OPTIONS or pair.key.at == first.key.at:
                continue
            elif (verb, word) in _INSTEAD:
                what, fix = _INSTEAD[verb, word]
                self.note(pair.key.at, "unknown-key", what, "", fix)
            else:
                elsewhere = [name for name, options in OPTIONS.items() if word in options]
                what = f"“{word}” is not an option of “{verb}”."
                if elsewhere:
                    fix = f"There are: {', '.join(words)}."
                    self.note(pair.key.at, "unknown-key", what, f"“{word}” belongs to {', '.join(elsewhere)}.", fix)
                else:
                    self.unknown(pair, words, what, "", found)
        return found

    def _no_step(self, node: Node) -> None:
        if not isinstance(node, Text):
            fix = "Take away one dash: steps follow each other in one list."
            self.note(node.at, "not-a-step", "A list inside the list is not a step.", "", fix)
            return
        verb, _, rest = node.value.partition(":")
        word = node.value.split(" ", 1)[0]
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
        elif node.value in m.ENDINGS:
            fix = f"Write: - end: {node.value}"
        elif (ending := meant(node.value.lower(), m.ENDINGS)) is not None:
            fix = f"Write: - end: {ending}"
        elif node.value == "next":
            fix = "Delete this line: where a list runs out, the lead carries on by itself"
        elif word in OPTIONS:
            fix = f"Write a colon behind the verb: - {word}: {node.value[len(word) :].strip() or '…'}"
        else:
            fix = f"Every step is a verb and its argument, such as “wait: 7 days”; to jump, write: - go: {node.value}"
        self.note(node.at, "not-a-step", f"“{node.value}” is not a step.", "", fix)

    def _meant_verb(self, node: Pairs) -> Pair | None:
        """The step has no verb; that which was probably meant, so that the rest of it is read all the same."""
        if not node.pairs:
            self.note(node.at, "not-a-step", "This step is empty.", "", f"Its verb is one of: {', '.join(VERBS)}.")
            return None
        strangers = [pair for pair in node.pairs if pair.key.value not in _WORDS]
        if not strangers:
            key = node.pairs[0].key
            owners = [verb for verb, options in OPTIONS.items() if key.value in options] or ["a step"]
            what = f"This step has no verb; “{key.value}” is an option of {', '.join(owners)}."
            fix = "If it belongs to the step above, take away the dash and put it below that step's verb."
            self.note(key.at, "no-verb", what, "", fix)
            return None
        if strangers[0].key.value == "flow" and isinstance(strangers[0].value, Text):
            to, key = strangers[0].value, strangers[0].key
            self.note(key.at, "no-verb", "“flow” is no verb, but a target.", "", f"Write: - go: flow {to.value}")
            return Pair(key._replace(value="go"), to._replace(value=f"flow {to.value}"))
        for pair in strangers if self.patient else ():
            if near := nearest(pair.key.value, VERBS):
                what = f"There is no verb “{pair.key.value}”."
                self.note(pair.key.at, "no-verb", what, "", f"Did you mean “{near}”?")
                return Pair(pair.key._replace(value=near), pair.value)
        key = strangers[0].key
        self.note(key.at, "no-verb", f"There is no verb “{key.value}”.", "", f"There are: {', '.join(VERBS)}.")
        return None


_CLAUSES: Final = ("when", "otherwise")
_WORDS: Final = frozenset({"id", *(word for options in OPTIONS.values() for word in options)})
_INSTEAD: Final = {
    ("handover", "within"): (
        "A handover has no “within”: it stays with sales until it closes.",
        "Its clock is follow_up: 24 hours, with remind and escalate.",
    ),
    ("handover", "otherwise"): (
        "A handover has no “otherwise”: it stays with sales until it closes.",
        "Write what happens in when (rejected, later, won, lost); its clock is follow_up, remind, escalate.",
    ),
    ("wait", "within"): ("A wait has no “within”: its own end is that.", "Write it behind the verb: - wait: 7 days"),
    ("call", "follow_up"): ("A call has no “follow_up”.", "How long it may stay open is within: 5 business days"),
}
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

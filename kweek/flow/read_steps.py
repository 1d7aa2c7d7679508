"""What is this step? Its verb is found, its options are looked at, and the verb reads the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kweek.flow import model as m
from kweek.flow.problems import Located, did_you_mean, nearest
from kweek.flow.read_verbs import Known, VerbReader
from kweek.flow.yaml_text import Node, Pair, Pairs, Text

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

    def read_step(self, node: Node) -> m.AnyStep | None:
        if not isinstance(node, Pairs):
            self._no_step(node)
            return None
        verbs = [pair for pair in node.pairs if pair.key.value in OPTIONS]
        if not verbs:
            self._no_verb(node)
            return None
        first = verbs[0]
        for other in verbs[1:]:
            what = f"“{first.key.value}” and “{other.key.value}” are two steps in one."
            fix = f"Begin the second with a dash of its own: - {other.key.value}: …"
            self.note(other.key.at, "two-verbs", what, "A list runs downwards, one verb an item.", fix)
        verb = first.key.value
        known = self._options(node, verb)
        id_ = self.text(known.get("id"))
        if id_ and (not id_.value.strip("/") or " " in id_.value):
            self.note(id_.at, "name", f"“{id_.value}” is no id.", "", "Use small letters, digits, hyphens: first-mail")
        return _READERS[verb](self, first, id_, known)

    def _options(self, node: Pairs, verb: str) -> Known:
        words = (*OPTIONS[verb], "id")
        found: Known = {}
        for pair in node.pairs:
            word = pair.key.value
            if word in words:
                found[word] = pair
            elif word in OPTIONS:
                continue
            elif (verb, word) in _INSTEAD:
                what, fix = _INSTEAD[verb, word]
                self.note(pair.key.at, "unknown-key", what, "", fix)
            else:
                elsewhere = [name for name, options in OPTIONS.items() if word in options]
                why = f"“{word}” belongs to {', '.join(elsewhere)}." if elsewhere else ""
                near = did_you_mean(word, words) if self.patient else ""
                self.note(pair.key.at, "unknown-key", f"“{word}” is not an option of “{verb}”.", why, near)
        return found

    def _no_step(self, node: Node) -> None:
        if not isinstance(node, Text):
            fix = "Take away one dash: steps follow each other in one list."
            self.note(node.at, "not-a-step", "A list inside the list is not a step.", "", fix)
            return
        verb, _, rest = node.value.partition(":")
        word = node.value.split(" ", 1)[0]
        if node.empty:
            fix = "Write a step behind the dash, or delete it."
        elif rest and verb in OPTIONS:
            fix = f"Put a space behind the colon: - {verb}: {rest.strip()}"
        elif node.value in m.ENDINGS:
            fix = f"Write: - end: {node.value}"
        elif word in OPTIONS:
            fix = f"Write a colon behind the verb: - {word}: {node.value[len(word) :].strip() or '…'}"
        else:
            fix = f"Every step is a verb and its argument, such as “wait: 7 days”; to jump, write: - go: {node.value}"
        self.note(node.at, "not-a-step", f"“{node.value}” is not a step.", "", fix)

    def _no_verb(self, node: Pairs) -> None:
        if not node.pairs:
            self.note(node.at, "not-a-step", "This step is empty.", "", f"Its verb is one of: {', '.join(VERBS)}.")
            return
        key = node.pairs[0].key
        owners = [verb for verb, options in OPTIONS.items() if key.value in options]
        if owners:
            what = f"This step has no verb; “{key.value}” is an option of {', '.join(owners)}."
            fix = "If it belongs to the step above, take away the dash and put it below that step's verb."
            self.note(key.at, "no-verb", what, "", fix)
            return
        for pair in node.pairs if self.patient else ():
            if near := nearest(pair.key.value, VERBS):
                self.note(
                    pair.key.at, "no-verb", f"There is no verb “{pair.key.value}”.", "", f"Did you mean “{near}”?"
                )
                return
        self.note(key.at, "no-verb", f"There is no verb “{key.value}”.", "", f"There are: {', '.join(VERBS)}.")


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

"""Which verb was meant, where none stands? Its line is lost, or it has another name, or that of an option."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from kweek.flow import model as m
from kweek.flow.kebab import kebab
from kweek.flow.load.choose import lines_of
from kweek.flow.load.says import several_names
from kweek.flow.load.verbs import VerbReader
from kweek.flow.meant import meant
from kweek.flow.moment import WEEKDAYS
from kweek.flow.options import OPTIONS, STAYS, VERBS, WORDS, owners, who_hears
from kweek.flow.problems import nearest
from kweek.flow.words import BUILT_IN, is_event
from kweek.flow.yaml import Items, Node, Pair, Pairs, Text
from kweek.flow.yaml.columns import LINES
from kweek.flow.yaml.lines import spaces

_OF_VALUES: Final = ("until", "flow")
"""Words that belong to the value of a verb."""
_NEEDLESS: Final = ("for", "to", "mail", "survey", "with", "path")
"""Words that somebody may write behind a verb, and that say nothing."""
_ARGUMENTS: Final = {
    "wait": ("within", "for", "until", "time", "duration"), "send": ("mail", "template"), "call": ("survey", "script"),
    "handover": ("team", "to"), "task": ("title", "text", "name"), "go": ("to", "path", "flow"),
    "tell": ("to", "person"), "webhook": ("name",), "end": ("result",),
}  # fmt: skip
"""What somebody may write below a verb for what stands behind it."""
_NAMED_FOR: Final = {
    "path": "go", "survey": "send", "template": "send", "script": "call", "team": "handover", "person": "tell",
}  # fmt: skip
"""What somebody may write for a verb, from what stands behind it."""
_AT_ONCE: Final = frozenset(VERBS) - {*STAYS, "choose"}


class VerblessReader(VerbReader):
    """Finds the verb of what has none, so that the rest of it is read all the same."""

    def bare_branch(self, node: Pairs) -> m.Choose:
        """A line of `choose` where a step should be."""
        key, value = node.pairs[0]
        choose = key._replace(value="choose")
        what, why = f"“{key.value}” is a line of “choose”, and no step.", "A step has a verb."
        if isinstance(value, Items):
            self.note(key.at, "no-verb", what, why, "For the list of lines below it, write: - choose:")
            return self.choose(Pair(choose, value), None, {})
        self.note(key.at, "no-verb", what, why, f"Write - choose: above it, and - {key.value}: two spaces deeper")
        count = len(self.problems)
        step = self.choose(Pair(choose, Items((node,), node.at)), None, {})
        self.problems[count:] = [one for one in self.problems[count:] if one.code != "else-missing"]
        return step

    def with_lines_beside(self, node: Node) -> Node:
        """`- choose:`, and in its own column `if:`, `go:` and `else:`, without their dashes."""
        match node:
            case Pairs(pairs=(Pair(key=Text(value="choose") as key, value=Text() as below), *beside)) if (
                below.empty and beside and beside[0].key.value in LINES
            ):
                pass
            case _:
                return node
        if any(pair.key.value not in (*LINES, "go") for pair in beside):
            return node
        lines = lines_of(beside)
        dashed = " and ".join(f"- {line.pairs[0].key.value}: …" for line in lines)
        column = key.at.column + 2
        fix = f"Begin them in column {column} ({spaces(column - 1)}), with a dash: {dashed}"
        if any(line.pairs[1:] for line in lines):
            fix += f" — and “go” in column {column + 2} ({spaces(column + 1)})"
        what, why = (
            "The lines of “choose” stand beside it, and not below it.",
            "They are a list, of which each has a dash.",
        )
        self.note(beside[0].key.at, "choose-line", what, why, fix)
        return Pairs((Pair(key, Items(lines, beside[0].key.at)),), node.at)

    def meant_verb(self, node: Pairs, above: str | None) -> Pair | None:
        """above: the verb of the step above it, to which what is here may belong."""
        if not node.pairs:
            self.note(node.at, "not-a-step", "This step is empty.", "", f"Its verb is one of: {', '.join(VERBS)}.")
            return None
        strangers = [pair for pair in node.pairs if pair.key.value not in WORDS]
        if not strangers:
            return self._misnamed(node, above)
        if strangers[0].key.value == "flow" and isinstance(strangers[0].value, Text):
            to, key = strangers[0].value, strangers[0].key
            self.note(key.at, "no-verb", "“flow” is no verb, but a target.", "", f"Write: - go: flow {to.value}")
            return Pair(key._replace(value="go"), to._replace(value=f"flow {to.value}"))
        for pair in strangers:
            if moved := self.with_its_colon(pair, VERBS) or self._colon_late(pair):
                return moved
        if len(node.pairs) == 1 and strangers[0].key.value in ("name", "title", "label"):
            key, named = strangers[0].key, strangers[0].value
            what, why = f"“{key.value}” is no verb.", "A step needs no name."
            shown = f", or make it a remark: # {named.value}" if isinstance(named, Text) else ""
            self.note(key.at, "no-verb", what, why, f"Take this line away{shown}")
            return None
        if strangers[0].key.value == "repeat" and (again := self._again(strangers[0])):
            return again
        for pair in strangers if self.patient else ():
            if near := nearest(pair.key.value, VERBS):
                what = f"There is no verb “{pair.key.value}”."
                self.note(pair.key.at, "no-verb", what, "", f"Did you mean “{near}”?")
                return Pair(pair.key._replace(value=near), pair.value)
        if strangers[0].key.value in m.ENDINGS and isinstance(reason := strangers[0].value, Text) and reason.value:
            key = strangers[0].key
            fix = f"Write: - end: {key.value} — and below it: because: {reason.value}"
            self.note(key.at, "no-verb", f"“{key.value}” is how it ends, and no verb.", "", fix)
            return Pair(key._replace(value="end"), reason._replace(value=key.value, text_at=None))
        if self.patient and (verb := _NAMED_FOR.get(strangers[0].key.value)):
            key, value = strangers[0]
            others = [pair.key.value for pair in node.pairs if pair.key is not key]
            if set(others) <= {"id", *OPTIONS[verb]} and isinstance(value, Text) and not value.empty:
                self.note(key.at, "no-verb", f"There is no verb “{key.value}”.", "", f"Write: - {verb}: {value.value}")
                return Pair(key._replace(value=verb), value)
        key, value = strangers[0]
        what, others = (
            f"There is no verb “{key.value}”.",
            [pair.key.value for pair in node.pairs if pair.key is not key],
        )
        match owners(others) if set(others) - {"id"} else []:
            case [only]:
                self.note(key.at, "no-verb", what, "", f"Did you mean “{only}”?")
                return Pair(key._replace(value=only), value)
            case _:
                self.note(key.at, "no-verb", what, "", f"There are: {', '.join(VERBS)}.")
                return None

    def _again(self, pair: Pair) -> Pair | None:
        """`- repeat: 3 times`, which does not say where it begins again."""
        times = pair.value.value if isinstance(pair.value, Text) else ""
        if not times.partition(" ")[0].isdecimal():
            return None
        what, why = "There is no verb “repeat”.", "A lead goes back to a path by its name."
        fix = (
            f"Write: - go: steps (or a path) — and below it: at_most: {times}, and then: with where it goes after that"
        )
        self.note(pair.key.at, "no-verb", what, why, fix)
        return Pair(pair.key._replace(value="go"), Text("", pair.value.at, pair.value.at, "lost"))

    def _colon_late(self, pair: Pair) -> Pair | None:
        """`wait until: monday 09:00`. None: it is no such thing."""
        verb, _, word = pair.key.value.partition(" ")
        if verb not in VERBS or word not in (*_OF_VALUES, *_NEEDLESS) or not isinstance(pair.value, Text):
            return None
        said = f"{word} {pair.value.value}" if word in _OF_VALUES else pair.value.value
        if verb == "wait" and said.split()[-1] in WEEKDAYS:
            said += " 09:00"
        what, why = f"The colon stands behind “{word}”.", "It belongs between a key and its value."
        self.note(pair.key.at, "no-verb", what, why, f"Write: - {verb}: {said}")
        return Pair(pair.key._replace(value=verb), pair.value._replace(value=said, text_at=None))

    def _misnamed(self, node: Pairs, above: str | None) -> Pair | None:
        """A step of options alone: the first is another word for a verb, or belongs to the step above."""
        (key, value), others = node.pairs[0], [pair.key.value for pair in node.pairs[1:]]
        whose = [verb for verb in VERBS if key.value in OPTIONS[verb]]
        near = meant(key.value, VERBS)
        if near in owners(others) and above not in whose and isinstance(value, Text):
            if near in ("send", "call", "handover") and kebab(value.value):
                value = value._replace(value=kebab(value.value), text_at=None)
            what, fix = f"There is no verb “{key.value}”.", f"Did you mean “{near}”? Write: - {near}: {value.value}"
            self.note(key.at, "no-verb", what, "", fix)
            return Pair(key._replace(value=near), value)
        what = f"This step has no verb; “{key.value}” is an option of {', '.join(whose) or 'a step'}."
        fix = "If it belongs to the step above, take away the dash and put it below that step's verb."
        self.note(key.at, "no-verb", what, "", fix)
        return None

    def named_below(self, node: Pairs, verb: Pair) -> tuple[Pairs, Pair]:
        """`- handover:`, and below it `team: sales`: what the verb has behind it stands on a line of its own."""
        others = [pair for pair in node.pairs if pair is not verb]
        empty = isinstance(verb.value, Text) and verb.value.empty and not verb.value.comment.strip()
        words = _ARGUMENTS.get(verb.key.value, ()) if empty else ()
        below = next((pair for pair in others[:1] if pair.key.value in words and isinstance(pair.value, Text)), None)
        if below is None or not isinstance(below.value, Text) or below.value.empty:
            return node, verb
        said = f"{below.key.value} {below.value.value}" if below.key.value in _OF_VALUES else below.value.value
        what, why = f"“{verb.key.value}” has no value.", f"“{below.key.value}” below it says what stands behind it."
        fix = f"Write one line for the two: - {verb.key.value}: {said}"
        self.note(verb.key.at, "text-wanted", what, why, fix)
        whole = Pair(verb.key, below.value._replace(value=said, text_at=None))
        return Pairs((whole, *(pair for pair in others if pair is not below)), node.at), whole

    def length_meant(self, node: Pairs, verb: Pair) -> tuple[Pairs, Pair]:
        """`- wait: until answered`, and below it `within: 7 days`: how long at most, and what is waited for."""
        within = next((pair for pair in node.pairs if pair.key.value == "within"), None)
        match verb.value, within:
            case Text(), Pair(value=Text(value=length) as time) if verb.key.value == "wait":
                event = self._event_awaited(verb)
                if event is None:
                    return node, verb
                what, why = f"“{event}” is an event; wait takes a time, at most.", ""
                heard = any(line.key.value == event for pair in node.pairs for line in _lines(pair))
                fix = f"Write: wait: {length} — and take “within” away"
                if not heard:
                    fix = f"Write: wait: {length} — and instead of “within”: when: with the line “{event}: next” below"
                self.note(verb.value.at, "duration", what, why, fix)
                whole = Pair(verb.key, time)
                return Pairs(
                    tuple(whole if one is verb else one for one in node.pairs if one is not within), node.at
                ), whole
            case _:
                return node, verb

    def _event_awaited(self, verb: Pair) -> str | None:
        """`until answered`"""
        said = verb.value.value if isinstance(verb.value, Text) else ""
        event = said.removeprefix("until ").removeprefix("for ")
        return event if is_event(event) else None

    def other_verb(self, node: Pairs, verb: Pair) -> Pair:
        """`- call: Ring them about it`, with the options and outcomes of a task."""
        said, others = verb.value, [pair.key.value for pair in node.pairs if pair is not verb]
        of_words = isinstance(said, Text) and " " in said.value and not several_names(said.value)
        if not of_words or verb.key.value not in ("send", "call", "handover") or "task" not in owners(others):
            return verb
        own = [word for word in others if word not in (*OPTIONS[verb.key.value], "id")]
        events = [one.key.value for pair in node.pairs if pair.key.value == "when" for one in _lines(pair)]
        outcomes = [event for event in events if "." not in event and event not in (*BUILT_IN, "else")]
        outcomes = [event for event in outcomes if not event.startswith("clicked ")]
        if not own and not outcomes:
            return verb
        what, why = f"“{verb.key.value}” takes a name.", f"“{(own or outcomes)[0]}” below it is of a task."
        self.note(verb.key.at, "no-verb", what, why, f"Write: - task: {said.value if isinstance(said, Text) else '…'}")
        return Pair(verb.key._replace(value="task"), said)

    # --- a verb whose line is lost ----------------------------------------------------------------

    def parted(self, node: Pairs) -> Iterator[Pairs]:
        """A step that is done at once, and behind it options that only one that stays has: two steps, of which the
        second lost its verb."""
        words = [pair.key.value for pair in node.pairs]
        own = {words[0], *OPTIONS.get(words[0], ()), "id"} if words else ()
        first = next((n for n, word in enumerate(words) if word not in own), len(words))
        its_own = words[:2] == ["wait", "within"] and (
            _of_own_events(node.pairs[2:]) or self._event_awaited(node.pairs[0]) is not None
        )
        lost = words and words[0] in _AT_ONCE and len(words) - first > 1 and self.lost_verbs(node.pairs[first:])
        if lost and not its_own:
            yield Pairs(node.pairs[:first], node.at)
            yield self.with_lost_verb(node.pairs[first:])
        else:
            yield node

    def lost_verbs(self, pairs: Sequence[Pair], among: Collection[str] = STAYS) -> list[str]:
        """Of whom these may be the options. among: the verbs that are thought of."""
        events = [one.key.value for pair in pairs if pair.key.value in ("when", "otherwise") for one in _lines(pair)]
        verbs = [verb for verb in owners([pair.key.value for pair in pairs]) if verb in among]
        return who_hears(verbs, events) if pairs else []

    def with_lost_verb(self, pairs: tuple[Pair, ...], among: Collection[str] = STAYS) -> Pairs:
        """The step that these are the options of. Its verb is said to be missing; nobody looks for its argument."""
        verbs, first = self.lost_verbs(pairs, among), pairs[0].key
        lines = [f"- {verb}: …" for verb in verbs]
        shown = f"{', '.join(lines[:-1])} or {lines[-1]}" if lines[1:] else lines[0]
        column = max(1, first.at.column - 2)
        what = "The line with the verb seems to be missing above this line."
        why = f"“{first.value}” is an option of {', '.join(verbs)}."
        fix = f"Write {shown} above it, in column {column}."
        self.note(first.at, "no-verb", what, why, fix)
        lost = Pair(Text(verbs[0], first.at, first.at), Text("", first.at, first.at, "lost"))
        return Pairs((lost, *pairs), first.at)


def _lines(clause: Pair) -> tuple[Pair, ...]:
    return clause.value.pairs if isinstance(clause.value, Pairs) else ()


def _of_own_events(clauses: Sequence[Pair]) -> bool:
    """Does its `when` name events of the workspace alone, for which any step may wait, and its `otherwise` no state?"""
    lines = {pair.key.value: pair.value for pair in clauses}
    when, otherwise = lines.pop("when", None), lines.pop("otherwise", None)
    own = isinstance(when, Pairs) and all("." in line.key.value for line in when.pairs)
    states = otherwise.pairs if isinstance(otherwise, Pairs) else ()
    return own and not lines and all(line.key.value == "else" for line in states)

"""Where does the way part? The lines of `choose`, each with what it asks and where it leads."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from kweek.flow import model as m
from kweek.flow.conditions import ConditionError, parse_condition
from kweek.flow.load.misplaced import joined
from kweek.flow.load.reader import said, unread
from kweek.flow.load.targets import TargetReader
from kweek.flow.options import VERBS
from kweek.flow.problems import Located, Position
from kweek.flow.words import IMMEDIATE
from kweek.flow.yaml import Items, Node, Pair, Pairs, Text

Known = dict[str, Pair]
_NO_COLON: Final = re.compile(r"(?P<word>if|share|else)\b(?P<rest> .+)")
_ALWAYS: Final = ("true", "always", "yes", "1 == 1", "other", "any", "*")
"""What somebody may ask of whom all is true."""
_THEN: Final = re.compile(
    r"(?P<asked>.+?),?:? (?:(?:then|->|=>|→|, )(?: ?go(?: ?to)?:?)?|go(?: ?to)?:?) *(?P<to>(?:flow )?[a-z0-9-]+)"
)
_SHARED: Final = re.compile(r"(?P<share>\d{1,3} ?%),? *(?:to|go(?: to)?:?|->|→|:)? *(?P<to>(?:flow )?[a-z][a-z0-9-]*)")
BRANCH: Final = ("if", "share", "go", "else")


def is_condition(text: str) -> bool:
    """Is it a condition, rather than a word?"""
    try:
        parse_condition(text)
    except ConditionError:
        return False
    return re.search("[.(]", text) is not None


def lines_of(pairs: Sequence[Pair]) -> tuple[Pairs, ...]:
    """The lines of a choose that none has parted: each begins with what it asks, and `go` belongs to that."""
    lines: list[Pairs] = []
    for pair in pairs:
        if pair.key.value == "go" and lines:
            lines[-1] = Pairs((*lines[-1].pairs, pair), lines[-1].at)
        else:
            lines.append(Pairs((pair,), pair.key.at))
    return tuple(lines)


def _words(node: Node) -> list[str]:
    return [pair.key.value for pair in node.pairs] if isinstance(node, Pairs) else []


class ChooseReader(TargetReader):
    """Reads a `choose`."""

    def choose(self, verb: Pair, id_: Located[str] | None, known: Known) -> m.Choose:
        last = "- else: next (or a path)" if self.follows else "- else: done (or a path)"
        nodes = self._undashed(verb) or self.items(verb.value, verb.key, "if: lead.sales_ready")
        nodes = tuple(
            self._lines_apart(tuple(joined(self, nodes, "go", "choose-line", lambda keys: keys in (["if"], ["share"]))))
        )
        nodes = self._with_else(self._always_meant(nodes), known.get("else"))
        lines = [line for line in (self._branch(node, verb.key) for node in nodes) if line is not None]
        if lines and len(lines) == len(nodes) and all(line.share is None or line.share.value for line in lines):
            self._last_branch(lines, verb.key.at, lost := self._else_lost(lines), last)
            lines += [m.Branch(verb.key.at, m.ToPath(name, verb.key.at)) for name in lost]
        return m.Choose(at=verb.key.at, id=id_, branches=tuple(lines))

    def _with_else(self, nodes: Sequence[Node], beside: Pair | None) -> tuple[Node, ...]:
        """beside: `else`, written in the column of `choose` itself."""
        if beside is None:
            return tuple(nodes)
        other = next((node for node in nodes if "else" in _words(node)), None)
        column = nodes[0].at.column - 2 if nodes else beside.key.at.column + 2
        fix = f"Write in column {column}: - else: {said(beside)}"
        if other is not None:
            fix = f"Delete this line: the one for all others is line {other.at.line}"
        why = "What is for all others is the last line of its list."
        self.note(beside.key.at, "choose-line", f"“{beside.key.value}” is no option of choose.", why, fix)
        if other is not None:
            return tuple(nodes)
        return (*nodes, Pairs((Pair(beside.key._replace(value="else"), beside.value),), beside.key.at))

    def _undashed(self, verb: Pair) -> tuple[Node, ...]:
        """`if`, `go` and `else` below each other, and none with its dash. Empty: that is not what it is."""
        if not isinstance(verb.value, Pairs):
            return ()
        pairs = verb.value.pairs
        words = [pair.key.value for pair in pairs]
        if words not in (["if", "go", "else"], ["if", "go"], ["share", "go", "else"], ["share", "go"]):
            return ()
        what, why = "The dashes of these lines are missing.", "Each line of choose begins with one."
        shown = f"- {words[0]}: {said(pairs[0])}" + (", and before “else”: - else: …" if words[2:] else "")
        if words[2:] and isinstance(pairs[2].value, Text):
            shown = f"- {words[0]}: {said(pairs[0])} — with “go” two spaces deeper, and - else: {said(pairs[2])}"
        self.note(pairs[0].key.at, "choose-line", what, why, f"Write: {shown}")
        return lines_of(pairs)

    def _share_apart(self, node: Pairs) -> Pairs:
        """`share: 20% control`: how many, and where they go."""
        match node.pairs:
            case (Pair(key=Text(value="share") as key, value=Text(value=text) as share),) if found := _SHARED.fullmatch(
                text
            ):
                what, why = f"“{text}” says how many and where they go.", "Each has a line of its own."
                fix = f"Write: - share: {found['share']} — and below “share”: go: {found['to']}"
                self.note(share.at, "share", what, why, fix)
                go = Pair(key._replace(value="go"), share._replace(value=found["to"], text_at=None))
                return Pairs((Pair(key, share._replace(value=found["share"], text_at=None)), go), node.at)
            case _:
                return node

    def _with_steps_below(self, node: Pairs) -> Pairs:
        """`if: …`, and steps in its column instead of `go` with a list of them."""
        first, *others = node.pairs or (None,)
        if first is None or first.key.value not in ("if", "share") or not others:
            return node
        if not all(pair.key.value in (*IMMEDIATE, "wait", "end") for pair in others):
            return node
        shown = ", and ".join(f"- {pair.key.value}: {said(pair)}" for pair in others)
        what, why = f"“{others[0].key.value}” is a step.", "What is done in this case, “go” lists."
        self.note(others[0].key.at, "choose-line", what, why, f"Write: go: and below it, two spaces deeper: {shown}")
        go = Text("go", others[0].key.at, others[0].key.end)
        steps = tuple(Pairs((pair,), pair.key.at) for pair in others)
        return Pairs((first, Pair(go, Items(steps, others[0].key.at))), node.at)

    def _always_meant(self, nodes: Sequence[Node]) -> tuple[Node, ...]:
        """`- if: true` as the last line, where none is for all others."""
        match nodes:
            case [
                *above,
                Pairs(pairs=(Pair(key=Text(value="if") as key, value=Text(value=said)), Pair(value=to))) as last,
            ]:
                pass
            case _:
                return tuple(nodes)
        if said.lower() not in _ALWAYS or any("else" in _words(node) for node in nodes) or not above:
            return tuple(nodes)
        what, why = f"“{said}” asks nothing of a lead.", "What is for all others, is a line of its own."
        fix = "Write - else: for the two lines, and below it the list"
        if isinstance(to, Text):
            fix = f"Write one line for the two: - else: {to.value}"
        self.note(key.at, "choose-line", what, why, fix)
        return (*above, Pairs((Pair(key._replace(value="else"), to),), last.at))

    def _lines_apart(self, nodes: Sequence[Node]) -> Iterator[Node]:
        """An `else` without a dash of its own is a line for itself."""
        for number, node in enumerate(nodes):
            words = _words(node)
            if isinstance(node, Pairs) and words[:2] in (["if", "go"], ["share", "go"]) and words[2:] == ["else"]:
                pairs, key = node.pairs, node.pairs[2].key
                what, fix = (
                    "“else” is a line of its own.",
                    f"Begin it with a dash in column {pairs[0].key.at.column - 2}",
                )
                other = next((below for below in nodes[number + 1 :] if _words(below)[:1] == ["else"]), None)
                if other is not None:
                    fix = f"Delete this line: the one for all others is line {other.at.line}"
                self.note(key.at, "choose-line", what, "", fix if other else f"{fix}: - else: …")
                yield Pairs(pairs[:2], node.at)
                if other is None:
                    yield Pairs(pairs[2:], key.at)
            else:
                yield node

    def _else_lost(self, lines: list[m.Branch]) -> list[str]:
        """Where its last line led, if only one path is left to which no line leads."""
        whole = any(line.is_else or line.share for line in lines)
        return [] if whole or len(self.unnamed) != 1 else list(self.unnamed)

    def _last_branch(self, lines: list[m.Branch], at: Position, lost: list[str], last: str) -> None:
        """lost: see above. last: the line to add, where nothing is lost."""
        total = sum(line.share.value for line in lines if line.share)
        if total > 100:
            rest = any(line.is_else for line in lines)
            fix = "less than 100%: else has the rest." if rest else "at most 100%."
            self.note(at, "shares", f"The shares make {total}%.", "", f"Change them so that they make {fix}")
        for line in lines[:-1]:
            if line.is_else:
                why = "The first line that is true decides, and else is always true."
                self.note(line.at, "else-last", "The lines below this else are never asked.", why, "Put else last.")
                break
        shared = total == 100 and all(line.share or line.is_else for line in lines)
        if shared and (spare := next((line for line in lines if line.is_else), None)):
            less = "make the shares less than 100%."  # where it alone leads on, the steps below need it
            fix = less.capitalize() if isinstance(spare.target, m.Next) else f"Take this line away, or {less}"
            self.note(spare.at, "else-last", "The shares make 100%, so no lead is left for this else.", "", fix)
        if total != 100 and not any(line.is_else for line in lines):  # an else above the last has its own message
            why, fix = "Else it says nothing of a lead for whom no line is true.", last
            if all(line.share for line in lines) and total < 100:
                what = f"The shares make {total}%, and “choose” has no else."
                fix = f"Change them so that they make 100%, or add a last line: {fix}"
                self.note(at, "else-missing", what, f"It says nothing of the other {100 - total}%.", fix)
            elif total < 100:
                if lost:
                    why, fix = f"To the path “{lost[0]}” leads no other line.", f"- else: {lost[0]}"
                self.note(at, "else-missing", "“choose” has no else.", why, f"Add a last line: {fix}")

    def _as_a_line(self, node: Pairs) -> Pairs:
        """What was meant with `if: else`, and with `end: discard` where `go` should be."""
        match node.pairs:
            case (Pair(key=Text(value="if") as key, value=Text(value="else")), Pair(key=Text(value="go"), value=to)):
                what, why = "“else” is no condition.", "It is a line of its own, for all others."
                if isinstance(to, Text):
                    fix = f"Write one line for the two: - else: {to.value}"
                else:
                    fix = "Write - else: for the two lines, and below it the list"
                self.note(key.at, "choose-line", what, why, fix)
                return Pairs((Pair(key._replace(value="else"), to),), node.at)
            case (
                Pair(key=Text(value="if" | "share")) as asked,
                Pair(key=Text(value="end") as key, value=Text() as to),
            ):
                what, why = "“end” is a step, and no key of this line.", "Where the lead goes, “go” says."
                self.note(key.at, "choose-line", what, why, f"Write: go: {to.value}")
                return Pairs((asked, Pair(key._replace(value="go"), to)), node.at)
            case (Pair(key=Text(value="if" | "share")) as asked, Pair(key=Text(value=verb) as key)) if (
                verb in VERBS and verb not in ("choose", "go", "end")
            ):
                what, why = f"“{verb}” is a step, and no key of this line.", "Where the lead goes, “go” says."
                shown = f"- {verb}: {said(node.pairs[1])}"
                self.note(key.at, "choose-line", what, why, f"Write go: and below it, two spaces deeper: {shown}")
                steps = Items((Pairs((node.pairs[1],), key.at),), key.at)
                return Pairs((asked, Pair(key._replace(value="go"), steps)), node.at)
            case (Pair(key=Text(value="end" | "next" as word) as key, value=Text() as to),):
                what = f"“{word}” is no key of a line of choose."
                self.note(key.at, "choose-line", what, "It seems to be for all others.", f"Write: - else: {to.value}")
                return Pairs((Pair(key._replace(value="else"), to),), node.at)
            case _:
                return node

    def _asked_with_way(self, node: Pairs) -> Pairs:
        """`- lead.sales_ready: sales` and `- if: lead.sales_ready then sales`: what is asked, and where it leads."""
        match node.pairs:
            case (Pair(key=Text() as asked, value=Text() as to),) if is_condition(asked.value) and not to.empty:
                condition, way = asked.value, to.value
            case (Pair(key=Text(value="if"), value=Text(value=text) as to),) if found := _THEN.fullmatch(text):
                condition, way = found["asked"], found["to"]
                if not is_condition(condition):
                    return node
            case _:
                return node
        what, why = "This line says what is asked and where it leads.", "Each has a key of its own."
        fix = f"Write two lines: “- if: {condition}”, and below “if”: “go: {way}”"
        self.note(node.at, "choose-line", what, why, fix)
        key = node.pairs[0].key
        asked = Pair(key._replace(value="if"), to._replace(value=condition, text_at=None))
        return Pairs((asked, Pair(key._replace(value="go"), to._replace(value=way, text_at=None))), node.at)

    def _branch(self, node: Node, key: Text) -> m.Branch | None:
        if isinstance(node, Text) and (found := _NO_COLON.fullmatch(node.value)):
            word, rest = found["word"], found["rest"].strip()
            what, why = f"“{node.value}” has no colon.", "A key and its value are parted by a colon and a space."
            self.note(node.at, "colon-missing", what, why, f"Write: {word}: {rest}")
            node = Pairs((Pair(node._replace(value=word), node._replace(value=rest)),), node.at)
        if isinstance(node, Text) and node.value == "else":
            way = next(iter(self.unnamed), "next" if self.follows else "done")
            fix = f"Write: - else: {way}" + ("" if self.unnamed else " (or a path)")
            self.note(node.at, "choose-line", "“else” does not say where to go.", "", fix)
            return m.Branch(node.at, m.ToPath(way, node.at) if self.unnamed else m.Inline((), node.at))
        if isinstance(node, Pairs):
            node = self._asked_with_way(node)
            node = self._as_a_line(Pairs(tuple(self._with_then(node.pairs, ("go", "else"))), node.at))
            node = self._with_steps_below(self._share_apart(node))
        known = self.fields(node, key, BRANCH, "if: lead.sales_ready, go: sales")
        if not isinstance(node, Pairs) or not known:
            return None
        way = known.get("else") or known.get("go")
        if len(known) < len(node.pairs):
            return None  # a key that is none has its message; what it should have been, nobody knows
        asked = [word for word in ("if", "share", "else") if word in known]
        if len(asked) != 1 or ("else" in known and "go" in known):
            what = f"This line says {' and '.join(known)}."
            fix = "A line is “if: … go: …”, “share: … go: …”, or, as the last, “else: …”."
            if known.keys() == {"else", "go"} and isinstance(aim := known["go"].value, Text):
                fix = f"Write: - else: {aim.value}"
            self.note(node.at, "choose-line", what, "Each line of choose asks one thing.", fix)
            return None
        if way is None:
            self.note(
                node.at, "choose-line", "This line does not say where to go.", "", "Add: go: <a path, next, done, …>"
            )
        condition, share = self.text(known.get("if")), self.share(known.get("share"))
        if "if" in known and condition is None:
            condition = unread(known["if"])
        if "share" in known and share is None:
            share = Located(0, known["share"].value.at, known["share"].key.at, said=said(known["share"]))
        return m.Branch(node.at, self.aim(way) if way else m.Inline((), node.at), condition, share)

"""How do PyYAML's events become our tree? What YAML allows and we refuse is noted at its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from msgspec import Struct

from kweek.flow.problems import Position, Problem
from kweek.flow.yaml.dashes import Word, words_of_a_list
from kweek.flow.yaml.fences import SECOND_DOCUMENT
from kweek.flow.yaml.in_braces import Meant, meant_in_braces
from kweek.flow.yaml.lines import without_comment
from kweek.flow.yaml.sheet import UNSAID, Sheet
from kweek.flow.yaml.tree import Items, Node, Pair, Pairs, Text

DEEPEST: Final = 32
_HALF: Final = re.compile("[\ud800-\udfff]")
_COMMENT: Final = re.compile(r"(\s+)#(.*)")
_MOUSTACHES: Final = re.compile(r"(?:\{\{.*?\}\}|[^,{}])*")
_COLON: Final = re.compile(r"\s*:(.*)")


class _Open(Struct):
    """A list or a mapping of which the end has not come yet."""

    mapping: bool
    flow: bool
    at: Position
    items: list[Node] = []
    pairs: list[Pair] = []
    keys: dict[str, Text] = {}
    key: Node | None = None


class Builder:
    """PyYAML's events to our tree, once. What YAML allows and we refuse is noted at its place."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.stack: list[_Open] = []
        self.root: Node | None = None
        self.found: list[Problem] = []
        self._documents = 0
        self._anchored: dict[str, str] = {}
        """What an alias stands for, where it is a text: read as that, it is one message."""

    def build(self, events: Iterator[Any]) -> Node | None:
        """None: there is nothing in it, or nothing that can be read on."""
        for event in events:
            if not self._hear(event):
                break
        # only now: a reading that YAML broke off is begun again, and would say everything twice
        self.sheet.problems.extend(self.found)
        if isinstance(self.root, Text) and self.root.empty:
            return None
        return self.root

    def _hear(self, event: Any) -> bool:
        """False: what follows is not read any more."""
        at = self.sheet.place(event.start_mark.line, event.start_mark.column)
        match type(event).__name__:
            case "ScalarEvent":
                self._add(self._exclaimed(event, at) or self._undashed(event) or self._text(event, at))
            case "SequenceStartEvent" | "MappingStartEvent" as kind:
                self._refuse_marks(event, at)
                return self._open(_Open(kind == "MappingStartEvent", bool(event.flow_style), at))
            case "SequenceEndEvent" | "MappingEndEvent":
                self._close(self.stack.pop())
            case "AliasEvent":
                self._note(at, "alias", *_ALIAS)
                said = self._anchored.get(event.anchor)
                self._add(Text(said or f"*{event.anchor}", at, at, "lost" if said is None else "plain"))
            case "DocumentStartEvent":
                self._document(at)
            case _:
                pass
        return True

    def _document(self, at: Position) -> None:
        self._documents += 1
        if self._documents == 2:
            self._note(at, "several-documents", *SECOND_DOCUMENT)

    def _open(self, begun: _Open) -> bool:
        self.stack.append(begun)
        if len(self.stack) > DEEPEST:
            why = "So deep a nest can be followed by nobody."
            fix = "Make a path of the inner steps (`paths:`) and name it."
            self._note(begun.at, "too-deep", f"This is nested more than {DEEPEST} levels deep.", why, fix)
            self.root = None
            return False
        return True

    def _note(self, at: Position, code: str, what: str, why: str, fix: str) -> None:
        self.found.append(Problem(self.sheet.file, at.line, at.column, "error", code, what, why, fix))

    def _refuse_marks(self, event: Any, at: Position) -> None:
        if event.anchor is not None:
            self._note(at, "anchor", *_ANCHOR)
            if isinstance(said := getattr(event, "value", None), str):
                self._anchored[event.anchor] = said
        if event.tag is not None:
            self._note(at, "tag", *_TAG)

    def _exclaimed(self, event: Any, at: Position) -> Text | None:
        """A text that begins with !, as it was meant. None: it does not."""
        if event.style or not (event.tag or "").startswith("!"):
            self._refuse_marks(event, at)
            return None
        from kweek.flow.yaml.value import exclaimed  # only who meets a trap pays for looking for them

        key = self.stack[-1].key if self.stack else None
        said = f"{event.tag} {event.value}".strip()
        meant, what, why, fix = exclaimed(key.value if isinstance(key, Text) else None, said)
        self._note(at, "tag", what, why, fix)
        return Text(meant, at, self.sheet.place(event.end_mark.line, event.end_mark.column), "quoted")

    def _text(self, event: Any, at: Position) -> Text:
        end = self.sheet.place(event.end_mark.line, event.end_mark.column)
        value = self._without_halves(event.value, at)
        if event.style in ("|", ">"):
            return Text(value.rstrip("\n"), at, end, "block")
        found = _COMMENT.match(self.sheet.line(event.end_mark.line), event.end_mark.column)
        comment = found[0] if found else ""
        if value == UNSAID and event.start_mark.line == self.sheet.added:
            return Text("", at, end, "lost")
        on_one_line = at.line == end.line
        if event.style in ('"', "'"):
            raw = self.sheet.line(event.start_mark.line)[event.start_mark.column + 1 : event.end_mark.column - 1]
            inner = Position(at.line, at.column + 1) if on_one_line and raw == value else None
            return Text(value, at, end, "quoted", inner, comment)
        return Text(value, at, end, "plain", at if on_one_line else None, comment)

    def _undashed(self, event: Any) -> Node | None:
        """Words of a list, of which some have lost their dash. None: it is no such thing."""
        first, last = event.start_mark.line, event.end_mark.line
        top = self.stack[-1] if self.stack else None
        if event.style or first == last or top is None or top.flow:
            return None
        if top.mapping and (top.key is None or self.sheet.place(first, 0).line == top.key.at.line):
            return None  # it begins beside its key: a text of several lines
        lines = [(number, self.sheet.line(number)) for number in range(first, last + 1)]
        items = [self._word(word) for word in words_of_a_list(lines, first_is_dashed=not top.mapping)]
        if top.mapping or not items:
            return Items(tuple(items), items[0].at) if items else None
        top.items.extend(items[:-1])
        return items[-1]

    def _word(self, word: Word) -> Text:
        at = self.sheet.place(word.line, word.column)
        if not word.dashed:
            what, why = "The dash of this line is missing.", "Each item of a list begins with one."
            self._note(at, "dash", what, why, f"Write: - {word.text}")
        return Text(word.text, at, Position(at.line, at.column + len(word.text)), "plain", at)

    def _without_halves(self, value: str, at: Position) -> str:
        if not _HALF.search(value):
            return value
        self._note(at, "yaml", "This text has half a character (an escape \\uD800–\\uDFFF).", "", "Delete it.")
        return _HALF.sub("?", value)

    def _add(self, node: Node) -> None:
        if not self.stack:
            self.root = _joined(self.root, node)
            return
        top = self.stack[-1]
        if not top.mapping:
            top.items.append(node)
        elif top.key is None:
            top.key = node
        else:
            key, top.key = top.key, None
            self._pair(top, key, node)

    def _pair(self, top: _Open, key: Node, value: Node) -> None:
        if not isinstance(key, Text):
            self._no_word(top, key, value)
            return
        if isinstance(value, Text) and value.empty:
            colon = self._behind_key(key)
            if top.flow and colon is None and (found := self._meant(key, top)) is not None:
                self._mean(top, key.at, found)
                return
            comment = _COMMENT.match(colon or "")
            value = Text("", key.at, key.at, comment=comment[0] if comment else "")
        if key.value == "<<":
            if not (isinstance(value, Text) and value.value.startswith("*")):  # that its alias is refused, is said
                self._note(key.at, "merge-key", *_MERGE_KEY)
            return
        first = top.keys.setdefault(key.value, key)
        if first is not key:
            if top.pairs[-1].key is first and isinstance(said := top.pairs[-1].value, Text) and said.empty:
                top.pairs[-1] = Pair(first, value)
            at, other = key.at, first.at
            if key.value == "else":  # its place is below the others
                at, other, top.keys["else"] = first.at, key.at, key
                top.pairs = [*(pair for pair in top.pairs if pair.key is not first), Pair(key, value)]
            why = f"It stands in line {other.line} already, and only one of the two could count."
            said = next(pair.value for pair in top.pairs if pair.key.value == key.value)
            fix = _one_list(key, said, value) or self._remedy_of_two()
            self._note(at, "duplicate-key", f"“{key.value}” is said twice.", why, fix)
            return
        top.pairs.append(Pair(key, value))

    def _no_word(self, top: _Open, key: Node, value: Node) -> None:
        """`[demo.requested, contact.requested]: done`: each of them leads there."""
        among = self._owner() in ("when", "whenever", "otherwise")
        words = [word for word in key.items if isinstance(word, Text)] if isinstance(key, Items) and among else []
        if not words:
            self._note(key.at, "key", "This key is not a word.", "", "A key is one or more words and a colon.")
            return
        below = value.value if isinstance(value, Text) and value.value else "… (with what stands below it)"
        lines = ", and ".join(f"{word.value}: {below}" for word in words)
        self._note(key.at, "key", "This key is a list.", "One line is for one word.", f"Write a line for each: {lines}")
        for word in words:
            self._pair(top, word, value)

    def _behind_key(self, key: Text) -> str | None:
        """What follows the colon of this key on its line; None if there is no colon."""
        match = _COLON.match(self.sheet.behind(key.end))
        return match[1] if match else None

    def _remedy_of_two(self) -> str:
        of_paths = len(self.stack) == 2 and isinstance(key := self.stack[0].key, Text) and key.value == "paths"
        return "Give one of them another name, or delete it." if of_paths else "Delete one, or join them."

    def _meant(self, key: Text, top: _Open) -> Meant | None:
        return meant_in_braces(key, top.pairs, self._owner())

    def _owner(self) -> str:
        """The key below which the lines stand that are being read."""
        key = self.stack[-2].key if len(self.stack) > 1 else None
        return key.value if isinstance(key, Text) else ""

    def _mean(self, top: _Open, at: Position, found: Meant) -> None:
        """Colons without a space have one message for all of their braces."""
        said = {(problem.code, problem.line) for problem in self.found}
        if found.code and (found.code != "space-after-colon" or (found.code, top.at.line) not in said):
            self._note(at, found.code, found.what, found.why, found.fix)
        top.pairs[len(top.pairs) - found.joined :] = [found.pair]

    def _close(self, done: _Open) -> None:
        if not done.mapping:
            self._add(Items(tuple(done.items), done.at))
        elif done.flow and (source := without_comment(self.sheet.behind(done.at))).startswith("{{"):
            # YAML has read { { name } } and found that the key of the outer one is no word
            self.found = [problem for problem in self.found if problem.code != "key" or problem.line != done.at.line]
            from kweek.flow.yaml.values import (
                NAMING,
                event_field,
                moustache,
            )  # only who meets a trap pays for looking for them

            key = self.stack[-1].key if self.stack else None
            word = key.value if isinstance(key, Text) else None
            if self.stack and self.stack[-1].flow:  # the brace behind it closes what it stands in
                source = found[0].rstrip() if (found := _MOUSTACHES.match(source)) else source
            if event_field(word, source) or not self._in_set():  # there, the linter refuses them with quotes as well
                self._note(done.at, "quotes-needed", *moustache(word, source))
            read = event_field(word, source) or source
            self._add(Text(read, done.at, done.at, "lost" if word in NAMING else "quoted"))
        else:
            self._add(Pairs(tuple(done.pairs), done.at))

    def _in_set(self) -> bool:
        owner = self.stack[-2].key if self.stack[1:] else None
        return isinstance(owner, Text) and owner.value == "set"


def _joined(first: Node | None, more: Node) -> Node:
    """What a line `---` has cut in two is one; what has a key of the first is another thing, and not looked into."""
    match first, more:
        case Pairs(), Pairs() if {pair.key.value for pair in first.pairs}.isdisjoint(
            pair.key.value for pair in more.pairs
        ):
            return Pairs((*first.pairs, *more.pairs), first.at)
        case None, _:
            return more
        case _:
            return first


# What, why and fix of each mark that YAML allows and we refuse.
_ALIAS: Final = (
    "A value that begins with * is an alias, and aliases are not allowed.",
    "A reader would have to search the file for what it stands for.",
    "Write it out; where you mean the star itself, put the text in quotes.",
)
_ANCHOR: Final = (
    "A value that begins with & is an anchor, and anchors are not allowed.",
    "A reader would have to search the file for where it is used.",
    "Write it out where it is needed; where you mean the character itself, put the text in quotes.",
)
_MERGE_KEY: Final = (
    "“<<” would join in what stands elsewhere, and that is not allowed.",
    "A reader would have to search the file for it.",
    "Write the lines out here.",
)
_TAG: Final = (
    "A value that begins with ! is a YAML tag, and tags are not allowed.",
    "Everything in this file is text; its meaning comes from the key.",
    "Leave the tag out; where you mean the exclamation mark itself, put the text in quotes.",
)


def _one_list(key: Text, first: Node, second: Node) -> str:
    """Two starts, or tags, of which one list can be made; empty: it is no such thing."""
    match first, second:
        case Text(value=one), Text(value=other) if key.value in ("start", "tag", "untag") and one and other:
            return f"Write one list: {key.value}: [{one}, {other}]"
        case _:
            return ""

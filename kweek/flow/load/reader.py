"""How does a tree of texts become a typed model? What every file of a workspace is asked, and the answers."""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from typing import Final

from kweek.flow.load.says import TextReader
from kweek.flow.load.stranger import stands_for, value_alone
from kweek.flow.load.texts import words_in
from kweek.flow.problems import Located, Position, Problem, did_you_mean, nearest
from kweek.flow.yaml import Items, Node, Pair, Pairs, Text
from kweek.flow.yaml.tree import last_line

_MANY: Final = 200
_ONE_PAIR: Final = re.compile(r"([a-z][a-z_.]*)(?: *= *(?=[^=]+$)| +(?=[+-]?\d+$|[a-z_]+\.[a-z_]+$))(.+)")
_PARTED: Final = re.compile("[,;]")


class Reader(TextReader):
    """Reads one file: its keys and lists, and in them what a TextReader reads."""

    def __init__(self, file: str) -> None:
        super().__init__(file)
        self.told: list[range] = []  # lines of which it is said already where they belong

    def explains(self, slip: Problem) -> bool:
        """Is it only a consequence of what is said already, such as dashes that are not there?"""
        return slip.code == "indentation" and any(slip.line in lines for lines in self.told)

    @property
    def patient(self) -> bool:
        """Are nearest words still looked for? They take a tenth of a millisecond each."""
        return len(self.problems) < _MANY

    # --- mappings and lists ---------------------------------------------------------------------

    def pairs(self, node: Node, key: Text | None, example: str) -> tuple[Pair, ...]:
        """The keys and values below a key."""
        if isinstance(node, Pairs):
            return node.pairs
        if isinstance(node, Text) and node.style == "lost":
            return ()
        name = f"“{key.value}”" if key else "This"
        if isinstance(node, Text) and node.empty:
            self._nothing_below(node, key, example)
        elif inside := undashed(node):
            what = f"“{key.value if key else 'this'}” takes keys and values; here each has a dash."
            why, fix = "A dash begins an item of a list.", "Leave out the dashes."
            if key is not None and node.at.line == key.at.line:  # `set: [met_at: event.fair]`
                what, why = f"“{key.value}” takes keys and values; this is a list.", "In brackets stands a list."
                inner = ", ".join(f"{pair.key.value}: {said(pair)}" for pair in inside)
                fix = f"Write braces: {key.value}: {{ {inner} }}"
            self.note(node.at, "dashes", what, why, fix)
            return inside
        elif (only := _only_item(node)) and only.pairs:
            first = only.pairs[0].key
            what, why = f"{name} takes keys and values; here they have a dash.", "A dash begins an item of a list."
            fix = f"Take the dash away: {first.value} in column {first.at.column}, like what stands below it."
            self.note(node.at, "dashes", what, why, fix)
            return only.pairs
        else:
            kind = "a list" if isinstance(node, Items) else f"the text “{node.value}”"
            dashes = " Leave out the dashes." if isinstance(node, Items) else ""
            fix = f"Write keys and values below it: {example}.{dashes}"
            if key and isinstance(node, Text) and (pair := _ONE_PAIR.fullmatch(node.value)):
                fix = f"Write: {key.value}: {{ {pair[1]}: {pair[2]} }}"
            self.note(node.at, "keys-wanted", f"{name} takes keys and values; this is {kind}.", "", fix)
        return ()

    def fields(
        self, node: Node, key: Text | None, words: Sequence[str], example: str = "", needs: Collection[str] = ()
    ) -> dict[str, Pair]:
        """The known keys below a key; unknown ones are noted with the nearest known one."""
        shown = example or ", ".join(f"{word}: …" for word in words[:3])
        return self.known(self.pairs(node, key, shown), words, f"“{key.value}”" if key else "this place", needs)

    def known(
        self, pairs: Iterable[Pair], words: Sequence[str], where: str, needs: Collection[str] = ()
    ) -> dict[str, Pair]:
        """needs: of the words, those that cannot be left out. One stranger stands for the one that is missing."""
        found: dict[str, Pair] = {}
        pairs = tuple(pairs)
        told = stands_for(pairs, words, needs) if self.patient else None
        alone = value_alone(pairs, words, needs)
        for pair in pairs:
            what = f"“{pair.key.value}” is not a key of {where}."
            if pair.key.value in words:
                found[pair.key.value] = pair
            elif moved := self.with_its_colon(pair, words):
                found[moved.key.value] = moved
            elif alone is not None and pair is pairs[0]:
                found[alone] = self._as_value_of(pair, alone)
            elif told is not None and told[0] is pair:
                self.note(pair.key.at, "unknown-key", what, "", f"Did you mean “{told[1]}”?")
                found[told[1]] = Pair(pair.key._replace(value=told[1]), pair.value)
            else:
                self.unknown(pair, words, what, "", found)
        return found

    def required(self, known: Container[str], words: Mapping[str, str], at: Position, subject: str) -> None:
        """Keys that it cannot do without, each with an example. subject: “This survey”."""
        self.needed.update(words)
        for word, example in words.items():
            if word not in known:
                self.note(at, "missing", f"{subject} has no “{word}”.", "", f"Add: {word}: {example}")

    def unknown(self, pair: Pair, words: Sequence[str], what: str, why: str, found: dict[str, Pair]) -> None:
        """A key that is none. What it was probably meant to be is read all the same, for what is wrong below it."""
        near = nearest(pair.key.value, words) if self.patient else None
        fix = did_you_mean(pair.key.value, words) if self.patient else ""
        self.note(pair.key.at, "unknown-key", what, why if fix else "It would have no effect.", fix)
        if near is not None:
            found.setdefault(near, Pair(pair.key._replace(value=near), pair.value))

    def with_its_colon(self, pair: Pair, words: Collection[str]) -> Pair | None:
        """`send lesson-reminder:`, whose colon stands behind the value. None: it is no such thing."""
        word, _, value = pair.key.value.partition(" ")
        if not (word in words and value and isinstance(pair.value, Text) and pair.value.empty):
            return None
        what, why = f"The colon stands behind “{value}”.", "It belongs between a key and its value."
        self.note(pair.key.at, "unknown-key", what, why, f"Write: {word}: {value}")
        at, end = pair.key.at, pair.key.end
        return Pair(pair.key._replace(value=word), Text(value, at._replace(column=at.column + len(word) + 1), end))

    def _as_value_of(self, pair: Pair, word: str) -> Pair:
        """`- a bounce stops it:`, which is the name of a test."""
        said, at = pair.key.value, pair.key.at
        what, why = f"“{said}” stands where a key does.", f"It is the “{word}”, and the key before it is missing."
        self.note(at, "unknown-key", what, why, f"Write: {word}: {said}")
        return Pair(pair.key._replace(value=word), Text(said, at, pair.key.end))

    def items(self, node: Node, key: Text, example: str, begins: Collection[str] = ()) -> tuple[Node, ...]:
        """The items of a list, each on a line with a dash. begins: keys with which an item may begin."""
        if isinstance(node, Items):
            if not node.items:
                self.note(node.at, "empty", f"“{key.value}” is an empty list.", "", f"Write at least one: - {example}")
            return node.items
        if isinstance(node, Text) and node.empty:
            self._nothing_below(node, key, f"- {example}")
        else:
            fix = f"Begin each with a dash, on a line of its own: {_dashed(node, begins) or f'- {example}'}"
            self.note(node.at, "list-wanted", f"“{key.value}” takes a list.", "", fix)
            self.told.append(range(node.at.line, last_line(node) + 1))
        return ()

    def texts(self, pair: Pair) -> tuple[Located[str], ...]:
        """One text, or a list of them: `tag: fair` and `tag: [fair, vip]`."""
        if words := list_meant(pair.value):
            fix = f"Write a list: {pair.key.value}: [{', '.join(word.value for word in words)}]"
            what = f"“{pair.key.value}” takes one text, or a list; this is neither."
            if isinstance(pair.value, Text):
                what = f"“{pair.value.value}” is one text of {len(words)} lines."
            self.note(pair.value.at, "list-wanted", what, "", fix)
            return tuple(word.located for word in words)
        nodes = pair.value.items if isinstance(pair.value, Items) else (pair.value,)
        found = [self.text_of(node, pair.key) for node in nodes]
        if not nodes:
            self.note(
                pair.value.at, "empty", f"“{pair.key.value}” is an empty list.", "", "Write at least one, or none."
            )
        match found:
            case [Located() as text] if parted := _PARTED.findall(text.value):
                words = words_in(text.value, _PARTED)
                fix = f"Write a list: {pair.key.value}: [{', '.join(words)}]"
                sign = "a comma" if parted[0] == "," else "a semicolon"
                self.note(text.at, "list-wanted", f"“{text.value}” is one text with {sign} in it.", "", fix)
                return tuple(Located(word, text.at, text.key) for word in words)
            case _:
                return tuple(self._without_stray_quote(text) for text in found if text is not None)

    def _without_stray_quote(self, word: Located[str]) -> Located[str]:
        """`spoken"`: of two quotes, one is lost or too much."""
        bare = word.value.strip("\"'")
        if word.value.count('"') + word.value.count("'") != 1 or bare == word.value:
            return word
        self.note(word.at, "quote", f"One quote alone stands at “{bare}”.", "", f"Write it without: {bare}")
        return Located(bare, word.at, word.key)

    def _nothing_below(self, node: Text, key: Text | None, example: str) -> None:
        name = f"“{key.value}”" if key else "This"
        spare = key is not None and key.value not in (*self.needed, "steps", "choose", "score", "set")
        fix = f"Write the lines that belong to it below it, two spaces deeper: {example}"
        fix += " — or delete the key." if spare else ""
        self.note(node.at, "nothing-below", f"{name} has nothing below it.", "", fix)

    def listed(self, pair: Pair | None) -> Iterator[Node]:
        """One or a list of them, whatever they are."""
        if pair is not None:
            yield from pair.value.items if isinstance(pair.value, Items) else (pair.value,)


def _dashed(node: Node, begins: Collection[str]) -> str:
    """The author's own lines as the items that they are; empty: nobody can tell where one begins."""
    pairs = node.pairs if isinstance(node, Pairs) else ()
    if not pairs or pairs[0].key.value not in begins:
        return ""
    shown = ""
    for pair in pairs:
        line = f"{pair.key.value}: {'' if said(pair) == '…' else said(pair)}".rstrip()
        joint = ", and " if shown else ""
        shown += f"{joint}- {line}" if pair.key.value in begins else f" — with “{line}” below it"
    return shown


def list_meant(node: Node) -> Sequence[Text]:
    """`{ on-trial, software }`, or a word on each line without dashes; empty: it is none of that kind."""
    match node:
        case Pairs(pairs=(_, _, *_) as pairs):
            words = [one.key for one in pairs if isinstance(one.value, Text) and one.value.empty]
            return words if len(words) == len(pairs) else ()
        case Text(value=value, at=at, end=end, style="plain") if end.line > at.line:
            words = value.split()
            each = [node._replace(value=word, text_at=None) for word in words]
            return each if len(words) == end.line - at.line + 1 else ()
        case _:
            return ()


def _only_item(node: Node) -> Pairs | None:
    match node:
        case Items(items=(Pairs() as only,)):
            return only
        case _:
            return None


def said(pair: Pair | None) -> str:
    """What the author wrote where it cannot be read, for whoever shows it; "…": nothing, or no text."""
    return (pair.value.value if pair and isinstance(pair.value, Text) else "") or "…"


def unread(pair: Pair) -> Located[str]:
    """A name that could not be read: the empty one. Nobody looks for it."""
    return Located("", pair.value.at, pair.key.at)


def undashed(node: Node) -> tuple[Pair, ...]:
    """Keys with values that were written as a list, `- answered: sales`; empty, where that is not what it is."""
    items = node.items if isinstance(node, Items) else ()
    if not all(isinstance(item, Pairs) and len(item.pairs) == 1 for item in items):
        return ()
    return tuple(pair for item in items if isinstance(item, Pairs) for pair in item.pairs)

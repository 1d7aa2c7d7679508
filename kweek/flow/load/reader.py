"""How does a tree of texts become a typed model? What every file of a workspace is asked, and the answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeVar

from kweek.flow.conditions import ConditionError, parse_condition
from kweek.flow.duration import Duration, parse_duration
from kweek.flow.kebab import kebab, parse_name
from kweek.flow.load.texts import parse_count, parse_hours, parse_share
from kweek.flow.problems import Located, Position, Problem, Severity, did_you_mean, nearest, sentence
from kweek.flow.yaml import Items, Node, Pair, Pairs, Text
from kweek.flow.yaml.tree import last_line

T = TypeVar("T")
_MOST: Final = 1_000  # nobody reads more about one file
_MANY: Final = 200
_IN_HOURS: Final = ("follow_up", "remind", "after", "every")


_NAMING: Final = ("send", "call", "handover", "go", "to", "tell", "queue", "reassign", "webhook", "mail")  # no # in it
_PARTED: Final = re.compile("[,;]")


class Reader:
    """Reads one file. What is wrong is noted, never raised; what cannot be read is None."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self._undashed: list[range] = []  # lines of lists that were written without dashes

    def explains(self, slip: Problem) -> bool:
        """Is it only a consequence of dashes that are not there? Nothing below them stands in its column."""
        return slip.code == "indentation" and any(slip.line in lines for lines in self._undashed)

    def note(
        self, at: Position, code: str, what: str, why: str = "", fix: str = "", severity: Severity = "error"
    ) -> None:
        if len(self.problems) < _MOST:
            self.problems.append(Problem(self.file, at.line, at.column, severity, code, what, why, fix))

    @property
    def patient(self) -> bool:
        """Are nearest words still looked for? They take a tenth of a millisecond each."""
        return len(self.problems) < _MANY

    # --- mappings and lists ---------------------------------------------------------------------

    def pairs(self, node: Node, key: Text | None, example: str) -> tuple[Pair, ...]:
        """The keys and values below a key."""
        if isinstance(node, Pairs):
            return node.pairs
        name = f"“{key.value}”" if key else "This"
        if isinstance(node, Text) and node.empty:
            self._nothing_below(node, key, example)
        elif inside := undashed(node):
            what = f"“{key.value if key else 'this'}” takes keys and values; here each has a dash."
            self.note(node.at, "dashes", what, "A dash begins an item of a list.", "Leave out the dashes.")
            return inside
        else:
            kind = "a list" if isinstance(node, Items) else f"the text “{node.value}”"
            dashes = " Leave out the dashes." if isinstance(node, Items) else ""
            fix = f"Write keys and values below it: {example}.{dashes}"
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
        lacks = [word for word in needs if word not in {pair.key.value for pair in pairs}]
        strangers = [pair for pair in pairs if pair.key.value not in words]
        for pair in pairs:
            if pair.key.value in words:
                found[pair.key.value] = pair
            elif len(lacks) == len(strangers) == 1 and nearest(pair.key.value, words) is None:
                self.note(
                    pair.key.at,
                    "unknown-key",
                    f"“{pair.key.value}” is not a key of {where}.",
                    "",
                    f"Did you mean “{lacks[0]}”?",
                )
                found[lacks[0]] = Pair(pair.key._replace(value=lacks[0]), pair.value)
            else:
                what = f"“{pair.key.value}” is not a key of {where}."
                self.unknown(pair, words, what, "", found)
        return found

    def required(self, known: Container[str], words: Mapping[str, str], at: Position, subject: str) -> None:
        """Keys that it cannot do without, each with an example. subject: “This survey”."""
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

    def items(self, node: Node, key: Text, example: str) -> tuple[Node, ...]:
        """The items of a list, each on a line with a dash."""
        if isinstance(node, Items):
            if not node.items:
                self.note(node.at, "empty", f"“{key.value}” is an empty list.", "", f"Write at least one: - {example}")
            return node.items
        if isinstance(node, Text) and node.empty:
            self._nothing_below(node, key, f"- {example}")
        else:
            fix = f"Begin each with a dash, on a line of its own: - {example}"
            self.note(node.at, "list-wanted", f"“{key.value}” takes a list.", "", fix)
            self._undashed.append(range(node.at.line, last_line(node) + 1))
        return ()

    def texts(self, pair: Pair) -> tuple[Located[str], ...]:
        """One text, or a list of them: `tag: fair` and `tag: [fair, vip]`."""
        nodes = pair.value.items if isinstance(pair.value, Items) else (pair.value,)
        found = [self.text_of(node, pair.key) for node in nodes]
        if not nodes:
            self.note(
                pair.value.at, "empty", f"“{pair.key.value}” is an empty list.", "", "Write at least one, or none."
            )
        match found:
            case [Located() as text] if parted := _PARTED.findall(text.value):
                words = [word.strip() for word in re.split("[,;]", text.value)]
                fix = f"Write a list: {pair.key.value}: [{', '.join(filter(None, words))}]"
                sign = "a comma" if parted[0] == "," else "a semicolon"
                self.note(text.at, "list-wanted", f"“{text.value}” is one text with {sign} in it.", "", fix)
                return tuple(Located(word, text.at, text.key) for word in words if word)
            case _:
                return tuple(text for text in found if text is not None)

    # --- texts ----------------------------------------------------------------------------------

    def text(self, pair: Pair | None, *, prose: bool = False) -> Located[str] | None:
        return self.text_of(pair.value, pair.key, prose=prose) if pair else None

    def text_of(self, node: Node, key: Text, *, prose: bool = False, blank: bool = False) -> Located[str] | None:
        """A text. prose: words for people, where a # may well have been meant. blank: `""` is a text too."""
        if not isinstance(node, Text):
            kind = "a list" if isinstance(node, Items) else "keys and values"
            fix = "Put it in quotes, if a text was meant."
            match node:
                case Items(items=(Text() as first, *others)) if not prose:
                    more = " — and a step or a line for each other" if others else ""
                    fix = f"Write one: {key.value}: {first.value}{more}"
                case Items():
                    fix = "Put it in quotes: without them [ begins a list."
                case _:
                    pass
            self.note(node.at, "text-wanted", f"“{key.value}” takes one text; this is {kind}.", "", fix)
            return None
        if node.style == "lost":
            return None
        if node.empty or (node.value.strip() == "" and not blank):
            self._empty(node, key)
            return None
        self._look_for_cut(node, key, prose)
        return Located(node.value, node.at, key.at, node.text_at)

    def _nothing_below(self, node: Text, key: Text | None, example: str) -> None:
        name = f"“{key.value}”" if key else "This"
        fix = f"Write the lines that belong to it below it, two spaces deeper: {example} — or delete the key."
        self.note(node.at, "nothing-below", f"{name} has nothing below it.", "", fix)

    def _empty(self, node: Text, key: Text | None) -> None:
        name = f"“{key.value}”" if key else "This"
        if node.comment.strip():
            hidden = node.comment.strip()
            why = f"From # on, everything is a comment; YAML does not see “{hidden}”."
            shown = f'{key.value}: "{hidden}"' if key else f'"{hidden}"'
            fix = f"Write it, or put it in quotes: {shown}"
            if key and key.value in _NAMING and kebab(hidden[1:].strip()) == hidden[1:].strip():
                fix = f"Write it: {key.value}: {hidden[1:].strip()}"
            self.note(node.at, "cut-by-hash", f"{name} has no value.", why, fix)
        else:
            fix = "Write it behind the colon, or delete the key."
            self.note(node.at, "empty", f"{name} has no value.", "", fix)

    def _look_for_cut(self, node: Text, key: Text, prose: bool) -> None:
        """` #` begins a comment. Where it probably was meant as text, say so."""
        if not node.comment or node.style != "plain":
            return
        behind = node.comment.lstrip()[1:]
        glued = bool(behind) and behind[0].isalnum()
        open_quote = node.value.count('"') % 2 == 1
        single = prose and len(node.comment) - len(node.comment.lstrip()) == 1
        if not (glued or open_quote or single):
            return
        whole = f"{node.value}{node.comment.rstrip()}"
        shown = f"'{whole}'" if '"' in whole else f'"{whole}"'
        self.note(
            Position(node.end.line, node.end.column + len(node.comment) - len(behind) - 1),
            "cut-by-hash",
            f"“{key.value}” ends before the #: it is “{node.value}”.",
            "A # after a blank begins a comment.",
            f"Put the whole text in quotes: {key.value}: {shown} — or, for a comment, write two blanks before and one "
            "behind the #.",
            "error" if glued or open_quote else "warning",
        )

    # --- what a text says -----------------------------------------------------------------------

    def parsed(self, pair: Pair | None, parse: Callable[[str], T], code: str) -> Located[T] | None:
        """The text read by `parse`, whose ValueError says `what; fix`."""
        text = self.text(pair)
        return self.reread(text, parse, code) if text else None

    def reread(self, text: Located[str], parse: Callable[[str], T], code: str) -> Located[T] | None:
        try:
            value = parse(text.value)
        except ValueError as error:
            self.refuse(text.at, code, error)
            return None
        return Located(value, text.at, text.key, text.text_at)

    def refuse(self, at: Position, code: str, error: ValueError) -> None:
        """Note what a parser of ours says, whose errors are `what; fix`."""
        what, _, fix = str(error).partition("; ")
        self.note(at, code, sentence(what), "", sentence(fix))

    def condition(self, pair: Pair | None) -> Located[str] | None:
        """A condition of which at least the grammar is right."""
        text = self.text(pair)
        if text is None:
            return None
        try:
            parse_condition(text.value)
        except ConditionError as error:
            self.note(text.inside(error.offset), "condition", sentence(error.message), "", sentence(error.fix))
            return None
        return text

    def duration(self, pair: Pair | None) -> Located[Duration] | None:
        in_hours = pair is not None and pair.key.value in _IN_HOURS
        return self.parsed(pair, parse_hours if in_hours else parse_duration, "duration")

    def count(self, pair: Pair | None) -> Located[int] | None:
        return self.parsed(pair, parse_count, "number")

    def share(self, pair: Pair | None) -> Located[int] | None:
        return self.parsed(pair, parse_share, "share")

    def one_of(self, pair: Pair | None, words: Sequence[T], code: str = "unknown-word") -> Located[T] | None:
        """One of the words there are."""

        def parse(text: str) -> T:
            for word in words:
                if word == text:
                    return word
            choices = [str(word) for word in words]
            torn = (
                sum(1 for choice in choices if set(choice.split()) & set(text.split())) > 1
            )  # half of one, half of two
            fix = f"There are: {', '.join(choices)}." if torn else did_you_mean(text, choices)
            raise ValueError(f"“{text}” is not known here; {fix}")

        return self.parsed(pair, parse, code)

    def name(self, pair: Pair | None) -> Located[str] | None:
        """A name of ours: kebab-case."""
        text = self.text(pair)
        return self.reread(text, parse_name, "name") if text else None

    def yes(self, pair: Pair | None) -> bool:
        said = self.one_of(pair, ("true", "false"), "yes-or-no")
        return said is not None and said.value == "true"

    def listed(self, pair: Pair | None) -> Iterator[Node]:
        """One or a list of them, whatever they are."""
        if pair is not None:
            yield from pair.value.items if isinstance(pair.value, Items) else (pair.value,)


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

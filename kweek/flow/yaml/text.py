"""What does this YAML text say, and where? A tree of texts with positions; whatever could be misread is refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from kweek.flow.problems import Position, Problem

if TYPE_CHECKING:
    from kweek.flow.yaml.traps import Sheet

MOST_BYTES: Final = 256 * 1024
DEEPEST: Final = 32
_GUESSED: Final = ("never-closed",)  # where the text ends, nobody knows
_MOST_MENDS: Final = 25  # each is another reading, so fewer in a long file
_LONG: Final = 32 * 1024
# What YAML forbids, and the line breaks that editors do not show as such (NEL, LS, PS).
_ALLOWED: Final = "\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff"
_FORBIDDEN: Final = re.compile(f"[^{_ALLOWED}]")
_BLANK: Final = re.compile("[\u00a0\u2007\u202f\u3000]")  # they look like a space, and are read as one
_UNSEEN: Final = re.compile("[\u00ad\u200b\u2060\ufeff]")
_MERGE: Final = re.compile(r"^<<<<<<< ", re.MULTILINE)
_HALF: Final = re.compile("[\ud800-\udfff]")
_COMMENT: Final = re.compile(r"(\s+)#(.*)")
_COLON: Final = re.compile(r"\s*:(.*)")
_NO_CHARACTER: Final = re.compile(r"\\U(?!0010|000[0-9A-Fa-f])[0-9A-Fa-f]{8}")


class Text(NamedTuple):
    """A scalar: always text. `comment` is what stands behind it from `#` on, with the blanks before it.

    `text_at`: see Located. `style`: how it was written.
    """

    value: str
    at: Position
    end: Position
    style: Literal["plain", "quoted", "block"] = "plain"
    text_at: Position | None = None
    comment: str = ""

    @property
    def empty(self) -> bool:
        """Nothing was written at all (`""` is something)."""
        return self.value == "" and self.style == "plain"


class Items(NamedTuple):
    """A list."""

    items: tuple[Node, ...]
    at: Position


class Pair(NamedTuple):
    """A key with its value."""

    key: Text
    value: Node


class Pairs(NamedTuple):
    """Keys with values, in the order of the text."""

    pairs: tuple[Pair, ...]
    at: Position


Node = Text | Items | Pairs


class Tree(NamedTuple):
    """`root` is None where nothing could be read; then `problems` says why."""

    root: Pairs | None
    problems: tuple[Problem, ...]

    def unsaid(self, found: Iterable[Problem]) -> tuple[Problem, ...]:
        """Of what was found in the tree, that which does not merely follow from a line that had to be mended."""
        mended = {problem.line for problem in self.problems if problem.code in _GUESSED}
        return tuple(problem for problem in found if problem.line not in mended)


def read_yaml(source: str | bytes, file: str, *, pure: bool = False, about: str = "This file") -> Tree:
    """Read one mapping. Raises nothing. pure: without libyaml, whose answers are the same, slower."""
    from kweek.flow.yaml.traps import Sheet

    sheet = Sheet(file)
    text = _decoded(source, sheet)
    if text is None:
        return Tree(None, tuple(sheet.problems))
    sheet.lines = text.split("\n")
    root = _parsed(sheet, pure)
    if root is None and not sheet.problems:
        sheet.add(Position(1, 1), "empty", f"{about} is empty.", "", "Write its keys, or delete the file.")
    if isinstance(root, Text | Items):
        kind = "a list" if isinstance(root, Items) else "a text"
        sheet.add(
            root.at,
            "not-a-mapping",
            f"{about} is {kind}; it must be keys with values.",
            "",
            "Begin each line of the outermost level with a key and a colon, such as `title: Brochure request`.",
        )
    return Tree(root if isinstance(root, Pairs) else None, tuple(sheet.problems))


def _decoded(source: str | bytes, sheet: Sheet) -> str | None:
    size = len(source) if isinstance(source, bytes) else len(source.encode("utf-8", "replace"))
    start = Position(1, 1)
    if size > MOST_BYTES:
        why = f"It has {size:,} bytes; nobody can oversee so much at once, and most files have a hundredth of it."
        sheet.add(start, "too-large", "This file is larger than 256 KiB.", why, "Split it into several files.")
        return None
    if isinstance(source, bytes):
        try:
            source = source.decode("utf-8")
        except UnicodeDecodeError as error:
            head = source[: error.start].decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
            at = Position(head.count("\n") + 1, len(head) - (head.rfind("\n") + 1) + 1)
            sheet.add(
                at,
                "not-utf-8",
                "This file is not UTF-8 text from here on.",
                "It was saved in another encoding, or it is no text at all.",
                "Save it as UTF-8 in your editor.",
            )
            return None
    text = source.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if merging := _MERGE.search(text):
        at = Position(text.count("\n", 0, merging.start()) + 1, 1)
        why = "Two people have changed the same lines, and both versions are still here."
        fix = "Keep one of the two, and delete the three lines that begin with <<<, === and >>>."
        sheet.add(at, "merge", "Here begins a merge that was not finished.", why, fix)
        return None
    return _without_forbidden(_BLANK.sub(" ", text), sheet)


def _without_forbidden(text: str, sheet: Sheet) -> str:
    if "\t" not in text and not _FORBIDDEN.search(text) and not _UNSEEN.search(text):
        return text
    lines = text.split("\n")
    tabbed = [number for number, line in enumerate(lines) if "\t" in line]
    if tabbed:
        more = f", and one in {len(tabbed) - 1} more line{'s' if len(tabbed) > 2 else ''}" if len(tabbed) > 1 else ""
        sheet.add(
            Position(tabbed[0] + 1, lines[tabbed[0]].index("\t") + 1),
            "tab",
            f"There is a tab here{more}.",
            "Every editor shows a tab with another width, so nobody can see what belongs to what.",
            "Replace it by spaces: two for each level.",
        )
    for number, line in enumerate(lines):
        for found in (*_FORBIDDEN.finditer(line), *_UNSEEN.finditer(line)):
            sheet.add(
                Position(number + 1, found.start() + 1),
                "control-character",
                f"There is an invisible character here (U+{ord(found[0]):04X}).",
                "It often comes along when text is pasted.",
                "Delete it and type the text again.",
            )
        line = _FORBIDDEN.sub(" ", _UNSEEN.sub("", line))
        if "\t" in line:
            line = _without_tabs(line, number, sheet)
        lines[number] = line
    return "\n".join(lines)


def _without_tabs(line: str, number: int, sheet: Sheet) -> str:
    body = line.lstrip(" \t")
    margin = line[: len(line) - len(body)]
    sheet.shifts[number] = margin.count("\t")
    if "\t" in margin:
        sheet.tabbed.add(number)
    return margin.replace("\t", "  ") + body.replace("\t", " ")


def _parsed(sheet: Sheet, pure: bool) -> Node | None:
    """The tree; where YAML cannot read on, the trap is named, mended, and the reading begun again."""
    from yaml import YAMLError

    from kweek.flow.yaml.traps import explain

    error: Exception | None
    size = sum(map(len, sheet.lines))
    for _ in range(_MOST_MENDS if size < _LONG else 3):
        try:
            try:
                return _Builder(sheet).build(_events("\n".join(sheet.lines), pure))
            except YAMLError as first:
                # a second look by the pure parser: one wording and one place for every trap, with or without libyaml
                error = first if pure else _pure_error("\n".join(sheet.lines))
        except (ValueError, OverflowError):
            _refuse_escape(sheet)
            return None
        if error is None:
            pure = True
        elif not explain(sheet, error):
            return None
    return None


def _refuse_escape(sheet: Sheet) -> None:
    """PyYAML's pure scanner has no words for an escape such as "\\UFFFFFFFF"."""
    place = Position(1, 1)
    for number, line in enumerate(sheet.lines):
        if found := _NO_CHARACTER.search(line):
            place = sheet.place(number, found.start())
            break
    fix = "Write the character itself, or put the text in single quotes."
    sheet.add(place, "yaml", "This \\ begins an escape that stands for no character.", "", fix)


def _events(text: str, pure: bool) -> Iterator[Any]:
    import yaml

    fast = getattr(yaml, "CSafeLoader", None)
    return yaml.parse(text, Loader=yaml.SafeLoader if pure or fast is None else fast)


def _pure_error(text: str) -> Exception | None:
    """ValueError and OverflowError: an escape that the pure scanner stumbles over."""
    from yaml import YAMLError

    try:
        for _ in _events(text, True):
            pass
    except YAMLError as error:
        return error
    return None


@dataclass(slots=True)
class _Open:
    """A list or a mapping of which the end has not come yet."""

    mapping: bool
    flow: bool
    at: Position
    items: list[Node] = field(default_factory=list[Node])
    pairs: list[Pair] = field(default_factory=list[Pair])
    keys: dict[str, Text] = field(default_factory=dict[str, Text])
    key: Node | None = None


class _Builder:
    """PyYAML's events to our tree. What YAML allows and we refuse is noted at its place."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.stack: list[_Open] = []
        self.root: Node | None = None
        self.found: list[Problem] = []

    def build(self, events: Iterator[Any]) -> Node | None:
        documents = 0
        for event in events:
            at = self.sheet.place(event.start_mark.line, event.start_mark.column)
            kind = type(event).__name__
            if kind in ("ScalarEvent", "SequenceStartEvent", "MappingStartEvent"):
                self._refuse_marks(event, at)
            match kind:
                case "DocumentStartEvent":
                    documents += 1
                    if documents > 1:
                        fix = "Keep one, and put the others in files of their own (one file is one thing)."
                        self._note(at, "several-documents", "A second document begins here (`---`).", "", fix)
                        break
                case "ScalarEvent":
                    self._add(self._text(event, at))
                case "AliasEvent":
                    self._note(at, "alias", *_STAR)
                    self._add(Text(f"*{event.anchor}", at, at))
                case "SequenceStartEvent" | "MappingStartEvent":
                    self.stack.append(_Open(kind.startswith("M"), bool(event.flow_style), at))
                    if len(self.stack) > DEEPEST:
                        why = "So deep a nest can be followed by nobody."
                        fix = "Make a path of the inner steps (`paths:`) and name it."
                        self._note(at, "too-deep", f"This is nested more than {DEEPEST} levels deep.", why, fix)
                        self.root = None
                        break
                case "SequenceEndEvent" | "MappingEndEvent":
                    self._close(self.stack.pop())
                case _:
                    pass
        # only now: a reading that YAML broke off is begun again, and would say everything twice
        self.sheet.problems.extend(self.found)
        if isinstance(self.root, Text) and self.root.empty:
            return None
        return self.root

    def _note(self, at: Position, code: str, what: str, why: str, fix: str) -> None:
        self.found.append(Problem(self.sheet.file, at.line, at.column, "error", code, what, why, fix))

    def _refuse_marks(self, event: Any, at: Position) -> None:
        if event.anchor is not None:
            self._note(at, "anchor", *_AND)
        if event.tag is not None:
            self._note(at, "tag", *_BANG)

    def _text(self, event: Any, at: Position) -> Text:
        value: str = event.value
        end = self.sheet.place(event.end_mark.line, event.end_mark.column)
        if _HALF.search(value):
            self._note(at, "yaml", "This text has half a character (an escape \\uD800–\\uDFFF).", "", "Delete it.")
            value = _HALF.sub("?", value)
        if event.style in ("|", ">"):
            return Text(value.rstrip("\n"), at, end, "block")
        start: int = event.start_mark.column
        stop: int = event.end_mark.column
        raw = self.sheet.line(int(event.start_mark.line))
        comment = _COMMENT.match(self.sheet.line(int(event.end_mark.line)), stop)
        if event.style in ('"', "'"):
            inner = Position(at.line, at.column + 1)
            same = raw[start + 1 : stop - 1] == value and at.line == end.line
            return Text(value, at, end, "quoted", inner if same else None, comment[0] if comment else "")
        return Text(value, at, end, "plain", at if at.line == end.line else None, comment[0] if comment else "")

    def _add(self, node: Node) -> None:
        if not self.stack:
            self.root = node if self.root is None else self.root
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
            self._note(key.at, "key", "This key is not a word.", "", "A key is one or more words and a colon.")
            return
        if isinstance(value, Text) and value.empty:
            colon = self._behind_key(key)
            if top.flow and colon is None and self._stray(top, key):
                return
            comment = _COMMENT.match(colon or "")
            value = Text("", key.at, key.at, comment=comment[0] if comment else "")
        first = top.keys.setdefault(key.value, key)
        if first is not key:
            why = f"It stands in line {first.at.line} already, and only one of the two could count."
            self._note(key.at, "duplicate-key", f"“{key.value}” is said twice.", why, "Delete one, or join them.")
            return
        top.pairs.append(Pair(key, value))

    def _behind_key(self, key: Text) -> str | None:
        """What follows the colon of this key on its line; None if there is no colon."""
        number = key.end.line - 1
        start = key.end.column - 1 + self.sheet.shifts.get(number, 0)
        match = _COLON.match(self.sheet.line(number), start)
        return match[1] if match else None

    def _stray(self, top: _Open, key: Text) -> bool:
        """A key without a colon inside { }: the piece of a text behind its comma."""
        if not top.pairs or not isinstance(top.pairs[-1].value, Text):
            return False
        last = top.pairs[-1]
        if not isinstance(last.value, Text):
            return False
        whole = f"{last.value.value}, {key.value}"
        why = f"Inside {{ }} a comma ends a value, so “{last.key.value}” is only “{last.value.value}”."
        fix = f'Put the value in quotes: {last.key.value}: "{whole}". Or write the keys on lines of their own.'
        self._note(key.at, "comma-in-braces", f"“{key.value}” stands alone, without a key.", why, fix)
        top.pairs[-1] = Pair(last.key, Text(whole, last.value.at, key.end, "quoted"))
        return True

    def _close(self, done: _Open) -> None:
        if not done.mapping:
            self._add(Items(tuple(done.items), done.at))
            return
        number = done.at.line - 1
        start = done.at.column - 1 + self.sheet.shifts.get(number, 0)
        if done.flow and self.sheet.line(number).startswith("{{", start):
            source = self.sheet.line(number)[start:]
            self.found = [problem for problem in self.found if problem.code != "key" or problem.line != done.at.line]
            self._note(done.at, "quotes-needed", *moustache(source))
            self._add(Text(source, done.at, done.at, "quoted"))
            return
        self._add(Pairs(tuple(done.pairs), done.at))


def moustache(source: str) -> tuple[str, str, str]:
    """What, why and fix of a text that begins with {{ or {% without quotes."""
    return (
        f"A text that begins with {source[:2]} needs quotes.",
        "Without them YAML takes the brace for the beginning of { key: value }.",
        f'Put the whole value in double quotes: "{source.strip()}".',
    )


_STAR: Final = (
    "A value that begins with * is an alias, and aliases are not allowed.",
    "A reader would have to search the file for what it stands for.",
    "Write it out; where you mean the star itself, put the text in quotes.",
)
_AND: Final = (
    "A value that begins with & is an anchor, and anchors are not allowed.",
    "A reader would have to search the file for where it is used.",
    "Write it out where it is needed; where you mean the character itself, put the text in quotes.",
)
_BANG: Final = (
    "A value that begins with ! is a YAML tag, and tags are not allowed.",
    "Everything in this file is text; its meaning comes from the key.",
    "Leave the tag out; where you mean the exclamation mark itself, put the text in quotes.",
)

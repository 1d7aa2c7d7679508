"""What do the texts of a file say? Each is read for what it is, and what is wrong with it noted at its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from kweek.flow.conditions import ConditionError, parse_condition
from kweek.flow.duration import Duration, parse_duration
from kweek.flow.kebab import NAME, kebab, parse_name
from kweek.flow.load.asked import condition_meant
from kweek.flow.load.texts import BETWEEN, parse_count, parse_hours, parse_part
from kweek.flow.problems import Located, Position, Problem, Severity, did_you_mean, sentence
from kweek.flow.yaml import Items, Node, Pair, Pairs, Text

T = TypeVar("T")
_MOST: Final = 1_000  # nobody reads more about one file
_FILE: Final = re.compile(
    r"(?:\.?/)?(?:(?:templates|mails|surveys|rules)/)+([a-z0-9-]+)(?:\.[a-z]{2})?(?:\.(?:md|ya?ml))?"
)
_CURLY: Final = re.compile(r"[“”„«‘’]([^“”„«»‘’]+)[“”»‘’]")
_REMARK: Final = re.compile("//|#| --+ ")
"""What somebody may write for the # of a remark, or a # that stands too near to be one."""
_UNIT: Final = re.compile("(?:business[ _])?(?:minute|hour|day|week)s?")
_IN_HOURS: Final = ("follow_up", "remind", "after", "every")
_ARGUMENT: Final = {
    "wait": "how long, such as 7 days,", "send": "the name of a mail", "call": "the survey that is its script",
    "handover": "the name of a team", "task": "what is to be done", "go": "the name of a path",
    "end": "done, discard, won or lost", "tag": "a tag", "untag": "a tag", "tell": "who shall hear of it",
    "webhook": "the name of a webhook",
}  # fmt: skip
"""Verbs, and what each cannot do without."""
_NOUNS: Final = ("mail", "email", "e-mail", "the", "survey", "script", "team", "template", "mailing", "a")
"""What somebody may write before a name."""
_NEW: Final = ("ask", "survey", "flow")
"""What takes a name that is not there yet."""
_PARTED: Final = re.compile("[,;/]")
_NAMING: Final = ("send", "call", "handover", "go", "to", "tell", "queue", "reassign", "webhook", "mail")  # no # in it


class TextReader:
    """Reads one file. What is wrong is noted, never raised; what cannot be read is None."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.needed: dict[str, str] = {}
        """Keys that cannot be left out, each with an example."""

    def note(
        self, at: Position, code: str, what: str, why: str = "", fix: str = "", severity: Severity = "error"
    ) -> None:
        if len(self.problems) < _MOST:
            self.problems.append(Problem(self.file, at.line, at.column, severity, code, what, why, fix))

    # --- texts ----------------------------------------------------------------------------------

    def text(self, pair: Pair | None, *, prose: bool = False) -> Located[str] | None:
        return self.text_of(pair.value, pair.key, prose=prose) if pair else None

    def text_of(self, node: Node, key: Text, *, prose: bool = False, blank: bool = False) -> Located[str] | None:
        """A text. prose: words for people, where a # may well have been meant. blank: `""` is a text too."""
        if bare := in_braces(node):
            what, fix = f"“{key.value}” takes one text; braces are for keys and values.", "Leave them out"
            fix = f"{fix}: {key.value}: {bare.value}"
            if node.at == bare.at:  # there are none, but a colon behind it
                what, fix = f"“{bare.value}” ends with a colon.", f"Write it without: {bare.value}"
            self.note(node.at, "text-wanted", what, "", fix)
            node = bare
        if not isinstance(node, Text):
            kind = "a list" if isinstance(node, Items) else "keys and values"
            fix = "Put it in quotes, if a text was meant."
            match node:
                case Items() | Pairs() if key.value == "if" and (asked := condition_meant(node)):
                    fix = f"Write: if: {asked}"
                case Items(items=(Text() as first, *others)) if not prose:
                    more = " — and a step or a line for each other" if others else ""
                    if others and key.value not in _ARGUMENT:
                        more = "".join(f" — or {other.value}" for other in others if isinstance(other, Text))
                    fix = f"Write one: {key.value}: {first.value}{more}"
                case Items():
                    fix = "Put it in quotes: without them [ begins a list."
                case Pairs(pairs=(Pair(key=inner, value=Text() as only),)) if only.value:
                    yes = only.value.lower() in ("true", "yes", "on")  # it is the key that says something
                    only = inner if yes else only
                    until = "until " if (key.value, inner.value) == ("wait", "until") else ""
                    fix = f"Write: {key.value}: {until}{only.value}{_unit(inner.value, only.value)}"
                case _:
                    pass
            self.note(node.at, "text-wanted", f"“{key.value}” takes one text; this is {kind}.", "", fix)
            return None
        if node.style == "lost":
            return None
        if node.empty or (node.value.strip() == "" and not blank):
            self._empty(node, key, blank)
            return None
        self._look_for_cut(node, key, prose)
        if not prose and (curly := _CURLY.fullmatch(node.value)):
            what, why = "These quotes are not those of the keyboard.", "To YAML they are letters of the text."
            self.note(node.at, "quote", what, why, f"Write it without: {key.value}: {curly[1]}")
            return Located(curly[1], node.at, key.at)
        return Located(node.value, node.at, key.at, node.text_at)

    def _empty(self, node: Text, key: Text | None, blank: bool = False) -> None:
        name = f"“{key.value}”" if key else "This"
        hidden = node.comment.strip()
        remark = key and key.value in _ARGUMENT and key.value != "task" and hidden.startswith("# ")
        if hidden and not remark:
            why = f"From # on, everything is a comment; YAML does not see “{hidden}”."
            shown = f'{key.value}: "{hidden}"' if key else f'"{hidden}"'
            fix = f"Write it, or put it in quotes: {shown}"
            if key and key.value in _NAMING and kebab(hidden[1:].strip()) == hidden[1:].strip():
                fix = f"Write it: {key.value}: {hidden[1:].strip()}"
            self.note(node.at, "cut-by-hash", f"{name} has no value.", why, fix)
        else:
            fix = "Write it behind the colon, or delete the key."
            if key and key.value in self.needed:
                fix = f"Write it behind the colon, such as {key.value}: {self.needed[key.value]}"
            if key and key.value in _ARGUMENT:
                fix = f"Write {_ARGUMENT[key.value]} behind the colon."
            if blank and key:
                fix = f'Write it behind the colon; to empty the field: {key.value}: ""'
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
            bare = text.value.rstrip(".,;")
            if bare != text.value and (meant := _parsed(bare, parse)) is not None:
                sign = text.value[len(bare) :]
                self.note(text.at, code, f"“{text.value}” ends with “{sign}”.", "", f"Write it without: {bare}")
                return Located(meant, text.at, text.key, text.text_at)
            sign = _REMARK.search(text.value)
            said = text.value[: sign.start()].strip() if sign else ""
            if sign and (meant := _parsed(said, parse)) is not None:
                what = f"“{sign[0].strip()}” begins no remark; “{text.value}” is all one text."
                fix = f"Write # instead, behind a blank: {said}  # {text.value[sign.end() :].strip()}"
                if sign[0] == "#":
                    fix = f"Put a blank before it: {said}  # {text.value[sign.end() :].strip()}"
                self.note(text.inside(sign.start()), code, what, "", fix)
                return Located(meant, text.at, text.key, text.text_at)
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
        return self.parsed(pair, parse_part, "share")

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
        if pair is None or text is None:
            return None
        if file := file_named(text.value):
            what, why = f"“{text.value}” is a file.", f"“{pair.key.value}” takes its name."
            self.note(text.at, "name", what, why, f"Write: {pair.key.value}: {file}")
            return Located(file, text.at, text.key)
        of_words = pair.key.value in _NEW and not _PARTED.search(text.value)  # of which a title may be made
        if not of_words and (first := next(iter(several_names(text.value)), None)):
            what = f"“{text.value}” is several names; “{pair.key.value}” takes one."
            fix = f"Write one: {pair.key.value}: {first} — and a step or a line for each other"
            self.note(text.at, "name", what, "", fix)
            return Located(first, text.at, text.key)
        first, _, rest = text.value.partition(" ")
        if first.lower() in _NOUNS and NAME.fullmatch(rest):
            what = f"“{pair.key.value}” takes the name alone."
            self.note(text.at, "name", what, "", f"Write: {pair.key.value}: {rest}")
            return Located(rest, text.at, text.key)
        return self.reread(text, parse_name, "name")

    def yes(self, pair: Pair | None) -> bool:
        if pair and isinstance(pair.value, Text) and pair.value.empty and not pair.value.comment:
            fix = f"Write: {pair.key.value}: true — or delete the key."
            self.note(pair.value.at, "empty", f"“{pair.key.value}” has no value.", "", fix)
            return True
        said = self.one_of(pair, ("true", "false"), "yes-or-no")
        return said is not None and said.value == "true"


def _parsed(text: str, parse: Callable[[str], T]) -> T | None:
    try:
        return parse(text)
    except ValueError:
        return None


def _unit(word: str, number: str) -> str:
    """The second half of a duration that was written as `{ days: 8 }`; empty, where it was not."""
    if not number.isdecimal() or not _UNIT.fullmatch(word):
        return ""
    return f" {word.replace('_', ' ').rstrip('s')}{'' if number == '1' else 's'}"


def in_braces(node: Node) -> Text | None:
    """`{ lead.sales_ready }`: a text alone, that YAML takes for a key."""
    match node:
        case Pairs(pairs=(Pair(key=only, value=Text(value="", style="plain", comment="")),)):
            return only
        case _:
            return None


def file_named(text: str) -> str:
    """`templates/mails/survey.en.md`: what it is called in a flow; empty: it is no file."""
    found = _FILE.fullmatch(text)
    return found[1] if found else ""


def several_names(text: str) -> list[str]:
    """The names that were written as one text; empty, where it is none of that kind."""
    parts = BETWEEN.split(text)
    return parts if len(parts) > 1 and all(map(NAME.fullmatch, parts)) else []

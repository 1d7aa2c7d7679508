"""Which value does YAML not take as the text that was meant? One that begins or goes on with a sign of its own."""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

from kweek.flow.yaml.keys import OF_TWO_WORDS
from kweek.flow.yaml.lines import BLOCK, outside_quotes, quoted_text, shape
from kweek.flow.yaml.sheet import Trap

_COMMENT: Final = re.compile(r"\s+#.*$")
_SECOND_COLON: Final = re.compile(r":(?= |$)")
_DOOR: Final = re.compile(r"flow:\s+(\S+)")  # `flow long-term` with a colon too many
_WAY: Final = re.compile(r"(?P<asked>.+?),?\s+(?P<go>go: +)(?P<to>.+)")
_PLAIN: Final = re.compile(r"(?!.*(?:: | #))\w.*[^:\s]")  # a text that needs no quotes
_OPENS: Final = ("start", "goal", "whenever", "when")
_TAKES_PAIRS: Final = ("score", "set")
_PAIR_IN_BRACES: Final = re.compile(r"(?:^|,)\s*([A-Za-z_][\w ]*?)\s*:\s")
_NO_COMMA: Final = re.compile(
    rf"""(?<=[{{,])\ *[a-z_][a-z_.\ -]*:\ +(?P<value>[a-z0-9][^,;:{{}}\["']*?)(?P<gap>;?\ +)
        (?:{OF_TWO_WORDS}|[a-z_.-]+):\ """,
    re.VERBOSE,
)
_SEMICOLON: Final = re.compile(r";(?= +(?:[a-z_.]+|clicked [\w-]+): )")
_WHOLE_IN_BRACES: Final = re.compile(
    r"""  "(?:[^"\\]|\\.)*"
        | '(?:[^']|'')*'
        | [^\s"'\[\]{},\#&*!|>%@`?-][^,\[\]{}\#]*
        | """,
    re.VERBOSE,
)


class _Value(Struct, frozen=True):
    """What stands behind a key or a dash. core: without the comment behind it. column: where it begins, from 0."""

    line: str
    number: int
    column: int
    key: str | None
    body: str
    core: str

    def trap(self, code: str, what: str, why: str, at: int = 0, fix: str = "") -> Trap:
        """at: how far inside the value. fix: where it is not enough to put the whole value in quotes."""
        quoted = _quoted(self.core)
        shown = f'"{self.core}"' if '"' not in self.core else quoted
        quote = f"Put the whole value in quotes: {f'{self.key}: ' if self.key else ''}{shown}"
        return Trap(self.number, self.column + at, code, what, why, fix + quote, [self.replaced_by(quoted)])

    def replaced_by(self, other: str) -> str:
        """The line with this instead."""
        return self.line[: self.column] + other + self.body[len(self.core) :]


def in_value(lines: list[str], number: int, in_braces: bool) -> Trap | None:
    """in_braces: YAML stumbled inside { }."""
    value = _value_of(lines[number], number)
    if value is None:
        return None
    match value.body[0]:
        case '"' | "'" as mark:
            return _behind_quote(value, mark)
        case "{" if value.body.startswith(("{{", "{%")):
            what, why, fix = moustache(value.key, value.core)
            return Trap(number, value.column, "quotes-needed", what, why, fix, [value.replaced_by(_quoted(value.core))])
        case "{" if found := _NO_COMMA.search(value.core):
            return _comma_missing(value, found)
        case "{":
            return _in_braces(value) if in_braces else None
        case "[":
            return _behind_bracket(value)
        case "@" | "`" | "%" | "*" | "&" | "!" | "]" | "}" | "," as mark:
            why = "That character has a meaning of its own in YAML."
            return value.trap("quotes-needed", f"A text that begins with {mark} needs quotes.", why)
        case "|" | ">" as mark:
            return _no_block(value, mark)
        case "-" if value.key and value.body.startswith("- "):
            why = "On the line of its key, a dash is no list to YAML."
            fix = "Begin a new line, two spaces deeper, for each “- …”; or, where a text is meant: "
            return value.trap("quotes-needed", "A list begins on a line of its own.", why, fix=fix)
        case _:
            return _second_colon(value)


def _comma_missing(value: _Value, found: re.Match[str]) -> Trap:
    """`{ clicked: next else: done }`"""
    what, why = f"There is no comma behind “{found['value']}”.", "Inside { } one stands between two keys."
    end = found.end("value")
    right = f"{value.core[:end]}, {_SEMICOLON.sub(',', value.core[end:].lstrip('; '))}"
    fix = f"Write: {right}"
    column = value.column + found.start("gap")
    return Trap(value.number, column, "comma-missing", what, why, fix, [value.replaced_by(right)], 1)


def moustache(key: str | None, text: str) -> tuple[str, str, str]:
    """What, why and fix of a text that begins with {{ without quotes. A condition has no use for braces at all."""
    what = f"A text that begins with {text[:2]} needs quotes."
    why = "Without them YAML takes the brace for the beginning of { key: value }."
    if key == "if":
        bare = " ".join(text.replace("{{", " ").replace("}}", " ").split())
        return "A condition has no braces.", "A field stands in it by itself.", f"Write: if: {bare}"
    return what, why, f'Put the whole value in quotes: {f"{key}: " if key else ""}"{text.strip()}"'


def _value_of(line: str, number: int) -> _Value | None:
    match = shape(line)
    if match is None or not match["body"].strip() or match["body"].startswith("#"):
        return None
    body = match["body"]
    comment = _COMMENT.search(body)
    core = body[: comment.start()] if comment and body[0] not in "\"'" else body.rstrip()
    return _Value(line, number, match.start("body"), match["key"], body, core)


def _behind_quote(value: _Value, mark: str) -> Trap | None:
    text = quoted_text(value.body)
    rest = value.body[text.end() :].strip() if text else ""
    if not rest or rest.startswith("#") or (rest.startswith(":") and value.key is None):
        return None
    what = f"This value begins with {mark} but goes on behind the closing {mark}."
    why = f"YAML takes what stands between the two {mark} for the whole value, and then finds more."
    inner = value.core[1:-1]
    one_too_many = value.core.count(mark) % 2 == 1
    if (mark == '"' or value.key == "if") and (one_too_many or value.core.endswith(mark)):
        return _quotes_of_its_own(value, what, why, value.core[1:] if one_too_many else inner)
    if mark == "'" and value.core.endswith(mark) and not set(inner) & {'"', "\\"}:  # an apostrophe in it
        fix = f'Use the other quotes: {f"{value.key}: " if value.key else ""}"{inner}"'
        return Trap(value.number, value.column, "quotes-needed", what, why, fix, [value.replaced_by(f'"{inner}"')])
    return value.trap("quotes-needed", what, why)


def _quotes_of_its_own(value: _Value, what: str, why: str, text: str) -> Trap:
    """`if: "tagged("x") or …`: the first quote was one too many, or one of a pair around it all."""
    right = text if _PLAIN.fullmatch(text) else _quoted(text)
    fix = f"Write: {f'{value.key}: ' if value.key else ''}{right}"
    return Trap(value.number, value.column, "quotes-needed", what, why, fix, [value.replaced_by(right)])


def _behind_bracket(value: _Value) -> Trap | None:
    close = _closing(value.body)
    rest = value.body[close + 1 :].strip() if close is not None else ""
    if not rest or rest.startswith(("#", ":")):
        return None
    why = "Without them YAML takes it for a list, and then finds more behind the ]."
    return value.trap("quotes-needed", "A text that begins with [ needs quotes.", why)


def _no_block(value: _Value, mark: str) -> Trap | None:
    if BLOCK.fullmatch(value.core):
        return None
    why = f"At the beginning of a value {mark} announces a text over several lines."
    if BLOCK.fullmatch(sign := value.core.replace(" ", "")):
        what, fix = f"There is a blank within “{value.core}”.", f"Write: {value.key}: {sign}"
        return Trap(value.number, value.column, "block", what, why, fix, [value.replaced_by(sign)])
    return value.trap("quotes-needed", f"A text that begins with {mark} needs quotes.", why)


def _second_colon(value: _Value) -> Trap | None:
    colon = _SECOND_COLON.search(value.core)
    if value.key is None or colon is None:
        return None
    why = f"After “{value.key}:” a second colon with a space would begin another key in the same line."
    what = "There is a second colon in this line."
    if door := _DOOR.fullmatch(value.core):
        right = f"flow {door[1]}"
        mended = [value.replaced_by(right)]
        at = value.column + colon.start()
        return Trap(value.number, at, "second-colon", what, why, f"Write: {value.key}: {right}", mended)
    shares = value.key == "send" and "%" in value.core
    if (shares or value.key in _TAKES_PAIRS) and all(": " in part for part in value.core.split(", ")):
        right = f"{{ {value.core} }}"
        at, mended = value.column + colon.start(), [value.replaced_by(right)]
        return Trap(value.number, at, "second-colon", what, why, f"Write: {value.key}: {right}", mended)
    if value.key in _OPENS:
        return _own_line(value, colon.start(), what, why)
    dashed = value.line[: value.column].lstrip() == f"- {value.key}: "
    if dashed and value.key in ("if", "share") and (way := _WAY.fullmatch(value.core)):
        return _way_beside(value, value.key, way)
    if value.key == "clicked":  # the link is a part of the key
        link, target = value.core[: colon.start()], value.core[colon.end() :].strip()
        right = f"clicked {link}: {target}".rstrip()
        mended = [value.line[: value.column].replace("clicked:", f"clicked {link}:", 1) + target]
        return Trap(value.number, value.column + colon.start(), "second-colon", what, why, f"Write: {right}", mended)
    if colon.end() == len(value.core):
        bare = value.core[:-1].rstrip()
        fix = f"Take the last one away: {value.key}: {bare}. Or, where it belongs to a text: "
        return value.trap("second-colon", what, why, colon.start(), fix)._replace(mended=[value.replaced_by(bare)])
    return value.trap("second-colon", what, why, colon.start())


def _own_line(value: _Value, colon: int, what: str, why: str) -> Trap:
    """`start: event: roof.scanned`."""
    opened = value.line[: value.column].rstrip()
    below = " " * (len(opened) - len(opened.lstrip()) + 2) + value.body
    fix = f"Write “{value.core}” on a line of its own below “{value.key}:”, two spaces deeper."
    at = value.column + colon
    return Trap(value.number, at, "second-colon", what, why, fix, [opened, below], added=True)


def _way_beside(value: _Value, key: str, way: re.Match[str]) -> Trap:
    """`- if: lead.sales_ready go: sales`."""
    what, why = f"“go” stands on the line of its “{key}”.", "Each key has a line of its own."
    fix = f"Put “go: {way['to']}” on a line of its own, below “{key}”."
    asked, to = (one if _whole(one) else _quoted(one) for one in (way["asked"], way["to"]))
    dash, comment = value.line[: value.line.index("-")], value.body[len(value.core) :]
    mended = [f"{dash}- {{{key}: {asked},go: {to}}}{comment}"]
    return Trap(value.number, value.column + way.start("go"), "second-colon", what, why, fix, mended, 1)


def _closing(body: str) -> int | None:
    """Where the bracket that opens the body is closed."""
    depth = 0
    for at, char in outside_quotes(body):
        if char in "[{":
            depth += 1
        elif char in "]}":
            depth -= 1
            if depth == 0:
                return at
    return None


# --- inside { } -------------------------------------------------------------------------------------


def _in_braces(value: _Value) -> Trap | None:
    """`{ if: a in ["A", "B"], go: x }`: inside braces, brackets and commas end a value."""
    if not value.core.endswith("}"):
        return None
    inner = value.core[1:-1]
    keys = list(_PAIR_IN_BRACES.finditer(inner))
    if not keys:
        return None
    ends = [*(key.start() for key in keys[1:]), len(inner)]
    values = [inner[key.end() : end].strip() for key, end in zip(keys, ends, strict=True)]
    parts = [f"{key[1]}: {one if _whole(one) else _quoted(one)}" for key, one in zip(keys, values, strict=True)]
    mended = "{ " + ", ".join(parts) + " }"
    first = next((index for index, one in enumerate(values) if not _whole(one)), 0)
    return Trap(
        value.number,
        value.column + 1 + keys[first].end(),
        "quotes-in-braces",
        f"The value of “{keys[first][1]}” needs quotes here.",
        "Inside { } a comma, a quote or a [ in the middle of a value ends it.",
        f"Put it in quotes: {mended} Or write the keys on lines of their own.",
        [value.replaced_by(mended)],
    )


def _whole(value: str) -> bool:
    """Can it stand inside { } as it is?"""
    return _WHOLE_IN_BRACES.fullmatch(value) is not None


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"

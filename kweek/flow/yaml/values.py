"""Which value does YAML not take as the text that was meant? One that begins or goes on with a sign of its own."""

from __future__ import annotations

import re
from typing import Final

from kweek.flow.words import OPTIONS
from kweek.flow.yaml.brackets import never_opened, quote_behind, several_asked
from kweek.flow.yaml.colons import alone_with_way, second_colon
from kweek.flow.yaml.keys import OF_TWO_WORDS, PROSE
from kweek.flow.yaml.lines import BLOCK, dashed, indent, outside_quotes, quoted_text
from kweek.flow.yaml.sheet import Trap
from kweek.flow.yaml.value import Value, exclaimed, quoted, value_of, whole

NAMING: Final = {
    "send": "a mail", "call": "a survey", "handover": "a team", "go": "a path", "queue": "a queue",
    "reassign": "a team", "webhook": "a webhook", "mail": "a mail",
    "tell": "a colleague", "to": "a colleague",
}  # fmt: skip
"""Keys, and of what each has a name behind it."""
_EVENT_FIELD: Final = re.compile(r"\{\{ *(event\.[a-z_]+) *\}\}")
_PLAIN: Final = re.compile(r"(?!.*(?:: | #))\w.*[^:\s]")  # a text that needs no quotes
_ONE_WAY: Final = re.compile(r"- +(?:go|end): +(?P<to>(?:flow )?[a-z0-9-]+)")
_PAIR_IN_BRACES: Final = re.compile(r"(?:^|,)\s*([A-Za-z_][\w ]*?)\s*:\s")
_NO_COMMA: Final = re.compile(
    rf"""(?<=[{{,])\ *[a-z_][a-z_.\ -]*:\ +(?P<value>[+−a-z0-9-](?:[^,;:{{}}\["']|(?<=\d):(?=\d\d))*?)(?P<gap>;?\ +)
        (?:{OF_TWO_WORDS}|[a-z_.-]+):\ """,
    re.VERBOSE,
)
_QUOTED_LIST: Final = re.compile(r"""(?:"[^"]*"|'[^']*')(?: *, *(?:"[^"]*"|'[^']*'))+""")
_COMPARED: Final = re.compile(r"[=!<>]=|[<>]|(?:not )?in ")
_SEMICOLON: Final = re.compile(r";(?= +(?:[a-z_.]+|clicked [\w-]+): )")


_SIGN_AND_MORE: Final = re.compile(r"(?P<sign>[|>][-+]?)(?P<more>[^\W\d]\w*)")
_ANOTHER_STEP: Final = re.compile(r",? +(?P<step>(?P<verb>[a-z]+): +\S.*)")
_ITEM: Final = re.compile(r"- +(?P<word>(?:flow )?[a-z0-9][\w.-]*)")
_MANY: Final = ("outcomes", "start", "tag", "untag", "members")
"""Keys that take a list."""


def in_value(lines: list[str], number: int, in_braces: bool) -> Trap | None:
    """in_braces: YAML stumbled inside { }."""
    value = value_of(lines[number], number)
    if value is None:
        return None
    match value.body[0]:
        case '"' | "'" as mark:
            return _behind_quote(value, mark)
        case "{" if value.body.startswith(("{{", "{%")):
            what, why, fix = moustache(value.key, value.core)
            right = event_field(value.key, value.core) or quoted(value.core)
            return Trap(number, value.column, "quotes-needed", what, why, fix, [value.replaced_by(right)])
        case "{" | "[" if value.core.endswith(",") and _closing(value.core) == len(value.core) - 2:
            what, right = f"A comma stands behind the {value.core[-2]}.", value.core[:-1]
            why = "Between the lines of a flow there are no commas."
            fix = f"Write it without: {f'{value.key}: ' if value.key else ''}{right}"
            return Trap(number, value.column + len(right), "comma", what, why, fix, [value.replaced_by(right)])
        case "{" if (step := _step_behind(value)) is not None:
            return step
        case "{" if found := _NO_COMMA.search(value.core):
            return _comma_missing(value, found)
        case "{":
            return _in_braces(value) if in_braces else None
        case "[" if value.key == "if" and (asked := several_asked(value.core)):
            what, why = "“if” takes one condition; this is a list.", "What stands in it are conditions."
            return value.written(asked, "text-wanted", what, why)
        case "[":
            return _behind_bracket(value)
        case "!":
            meant, what, why, fix = exclaimed(value.key, value.core)
            return Trap(value.number, value.column, "tag", what, why, fix, [value.replaced_by(quoted(meant))])
        case "@" | "`" | "%" | "*" | "&" | "]" | "}" | "," as mark:
            why = "That character has a meaning of its own in YAML."
            return value.trap("quotes-needed", f"A text that begins with {mark} needs quotes.", why)
        case "|" | ">" as mark:
            below = next((text for text in lines[number + 1 :] if text.strip()), "")
            return _no_block(value, mark, deeper=indent(below) > indent(value.line))
        case "-" if value.core == "-" and value.key in PROSE:
            what, why = "A dash alone announces no text.", "A text of several lines begins with > or |."
            return value.written(">-", "block", what, why)
        case "-" if value.key and value.body.startswith("- "):
            return _list_beside(
                value, value.key, below=next((text for text in lines[number + 1 :] if text.strip()), "")
            )
        case "?" if value.key and value.body.startswith("? "):
            why = "That character has a meaning of its own in YAML."
            return value.trap("quotes-needed", "A text that begins with ? needs quotes.", why)
        case _:
            return never_opened(value) or alone_with_way(value, lines) or second_colon(value)


_OF_NUMBERS: Final = ("profile", "intent", "interest")


def _list_beside(value: Value, key: str, below: str) -> Trap:
    """`bounced: - end: discard`. below: the line below it, where more of the list may stand."""
    what, why = "A list begins on a line of its own.", "On the line of its key, a dash is no list to YAML."
    if key in PROSE:
        return value.trap("quotes-needed", what, why)
    if target := _ONE_WAY.fullmatch(value.core):
        return value.written(target["to"], "quotes-needed", what, why)
    more = key in _MANY and dashed(below) and indent(below) > indent(value.line)
    if not more and (only := _ITEM.fullmatch(value.core)) and only["word"] not in OPTIONS:
        if key in _OF_NUMBERS and only["word"].isdecimal():
            return value.written(
                f"-{only['word']}", "quotes-needed", "A blank stands between the sign and its number.", ""
            )
        what, why = "A dash stands before a word that is no list.", "A dash begins an item, on a line of its own."
        return value.written(only["word"], "quotes-needed", what, why)
    fix = f"Begin a new line, two spaces deeper: {value.core}"
    column = indent(value.line[: value.column].replace("- ", "  ")) + 2
    return value.parted(0, [value.body], column, "quotes-needed", what, why, fix)


def _step_behind(value: Value) -> Trap | None:
    """`- score: { intent: +5 }, tag: vip`."""
    close = _closing(value.core)
    behind = _ANOTHER_STEP.fullmatch(value.core, close + 1) if close is not None else None
    if behind is None or close is None or behind["verb"] not in OPTIONS or not dashed(value.line):
        return None
    what, why = f"“{behind['verb']}” stands on the line of “{value.key}”.", "Each step has a line of its own."
    below = f"- {behind['step']}"
    fix = f"Put it on a line of its own, with a dash: {below}"
    return value.parted(close + 1, [below], indent(value.line), "second-colon", what, why, fix)


def _comma_missing(value: Value, found: re.Match[str]) -> Trap:
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
    if field := event_field(key, text):
        what, why = "A field of the event stands here without braces.", "Only words for people have them."
        return what, why, f"Write: {key}: {field}"
    if key in NAMING:
        bare = "-".join(re.findall("[a-z0-9]+", text.rpartition(".")[2]))
        why = f"Only words for people have braces, which stand in quotes, and “{key}” names {NAMING[key]}."
        return "Braces are no name.", why, f"Write the name itself, such as {key}: {bare or 'brochure'}"
    text = text.strip()
    bare = text[:-1] if text.endswith('"') and text.count('"') % 2 else text  # only the first of the two is lost
    shown = quoted(bare) if '"' in bare else f'"{bare}"'
    return what, why, f"Put the whole value in quotes: {f'{key}: ' if key else ''}{shown}"


def event_field(key: str | None, text: str) -> str:
    """`seats: {{ event.seats }}`: the field that is meant; empty: these are words for people, or a name."""
    found = _EVENT_FIELD.fullmatch(text.strip())
    return found[1] if found and key is not None and key not in (*PROSE, *NAMING, "if") else ""


def _behind_quote(value: Value, mark: str) -> Trap | None:
    text = quoted_text(value.body)
    rest = value.body[text.end() :].strip() if text else ""
    if not rest or rest.startswith("#") or (rest.startswith(":") and value.key is None):
        return None
    what = f"This value begins with {mark} but goes on behind the closing {mark}."
    why = f"YAML takes what stands between the two {mark} for the whole value, and then finds more."
    if value.key == "if" and text and (right := _without_quotes(text[0], rest)):
        fix = f"Write: if: {right}"
        return Trap(value.number, value.column, "quotes-needed", what, why, fix, [value.replaced_by(_safe(right))])
    if value.key == "if" and _COMPARED.match(rest):
        other = "'" if mark == '"' else '"'
        what = f"A condition that begins with {mark} needs quotes of the other kind round all of it."
        fix = f"Write: if: {other}{value.core}{other}"
        return Trap(
            value.number, value.column, "quotes-needed", what, why, fix, [value.replaced_by(quoted(value.core))]
        )
    if value.key not in (*PROSE, *NAMING, "if") and _QUOTED_LIST.fullmatch(value.core):
        return value.written(f"[{value.core}]", "quotes-needed", what, "Several texts stand in square brackets.")
    inner = value.core[1:-1]
    one_too_many = value.core.count(mark) % 2 == 1
    if (mark == '"' or value.key == "if") and (one_too_many or value.core.endswith(mark)):
        return _quotes_of_its_own(value, what, why, value.core[1:] if one_too_many else inner)
    if mark == "'" and value.core.endswith(mark) and not set(inner) & {'"', "\\"}:  # an apostrophe in it
        fix = f'Use the other quotes: {f"{value.key}: " if value.key else ""}"{inner}"'
        return Trap(value.number, value.column, "quotes-needed", what, why, fix, [value.replaced_by(f'"{inner}"')])
    return value.trap("quotes-needed", what, why)


def _without_quotes(text: str, rest: str) -> str:
    """The condition that was meant by `"lead.size > 5" and lead.vip`, or by `"@gmail.com" in lead.email`; empty: it is
    none of those."""
    said = text[1:-1]
    if _JOINED.match(rest) and _ASKS.search(said):
        return f"{said} {rest}"
    if among := _AMONG.match(rest):
        part = said.strip("*")
        if among["field"].rpartition(".")[2] in _WHOLE:
            return f'{among["field"]} {"!=" if among["no"] else "=="} "{said}"{rest[among.end() :]}'
        return f'{among["no"] or ""}matches({among["field"]}, "*{part}*"){rest[among.end() :]}'
    return ""


def _safe(condition: str) -> str:
    return condition if _PLAIN.fullmatch(condition) else quoted(condition)


_JOINED: Final = re.compile(r"(?:and|or)\b")
_ASKS: Final = re.compile(r"[a-z]\w*\.[a-z][\w.-]*|[a-z_]+\(")
_WHOLE: Final = ("profile", "grade", "stage", "country", "language", "persona", "owner")
"""Fields that hold one word of a few, and nobody asks for a part of it."""
_AMONG: Final = re.compile(
    r"(?P<no>not )?in (?P<field>(?:lead|event|company|campaign)\.[a-z]\w*)(?:\.(?:lower|casefold)\(\))?(?![\w.-])"
)


def _quotes_of_its_own(value: Value, what: str, why: str, text: str) -> Trap:
    """`if: "tagged("x") or …`: the first quote was one too many, or one of a pair around it all."""
    right = text if _PLAIN.fullmatch(text) else quoted(text)
    fix = f"Write: {f'{value.key}: ' if value.key else ''}{right}"
    return Trap(value.number, value.column, "quotes-needed", what, why, fix, [value.replaced_by(right)])


def _behind_bracket(value: Value) -> Trap | None:
    close = _closing(value.body)
    rest = value.body[close + 1 :].strip() if close is not None else ""
    if not rest or rest.startswith(("#", ":")):
        return None
    if trap := quote_behind(value, rest):
        return trap
    why = "Without them YAML takes it for a list, and then finds more behind the ]."
    return value.trap("quotes-needed", "A text that begins with [ needs quotes.", why)


def _no_block(value: Value, mark: str, *, deeper: bool) -> Trap | None:
    """deeper: the lines below it stand so, as those of a text do."""
    if BLOCK.fullmatch(value.core):
        return None
    if deeper and value.key in PROSE and (sign := _SIGN_AND_MORE.fullmatch(value.core)):
        what, why = f"“{sign['more']}” stands behind {sign['sign']}.", "The text begins on the next line."
        return value.written(sign["sign"], "block", what, why)
    why = f"At the beginning of a value {mark} announces a text over several lines."
    if BLOCK.fullmatch(sign := value.core.replace(" ", "")):
        what, fix = f"There is a blank within “{value.core}”.", f"Write: {value.key}: {sign}"
        return Trap(value.number, value.column, "block", what, why, fix, [value.replaced_by(sign)])
    return value.trap("quotes-needed", f"A text that begins with {mark} needs quotes.", why)


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


def _in_braces(value: Value) -> Trap | None:
    """`{ if: a in ["A", "B"], go: x }`: inside braces, brackets and commas end a value."""
    if not value.core.endswith("}"):
        return None
    inner = value.core[1:-1]
    keys = list(_PAIR_IN_BRACES.finditer(inner))
    if not keys:
        return None
    ends = [*(key.start() for key in keys[1:]), len(inner)]
    values = [inner[key.end() : end].strip() for key, end in zip(keys, ends, strict=True)]
    parts = [f"{key[1]}: {one if whole(one) else quoted(one)}" for key, one in zip(keys, values, strict=True)]
    mended = "{ " + ", ".join(parts) + " }"
    first = next((index for index, one in enumerate(values) if not whole(one)), 0)
    return Trap(
        value.number,
        value.column + 1 + keys[first].end(),
        "quotes-in-braces",
        f"The value of “{keys[first][1]}” needs quotes here.",
        "Inside { } a comma, a quote or a [ in the middle of a value ends it.",
        f"Put it in quotes: {mended} Or write the keys on lines of their own.",
        [value.replaced_by(mended)],
    )

"""Why can YAML not read on here? The trap by its name, the fix, and the line mended so that the rest can be read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from kweek.flow.problems import Position, Problem

_LINE: Final = re.compile(
    r"""(?P<lead>\ *(?:-\ +)*)                                  # indentation and dashes
        (?:(?P<key>[^\s"'\[\]{}\#&*!|>%@`,?:-][^"'\#\[\]{}]*?)\ *:(?:\ +|$))?
        (?P<body>.*)""",
    re.VERBOSE,
)
_GLUED: Final = re.compile(r"(?P<lead> *(?:- +)*)(?P<key>[A-Za-z_][\w ]*):(?!//)(?P<value>\S.*)")
_PAIR_IN_BRACES: Final = re.compile(r"(?:^|,)\s*([A-Za-z_][\w ]*?)\s*:\s")
_COMMENT: Final = re.compile(r"\s+#.*$")
_LONGEST: Final = 2_000


@dataclass(slots=True)
class Sheet:
    """The text under the reader's hands. shifts: how many characters we put at the beginning of a line (from 0)."""

    file: str
    lines: list[str] = field(default_factory=list[str])
    problems: list[Problem] = field(default_factory=list[Problem])
    shifts: dict[int, int] = field(default_factory=dict[int, int])
    mended: set[tuple[int, str]] = field(default_factory=set[tuple[int, str]])
    tabbed: set[int] = field(default_factory=set[int])  # lines of which only the author knows how deep they stand

    def line(self, number: int) -> str:
        """From 0. What ends at the end of the file may be said to stand below it."""
        return self.lines[number] if number < len(self.lines) else ""

    def place(self, line: int, column: int) -> Position:
        """Where that stands in what the author wrote; line and column from 0."""
        return Position(line + 1, max(1, column - self.shifts.get(line, 0) + 1))

    def add(self, at: Position, code: str, what: str, why: str, fix: str) -> None:
        self.problems.append(Problem(self.file, at.line, at.column, "error", code, what, why, fix))


class _Trap(NamedTuple):
    """line, column from 0. mended: the lines from `line` on that replace as many; None: nobody can tell."""

    line: int
    column: int
    code: str
    what: str
    why: str
    fix: str
    mended: list[str] | None
    shift: int = 0


def explain(sheet: Sheet, error: Any) -> bool:
    """Note what is wrong. True: it is mended in the sheet, read again; False: the rest cannot be read."""
    where = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line = min(where.line if where else 0, len(sheet.lines) - 1)
    context = getattr(error, "context_mark", None)
    words = f"{getattr(error, 'problem', '') or ''}"
    begun = min(context.line, len(sheet.lines) - 1) if context else line
    trap = _find(sheet.lines, line, begun, words, getattr(error, "context", None) or "")
    if trap is None:
        tabbed = any(problem.code == "tab" for problem in sheet.problems)
        if not tabbed:  # our own replacement of a tab may have broken the indentation
            what, fix = _plainly(words)
            column = where.column if where else 0
            sheet.add(sheet.place(line, column), "yaml", what, "YAML cannot read on from here.", fix)
        return False
    if trap.code != "indentation" or trap.line not in sheet.tabbed:
        sheet.add(sheet.place(trap.line, trap.column), trap.code, trap.what, trap.why, trap.fix)
    if trap.mended is None or (trap.line, trap.code) in sheet.mended:
        return False
    sheet.mended.add((trap.line, trap.code))
    sheet.lines[trap.line : trap.line + len(trap.mended)] = trap.mended
    for number in range(trap.line, trap.line + len(trap.mended) if trap.shift else trap.line):
        sheet.shifts[number] = sheet.shifts.get(number, 0) + trap.shift
    return True


def _find(lines: list[str], line: int, begun: int, words: str, context: str) -> _Trap | None:
    above = _above(lines, line)
    for number in dict.fromkeys((line, above, begun)):
        if number is not None and (trap := _in_value(lines, number, "flow mapping" in context)):
            return trap
    if trap := _never_closed(lines, line, begun, context):
        return trap
    if above is not None and (trap := _glued(lines, above) or _glued(lines, line)):
        return trap
    if "could not find expected ':'" in words and (trap := _no_colon(lines, begun)):
        return trap
    if "mapping values are not allowed" in words and above is not None:
        return _too_deep(lines, line, above) or _no_colon(lines, above)
    if "expected <block end>" in words or "document start" in words:
        return _between(lines, line)
    return None


def _above(lines: list[str], line: int) -> int | None:
    """The nearest line above that says something."""
    for number in range(line - 1, -1, -1):
        if lines[number].strip() and not lines[number].lstrip().startswith("#"):
            return number
    return None


def _shape(line: str) -> re.Match[str] | None:
    """Indentation, key and body. A line that nobody can oversee is not looked into (the search would take long)."""
    return _LINE.fullmatch(line) if len(line) <= _LONGEST else None


# --- a value that YAML does not take as text --------------------------------------------------------


def _in_value(lines: list[str], number: int, in_braces: bool) -> _Trap | None:
    line = lines[number]
    match = _shape(line)
    if match is None or not match["body"].strip() or match["body"].startswith("#"):
        return None
    key, body, column = match["key"], match["body"], match.start("body")
    comment = _COMMENT.search(body)
    core = body[: comment.start()] if comment and body[0] not in "\"'" else body.rstrip()
    quoted = "'" + core.replace("'", "''") + "'"
    mended = [line[:column] + quoted + body[len(core) :]]
    shown = f'"{core}"' if '"' not in core else quoted
    fix = f"Put the whole value in quotes: {f'{key}: ' if key else ''}{shown}"

    def trap(code: str, what: str, why: str, at: int = column) -> _Trap:
        return _Trap(number, at, code, what, why, fix, mended)

    match body[0]:
        case '"' | "'" as mark:
            rest = _behind_quote(body, mark)
            if not rest or rest.startswith("#") or (rest.startswith(":") and key is None):
                return None
            why = f"YAML takes what stands between the two {mark} for the whole value, and then finds more."
            return trap("quotes-needed", f"This value begins with {mark} but goes on behind the closing {mark}.", why)
        case "{":
            if body.startswith(("{{", "{%")):
                why = "Without them YAML takes the brace for the beginning of { key: value }."
                return trap("quotes-needed", f"A text that begins with {body[:2]} needs quotes.", why)
            return _in_braces(lines, number, column, core) if in_braces else None
        case "[":
            close = _closing(body)
            rest = body[close + 1 :].strip() if close is not None else ""
            if not rest or rest.startswith(("#", ":")):
                return None
            why = "Without them YAML takes it for a list, and then finds more behind the ]."
            return trap("quotes-needed", "A text that begins with [ needs quotes.", why)
        case "@" | "`" | "%" | "*" | "&" | "!" | "]" | "}" | "," as mark:
            why = "That character has a meaning of its own in YAML."
            return trap("quotes-needed", f"A text that begins with {mark} needs quotes.", why)
        case "|" | ">" as mark if not re.fullmatch(r"[|>][-+0-9]{0,2}", core):
            why = f"At the beginning of a value {mark} announces a text over several lines."
            return trap("quotes-needed", f"A text that begins with {mark} needs quotes.", why)
        case "-" if key and body.startswith("- "):
            why = "On the line of its key, a dash is no list to YAML."
            return trap("quotes-needed", "A list begins on a line of its own.", why)._replace(
                fix=f"Begin a new line, two spaces deeper, for each “- …”; or, where a text is meant: {fix}"
            )
        case _:
            colon = re.search(r":(?= |$)", core)
            if key is None or colon is None or body[0] in "|>":
                return None
            why = f"After “{key}:” a second colon with a space would begin another key in the same line."
            return trap("second-colon", "There is a second colon in this line.", why, column + colon.start())


def _behind_quote(body: str, mark: str) -> str:
    """What follows the closing quote; nothing, if there is none on this line."""
    shape = r'"(?:[^"\\]|\\.)*"' if mark == '"' else r"'(?:[^']|'')*'"
    match = re.match(shape, body)
    return body[match.end() :].strip() if match else ""


def _closing(body: str) -> int | None:
    """Where the bracket that opens the body is closed."""
    depth, mark = 0, ""
    for index, char in enumerate(body):
        if mark:
            mark = "" if char == mark else mark
        elif char in "\"'":
            mark = char
        elif char in "[{":
            depth += 1
        elif char in "]}":
            depth -= 1
            if depth == 0:
                return index
    return None


def _in_braces(lines: list[str], number: int, column: int, core: str) -> _Trap | None:
    """`{ if: a in ["A", "B"], go: x }`: inside braces, brackets and commas end a value."""
    if not core.endswith("}"):
        return None
    inner = core[1:-1]
    keys = list(_PAIR_IN_BRACES.finditer(inner))
    if not keys:
        return None
    ends = [*(key.start() for key in keys[1:]), len(inner)]
    values = [inner[key.end() : end].strip() for key, end in zip(keys, ends, strict=True)]
    parts = [(key[1], value if _whole(value) else _quoted(value)) for key, value in zip(keys, values, strict=True)]
    whole = "{ " + ", ".join(f"{key}: {value}" for key, value in parts) + " }"
    first = next((index for index, value in enumerate(values) if not _whole(value)), 0)
    at = column + 1 + keys[first].end()
    line = lines[number]
    return _Trap(
        number,
        at,
        "quotes-in-braces",
        f"The value of “{keys[first][1]}” needs quotes here.",
        "Inside { } a comma, a quote or a [ in the middle of a value ends it.",
        f"Put it in quotes: {whole} Or write the keys on lines of their own.",
        [line[:column] + whole + line[column + len(core) :]],
    )


def _whole(value: str) -> bool:
    """Can it stand inside { } as it is?"""
    return bool(re.fullmatch(r'"(?:[^"\\]|\\.)*"|\'(?:[^\']|\'\')*\'|[^\s"\'\[\]{},#&*!|>%@`?-][^,\[\]{}#]*|', value))


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _never_closed(lines: list[str], line: int, begun: int, context: str) -> _Trap | None:
    if "flow sequence" in context or "flow mapping" in context:
        source = lines[begun].rstrip()
        mark, close = ("[", "]") if "sequence" in context else ("{", "}")
        if begun >= line or close in source or mark not in source:
            return None
        return _bracket(lines, begun, mark, close)
    if "flow node" in context:  # the text ends within a list of which nothing has come yet
        for number in range(line, -1, -1):
            body = match["body"].rstrip() if (match := _shape(lines[number])) else ""
            if body in ("[", "{"):
                return _bracket(lines, number, body, {"[": "]", "{": "}"}[body])
        return None
    for number in range(line, -1, -1):
        match = _shape(lines[number])
        body = match["body"] if match else ""
        if match is None or body[:1] not in ('"', "'") or _complete(body):
            continue
        return _Trap(
            number,
            match.start("body"),
            "never-closed",
            f"This {body[0]} is never closed.",
            "So everything below it would belong to the text.",
            f"Put a closing {body[0]} at the end of the text.",
            [lines[number].rstrip() + body[0]],
        )
    return None


def _bracket(lines: list[str], number: int, mark: str, close: str) -> _Trap:
    """A bracket without its end. Where lines stand deeper below it, they are what was meant, and it is too much."""
    source = lines[number].rstrip()
    below = next((text for text in lines[number + 1 :] if text.strip()), "")
    bare = source.endswith(mark)
    alone = bare and _indent(below) > _indent(source)
    fix = f"Close it with {close} at the end of the line."
    return _Trap(
        number,
        source.rindex(mark),
        "never-closed",
        f"This {mark} is never closed.",
        "So everything below it would belong to it.",
        "Take it away; what belongs here stands below it, two spaces deeper." if alone else fix,
        [source[:-1].rstrip() if alone else source + close],
    )


def _complete(body: str) -> bool:
    return re.match(r'"(?:[^"\\]|\\.)*"' if body[0] == '"' else r"'(?:[^']|'')*'", body) is not None


# --- a key that YAML does not see, and lines that stand in the wrong column --------------------------


def _glued(lines: list[str], number: int) -> _Trap | None:
    match = _GLUED.fullmatch(lines[number][:_LONGEST])
    if match is None or ": " in match["value"]:
        return None
    key, value = match["key"], match["value"]
    mended = [f"{match['lead']}{key}: {value}"]
    why = "Without a space YAML reads key and value as one text."
    fix = f"Put a space behind the colon: {key}: {value}"
    return _Trap(number, match.end("key"), "space-after-colon", "There is no space behind the colon.", why, fix, mended)


def _no_colon(lines: list[str], number: int) -> _Trap | None:
    match = re.fullmatch(r"( *(?:- +)*)([A-Za-z_]\w*)(?: +(\S.*))?", lines[number][:_LONGEST].rstrip())
    if match is None or ":" in (match[3] or ""):
        return None
    right = f"{match[2]}: {match[3].removeprefix('=').lstrip()}" if match[3] else f"{match[2]}:"
    why = "A key and its value are parted by a colon and a space."
    fix = f"Write: {right}"
    what = f"“{lines[number].strip()}” has no colon."
    return _Trap(number, match.start(2), "colon-missing", what, why, fix, [match[1] + right])


def _too_deep(lines: list[str], line: int, above: int) -> _Trap | None:
    """A line that stands deeper than the key above it, though that has its value already."""
    here, upper = _shape(lines[line]), _shape(lines[above])
    if here is None or upper is None or upper["key"] is None or not upper["body"] or here["key"] is None:
        return None
    column, wanted = _indent(lines[line]), upper.start("key")
    if column <= wanted:
        return None
    return _moved(lines, line, wanted, f"“{upper['key']}” in line {above + 1} has its value already")


def _between(lines: list[str], line: int) -> _Trap | None:
    """A line whose column is none of those that are open above it."""
    column = _indent(lines[line])
    dashed = lines[line].lstrip().startswith("- ")
    open_at: dict[int, int] = {}
    low = 10**6
    for number in range(line - 1, -1, -1):
        match = _shape(lines[number])
        if match is None or not lines[number].strip() or lines[number].lstrip().startswith("#"):
            continue
        start = _indent(lines[number])
        places = [start] if dashed else [match.start("key") if match["key"] else start]
        has_dash = lines[number].lstrip().startswith("- ")
        for place in places:
            if start < low and has_dash >= dashed:
                open_at.setdefault(place, number)
        low = min(low, start)
    if not open_at or column in open_at:
        return None
    wanted = min(open_at, key=lambda place: (abs(place - column), -place))
    return _moved(lines, line, wanted, f"line {open_at[wanted] + 1}, to which it seems to belong, begins elsewhere")


def _moved(lines: list[str], line: int, wanted: int, why: str) -> _Trap:
    column = _indent(lines[line])
    delta = wanted - column
    block = _block(lines, line, wanted)
    moved = [" " * (_indent(text) + delta) + text.lstrip(" ") if text.strip() else text for text in block]
    what = f"This line begins in column {column + 1}, which fits nothing above it."
    fix = f"Begin it in column {wanted + 1} ({wanted} spaces)."
    return _Trap(line, column, "indentation", what, why[0].upper() + why[1:] + ".", fix, moved, delta)


def _block(lines: list[str], line: int, wanted: int) -> list[str]:
    """What moves along with a line: what is below it, and its neighbours in the same wrong column."""
    column, dashed = _indent(lines[line]), _dashed(lines[line])
    found, above = [lines[line]], lines[line]
    for text in lines[line + 1 :]:
        if text.strip() and not text.lstrip().startswith("#"):
            here = _indent(text)
            if here < column or (here == column and _dashed(text) != dashed):
                break
            child = _opens(above) or (dashed and not _dashed(text))
            if here == wanted and not child and _dashed(text) == dashed:
                break  # this one stands where the first should
            above = text
        found.append(text)
    return found


def _dashed(line: str) -> bool:
    return line.lstrip().startswith("- ") or line.strip() == "-"


def _opens(line: str) -> bool:
    """Is it a key whose value stands below it?"""
    match = _shape(line)
    return match is not None and match["key"] is not None and (not match["body"] or match["body"].startswith("#"))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


# --- the rest ---------------------------------------------------------------------------------------

_PLAINLY: Final = (
    ("found unknown escape character", "This \\ begins an escape that YAML does not know.",
     "Put the text in single quotes, or write \\\\ for a backslash."),
    ("unexpected end of stream", "A quote that was opened here is never closed.", "Close it at the end of the text."),
    ("expected ',' or '}'", "Inside { } something other than a comma or } follows here.",
     "Put the values in quotes, or write each key on a line of its own."),
    ("expected ',' or ']'", "Inside [ ] something other than a comma or ] follows here.",
     "Put the items in quotes, or close the list with ]."),
    ("expected the node content", "There is no value here.", "Put the text in quotes."),
    ("could not find expected ':'", "This line has no colon.", "Write a key, a colon and a space: `title: Brochure`."),
    ("mapping values are not allowed", "A colon is not possible here.",
     "Put the text in quotes, or begin the key on a line of its own, in the column of its neighbours."),
    ("sequence entries are not allowed", "A “- ” is not possible here.", "Begin the list on a line of its own."),
    ("document start", "Here something begins that does not belong to what stands above it.",
     "Begin it in the column of its neighbours."),
    ("expected <block end>", "This line does not belong to what stands above it.",
     "Begin it in the column of its neighbours; a list item begins with “- ”."),
    ("cannot start any token", "A text cannot begin with this character.", "Put the text in quotes."),
    ("incompatible YAML", "This version of YAML is not known.", "Leave out the line that begins with %."),
)  # fmt: skip


def _plainly(words: str) -> tuple[str, str]:
    for part, what, fix in _PLAINLY:
        if part in words:
            return what, fix
    return "This is no YAML that can be read.", "Compare it with the lines around it: colon, quotes, indentation."

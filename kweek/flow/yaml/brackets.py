"""Of which quote or bracket is one half lost? What is never closed would have everything below it belong to it."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from kweek.flow.yaml.lines import indent, outside_quotes, quoted_text, shape, without_comment
from kweek.flow.yaml.sheet import Trap
from kweek.flow.yaml.value import Value

_OPEN_IN_BRACES: Final = re.compile(
    r"""[^"'{\[]*[{\[](?:[^"']|"[^"]*"|'[^']*')*?(?P<mark>["'])(?P<text>[^"',}\]]*?) *[,}\]][^"']*"""
)
_ANOTHER: Final = re.compile(r", *\{")
_CLOSES: Final = {"[": "]", "{": "}"}
_ASKS: Final = re.compile(r"[=<>(]|\bin\b|^(?:not )?[a-z]+\.")
_IN_BRACES: Final = re.compile(r"(?:[A-Za-z_][\w. -]*: +[^,;:{}]+(?:, *|$))+")


def never_opened(value: Value) -> Trap | None:
    """`score: interest: +5 }`."""
    inner = value.core[:-1].rstrip()
    if value.key is None or value.core[-1:] != "}" or "{" in inner or not _IN_BRACES.fullmatch(inner):
        return None
    what, why = "This } closes a { that is not there.", "Keys and values on one line stand between the two."
    return value.written(f"{{ {inner} }}", "never-opened", what, why, len(value.core) - 1)


def quote_behind(value: Value, rest: str) -> Trap | None:
    """`outcomes: [spoken, no answer]"`. rest: what stands behind the bracket that is closed."""
    if rest not in ('"', "'"):
        return None
    what, why = f"A {rest} stands behind the ].", "No other was opened that it could close."
    return value.written(value.core[:-1].rstrip(), "never-opened", what, why, len(value.core) - 1)


def several_asked(core: str) -> str:
    """`[lead.profile in ["A", "B"], known(lead.phone)]`: all of them, as one condition. Empty: it is no such list."""
    depth, commas = 0, [0]
    for at, char in outside_quotes(core):
        depth += (char in "[(") - (char in "])")
        if depth == 1 and char == ",":
            commas.append(at)
        if depth == 0 and at < len(core) - 1:  # `["A"] in …`
            return ""
    parts = [core[one + 1 : two].strip() for one, two in pairwise((*commas, len(core) - 1))]
    asks = depth == 0 and parts[1:] and all(_ASKS.search(part) for part in parts)
    return " and ".join(f"({part})" if " or " in part else part for part in parts) if asks else ""


def ends_within(lines: list[str], line: int, begun: int, context: str) -> Trap | None:
    """`{ renewed_on: today`: one that was to end on its own line, for more stands on it, and no comma behind that."""
    said = without_comment(lines[begun])
    if said.endswith((",", *_CLOSES)) or "flow mapping" not in context:
        return None
    return _begun_bracket(lines, line, begun, "{")


def never_closed(lines: list[str], line: int, begun: int, context: str) -> Trap | None:
    """line: where YAML stumbled. begun, context: what it was reading then, and since which line."""
    if "flow sequence" in context or "flow mapping" in context:
        return _begun_bracket(lines, line, begun, "[" if "sequence" in context else "{")
    if "flow node" in context:  # the text ends within a list of which nothing has come yet
        return _bare_bracket(lines, line)
    inside = _quote_in_brackets(lines, begun) if "quoted scalar" in context else None
    return inside or _quote(lines, line)


def _begun_bracket(lines: list[str], line: int, begun: int, mark: str) -> Trap | None:
    source = lines[begun].rstrip()
    if begun < line and (trap := _quote_in_brackets(lines, begun)):
        return trap
    if begun >= line or _CLOSES[mark] in source or mark not in source:
        return None
    return _bracket(lines, begun, mark)


def within_line(lines: list[str], number: int) -> Trap | None:
    """`[{ a: { b: 1 }, c: 2, { d: 3 }]`: a { that ends nowhere, though what it stands in is closed. Its end belongs
    before the comma behind which another { begins, or before the closing bracket of another kind."""
    line, opened = lines[number], list[int]()
    for at, char in outside_quotes(line):
        inner = opened[-1] if opened else None
        if char in _CLOSES:
            opened.append(at)
        elif inner is not None and char == _CLOSES[line[inner]]:
            opened.pop()
        elif inner is not None and line[inner] == "{" and (char == "]" or _ANOTHER.match(line, at)):
            return _ends_before(line, number, inner, at)
    return None


def _ends_before(line: str, number: int, opened: int, at: int) -> Trap:
    """at: of the comma, or of the other bracket; which is wrong itself where it closes nothing."""
    before = line[:at].rstrip()
    instead = line[at] == "]" and line.count("[") < line.count("]")
    fix = "Write } instead of ]." if instead else f"Write }} behind “{' '.join(before.split()[-3:])}”."
    what, why = "This { is never closed.", "So what follows would belong to it."
    return Trap(number, opened, "never-closed", what, why, fix, [f"{before} }}{line[at + instead :]}"])


def _bare_bracket(lines: list[str], line: int) -> Trap | None:
    for number in range(line, -1, -1):
        body = match["body"].rstrip() if (match := shape(lines[number])) else ""
        if body in _CLOSES:
            return _bracket(lines, number, body)
    return None


def _bracket(lines: list[str], number: int, mark: str) -> Trap:
    """A bracket without its end. Where lines stand deeper below it, they are what was meant, and it is too much."""
    source, close = lines[number].rstrip(), _CLOSES[mark]
    below = next((text for text in lines[number + 1 :] if text.strip()), "")
    alone = source.endswith(mark) and indent(below) > indent(source)
    fix = f"Close it with {close} at the end of the line."
    return Trap(
        number,
        source.rindex(mark),
        "never-closed",
        f"This {mark} is never closed.",
        "So everything below it would belong to it.",
        "Take it away; what belongs here stands below it, two spaces deeper." if alone else fix,
        [source[:-1].rstrip() if alone else source + close],
    )


def _quote_in_brackets(lines: list[str], begun: int) -> Trap | None:
    """`{ name: "anna, email: … }`: the text ends at the comma, or with the brace."""
    source = lines[begun]
    found = _OPEN_IN_BRACES.fullmatch(source)
    if found is None:
        return None
    what, why = f"This {found['mark']} is never closed.", "So everything behind it would belong to the text."
    end = found.end("text")
    mended = f"{source[:end]}{found['mark']}{source[end:]}"
    fix = f"Close it behind the text: {found['mark']}{found['text']}{found['mark']}"
    return Trap(begun, found.start("mark"), "never-closed", what, why, fix, [mended])


def _quote(lines: list[str], line: int) -> Trap | None:
    """The nearest line upwards whose quote has no end."""
    for number in range(line, -1, -1):
        match = shape(lines[number])
        body = match["body"] if match else ""
        if match is None or body[:1] not in ('"', "'") or quoted_text(body):
            continue
        what, why = f"This {body[0]} is never closed.", "So everything below it would belong to the text."
        fix, mended = f"Put a closing {body[0]} at the end of the text.", lines[number].rstrip() + body[0]
        said = without_comment(body)
        if said[-1] == _CLOSES.get(said[1:2]):  # a list was meant, and no text
            fix, mended = f"Take it away: {match['key']}: {said[1:]}", lines[number][: match.start("body")] + body[1:]
        return Trap(number, match.start("body"), "never-closed", what, why, fix, [mended])
    return None

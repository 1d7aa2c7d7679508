"""What does Jinja2 mean? Its words about a broken mail, said to its author, at the place where it begins."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from kweek.flow.problems import did_you_mean

_TAGS: Final = ("if", "elif", "else", "endif", "for", "endfor", "set")
_TAG: Final = re.compile(r"\{%-?\s*(\w+)")
_WANTED: Final = re.compile(r"^(?:expected token '(.+?)', got|[Ee]xpected an expression, got|unexpected) '(.+?)'$")
_BRACES: Final = re.compile(r"\{\{.*?(?:\}\}|$)|\{%.*?(?:%\}|$)")
_OPEN: Final = re.compile(r"\{\{(?![^{]*?\}\})|\{%(?![^{]*?%\})")


class Plain(NamedTuple):
    """line, column from 1, within the text that was given."""

    line: int
    column: int
    what: str
    fix: str


def plainly(words: str, line: int, text: str) -> Plain | None:
    """line: where Jinja2 stopped, from 1 within `text`. None: it has said it as well as we could."""
    if default := _default(line, text):
        return default
    if inner := re.search(r"innermost block that needs to be closed is '(\w+)'", words):
        kind = inner[1]
        if tag := re.search(r"unknown tag '(\w+)'", words):
            if not (tag[1] in _TAGS and tag[1].startswith("end")):
                return _no_tag(tag[1], line, text)
            what, column = f"This {{% {tag[1]} %}} would close an {{% {kind} … %}}.", _column(line, text, _tag(tag[1]))
            return Plain(line, column, what, f"Write {{% end{kind} %}}.")
        number, column = _unclosed(kind, text)
        fix = f"Write {{% end{kind} %}} behind what belongs to it."
        return Plain(number, column, f"This {{% {kind} … %}} is never closed.", fix)
    if tag := re.search(r"unknown tag '(\w+)'", words):
        return _no_tag(tag[1], line, text)
    if (
        "end of print statement" in words
        or "end of statement block" in words
        or re.search(r"^unexpected '[}%]'", words)
    ):
        if opened := _half_open(line, text):
            number, column, mark = opened
            close = {"{{": "}}", "{%": "%}"}[mark]
            return Plain(number, column, f"This {mark} is not closed with {close}.", f"Write {close} behind the name.")
        mark = "{{ }}" if "print" in words else "{% %}"
        fix = "Write one name, such as {{ lead.first_name }}, or {% if lead.first_name %} … {% endif %}."
        got = re.search(r"got '([^']+)'", words)
        column = _column(line, text, r"\{\{" if "print" in words else r"\{%")
        if "print" in words and (right := _one_name(line, text)):
            column, fix = right[0], f"Write {{{{ {right[1]} }}}}."
        more = f" (“{got[1]}”)" if got and got[1] not in ("name", "string", "integer") else ""
        return Plain(line, column, f"Between {mark} stands more than one thing{more}.", fix)
    if char := re.search(r"unexpected char '(.+?)' at", words):
        mark = char[1].encode().decode("unicode_escape") if char[1].startswith("\\") else char[1]
        fix = "Write straight quotes (\" or ')." if mark in "“”„‘’«»" else "Take it out."
        return Plain(line, _column(line, text, re.escape(mark)), f"“{mark}” has no meaning between the braces.", fix)
    if "Missing end of comment tag" in words:
        return Plain(line, _column(line, text, r"\{#"), "This {# is not closed with #}.", "Write #} behind the remark.")
    if found := _WANTED.search(words):
        wanted, got = found[1] or "a name", found[2]
        if inside := _first_braces(line, text, got):
            what = f"In {inside[1]} stands {_shown(got)}, where {_shown(wanted)} should be."
            return Plain(line, inside[0], what, "Write one name, such as {{ lead.first_name }}.")
    return None


def _default(line: int, text: str) -> Plain | None:
    """`{{ lead.first_name | default: "you" }}`, as other programs write what stands there when nothing is known."""
    lines = text.split("\n")
    if found := _INSTEAD.search(lines[line - 1]) if line <= len(lines) else None:
        what = f"“{found['sign'].strip()}” does not say here what stands there when {found['name']} is not known."
        return Plain(line, found.start() + 1, what, f"Write {{{{ {found['name']} or {found['other']} }}}}.")
    return None


_INSTEAD: Final = re.compile(
    r"\{\{\s*(?P<name>[a-z_]+(?:\.[a-z_]+)*)\s*(?P<sign>\|\s*(?:default|d|fallback)\s*[:=]|\?\??|\|\||:)\s*"
    r"(?P<other>\"[^\"{}]*\"|'[^'{}]*')\s*\}\}"
)


def _one_name(line: int, text: str) -> tuple[int, str] | None:
    """Where words stand that are one name, or a text without its quotes, and what to write between the braces:
    `survey url`, `company.name or your company`."""
    lines = text.split("\n")
    for found in _SAID.finditer(lines[line - 1]) if line <= len(lines) else ():
        if found["other"]:
            return found.start() + 1, f'{found["name"]} or "{found["other"]}"'
        if found["rest"]:
            return found.start() + 1, f"{found['name']}{found['rest'].replace(' ', '_')}"
    return None


_SAID: Final = re.compile(
    r"\{\{\s*(?P<name>[a-z_]+(?:\.[a-z_]+)*)"
    r"(?:\s+or\s+(?P<other>[^\W\d]+(?: [^\W\d]+)+)|(?P<rest>(?: (?!or |and |if |else )[a-z_]+){1,3}))\s*\}\}"
)


def _first_braces(line: int, text: str, sign: str) -> tuple[int, str] | None:
    """The braces of this line in which it was met; column from 1."""
    lines = text.split("\n")
    found = list(_BRACES.finditer(lines[line - 1])) if line <= len(lines) else []
    inside = next((one for one in found if sign in one[0].strip("{}%")), found[0] if found else None)
    return (inside.start() + 1, inside[0]) if inside else None


def _shown(sign: str) -> str:
    """Jinja2 names some signs by what they mean."""
    if sign.startswith("end of "):
        return f"the {sign}"
    return sign if sign == "a name" else f"“{sign}”"


def _no_tag(tag: str, line: int, text: str) -> Plain:
    column = _column(line, text, _tag(tag))
    if tag in _TAGS:
        what = f"This {{% {tag} %}} belongs to nothing above it."
        return Plain(line, column, what, "Take it away, or write the {% if … %} or {% for … %} that it belongs to.")
    return Plain(line, column, f"There is no {{% {tag} %}}.", did_you_mean(tag, _TAGS))


def _tag(word: str) -> str:
    return rf"\{{%-?\s*{word}\b"


def _unclosed(kind: str, text: str) -> tuple[int, int]:
    """Where the innermost `{% if %}` or `{% for %}` stands that has no end."""
    open_at: list[int] = []
    for tag in _TAG.finditer(text):
        if tag[1] == kind:
            open_at.append(tag.start())
        elif tag[1] == f"end{kind}" and open_at:
            open_at.pop()
    at = open_at[-1] if open_at else 0
    return text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1


def _half_open(line: int, text: str) -> tuple[int, int, str] | None:
    lines = text.split("\n")
    for number in range(min(line, len(lines)), max(0, line - 20), -1):
        if found := _OPEN.search(lines[number - 1]):
            return number, found.start() + 1, found[0][:2]
    return None


def _column(line: int, text: str, pattern: str) -> int:
    lines = text.split("\n")
    found = re.search(pattern, lines[line - 1]) if line <= len(lines) else None
    return found.start() + 1 if found else 1

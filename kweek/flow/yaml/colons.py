"""What was meant with a second colon in a line? Behind it YAML would begin another key."""

from __future__ import annotations

import re
from typing import Final

from kweek.flow.words import OPTIONS, OWN_EVENT, STATES
from kweek.flow.yaml.asking import asks, in_a_choose
from kweek.flow.yaml.columns import LINES
from kweek.flow.yaml.heads import BESIDE
from kweek.flow.yaml.keys import OF_TWO_WORDS, PROSE
from kweek.flow.yaml.lines import dashed, indent
from kweek.flow.yaml.sheet import Trap
from kweek.flow.yaml.value import Value, quoted, whole

_SECOND_COLON: Final = re.compile(r":(?= |$)")
_ROUND: Final = re.compile(r"\( *(?P<inside>[a-z_][\w.-]*: [^()]+?) *\)")
_TOLD: Final = re.compile(r"(?P<who>[a-z][a-z0-9-]*): +(?P<text>\S.*)")
_DOOR: Final = re.compile(r"flow:\s+(\S+)")  # `flow long-term` with a colon too many
_WAY: Final = re.compile(r"(?P<asked>.+?),?\s+(?P<go>go: +)(?P<to>.+)")
_LEADS: Final = re.compile(r"(?P<asked>[^:]+?)(?<! go): +(?P<to>(?:flow )?[a-z0-9]+(?:-[a-z0-9]+)*)")
"""`lead.sales_ready: sales`, as a line of `choose`."""
_COMPARED: Final = re.compile(r"""(?P<field>(?:not )?[a-z]+\.[\w.-]+): +(?P<is>[\w-]+(?: [\w-]+)?|"[^"]*")""")
"""`lead.sales_ready: true`, as a condition."""
_COMPARES: Final = re.compile(r"""([a-z]+\.[\w.-]+): +(\[[^\[\]:]*\]|"[^":]*"|'[^':]*')""")
"""`handover.reason: ["student", "competitor"]`, anywhere in a condition."""
_ASKED: Final = re.compile(rf"(?:on )?(?P<event>{OWN_EVENT.pattern}),? (?:if|when|where): +(?P<asked>[^:]+)")
"""`cart.abandoned, if: event.amount > 250`, as a start."""
_TRUTH: Final = {"yes": "true", "true": "true", "no": "false", "false": "false"}
_OPENS: Final = ("start", "goal", "whenever", "when")
_TAKES_PAIRS: Final = ("score", "set")
_OF_FLOW: Final = ("reentry", "whenever", "goal", "send_hours", "timezone", "limit", "pace", "steps", "paths", "start")
"""Keys of the outermost level that are no word of any text."""
_SAYS_HOW: Final = (
    "reentry", "limit", "wait", "within", "expires", "remind", "follow_up", "after", "every", "at", "at_most", "apart",
    "attempts", "share", "event",
)  # fmt: skip
"""Keys whose values are words of ours."""
_NO_TARGETS: Final = {*OPTIONS, *BESIDE, *LINES, *PROSE, *_OF_FLOW, *_SAYS_HOW} - {"otherwise", "else", "go", "then"}
"""Keys of ours whose values are no places to go to."""
_TARGET: Final = re.compile(r"(?:go|end|path|to): +(?P<to>(?:flow )?[a-z0-9-]+)")
_BESIDE: Final = re.compile(
    rf"""(?P<said>\S.*?),?\ +(?P<dash>-\ +)?
        (?P<key>{"|".join((*OPTIONS, *BESIDE, *LINES, *_OF_FLOW))}):(?:\ +\S.*|$)""",
    re.VERBOSE,
)
"""A step, or an option, on the line of another."""
_FURTHER: Final = re.compile(rf", +(?=(?:{'|'.join((*BESIDE, *_OF_FLOW))}): )")
"""Where, behind an option that stands on the line of another, one more begins."""
_TOP: Final = re.compile(rf"(?P<said>\S.*?),? +(?P<key>{'|'.join(('title', 'about', *_OF_FLOW))}): +\S.*")
"""A key of the outermost level behind a text for people."""
_BEHIND_PROSE: Final = re.compile(
    rf"(?P<said>\S.*?) +(?P<dash>- +)?(?P<key>(?(dash)(?:{'|'.join(OPTIONS)})|(?:outcomes|within|remind|to))): +\S.*"
)
"""A step, or an option of a task, behind a text for people."""
_TWO_WAYS: Final = re.compile(
    rf"""(?P<said>(?:flow\ )?[a-z][a-z0-9-]*),?\ +(?P<key>{OF_TWO_WORDS}|[a-z][a-z0-9_.]*(?:\ [a-z]+)?):
        \ +(?:flow\ )?[a-z][a-z0-9-]*""",
    re.VERBOSE,
)
"""`tell-us unclear: call`: where one event leads, and on the same line another with its own."""


def alone_with_way(value: Value, lines: list[str]) -> Trap | None:
    """`- if: lead.sales_ready: sales`, to which no `go` belongs: where it leads."""
    way = _LEADS.fullmatch(value.core)
    dash = value.line[: value.column].lstrip() == "- if: "
    of_goal = value.number > 0 and lines[value.number - 1].startswith("goal:")
    if value.key != "if" or way is None or way["to"] in _TRUTH or not (dash or of_goal):
        return None
    column = indent(value.line) + 2 * dash
    below = next((line for line in lines[value.number + 1 :] if line.strip()), "")
    if indent(below) >= column:
        return None
    what, why = f"“{way['to']}” stands behind a condition.", "Where the lead goes, “go” says, on a line of its own."
    fix = f"Write: if: {way['asked']} — and below it: go: {way['to']}"
    if dash:
        return _in_one(value, way, what, why, fix, way.start("to"))
    mended = [value.line[: value.column] + way["asked"], f"{' ' * column}go: {way['to']}"]
    return Trap(value.number, value.column + way.start("to"), "second-colon", what, why, fix, mended, added=1)


def second_colon(value: Value) -> Trap | None:
    colon = _SECOND_COLON.search(value.core)
    if value.key is None or colon is None:
        return None
    if round_brackets := _ROUND.fullmatch(value.core):
        what, why = "These are not the brackets for keys and values.", "Keys and values on one line stand in { }."
        return value.written(f"{{ {round_brackets['inside']} }}", "brackets", what, why)
    if value.key == "start" and (start := _start(value)):
        return start
    if value.key not in _NO_TARGETS and (found := asks(value.core)):
        return _in_a_choose(value, value.key, *found)
    why = f"After “{value.key}:” a second colon with a space would begin another key in the same line."
    what = "There is a second colon in this line."
    if value.key == "if" and (asked := _COMPARED.fullmatch(value.core)):
        right = _TRUTH.get(asked["is"].lower(), asked["is"])
        right = f'"{right}"' if re.fullmatch("[A-Za-z][A-Za-z -]*", right) and right not in _TRUTH.values() else right
        return value.written(f"{asked['field']} == {right}", "second-colon", what, why, colon.start())
    if value.key == "if" and (right := _compared(value.core)):
        return value.written(right, "second-colon", what, why, colon.start())
    if door := _DOOR.fullmatch(value.core):
        return value.written(f"flow {door[1]}", "second-colon", what, why, colon.start())
    if value.key not in PROSE and (target := _TARGET.fullmatch(value.core)):
        why = "Where a lead goes, the name alone says."
        return value.written(target["to"], "second-colon", what, why, colon.start())
    if value.key == "tell" and (told := _TOLD.fullmatch(value.core)):
        return _text_below(value, told)
    if value.key not in _NO_TARGETS and value.core[: colon.start()] in OPTIONS:
        return _step_beside(value)
    shares = value.key == "send" and "%" in value.core
    if (shares or value.key in _TAKES_PAIRS) and all(": " in part for part in value.core.split(", ")):
        return value.written(f"{{ {value.core} }}", "second-colon", what, why, colon.start())
    if (
        value.key in PROSE
        and (behind := _BEHIND_PROSE.fullmatch(value.core))
        and (behind["dash"] or value.key == "task")
    ):
        return _beside(value, value.key, behind)
    if indent(value.line) == 0 and value.key in ("flow", "title", "about") and (top := _TOP.fullmatch(value.core)):
        return _beside(value, value.key, top)
    if value.key in _OPENS or (value.key == "otherwise" and value.core[: colon.start()] in STATES["send"]):
        return _own_line(value, colon.start(), what, why)
    dashed = value.line[: value.column].lstrip() == f"- {value.key}: "
    if dashed and value.key in ("if", "share") and (way := _WAY.fullmatch(value.core)):
        return _way_beside(value, value.key, way)
    if value.key == "clicked" and not _TWO_WAYS.fullmatch(value.core):  # the link is a part of the key
        link, target = value.core[: colon.start()], value.core[colon.end() :].strip()
        right = f"clicked {link}: {target}".rstrip()
        mended = [value.line[: value.column].replace("clicked:", f"clicked {link}:", 1) + target]
        return Trap(value.number, value.column + colon.start(), "second-colon", what, why, f"Write: {right}", mended)
    if value.key not in PROSE and (beside := _BESIDE.fullmatch(value.core) or _TWO_WAYS.fullmatch(value.core)):
        return _beside(value, value.key, beside)
    if value.key in _SAYS_HOW:
        right = " ".join(_SECOND_COLON.sub("", value.core).split())
        return value.written(right, "second-colon", what, "Its value has no colon.", colon.start())
    if colon.end() == len(value.core):
        bare = value.core[:-1].rstrip()
        fix = f"Take the last one away: {value.key}: {bare}. Or, where it belongs to a text: "
        return value.trap("second-colon", what, why, colon.start(), fix)._replace(mended=[value.replaced_by(bare)])
    return value.trap("second-colon", what, why, colon.start())


def _start(value: Value) -> Trap | None:
    """`start: cart.abandoned, if: event.amount > 250`, `start: cart.abandoned, reentry: never`."""
    found, beside = _ASKED.fullmatch(value.core), _BESIDE.fullmatch(value.core)
    if found is None:
        return _beside(value, "start", beside) if beside and beside["key"] in _OF_FLOW else None
    what, why = "A start and its condition are two lines.", "Each has its key."
    fix = f"Write below “start:”, two spaces deeper: “event: {found['event']}”, and “if: {found['asked']}”"
    asked = found["asked"] if whole(found["asked"]) else quoted(found["asked"])
    mended = [value.replaced_by(f"{{event: {found['event']},if: {asked}}}")]
    return Trap(value.number, value.column, "start", what, why, fix, mended)


def _in_a_choose(value: Value, key: str, asked: str, to: str, other: str) -> Trap:
    """`otherwise: if lead.sales_ready: sales`"""
    condition, step = asked if whole(asked) else quoted(asked), key == "go" and dashed(value.line)
    rest = "next" if step else "done"
    lines = f"[{{if: {condition},go: {to or 'done'}}},{{else: {other or rest}}}]"
    mended = value.replaced_by(f"[choose: {lines}]")
    if step:
        mended = value.replaced_by(lines).replace("go:", "choose:", 1)
    what, why, fix = in_a_choose(key, asked, to, other, rest=rest, step=step)
    return Trap(value.number, value.column, "target", what, why, fix, [mended])


def _compared(asked: str) -> str:
    """The condition with its signs; empty: its colons are no signs that are meant."""
    right = _COMPARES.sub(lambda said: f"{said[1]} {'in' if said[2][0] == '[' else '=='} {said[2]}", asked)
    return "" if _SECOND_COLON.search(right) else right


def _text_below(value: Value, told: re.Match[str]) -> Trap:
    """`tell: sales-floor: One more.`"""
    text = told["text"] if whole(told["text"]) else quoted(told["text"])
    what, why = f"“tell” has “{told['who']}” and a text on one line.", "Each has a line of its own."
    fix = f"Write: tell: {told['who']} — and below it: text: {told['text']}"
    return value.parted(told.end("who"), [f"text: {text}"], value.line.index("tell:"), "second-colon", what, why, fix)


def _step_beside(value: Value) -> Trap:
    """`otherwise: send: request-received`."""
    what, why = f"“{value.core}” is a step; a lead goes to a path.", ""
    fix = f"Write it below, on a line of its own and two spaces deeper: - {value.core}"
    return Trap(value.number, value.column, "second-colon", what, why, fix, [value.replaced_by(quoted(value.core))])


def _own_line(value: Value, colon: int, what: str, why: str) -> Trap:
    """`start: event: roof.scanned`."""
    opened = value.line[: value.column].rstrip()
    column = len(opened) - len(opened.lstrip()) + 2
    fix = f"Write “{value.core}” on a line of its own below “{value.key}:”, two spaces deeper."
    trap = value.parted(0, [value.body], column, "second-colon", what, why, fix)
    return trap._replace(column=value.column + colon)


def _beside(value: Value, key: str, beside: re.Match[str]) -> Trap:
    """`within: 5 business days remind: 3 business days`."""
    at, word = beside.start("key"), beside["key"]
    what, why = f"“{word}” stands on the line of “{key}”.", "Each key has a line of its own."
    said = value.core[at:]
    column = value.line.index(f"{key}:") if f"{key}:" in value.line else indent(value.line)
    if beside.groupdict().get("dash") or (word in OPTIONS and key in OPTIONS):  # two steps
        column, said = indent(value.line) - (0 if key in OPTIONS else 2), f"- {said}"
    elif word in BESIDE and key not in (*OPTIONS, *BESIDE, *LINES):  # key is an event, of a clause of the same step
        column -= 2
    where = f"below “{key}”" if column == value.line.find(f"{key}:") else f"below it, in column {column + 1}"
    below = _FURTHER.split(said) if said == beside["key"] + value.core[beside.end("key") :] else [said]
    shown = " and ".join(f"“{line}”" for line in below)
    fix = f"Put {shown} {'each ' * (len(below) > 1)}on a line of its own, {where}."
    below[-1] += value.body[len(value.core) :]
    trap = value.parted(beside.end("said"), below, column, "second-colon", what, why, fix)
    return trap._replace(column=value.column + at)


def _way_beside(value: Value, key: str, way: re.Match[str]) -> Trap:
    """`- if: lead.sales_ready go: sales`."""
    what, why = f"“go” stands on the line of its “{key}”.", "Each key has a line of its own."
    fix = f"Put “go: {way['to']}” on a line of its own, below “{key}”."
    return _in_one(value, way, what, why, fix, way.start("go"))


def _in_one(value: Value, way: re.Match[str], what: str, why: str, fix: str, at: int) -> Trap:
    """Both read on one line, so that all others keep their numbers. at: where it is said, inside the value."""
    asked, to = (one if whole(one) else quoted(one) for one in (way["asked"], way["to"]))
    dash, comment = value.line[: value.line.index("-")], value.body[len(value.core) :]
    mended = [f"{dash}- {{{value.key}: {asked},go: {to}}}{comment}"]
    return Trap(value.number, value.column + at, "second-colon", what, why, fix, mended, 1)

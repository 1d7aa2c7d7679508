"""Which key does YAML not see? One without its colon, or without the space behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kweek.flow.meant import meant
from kweek.flow.words import BUILT_IN, ENDINGS
from kweek.flow.yaml.columns import LINES, VERBS
from kweek.flow.yaml.heads import BESIDE
from kweek.flow.yaml.lines import BLOCK, LONGEST, dashed, indent, nearest_above, shape, spaces, without_comment
from kweek.flow.yaml.sheet import Trap

OF_TWO_WORDS: Final = r"not\ interested|wrong\ person|out\ of\ office|clicked\ [\w-]+"
"""Keys in which a blank is no end."""
_GLUED: Final = re.compile(r"(?P<lead> *(?:- +)*)(?P<key>[A-Za-z_][\w. -]*):(?!//)(?P<value>\S.*)")
_CLOCK: Final = re.compile(r"\b\d?\d:\d\d\b")
_OUTCOMES: Final = re.compile(r" *outcomes: +\[([^\]]*)\] *")
_NO_KEY: Final = re.compile(r"( *(?:- +)?):(?: .*|)")
_SIGN: Final = "[=;→]|[-=]>"
"""What somebody may write for a colon."""
_BARE: Final = re.compile(
    r"(?P<lead> *(?:- +)*)"
    rf"(?P<key>[A-Za-z_][\w. -]*?(?= ?(?:{_SIGN}) )|{OF_TWO_WORDS}|[A-Za-z_][\w.]*)"
    rf"(?: ?(?:{_SIGN}|,))?(?: +(?P<value>\S.*))?"
)
_CONDITION: Final = re.compile(
    r"""(?P<lead>\ *(?:-\ +)?)
        (?P<asked>(?:not\ )?(?:
            (?:lead|company|bant|survey|campaign|event|handover)\.[\w.-]+\ (?:[=!<>]=?|in|not\ in|and|or)\ .+
            |(?:known|tagged|happened|opened|clicked|matches|count|days_since|days_until)\(.*\)[^:]*
        ))""",
    re.VERBOSE,
)
_OF_ONE_WORD: Final = re.compile(r"(?P<lead> *(?:- +)*)(?P<key>[A-Za-z_][\w.]*) +(?P<value>\S.*)")


_OURS: Final = (
    VERBS | LINES | BESIDE
    | {*BUILT_IN, "flow", "title", "about", "start", "event", "reentry", "whenever", "goal", "limit", "pace", "steps"}
    | {"name", "question", "hint", "from", "address", "postal_address", "hours", "capacity", "send_hours", "each"}
)  # fmt: skip
"""Keys that may well have lost their colon, whatever stands behind them."""
PROSE: Final = ("title", "about", "text", "because", "task", "name", "question", "hint")
"""Keys whose values are words for people."""
_REMARK: Final = re.compile(r"(?!flow )[^\W\d]+(?: [^\W\d]+)+[.!]?")  # several words, and no more than words


def glued(lines: list[str], number: int) -> Trap | None:
    """`wait:7 days`."""
    match = _GLUED.fullmatch(lines[number][:LONGEST])
    if match is None or (": " in match["value"] and match["value"][0] != "{"):
        return None
    colon = match.end("key")
    if any(clock.start() < colon < clock.end() for clock in _CLOCK.finditer(lines[number])):
        return None
    right = f"{match['key']}: {match['value']}"
    what = "There is no space behind the colon."
    why = "Without a space YAML reads key and value as one text."
    fix = f"Put a space behind the colon: {right}"
    return Trap(number, match.end("key"), "space-after-colon", what, why, fix, [match["lead"] + right])


def no_key(lines: list[str], number: int) -> Trap | None:
    """`: done`."""
    match = _NO_KEY.fullmatch(lines[number][:LONGEST])
    if match is None:
        return None
    what, why = "There is no word before this colon.", "Nobody can tell when this line counts."
    return Trap(number, match.end(1), "key-missing", what, why, "Write one, or delete the line.", [""])


def no_colon(lines: list[str], number: int) -> Trap | None:
    """`wait 7 days`, `steps`."""
    return next(no_colons(lines, number), None)


def no_colons(lines: list[str], number: int) -> Iterator[Trap]:
    """Behind each word at which the key may end, the likeliest first: `clicked done` has a link, or a target."""
    line = without_comment(lines[number][:LONGEST])
    said: set[str] = set()
    if right := _whole_line(line):
        bare, lead = line.strip(), line[: indent(line)]
        what, why = f"“{bare}” has no colon.", "A key and its value are parted by a colon and a space."
        yield Trap(number, indent(line), "colon-missing", what, why, f"Write: {right}", [lead + right])
    for read in (_goes_on, _of_a_start, _among_items, _of_a_list, _of_a_text, _test_name):
        if (trap := read(lines, number)) is not None:
            yield trap
    yield from filter(None, (_asked(line, number), _for_all_others(lines, number), _by_hand(lines, number)))
    for outcome in sorted((word for word in outcomes(lines) if " " in word), key=len, reverse=True):
        before, found, value = line.partition(f"{outcome} ")
        if found and not before.strip() and ":" not in value:
            said.add(outcome)
            yield _no_colon(line, number, outcome, value.strip(), before)
    beside = lines[max(0, number - 1) : number + 2]
    listed = any(dashed(text) and indent(text) == indent(line) for text in beside)
    for match in (_BARE.fullmatch(line), _OF_ONE_WORD.fullmatch(line)):
        value = (match["value"] or "").removeprefix("- ") if match else ""
        if match and match["key"] not in said and (value[:1] in ("{", "[") or ":" not in _CLOCK.sub("", value)):
            said.add(match["key"])
            yield _continued(lines, number, match) or (
                _remark(line, number, match)
                if not listed and _is_remark(match, value)
                else _no_colon(line, number, match["key"], value, match["lead"])
            )


def _whole_line(line: str) -> str:
    """What was meant by a line that says all in one: `hard`, `day 7 send survey`. Empty: it is none of those."""
    bare = line.strip()
    if bare in _TRUE_ALONE:
        return f"{bare}: true"
    found = _MOMENT.fullmatch(bare)
    return f"{found['day']}: {found['value']}" if found else ""


def _of_a_start(lines: list[str], number: int) -> Trap | None:
    """`- quote.requested`, and below it `if: …`."""
    found = _STARTS.fullmatch(without_comment(lines[number]))
    below = shape(lines[number + 1]) if number + 1 < len(lines) else None
    if not found or below is None or below["key"] != "if":
        return None
    what, why = f"“{found['event']}” has no key.", "A start that asks something is two lines, each with its key."
    right = f"event: {found['event']}"
    mended = [found["lead"] + right]
    return Trap(number, len(found["lead"]), "colon-missing", what, why, f"Write: - {right}", mended)


_STARTS: Final = re.compile(r"(?P<lead> *- +)(?P<event>[a-z][\w-]*\.[a-z_]+)")


def _among_items(lines: list[str], number: int) -> Trap | None:
    """`software`, right below `- on-trial`: the dash of an item is lost."""
    line, above = without_comment(lines[number]), without_comment(lines[number - 1]) if number else ""
    if not _ITEM.fullmatch(above) or not _ITEM_UNDASHED.fullmatch(line) or indent(above) != indent(line):
        return None
    what, why = "The dash of this line is missing.", "Each item of a list begins with one."
    right = f"- {line.strip()}"
    return Trap(number, indent(line), "dash", what, why, f"Write: {right}", [" " * indent(line) + right], 2)


_ITEM: Final = re.compile(r" *- +[a-z0-9][\w. -]*")
_ITEM_UNDASHED: Final = re.compile(r" *[a-z0-9][\w. -]*")


def _test_name(lines: list[str], number: int) -> Trap | None:
    """`- nobody falls out`, in a file of tests: what is promised, without its key."""
    found = _PROMISE.fullmatch(without_comment(lines[number]))
    below = shape(lines[number + 1]) if number + 1 < len(lines) else None
    if not found or below is None or below["key"] not in _OF_A_TEST or "tests:" not in map(str.rstrip, lines[:number]):
        return None
    what, why = f"“{found['said']}” has no key.", "What a test promises is its name."
    right = f"name: {found['said']}"
    mended = [found["lead"] + right]
    return Trap(number, len(found["lead"]), "colon-missing", what, why, f"Write: {right}", mended)


_PROMISE: Final = re.compile(r"(?P<lead> *- +)(?P<said>[^\s:{\[\"'][^:]*)")
_OF_A_TEST: Final = ("starts", "start", "lead", "events", "expect", "leads", "mix")
_TRUE_ALONE: Final = ("hard", "soft", "required")
_MOMENT: Final = re.compile(
    r"(?P<day>day \d+(?: [+-] \d+ (?:business )?(?:minute|hour|day|week)s?| \d?\d:\d\d)?),? +(?P<value>[a-z][^:]*)"
)


def _of_a_text(lines: list[str], number: int) -> Trap | None:
    """A line of a text of several (`about: >-`) that stands left of the others."""
    above, line = nearest_above(lines, number), lines[number]
    wanted = indent(lines[above]) if above is not None else 0
    head = above
    while head is not None and indent(lines[head]) >= wanted > 0:
        head = nearest_above(lines, head)
    upper = shape(lines[head]) if head is not None and head != above else None
    if upper is None or upper["key"] not in PROSE or not BLOCK.fullmatch(without_comment(upper["body"])):
        return None
    match = shape(line)
    if indent(line) >= wanted or dashed(line) or (match and match["key"]) or line.split()[0] in _OURS:
        return None
    what = f"This line begins in column {indent(line) + 1}, and is no part of the text of “{upper['key']}”."
    why, fix = "The lines of a text stand deeper than its key.", f"Begin it in column {wanted + 1} ({spaces(wanted)})."
    mended = [" " * wanted + line.strip()]
    return Trap(number, indent(line), "indentation", what, why, fix, mended, wanted - indent(line))


def _goes_on(lines: list[str], number: int) -> Trap | None:
    """`and not tagged("client")`, below an `if` and in its column."""
    line, above = lines[number], nearest_above(lines, number)
    while above is not None and _MORE.match(lines[above]):
        above = nearest_above(lines, above)
    upper = shape(lines[above]) if above is not None else None
    if not upper or upper["key"] != "if" or not upper["body"] or not _MORE.match(line):
        return None
    wanted = upper.start("key") + 2
    what, why = (
        "A condition goes on here.",
        f"It began in line {(above or 0) + 1}, and what goes on stands deeper than “if”.",
    )
    fix = f"Begin it in column {wanted + 1} ({spaces(wanted)})."
    mended = [" " * wanted + line.strip()]
    return Trap(number, indent(line), "colon-missing", what, why, fix, mended, wanted - indent(line))


def _of_a_list(lines: list[str], number: int) -> Trap | None:
    """Words below `- tag:`, each on a line of its own and no deeper than it."""
    above = nearest_above(lines, number)
    upper = shape(lines[above]) if above is not None else None
    if above is None or not upper or upper["key"] not in ("tag", "untag", "outcomes") or upper["body"]:
        return None
    end = number
    while end < len(lines) and _TAG.fullmatch(lines[end]) and indent(lines[end]) == indent(lines[number]):
        end += 1
    if end - number < 2:
        return None
    right = f"{upper['key']}: [{', '.join(without_comment(line).strip() for line in lines[number:end])}]"
    what, why = f"“{lines[number].strip()}” has no dash.", f"A list stands below “{upper['key']}”."
    mended = [lines[above][: upper.start("key")] + right, *[""] * (end - above - 1)]
    return Trap(above, indent(lines[number]), "colon-missing", what, why, f"Write: {right}", mended, said_at=number)


_MORE: Final = re.compile(" *(?:and|or|not|in) ")
_TAG: Final = re.compile(r" *[a-z0-9][a-z0-9-]* *(?:#.*)?")


def _asked(line: str, number: int) -> Trap | None:
    """`lead.score.intent >= 30`: a condition without its key."""
    found = _CONDITION.fullmatch(line)
    if found is None:
        return None
    what, why = f"“{found['asked']}” has no key.", "What is asked stands behind “if”."
    right = f"if: {found['asked']}"
    return Trap(
        number, found.start("asked"), "colon-missing", what, why, f"Write: {right}", [f"{found['lead']}{right}"]
    )


def _for_all_others(lines: list[str], number: int) -> Trap | None:
    """`- else`, and below it `go: sales`."""
    line, below = without_comment(lines[number]), lines[number + 1] if number + 1 < len(lines) else ""
    to = match["body"] if (match := shape(below)) and match["key"] == "go" and not dashed(below) else ""
    if line.strip() != "- else" or not without_comment(to):
        return None
    right = f"{line[: line.index('else')]}else: {to}"
    what, why = "“else” has no colon, and its target a line of its own.", "It stands behind the colon."
    fix = f"Write one line for the two: - else: {without_comment(to)}"
    return Trap(number, line.index("else"), "colon-missing", what, why, fix, [right, ""])


def _by_hand(lines: list[str], number: int) -> Trap | None:
    """`manual` among the starts of a list, without its dash."""
    column, item = indent(lines[number]), number
    if without_comment(lines[number]).strip() != "manual":
        return None
    while (above := nearest_above(lines, item)) is not None and not dashed(lines[above]) and indent(lines[above]):
        item = above
    if above is None or not dashed(lines[above]):
        return None
    wanted = indent(lines[above])
    what, why = "The dash of this line is missing.", "Each start of a list begins with one."
    fix = "Write: - manual" + ("" if column == wanted else f" — in column {wanted + 1} ({spaces(wanted)})")
    mended = [f"{' ' * wanted}- manual"]
    return Trap(number, column, "dash", what, why, fix, mended, wanted + 2 - column)


def _continued(lines: list[str], number: int, match: re.Match[str]) -> Trap | None:
    """A line of which the words go on with the text for people above it, `title: Through`."""
    above, line = nearest_above(lines, number), lines[number]
    upper = shape(lines[above]) if above is not None else None
    first = match["key"].split()[0]
    if above is None or not upper or upper["key"] not in PROSE or not upper["body"] or dashed(line):
        return None
    column = upper.start("key")
    if indent(line) > column or first in _OURS or "." in first or BLOCK.fullmatch(without_comment(upper["body"])):
        return None
    what = f"“{line.strip()}” is no key with a value."
    why = f"It seems to go on with the text of “{upper['key']}” in line {above + 1}."
    fix = f"Then begin it deeper, in column {column + 3} ({spaces(column + 2)})."
    mended = [" " * (column + 2) + line.strip()]
    return Trap(number, indent(line), "colon-missing", what, why, fix, mended, column + 2 - indent(line))


def _is_remark(match: re.Match[str], value: str) -> bool:
    """Words for people, of which the first is no key of ours?"""
    is_key = match["key"] in _OURS or "." in match["key"] or "-" in match["lead"]
    return not is_key and _REMARK.fullmatch(value) is not None


def _remark(line: str, number: int, match: re.Match[str]) -> Trap:
    what, why = f"“{line.strip()}” has no colon.", "So it is no key with a value."
    fix = "If it is a remark, begin it with #; else write the key before it, and a colon."
    return Trap(number, match.start("key"), "colon-missing", what, why, fix, [""])


def outcomes(lines: list[str]) -> set[str]:
    """Those of tasks."""
    lists = [found[1] for found in map(_OUTCOMES.fullmatch, lines) if found]
    return {word.strip() for said in lists for word in said.split(",")} | {"done"}


def _no_colon(line: str, number: int, key: str, value: str, lead: str) -> Trap:
    if "-" in lead and not value and key in ("end", *ENDINGS):
        right = f"end: {key if key in ENDINGS else 'done'}"
        what, fix = f"“{key}” is not a step.", f"Write: - {right}"
        return Trap(number, len(lead), "colon-missing", what, "", fix, [lead + right])
    if "-" in lead and value and key not in VERBS and (verb := meant(key, sorted(VERBS))) is not None:
        key = verb
    if not value and not lead.strip() and key in ("won", "lost") and lead:
        value = key
    right = f"{key}: {value}" if value else f"{key}:"
    what = f"“{line.strip().removeprefix('- ')}” has no colon."
    why = "A key and its value are parted by a colon and a space."
    fix = f"Write: {right}" + (" — or, if it is a remark, begin it with #" if " " in value else "")
    return Trap(number, len(lead), "colon-missing", what, why, fix, [lead + right])

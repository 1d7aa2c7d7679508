"""Which word at the head of a line is not what was meant? One that the line above says as well, that is lost, or that
stands in the place of another verb."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kweek.flow.meant import meant
from kweek.flow.options import WORDS, owners
from kweek.flow.words import OPTIONS, RUNG
from kweek.flow.yaml.columns import LINES, VERBS
from kweek.flow.yaml.lines import BLOCK, dashed, indent, nearest_above, says_something, shape, without_comment
from kweek.flow.yaml.sheet import Trap

_LOST: Final = (
    (re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*"), "event"),
    (re.compile(r"\d+ (?:business )?(?:minute|hour|day|week)s?"), "within"),
    (re.compile(r"(?:mon|tues|wednes|thurs|fri|satur|sun)day .+"), "every"),
)
"""What stands alone on its line, and the key that it may have lost."""
BESIDE: Final = frozenset(("id", "go", *RUNG[1:], *(word for words in OPTIONS.values() for word in words)))
"""What stands beside others, never below a target or an event."""
_NOTHING_BELOW: Final = BESIDE - {"when", "otherwise", "escalate", "outcomes", "go", "then"}
_NO_VERBS: Final = LINES | {"after"}


def heads(lines: list[str], number: int) -> Iterator[Trap]:
    """What may have been meant with this line."""
    yield from filter(None, (_echoed(lines, number), _lost(lines, number), _twofold(lines, number)))
    yield from _misnamed(lines, number)


def _echoed(lines: list[str], number: int) -> Trap | None:
    """`start: every`, and below it `every: …`."""
    above = nearest_above(lines, number)
    here, upper = shape(lines[number]), shape(lines[above]) if above is not None else None
    if above is None or not here or not upper or not here["key"] or indent(lines[number]) <= indent(lines[above]):
        return None
    word = without_comment(upper["body"])
    if word.rstrip(":") != here["key"]:
        return None
    what = f"“{word}” stands in line {number + 1} already, as a key."
    why = f"That is where it belongs to “{upper['key']}”."
    fix = f"Take it away behind “{upper['key']}:”."
    mended = [lines[above][: upper.start("body")].rstrip()]
    return Trap(above, upper.start("body"), "duplicate-key", what, why, fix, mended)


def _twofold(lines: list[str], number: int) -> Trap | None:
    """`clicked prices: desk`, and below it a list."""
    upper, below = shape(lines[number]), next((n for n in range(number + 1, len(lines)) if says_something(lines[n])), 0)
    said = without_comment(upper["body"]) if upper and upper["key"] else ""
    here = shape(lines[below])
    if not upper or not said or not here or indent(lines[below]) != upper.start("key") + 2:
        return None
    if upper["key"] in _NOTHING_BELOW or BLOCK.fullmatch(said) or not (here["key"] and here["key"] not in BESIDE):
        return None
    kind = "a list" if dashed(lines[below]) else "lines of its own"
    what = f"“{upper['key']}” has the value “{said}”, and {kind} below it."
    fix = f"Take “{said}” away, or what stands below it."
    mended = [lines[number][: upper.start("body")].rstrip()]
    return Trap(number, upper.start("body"), "two-values", what, "Only one of the two can be meant.", fix, mended)


def _lost(lines: list[str], number: int) -> Trap | None:
    """`roof.scanned` where `event: roof.scanned` was meant."""
    said, column = without_comment(lines[number]).strip(), indent(lines[number])
    key = next((key for value, key in _LOST if value.fullmatch(said)), None)
    if key is None:
        return None
    what, why = f"“{said}” has no key.", "On a line of its own, nobody can tell what it says."
    return Trap(number, column, "key-missing", what, why, f"Write: {key}: {said}", [f"{' ' * column}{key}: {said}"])


def _misnamed(lines: list[str], number: int) -> Iterator[Trap]:
    """`- text: anna` where `- tell: anna` was meant: each verb is tried."""
    match = shape(lines[number])
    if not match or "-" not in match["lead"] or not match["key"] or match["key"] in VERBS | _NO_VERBS:
        return
    what = f"There is no verb “{match['key']}”."
    below = shape(lines[number + 1]) if number + 1 < len(lines) else None
    other = meant(match["key"], owners([below["key"]] if below and below["key"] in WORDS else []))
    for verb in sorted(VERBS) if other is None else (other,):
        right = f"- {verb}: {match['body']}"
        mended = [f"{match['lead']}{verb}: {match['body']}"]
        fix = f"Write: {without_comment(right)}"
        yield Trap(number, match.start("key"), "no-verb", what, "", fix, mended)

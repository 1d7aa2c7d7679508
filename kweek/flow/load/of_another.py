"""Which option is of another verb, or is called otherwise here? `within` of a handover, `attempts` of a go."""

from __future__ import annotations

from typing import Final

from kweek.flow.options import OPTIONS
from kweek.flow.words import HANDOVER
from kweek.flow.yaml import Node, Pairs

_BEHIND: Final = "Delete it; how long it waits stands behind the verb: - wait: 7 days"
INSTEAD: Final = {
    ("handover", "within"): (
        "A handover has no “within”: it stays with sales until it closes.",
        "Its clock is follow_up: 24 hours, with remind and escalate.",
    ),
    ("handover", "otherwise"): (
        "A handover has no “otherwise”: it stays with sales until it closes.",
        "Write what happens in when (rejected, later, won, lost); its clock is follow_up, remind, escalate.",
    ),
    ("wait", "within"): ("A wait has no “within”: its own end is that.", _BEHIND),
    ("call", "follow_up"): (
        "A call has no “follow_up”.",
        "Take it away: how long it may stay open, “within” says (within: 5 business days)",
    ),
}
OTHER_WORDS: Final = {
    ("go", "attempts"): "at_most", ("go", "repeat"): "at_most", ("go", "otherwise"): "then", ("send", "wait"): "within",
    ("call", "wait"): "within", ("task", "wait"): "within",
}  # fmt: skip
"""A verb and a word below it, and what that is called there."""


def needs(step: Pairs, verb: str) -> tuple[str, ...]:
    """What a step of this verb cannot do without. A send has to wait only for what it reacts to."""
    waits = verb in ("call", "task") or (
        verb == "send" and {"when", "otherwise"} & {one.key.value for one in step.pairs}
    )
    return ("within",) if waits else ()


def delete(word: str, step: Pairs) -> str:
    """The remedy where all that the clause could say is said already; empty: it is not."""
    lines = next((pair.value for pair in step.pairs if pair.key.value == "when"), None)
    named = {line.key.value for line in lines.pairs} if isinstance(lines, Pairs) else set[str]()
    whole = "else" in named or named.issuperset(HANDOVER)
    return "Delete it: under when, every way to close has its line." if word == "otherwise" and whole else ""


def clock(word: str, step: Pairs) -> str:
    """The remedy for `within`, where the clock of the handover is there already; empty: it is not."""
    clock = next((pair.key for pair in step.pairs if pair.key.value == "follow_up"), None)
    return f"Take it away; follow_up in line {clock.at.line} is its clock." if clock and word == "within" else ""


def verb_of(node: Node | None) -> str | None:
    words = (pair.key.value for pair in node.pairs) if isinstance(node, Pairs) else ()
    return next((word for word in words if word in OPTIONS), None)


def options_left(step: Node | None) -> set[str]:
    """Options of this step that it has not."""
    words = {pair.key.value for pair in step.pairs} if isinstance(step, Pairs) else set[str]()
    return {*OPTIONS.get(verb_of(step) or "", ())} - words

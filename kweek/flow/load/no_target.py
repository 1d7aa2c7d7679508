"""Which words nearly are a target, and what should they be? `go to sales`, `lost because of the price`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from kweek.flow.problems import nearest

_FLOW_FILE: Final = re.compile(r"flows/([a-z0-9-]+)(?:\.ya?ml)?")
DOES: Final = ("wait", "send", "call", "handover", "task", "tell", "score", "tag", "untag", "set", "webhook")
"""Verbs that somebody may write where a target should be."""


def refused(text: str) -> tuple[str, str] | None:
    """What is wrong with words that nearly are a target, and the fix."""
    match text.split():
        case ["ignore"]:
            fix = "Write next to carry on below; ignore only takes away a default in whenever."
            return "“ignore” is possible in whenever only.", fix
        case ["flow"]:
            return f"“{text}” alone says not where to go.", "Write the name: flow long-term"
        case ["else"]:
            return f"“{text}” alone says not where to go.", "Write a path, next, done, discard, …"
        case ["flow:", name]:
            return f"“{text}” is not a target.", f"Write it without the colon: flow {name}"
        case ["done" | "discard" | "won" | "lost" as ending, *rest] if rest and (reason := _reason(rest)):
            fix = f"Write below it, two spaces deeper: - end: {ending} — and below that: because: {reason}"
            return f"“{text}” is an ending and its reason.", fix
        case [word, *_] if "#" in word or "//" in text:  # a remark
            said, sign, remark = text.partition("//" if "//" in text else "#")
            fix = f"Write: {said.strip()}  # {remark.strip()}"
            return f"“{sign}” begins no remark here.", f"A remark begins with a blank and #. {fix}"
        case [path] if found := _FLOW_FILE.fullmatch(path):
            return f"“{text}” is a file, and no target.", f"To go to that flow, write: flow {found[1]}"
        case ["to" | "naar" | "the" | "go:" | "go" | "goto" | "goto:", "flow", name]:
            return f"“{text}” is not a target.", f"Write: flow {name}"
        case _ if "/" in text:
            return f"“{text}” is a step; a lead goes to a path.", "Name the path: " + (
                text.partition("/")[0] or "steps"
            )
        case [word, *rest] if rest and word.rstrip(":") in DOES:
            verb = word.rstrip(":")
            fix = f"Write it below, on a line of its own and two spaces deeper: - {verb}: {' '.join(rest)}"
            return f"“{text}” is a step; a lead goes to a path.", fix
        case [word, name] if word != "flow" and nearest(word, ("flow",)):
            return f"“{text}” is not a target.", f"Did you mean “flow {name}”?"
        case [*names] if "," in text and all(name.strip(",") for name in names):
            return f"“{text}” is several targets; a lead can go to one.", f"Write one: {names[0].rstrip(',')}"
        case ["go" | "go:" | "goto" | "goto:" | "to" | "path" | "end" | "end:", name]:
            return f"“{text}” is not a target.", f"Write the name alone: {name}"
        case _:
            return None


def _reason(words: Sequence[str]) -> str:
    """Behind `lost`: `because of the price`, `(no papers)`; empty: it is no such thing."""
    said = " ".join(words)
    if words[0].rstrip(":") in ("because", "reason") and words[1:]:
        return " ".join(words[1:])
    return said.strip("()") if said.startswith("(") and said.endswith(")") else ""

"""Which line may have been lost, on which others hang? They stand there, and belong to nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from kweek.flow.yaml.lines import indent, shape, spaces
from kweek.flow.yaml.sheet import UNSAID, Trap

_LOST: Final = (
    ("when", "when:", 2), ("otherwise", "otherwise:", 2), ("paths", "paths:", 2), ("whenever", "whenever:", 2),
    ("steps", "steps:", 2), ("escalate", "escalate:", 2), ("- choose", "- choose:", 4),
    ("- if", "- if: lead.sales_ready", 2), ("- after", "- after: 1 hour", 2),
    *((f"- {verb}", f"- {verb}: {UNSAID}", 2) for verb in ("send", "call", "handover", "task")),
)  # fmt: skip
"""Of which one may have been lost: a key on which others hang, its line, and how much deeper the others stand."""
_NAME: Final = re.compile(r"([a-z][a-z0-9-]*) *(?:#.*)?")
_NO_TARGETS: Final = frozenset((
    "flow", "title", "start", "event", "reentry", "send", "call", "handover", "tell", "task", "to", "tag", "untag",
    "queue", "priority", "prefer", "webhook", "reassign", "end", "mail", "id", "send_hours",
))  # fmt: skip
_ENDS: Final = ("next", "done", "discard", "won", "lost", "steps")
_FEW: Final = 4


def named_only(lines: list[str]) -> list[str]:
    """Words that some line leads to, and that are no key: of paths that may have lost theirs."""
    shapes = [match for match in map(shape, lines) if match and match["key"]]
    bodies = (_NAME.fullmatch(match["body"]) for match in shapes if match["key"] not in _NO_TARGETS)
    named = dict.fromkeys(match[1] for match in bodies if match)
    return [name for name in named if name not in {match["key"] for match in shapes} and name not in _ENDS][:_FEW]


def lost(lines: list[str], number: int, unsaid: Iterable[str]) -> Iterator[Trap]:
    """A line on which others hang that is not there any more, above this one. unsaid: see above."""
    column = indent(lines[number])
    for key, line, deeper in (*((name, f"{name}:", 2) for name in unsaid), *_LOST):
        wanted = column - deeper
        if wanted >= 0:
            what = f"“{key.removeprefix('- ')}:” seems to be missing above this line."
            why = "What stands here has nothing to belong to."
            fix = f"Write {key}: above it, in column {wanted + 1} ({spaces(wanted)})."
            mended = [" " * wanted + line, lines[number]]
            yield Trap(number, column, "key-missing", what, why, fix, mended, added=True)

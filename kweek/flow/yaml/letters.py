"""Which characters stand in this file? Its bytes as text that YAML can read; what nobody sees is pointed out."""

from __future__ import annotations

import re
from typing import Final

from kweek.flow.problems import Position
from kweek.flow.yaml.lines import says_something
from kweek.flow.yaml.sheet import Sheet

MOST_BYTES: Final = 256 * 1024
# What YAML forbids, and the line breaks that editors do not show as such (NEL, LS, PS).
_ALLOWED: Final = "\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff"
_FORBIDDEN: Final = re.compile(f"[^{_ALLOWED}]")
_BLANK: Final = re.compile("[\u00a0\u2007\u202f\u3000]")  # they look like a space, and are read as one
_UNSEEN: Final = re.compile("[\u00ad\u200b\u2060\ufeff]")
_BEHIND_DASH: Final = re.compile(r" *-\t[^\t]*")
_MERGE: Final = re.compile(r"^<<<<<<< ", re.MULTILINE)


def decoded(source: str | bytes, sheet: Sheet) -> str | None:
    """None: it is not to be read at all; the sheet says why."""
    size = len(source) if isinstance(source, bytes) else len(source.encode("utf-8", "replace"))
    if size > MOST_BYTES:
        why = f"It has {size:,} bytes; nobody can oversee so much at once, and most files have a hundredth of it."
        what = "This file is larger than 256 KiB."
        sheet.add(Position(1, 1), "too-large", what, why, "Split it into several files.")
        return None
    text = source if isinstance(source, str) else _utf8(source, sheet)
    if text is None:
        return None
    text = _one_line_end(text.removeprefix("\ufeff"))
    if merging := _MERGE.search(text):
        _refuse_merge(Position(text.count("\n", 0, merging.start()) + 1, 1), sheet)
        return None
    return _without_forbidden(_BLANK.sub(" ", text), sheet)


def _one_line_end(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _utf8(source: bytes, sheet: Sheet) -> str | None:
    try:
        return source.decode("utf-8")
    except UnicodeDecodeError as error:
        head = _one_line_end(source[: error.start].decode("utf-8", "replace"))
    at = Position(head.count("\n") + 1, len(head) - (head.rfind("\n") + 1) + 1)
    why = "It was saved in another encoding, or it is no text at all."
    sheet.add(at, "not-utf-8", "This file is not UTF-8 text from here on.", why, "Save it as UTF-8 in your editor.")
    return None


def _refuse_merge(at: Position, sheet: Sheet) -> None:
    why = "Two people have changed the same lines, and both versions are still here."
    fix = "Keep one of the two, and delete the three lines that begin with <<<, === and >>>."
    sheet.add(at, "merge", "Here begins a merge that was not finished.", why, fix)


# --- signs that nobody sees ---------------------------------------------------------------------------


def _without_forbidden(text: str, sheet: Sheet) -> str:
    if "\t" not in text and not _FORBIDDEN.search(text) and not _UNSEEN.search(text):
        return text
    lines = text.split("\n")
    _note_tabs(lines, sheet)
    return "\n".join(_clean(line, number, sheet) for number, line in enumerate(lines))


def _note_tabs(lines: list[str], sheet: Sheet) -> None:
    """Once, however many there are."""
    tabbed = [number for number, line in enumerate(lines) if "\t" in line]
    if not tabbed:
        return
    behind_dash = all(_BEHIND_DASH.fullmatch(lines[number]) for number in tabbed)
    more = f", and one in {len(tabbed) - 1} more line{'s' if len(tabbed) > 2 else ''}" if len(tabbed) > 1 else ""
    sheet.add(
        Position(tabbed[0] + 1, lines[tabbed[0]].index("\t") + 1),
        "tab",
        f"There is a tab here{more}.",
        "Every editor shows a tab with another width, so nobody can see what belongs to what.",
        "Write one space behind the dash in its place." if behind_dash else "Replace it by spaces: two for each level.",
    )


def _clean(line: str, number: int, sheet: Sheet) -> str:
    for found in (*_FORBIDDEN.finditer(line), *_UNSEEN.finditer(line)):
        sheet.add(
            Position(number + 1, found.start() + 1),
            "control-character",
            f"There is an invisible character here (U+{ord(found[0]):04X}).",
            "It often comes along when text is pasted.",
            "Delete it and type the text again.",
        )
    line = _FORBIDDEN.sub(" ", _UNSEEN.sub("", line))
    return _without_tabs(line, number, sheet) if "\t" in line else line


def _without_tabs(line: str, number: int, sheet: Sheet) -> str:
    body = line.lstrip(" \t")
    margin = line[: len(line) - len(body)]
    sheet.shifts[number] = margin.count("\t") * (sheet.tab - 1)
    if "\t" in margin and says_something(body):
        sheet.tabbed.add(number)
    return margin.replace("\t", " " * sheet.tab) + body.replace("\t", " ")
